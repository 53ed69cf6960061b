"""While a device code is polled: trouble on the way never ends a code that is good, and the pace stays sane."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.faults.canned import TORN, canned, change_device_codes
from tests.harness import Rehearsed, in_world, rehearsed, with_faults
from tests.sampling import sample
from wizard.core.events import DeviceCodePrompt, Waiting
from wizard.core.findings import Outcome
from wizard.rehearsal import load_scene
from wizard.rehearsal.choices import FaultBody, Service
from wizard.rehearsal.world import Behaviour, Fault

USER_DELAY = 32
"""Seconds until the user has signed in: some polls come before."""


def polled(scene: str, *faults: Fault) -> Any:
    """A scene with a slow user, and faults that strike its token endpoint from the second poll on."""
    return in_world(with_faults(scene, *faults), behaviour=Behaviour(user_delay=USER_DELAY))


def token_fault(scene: str, **more: Any) -> Fault:
    """A fault of the token endpoint that strikes the second poll."""
    before = {"all-holds-public": 1, "all-holds-secret": 5}[scene]  # tokens of the app and of the vault's operator
    return Fault(Service.LOGIN, "POST", "*/token", **{"after": before + 1, "times": 1, **more})


def polls(here: Rehearsed) -> list[Any]:
    return [each for each in here.requests("/token$") if "device_code" in each.form]


def check_same_code_to_the_end(here: Rehearsed) -> None:
    assert here.run() == "store.mfa_compliant"
    assert here.journey.is_proven
    assert len(here.emitted(DeviceCodePrompt)) == 1
    assert len(polls(here)) >= 4
    gaps = [(after.at - before.at).total_seconds() for before, after in pairwise(polls(here))]
    assert min(gaps) >= 5


MODES = ("all-holds-public", "all-holds-secret")


@pytest.mark.parametrize("scene", MODES)
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_waited_for_with_the_same_code(
    scene: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T5: MSAL would hand out the busy answer for a minute without asking again."""
    fault = token_fault(scene, status=status, retry_after=7)
    with rehearsed(polled(scene, fault), monkeypatch) as here:
        check_same_code_to_the_end(here)
        assert [each.status for each in polls(here)][1] == status
        waits = [each for each in here.emitted(Waiting) if f"(HTTP {status})" in each.trouble]
        assert waits
        assert waits[0].advice == "The code stays good."
        assert waits[0].again_at is not None
        assert 6.9 < (waits[0].again_at - waits[0].since).total_seconds() < 10
        busy, after = polls(here)[1:3]
        assert 6.9 < (after.at - busy.at).total_seconds() < 10  # asked again then, neither sooner nor a minute later


@pytest.mark.parametrize("scene", MODES)
@pytest.mark.parametrize(
    "trouble",
    [
        {"body": FaultBody.RESET},
        {"body": FaultBody.CUT},
        {"body": FaultBody.HTML, "status": 200},
        {"body": FaultBody.HTML, "status": 502},
    ],
    ids=["reset", "cut", "html", "html 502"],
)
def test_a_broken_answer_ends_nothing(scene: str, trouble: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """T6: MSAL would raise out of its loop, and the code be lost."""
    fault = token_fault(scene, times=2, **trouble)
    with rehearsed(polled(scene, fault), monkeypatch) as here:
        check_same_code_to_the_end(here)
        assert any(each.trouble and each.advice == "The code stays good." for each in here.emitted(Waiting))


@pytest.mark.parametrize("scene", MODES)
@pytest.mark.parametrize("body", ["torn", "a list", "behind a byte"])
def test_an_answer_that_is_no_json_object_ends_nothing(scene: str, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = canned(monkeypatch, {token_fault(scene, status=200): (200, TORN[body])})
    with rehearsed(polled(scene, *faults), monkeypatch) as here:
        check_same_code_to_the_end(here)


def test_slow_down_makes_every_later_poll_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 8628, 3.5: five seconds more for good."""
    slow = token_fault("all-holds-public", status=400)
    faults = canned(monkeypatch, {slow: (400, '{"error": "slow_down", "error_description": "slower"}')})
    with rehearsed(polled("all-holds-public", *faults), monkeypatch) as here:
        check_same_code_to_the_end(here)
        gaps = [(after.at - before.at).total_seconds() for before, after in pairwise(polls(here))]
        assert all(gap >= 10 for gap in gaps[1:])


@pytest.mark.parametrize("scene", MODES)
@pytest.mark.parametrize(
    ("interval", "least", "most"),
    sample(2, [(0, 1, 6), (0.01, 1, 6), (-1, 1, 6), ("5", 5, 6), (..., 5, 6), (None, 5, 6), (1e9, 5, 61),
               ("soon", 5, 6), ([], 5, 6), (True, 1, 6)]),
    ids=repr,
)  # fmt: skip
def test_the_pace_is_sane_whatever_interval_the_service_names(
    scene: str, interval: Any, least: float, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T7: MSAL spins on interval 0 without looking at its exit condition."""
    change_device_codes(monkeypatch, interval=interval)
    with rehearsed(in_world(scene, behaviour=Behaviour(user_delay=USER_DELAY)), monkeypatch) as here:
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        times = [each.at for each in polls(here)]
        gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
        assert len(times) <= USER_DELAY / least + 1
        assert all(least <= gap <= most for gap in gaps)


@pytest.mark.parametrize("odd", ["1e400", "-1e400", "NaN", '"1e9"', "1" * 400, "{}"])
@pytest.mark.parametrize("member", ["interval", "expires_in"])
def test_a_number_no_integer_holds_is_no_crash(member: str, odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """MSAL takes int() of it."""
    body = f'{{"user_code": "AAAABBBBC", "device_code": "x", "verification_uri": "", "{member}": {odd}}}'
    faults = canned(monkeypatch, {Fault(Service.LOGIN, "POST", "*/devicecode", status=200): (200, body)})
    with rehearsed(with_faults("all-holds-public", *faults), monkeypatch) as here:
        for step in ("start", "tenant", "app"):
            here.journey.run(step)
        assert here.journey.outcome("app.exists") is Outcome.HOLDS


@pytest.mark.parametrize("life", [0, -5, ..., "900", None, 1e9, "long"], ids=repr)
def test_a_life_that_is_none_is_taken_for_the_usual_one(life: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    change_device_codes(monkeypatch, expires_in=life)
    with rehearsed("all-holds-public", monkeypatch) as here:
        assert here.run() == "store.mfa_compliant"
        (code,) = here.emitted(DeviceCodePrompt)
        (wait,) = [each for each in here.emitted(Waiting) if "to sign in" in each.what]
        assert 890 <= (code.expires_at - wait.since).total_seconds() <= 3600


@pytest.mark.parametrize(
    "address",
    ["http://microsoft.com/devicelogin", "https://microsoft.com.example.com/devicelogin", "javascript:alert(1)",
     "https://login@example.com/device", "https://micrоsoft.com/devicelogin", "x" * 5000, ..., None, 7],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_an_address_that_is_not_the_clouds_is_never_shown_as_one(address: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    change_device_codes(monkeypatch, verification_uri=address)
    with rehearsed("all-holds-public", monkeypatch) as here:
        assert here.run() == "store.mfa_compliant"
        (code,) = here.emitted(DeviceCodePrompt)
        assert code.verification_uri == here.cloud.names.device_page
        assert bool(code.warning) == (address not in (..., None))
        assert code.as_json()["warning"] == code.warning


def test_a_sign_in_that_never_comes_ends_when_the_code_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trouble to the very end: the wait is over with the code, and nobody knows what the person did."""
    fault = token_fault("all-holds-public", times=0, body=FaultBody.RESET)
    with rehearsed(polled("code-expires", fault), monkeypatch) as here:
        since = here.cloud.clock.now()
        assert here.run() == "user.signed_in"
        assert here.journey.outcome("user.signed_in") is Outcome.UNKNOWN
        assert 900 <= (here.cloud.clock.now() - since).total_seconds() < 1200
        assert len(polls(here)) < 40  # it backs off


def test_a_declined_code_is_not_polled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("user-declines", monkeypatch) as here:
        assert here.run() == "user.signed_in"
        assert here.journey.findings["user.signed_in"].code == load_scene("user-declines").expected.code
        assert [each.status for each in polls(here)].count(400) == len(polls(here))
        last = polls(here)[-1]
        here.cloud.clock.advance(60)
        assert polls(here)[-1] == last
