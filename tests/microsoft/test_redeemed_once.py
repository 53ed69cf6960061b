"""A sign-in in a browser: each code is redeemed once, also where its address comes twice or at an odd moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from wizard.commands.rehearse import PacedClock
from wizard.core.errors import ServiceRefusal
from wizard.core.events import BrowserPrompt, Event, SubmissionRejected
from wizard.core.inbox import Inbox, Purpose, RedirectResponse
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel
from wizard.microsoft.authorization_code import AuthorizationCodeGrant, SignInLink
from wizard.microsoft.browser_sign_in import BrowserSignIn, SignInRequest
from wizard.microsoft.landing import Landing
from wizard.rehearsal import RehearsalClock

REDIRECT = "https://login.microsoftonline.com/common/oauth2/nativeclient"
CODE = "1.AXo" + "Cq9_x-Z7" * 10
ASK = SignInRequest(Purpose.INTEGRATION_USER, "contoso.com", "33333333-cccc-4ccc-8ccc-000000000003", "scope", REDIRECT)
TOKENS = object()


def spent(_link: SignInLink) -> object:
    raise ServiceRefusal("entra", "AADSTS54005", "invalid_grant", "already redeemed")


@dataclass
class Grant:
    """Makes links, and keeps which code was redeemed for which; `answers` are those to the redemptions, in turn."""

    answers: list[Callable[[SignInLink], object]]
    redeemed: list[tuple[str, str]] = field(default_factory=list)
    links: int = 0

    def prepare(self, *_asked: object) -> None:
        """Nothing is asked."""

    def create_link(self, *_asked: object) -> SignInLink:
        self.links += 1
        state = f"state-of-link-{self.links}"
        return SignInLink(f"https://login.microsoftonline.com/{self.links}", state, "", "", REDIRECT, {})

    def redeem_code(self, link: SignInLink, code: Secret, _credential: object) -> object:
        self.redeemed.append((link.state, code.reveal()))
        return self.answers.pop(0)(link)


class WaitContext:
    """Waits by a clock that a wait moves."""

    def __init__(self) -> None:
        self.clock, self.cancel, self.emitted = PacedClock(RehearsalClock()), Cancel(), cast("list[Event]", [])

    def emit(self, event: Event) -> None:
        self.emitted.append(event)

    @property
    def rejected(self) -> list[str]:
        return [event.why for event in self.emitted if isinstance(event, SubmissionRejected)]


def opened(grant: Grant) -> tuple[BrowserSignIn, Inbox, WaitContext]:
    inbox, waiter = Inbox(), WaitContext()
    dialog = BrowserSignIn(
        cast("AuthorizationCodeGrant", cast("Any", grant)), "login.microsoftonline.com", inbox, waiter, ASK
    )
    dialog.open()
    return dialog, inbox, waiter


def address(link: int, code: str = CODE) -> str:
    return f"{REDIRECT}?code={code}&state=state-of-link-{link}"


def test_an_address_that_is_submitted_twice_is_redeemed_once_and_named_the_second_time() -> None:
    grant = Grant([spent, lambda _link: TOKENS])
    dialog, inbox, waiter = opened(grant)
    for text in (address(1), address(1), address(2, CODE + "2")):
        inbox.put(ASK.purpose, RedirectResponse(text))

    assert dialog.wait_for_tokens(None, None) == (TOKENS, None)
    assert grant.redeemed == [("state-of-link-1", CODE), ("state-of-link-2", CODE + "2")]
    assert "can be used once" in waiter.rejected[0]
    assert "an earlier link of this run" in waiter.rejected[1]
    assert CODE[:12] not in repr(waiter.emitted)


def test_a_browser_that_comes_while_its_code_is_redeemed_hands_in_nothing() -> None:
    pages: list[Landing | None] = []

    def comes_now(link: SignInLink) -> object:
        pages.append(dialog._respond(f"/?code={CODE}&state={link.state}"))
        assert inbox.take(ASK.purpose) is None
        return TOKENS

    dialog, inbox, _ = opened(Grant([comes_now]))
    inbox.put(ASK.purpose, RedirectResponse(address(1)))

    assert dialog.wait_for_tokens(None, None) == (TOKENS, None)
    assert pages == [Landing.EARLIER_LINK]


def test_what_nobody_took_is_dropped_at_the_end_and_no_link_is_left() -> None:
    dialog, inbox, waiter = opened(Grant([lambda _link: TOKENS]))
    for _ in range(2):
        inbox.put(ASK.purpose, RedirectResponse(address(1)))

    dialog.wait_for_tokens(None, None)
    assert inbox.take(ASK.purpose) is None
    assert dialog._link is None
    assert len([event for event in waiter.emitted if isinstance(event, BrowserPrompt)]) == 1


def test_a_refusal_that_no_new_link_puts_right_ends_it_after_one_redemption() -> None:
    def refused(_link: SignInLink) -> object:
        raise ServiceRefusal("entra", "AADSTS53003", "access_denied", "blocked")

    grant = Grant([refused])
    dialog, inbox, _ = opened(grant)
    inbox.put(ASK.purpose, RedirectResponse(address(1)))
    with pytest.raises(ServiceRefusal):
        dialog.wait_for_tokens(None, None)
    assert len(grant.redeemed) == 1


def test_an_answer_shows_nothing_of_itself() -> None:
    assert CODE[:12] not in repr(RedirectResponse(address(1)))
