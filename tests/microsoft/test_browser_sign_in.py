"""A sign-in in a browser beside its listener: which page the browser sees, however the sign-in goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from tests.microsoft.redirects import get
from wizard.core.errors import Cancelled, ServiceRefusal, Unreachable
from wizard.core.events import BrowserPrompt, Event, Waiting
from wizard.core.inbox import Inbox, NewLink, Purpose
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel
from wizard.microsoft.authorization_code import AuthorizationCodeGrant, SignInLink
from wizard.microsoft.browser_sign_in import BrowserSignIn, SignInRequest
from wizard.microsoft.credentials import Credential
from wizard.microsoft.loopback import require_free_port

LOGIN = "login.microsoftonline.com"


class Grant:
    """Makes links without Entra, and redeems a code as the test says."""

    def __init__(self, redeem: Callable[[], Any]) -> None:
        self.links: list[SignInLink] = []
        self.with_credential: list[bool] = []
        self._redeem = redeem

    def prepare(self, *_asked: object) -> None:
        """Nothing has to be known."""

    def create_link(self, tenant_id: str, client_id: str, _scope: str, redirect_uri: str, *_more: object) -> SignInLink:
        """A link with a state of its own."""
        state = f"the-state-{len(self.links)}"
        made = SignInLink(f"https://{LOGIN}/?state={state}", state, tenant_id, client_id, redirect_uri, {})
        self.links.append(made)
        return made

    def redeem_code(self, _link: SignInLink, _code: object, credential: object) -> Any:
        """What the test says."""
        self.with_credential.append(credential is not None)
        return self._redeem()


class WaitContext:
    """Does the next deed of a browser, or its person, at each wait; it is its own clock."""

    def __init__(self, *deeds: Callable[[], object]) -> None:
        self.cancel = Cancel()
        self.emitted: list[Event] = []
        self.clock = self
        self._deeds = [*deeds]
        self._now = datetime(2026, 11, 26, tzinfo=UTC)

    def emit(self, event: Event) -> None:
        """Keep it."""
        self.emitted.append(event)

    def now(self) -> datetime:
        """The time by the waits."""
        return self._now

    def wait(self, seconds: float, _cancel: Cancel) -> None:
        """Pass the time with a deed."""
        self._now += timedelta(seconds=seconds)
        if self._deeds:
            self._deeds.pop(0)()


def refusing(code: str) -> Callable[[], Any]:
    def redeem() -> Any:
        raise ServiceRefusal("entra", code, "invalid_grant", "no")

    return redeem


class Scenery:
    """A dialog, and a browser that signs in at its links."""

    def __init__(self, redeem: Callable[[], Any]) -> None:
        self.grant, self.inbox = Grant(redeem), Inbox()
        self.sent_to: list[str] = []
        ask = SignInRequest(Purpose.INTEGRATION_USER, "tenant", "app", "scope", "http://localhost", life=60.0)
        self.waiter = WaitContext()
        self.dialog = BrowserSignIn(
            cast("AuthorizationCodeGrant", self.grant), LOGIN, self.inbox, cast("Any", self.waiter), ask
        )

    def comes_back(self, number: int = 0, said: str = "code=1.AcodeB") -> None:
        """The browser follows the redirect of a link, and is told where its page is."""
        link = self.grant.links[number]
        answer = get(f"{link.redirect_uri}/?{said}&state={link.state}")
        self.sent_to.append(link.redirect_uri + answer.headers["Location"])

    def answered(self, *deeds: Callable[[], object], at_hand: Credential | None = None) -> Any:
        """How the sign-in ends, with these deeds of the browser, begun as a public client."""
        self.waiter._deeds = [*deeds]
        self.dialog.open()
        return self.dialog.wait_for_tokens(None, at_hand)


@pytest.mark.parametrize(
    ("said", "page"),
    [("error=access_denied", "sign-in-refused"), ("code=1.AcodeB", "signed-in")],
    ids=["on the page", "at the redemption"],
)
def test_a_browser_sees_its_page_although_the_sign_in_was_refused(said: str, page: str) -> None:
    here = Scenery(refusing("AADSTS53003"))

    with pytest.raises(ServiceRefusal):
        here.answered(lambda: here.comes_back(said=said))

    (address,) = here.sent_to
    assert address.endswith(page)
    assert get(address).status_code == 200


def test_an_answer_sent_again_behind_a_new_link_is_named_an_earlier_links() -> None:
    here = Scenery(refusing("AADSTS54005"))

    with pytest.raises(ServiceRefusal, match="signed in in time"):
        here.answered(here.comes_back, here.comes_back)

    assert len([event for event in here.waiter.emitted if isinstance(event, BrowserPrompt)]) == 2
    assert [address.rpartition("/")[2] for address in here.sent_to] == ["signed-in", "earlier-link"]


def test_an_answer_sent_twice_to_the_same_link_gets_the_same_page_and_counts_once() -> None:
    here = Scenery(lambda: "tokens")

    def twice() -> None:
        here.comes_back()
        here.comes_back()

    assert here.answered(twice) == ("tokens", None)
    assert [address.rpartition("/")[2] for address in here.sent_to] == ["signed-in", "signed-in"]


def test_a_new_link_asked_for_keeps_the_port_and_the_answer_to_the_former_is_not_redeemed() -> None:
    here = Scenery(lambda: "tokens")

    def another() -> None:
        here.inbox.put(Purpose.INTEGRATION_USER, NewLink())

    assert here.answered(another, here.comes_back, lambda: here.comes_back(1)) == ("tokens", None)
    first, second = here.grant.links
    assert first.redirect_uri == second.redirect_uri
    assert [address.rpartition("/")[2] for address in here.sent_to] == ["earlier-link", "signed-in"]


def test_a_mode_that_was_asked_for_is_kept_to_when_the_line_breaks_off_in_it() -> None:
    """Each redemption in the wrong mode may cost the person a sign-in."""
    met = [
        ServiceRefusal("entra", "AADSTS7000218", "invalid_client", "no"),
        Unreachable(LOGIN, Trouble.CUT, "broke off"),
    ]

    def redeem() -> Any:
        if met:
            raise met.pop(0)
        return "tokens"

    here, at_hand = Scenery(redeem), cast("Credential", object())

    answer = here.answered(here.comes_back, lambda: here.comes_back(1), at_hand=at_hand)

    assert answer == ("tokens", at_hand)
    assert here.grant.with_credential == [False, True, True]


@pytest.mark.parametrize("ends", ["cancelled", "nobody can be told"])
def test_whatever_ends_the_wait_the_port_is_free(ends: str) -> None:
    here = Scenery(lambda: "tokens")
    kept = here.waiter.emit

    def emit(event: Event) -> None:
        if ends == "nobody can be told" and isinstance(event, Waiting):
            raise BrokenPipeError
        kept(event)

    def cancelled() -> None:
        raise Cancelled

    here.waiter.emit = emit  # type: ignore[method-assign]
    with pytest.raises((Cancelled, BrokenPipeError)):
        here.answered(cancelled)

    (link,) = here.grant.links
    require_free_port(int(link.redirect_uri.rpartition(":")[2]), "--port")
