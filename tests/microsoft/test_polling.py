"""When a device code is asked for, and what is said at its end: a service in memory, and a clock that waits move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from wizard.core.errors import AuthorizationPending, Busy, ServiceRefusal, Unanswered, Unreachable
from wizard.core.events import Event, Waiting
from wizard.core.secret import Secret
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel
from wizard.microsoft.credentials import Credential
from wizard.microsoft.device_code import DeviceCode, DeviceCodeGrant
from wizard.microsoft.polling import Polling
from wizard.microsoft.token_response import AccessClaims, TokenResponse

HOST = "login.microsoftonline.com"
SIGNED_IN = TokenResponse(Secret("access"), Secret("refresh"), (), AccessClaims())
WEB_PAGE = Unreachable(HOST, Trouble.ANSWER, "answered with a web page, HTTP 200")
RESET = Unreachable(HOST, Trouble.CUT, "the connection broke off")
LONG_BUSY = Busy(HOST, 429, 300.0)
NOT_YET = AuthorizationPending(False)
SLOWER = AuthorizationPending(True)
EXPIRED = ServiceRefusal("entra", "AADSTS70020", "expired_token", "The code has expired.")

USUAL_LIMIT = 50.0
"""Seconds after which an answer is given up, where nobody says otherwise."""

Answer = Exception | None
"""What a poll ends in; None: the tokens of a finished sign-in."""


class FakeClock:
    """Seconds since the code was issued; a wait moves it."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    def wait(self, seconds: float, cancel: Cancel) -> None:
        assert seconds >= 0
        self.at += seconds


class Service(DeviceCodeGrant):
    """Answers a poll as `answer` says for its moment; each answer takes `takes` seconds, or until it is given up."""

    def __init__(self, clock: FakeClock, answer: Callable[[float], Answer], takes: float = 0.0) -> None:
        self.clock, self.answer, self.takes = clock, answer, takes
        self.asked: list[float] = []
        self.limit: float | None = None

    @contextmanager
    def limited_to(self, seconds: float) -> Iterator[None]:
        self.limit = seconds
        try:
            yield
        finally:
            self.limit = None

    def poll(self, code: DeviceCode, credential: Credential | None) -> TokenResponse:
        self.asked.append(self.clock.at)
        said = self.answer(self.clock.at)
        if self.takes > (limit := self.limit or USUAL_LIMIT):
            self.clock.at += limit
            raise Unreachable(HOST, Trouble.TIMEOUT, "gave no whole answer within 40 s")
        self.clock.at += self.takes
        if said is None:
            return SIGNED_IN
        raise said


def polling(
    answer: Callable[[float], Answer], *, life: float = 900.0, interval: float = 5.0, takes: float = 0.0
) -> tuple[Polling, Service, list[Event]]:
    clock = FakeClock()
    code = DeviceCode("ABCD", "https://x", interval, life, "", Secret("device"), "client", "tenant", 0.0, 0.0)
    service, emitted = Service(clock, answer, takes), list[Event]()
    return Polling(service, code, clock, Cancel(), emitted.append, "partner-integration@contoso.com"), service, emitted


def until(moment: float, before: Exception, then: Answer = None, life: float = 900.0) -> Callable[[float], Answer]:
    """One answer before a moment, another from then on, and that the code has expired once it has."""
    return lambda at: before if at < moment else then if at < life else EXPIRED


TROUBLES = {
    "a reset": RESET,
    "a web page": WEB_PAGE,
    "503": Busy(HOST, 503, None),
    "429 for five minutes": LONG_BUSY,
    "slow down": SLOWER,
    "not yet": NOT_YET,
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
@pytest.mark.parametrize("life", [12.0, 60.0, 240.0, 900.0])
@pytest.mark.parametrize("interval", [1.0, 5.0, 60.0])
def test_what_gets_well_five_seconds_before_the_end_is_a_sign_in(
    trouble: Exception, life: float, interval: float
) -> None:
    """No wait goes past the code's end, whoever asks for it: back-off, Retry-After, slow_down or the interval."""
    waits, _, _ = polling(until(life - 5, trouble, life=life), life=life, interval=interval)
    assert waits.wait_for_tokens(None) is SIGNED_IN


@pytest.mark.parametrize("trouble", [RESET, WEB_PAGE, Busy(HOST, 503, None), LONG_BUSY], ids=str)
def test_after_trouble_at_the_last_call_it_is_tried_until_the_end(trouble: Exception) -> None:
    waits, _, _ = polling(until(898.5, trouble))
    assert waits.wait_for_tokens(None) is SIGNED_IN


@pytest.mark.parametrize("life", [15.0, 60.0, 900.0])
def test_a_service_that_hangs_does_not_outlast_the_code(life: float) -> None:
    """An answer that does not come is given up in time for the last call."""
    waits, service, _ = polling(until(life - 5, NOT_YET, life=life), life=life)

    def hangs(at: float) -> Answer:
        service.takes = 0.0 if at >= life - 5 else 1e9
        return None if at < life else EXPIRED

    service.answer = hangs
    assert waits.wait_for_tokens(None) is SIGNED_IN


def test_an_answer_is_given_its_whole_time_while_the_code_has_it() -> None:
    waits, _, _ = polling(until(30, NOT_YET), takes=35.0)
    assert waits.wait_for_tokens(None) is SIGNED_IN


@pytest.mark.parametrize("interval", [1.0, 5.0, 7.3, 30.0, 60.0])
@pytest.mark.parametrize("slower", [0, 1, 3])
def test_the_pace_is_the_services_while_nothing_goes_wrong(interval: float, slower: int) -> None:
    """RFC 8628, 3.5: never faster than the interval, five seconds slower for good after each slow_down."""
    answers = [SLOWER] * slower
    waits, service, _ = polling(lambda at: answers.pop() if answers else NOT_YET, interval=interval)
    with pytest.raises(ServiceRefusal):
        waits.wait_for_tokens(None)
    gaps = [after - before for before, after in pairwise([0.0, *service.asked])]
    wanted = [interval + 5 * min(number, slower) for number in range(len(gaps))]
    call_within = [number for number, at in enumerate(service.asked) if at < 900 - 2 * wanted[number]]
    assert all(gaps[number] > wanted[number] - 0.001 for number in call_within)
    assert gaps[-1] > min(interval, 3.0) - 0.001


def test_a_code_that_nobody_used_is_asked_for_to_its_end_and_then_expires() -> None:
    waits, service, _ = polling(lambda _at: NOT_YET)
    with pytest.raises(ServiceRefusal) as over:
        waits.wait_for_tokens(None)
    assert over.value.error == "expired_token"
    assert service.asked[-1] >= 900 > service.asked[-2] >= 895


def test_the_services_own_word_on_the_end_is_passed_on() -> None:
    waits, _, _ = polling(until(300, NOT_YET, EXPIRED))
    with pytest.raises(ServiceRefusal) as over:
        waits.wait_for_tokens(None)
    assert over.value is EXPIRED


@pytest.mark.parametrize("last_word", [WEB_PAGE, EXPIRED], ids=["a web page", "expired"])
def test_nothing_but_unreadable_answers_is_no_word_on_the_person(last_word: Exception) -> None:
    waits, service, _ = polling(lambda at: WEB_PAGE if at < 900 else last_word)
    with pytest.raises(Unanswered) as unknown:
        waits.wait_for_tokens(None)
    number = len(service.asked) - (last_word is EXPIRED)
    assert unknown.value.detail == f"answered with a web page, HTTP 200, {number} times"
    assert unknown.value.silent_for is None
    assert unknown.value.exit_code == 3


def test_it_is_said_how_long_answers_could_not_be_read_and_what_came_instead() -> None:
    troubles = [RESET, RESET]
    waits, _, _ = polling(lambda at: NOT_YET if at < 300 else troubles.pop() if troubles else WEB_PAGE)
    with pytest.raises(Unanswered) as unknown:
        waits.wait_for_tokens(None)
    assert unknown.value.silent_for == 605.0
    assert "answered with a web page, HTTP 200, " in unknown.value.detail
    assert unknown.value.detail.endswith("; the connection broke off, twice")


def test_trouble_that_passed_is_not_held_against_the_service() -> None:
    """A readable "not yet" after it shows that the person had not signed in."""
    waits, _, _ = polling(lambda at: WEB_PAGE if at < 600 else NOT_YET)
    with pytest.raises(ServiceRefusal):
        waits.wait_for_tokens(None)


def test_a_wait_says_when_the_service_is_asked_again_and_never_later_than_the_end() -> None:
    waits, _, emitted = polling(lambda _at: LONG_BUSY, life=240.0)
    with pytest.raises(Unanswered):
        waits.wait_for_tokens(None)
    again = [each for each in emitted if isinstance(each, Waiting) and each.again_at]
    assert again
    assert all(each.again_at is not None and each.again_at <= each.until for each in again)


def test_a_mode_that_changes_at_the_very_end_is_polled_once_more() -> None:
    """The refusal comes with the last poll; the other mode then signs in."""
    wants = ServiceRefusal("entra", "AADSTS7000218", "invalid_client", "The credential is missing.")
    waits, service, _ = polling(lambda at: NOT_YET if at < 899 else wants)
    with pytest.raises(ServiceRefusal):
        waits.wait_for_tokens(None)
    service.answer = lambda _at: None
    assert waits.wait_for_tokens(None) is SIGNED_IN
