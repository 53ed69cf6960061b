"""A sign-in in a browser, from the link to the tokens: the answer is caught on this machine, or pasted.

Both ways are open at once. Whatever is no answer to the present link is named, and the wait goes on; a code and its
verifier are dropped after their one redemption, whatever that answers, and a new link takes their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from wizard.core.answers import is_loopback
from wizard.core.claims import MFA_CHALLENGE
from wizard.core.errors import BadInput, ServiceRefusal, Unreachable
from wizard.core.events import BrowserPrompt, SubmissionRejected, WaitEnded, Waiting
from wizard.core.inbox import Inbox, NewLink, Purpose, RedirectResponse
from wizard.core.retries import WaitContext
from wizard.microsoft.authorization_code import AuthorizationCodeGrant, SignInLink
from wizard.microsoft.client_type import is_spent, wants_other_client_type
from wizard.microsoft.landing import Landing
from wizard.microsoft.loopback import RedirectListener
from wizard.microsoft.sign_in_address import ExpectedRedirect, read_sign_in_address

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.token_response import TokenResponse

NO_ANSWER: Final = "no_answer"
"""The error of a sign-in that nobody has answered in time."""
POLL_INTERVAL: Final = 0.25
"""Seconds between two looks at what was handed in: a code lives about a minute (protocol 11.0)."""
NEW_LINKS: Final = 5
"""How often a link takes the place of one whose code was refused, before the refusal ends the sign-in."""


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What somebody signs in for.

    Args:
        purpose: under which answers are handed in.
        account: who should sign in; "" where anybody who may.
        app: how the page names the app.
        life: seconds until nobody is waited for any more.
        port: of this machine, wanted by the operator; 0: any free one.
    """

    purpose: Purpose
    tenant_id: str
    client_id: str
    scope: str
    redirect_uri: str
    account: str = ""
    app: str = ""
    claims: str = MFA_CHALLENGE
    life: float = 900.0
    port: int = 0


class _Refused(Exception):
    """A code was refused in a way that a new link may put right.

    `why` is a sentence, `by` what was met; `wants_other_mode` tells whether the app wants the other mode of redeeming.
    """

    def __init__(self, why: str, by: ServiceRefusal | Unreachable, *, wants_other_mode: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.by = by
        self.wants_other_mode = wants_other_mode


class BrowserSignIn:
    """One sign-in in a browser.

    Args:
        grant: makes links, redeems codes.
        login: the host to sign in at.
        inbox: where answers are handed in.
        waiter: with whose clock, signal and listener of events it is waited.
        ask: what for.
        earlier: the states of links that this process has shown before; those of this dialogue are added.
    """

    def __init__(
        self,
        grant: AuthorizationCodeGrant,
        login: str,
        inbox: Inbox,
        waiter: WaitContext,
        ask: SignInRequest,
        earlier: set[str] | None = None,
    ) -> None:
        self._grant, self._login, self._inbox, self._waiter, self._ask = grant, login, inbox, waiter, ask
        self._listener: RedirectListener | None = None
        self._link: SignInLink | None = None
        self._earlier = set() if earlier is None else earlier
        self._caught = ""
        self._until = waiter.clock.now() + timedelta(seconds=ask.life)

    @property
    def life(self) -> float:
        """Seconds for which somebody is waited for."""
        return self._ask.life

    def open(self, *credentials: Credential | None) -> None:
        """Hold the port, ask beforehand what a redemption needs to know, and show the link.

        Args:
            credentials: those that the code may be redeemed with.

        Raises:
            BadInput: the port is taken, or the redirect URI cannot be listened on.
            ServiceRefusal, Unreachable: the tenant could not be asked.
        """
        ask = self._ask
        self._inbox.clear(ask.purpose)
        if is_loopback(ask.redirect_uri):
            field = "--port" if ask.port else "sign_in_redirect_uri"
            self._listener = RedirectListener(ask.redirect_uri, self._respond, port=ask.port, field=field)
        try:
            self._grant.prepare(ask.tenant_id, ask.client_id, *credentials)
            self._new_link()
        except BaseException:
            self.close()
            raise

    def wait_for_tokens(
        self, credential: Credential | None, alternative: Credential | None
    ) -> tuple[TokenResponse, Credential | None]:
        """Wait for the person; gives the tokens, and the credential they were got with.

        Args:
            credential: what to redeem the code with, None as a public client.
            at_hand: what could be used where the other mode is asked for.

        Raises:
            ServiceRefusal: Entra says no; or nobody came (`NO_ANSWER`).
            Unreachable: Entra could not be asked.
            Cancelled: the cancel signal was set.
        """
        waiter, ask, new_links = self._waiter, self._ask, 0
        try:
            waiter.emit(
                Waiting(f"{ask.account or 'somebody'} to sign in in a browser", waiter.clock.now(), self._until)
            )
            while True:
                is_over = waiter.clock.now() >= self._until
                code = self._handed_in()
                if code is None:
                    if is_over:
                        raise ServiceRefusal("entra", "", NO_ANSWER, "nobody has signed in in time")
                    waiter.clock.wait(POLL_INTERVAL, waiter.cancel)
                    continue
                try:
                    answer, used = self._redeem(code, credential, alternative)
                except _Refused as refused:
                    new_links += 1
                    if new_links > NEW_LINKS or is_over:
                        raise refused.by from None
                    if refused.wants_other_mode:
                        credential = None if credential else alternative
                    self._reject(refused.why)
                    self._new_link()
                else:
                    self._say_goodbye()
                    return answer, used
        except (ServiceRefusal, Unreachable):
            self._say_goodbye()  # the page says what to do next
            raise
        finally:
            waiter.emit(WaitEnded())
            self.close()

    def close(self) -> None:
        """Stop listening, and drop what nobody has read."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        self._link = None
        self._inbox.clear(self._ask.purpose)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _new_link(self) -> None:
        ask, listener = self._ask, self._listener
        uri = listener.uri if listener else ask.redirect_uri
        link = self._grant.create_link(ask.tenant_id, ask.client_id, ask.scope, uri, ask.account, ask.claims)
        self._link = link
        self._earlier.add(link.state)
        port = listener.port if listener else 0
        self._waiter.emit(
            BrowserPrompt(ask.purpose.value, ask.account, link.url, uri, self._until, port=port, app=ask.app)
        )

    def _handed_in(self) -> Secret | None:
        """A code that answers the present link; what else was handed in is done, or named. Raises ServiceRefusal."""
        while (message := self._inbox.take(self._ask.purpose)) is not None:
            if isinstance(message, NewLink):
                self._new_link()
            elif isinstance(message, RedirectResponse) and self._link is not None:
                expected = ExpectedRedirect(
                    self._login, self._link.redirect_uri, self._link.state, frozenset(self._earlier)
                )
                try:
                    return read_sign_in_address(message.text, expected)
                except BadInput as mistake:
                    self._reject(f"{mistake.expected[:1].upper()}{mistake.expected[1:]}.")
        return None

    def _redeem(
        self, code: Secret, credential: Credential | None, alternative: Credential | None
    ) -> tuple[TokenResponse, Credential | None]:
        """Redeem a code, in the other mode where the app wants that; raises `_Refused` where a new link may do."""
        link, self._link = self._link, None
        if link is None:
            raise LookupError("no link is shown")
        wants_other_mode = False
        try:
            try:
                return self._grant.redeem(link, code, credential), credential
            except ServiceRefusal as refusal:
                if not wants_other_client_type(refusal, credential, alternative):
                    raise
                # Whether the code survives a redemption in the wrong mode is (U): if it does, nobody signs in twice.
                other, wants_other_mode = None if credential else alternative, True
                wrong_mode = refusal
            try:
                return self._grant.redeem(link, code, other), other
            except ServiceRefusal as refusal:
                if not is_spent(refusal):
                    raise
                wants = "wants its credential" if other else "counts as a public client at this redirect URI"
                why = f"The app {wants}, and Entra spent the code saying so: sign in once more, at the new link."
                raise _Refused(why, wrong_mode, wants_other_mode=True) from None
        except ServiceRefusal as refusal:
            if is_spent(refusal):
                why = (
                    "The code in this address is of no use any more: it lives about a minute, and serves once. "
                    "Sign in once more, at the new link."
                )
                raise _Refused(why, refusal) from None
            raise
        except Unreachable as trouble:
            why = (
                f"{trouble.host} could not be used ({trouble.detail}), and whether the code is used up cannot be told: "
                "sign in once more, at the new link."
            )
            raise _Refused(why, trouble, wants_other_mode=wants_other_mode) from None

    def _respond(self, target: str) -> Landing | None:
        """Which page a browser gets for a request; called from a thread of the listener."""
        try:
            members = parse_qs(urlsplit(target).query, max_num_fields=50)
        except ValueError:
            return None
        states = members.get("state", [])
        if len(states) != 1 or not (members.keys() & {"code", "error"}):
            return None
        page = Landing.SIGN_IN_REFUSED if "error" in members else Landing.SIGNED_IN
        link = self._link
        if states[0] == self._caught and (link is None or link.state == self._caught):
            return page
        if link is None or states[0] != link.state:
            return Landing.EARLIER_LINK if states[0] in self._earlier else None
        self._caught = link.state
        self._inbox.put(self._ask.purpose, RedirectResponse(link.redirect_uri.rstrip("/") + "/" + target.lstrip("/")))
        return page

    def _reject(self, why: str) -> None:
        self._waiter.emit(SubmissionRejected(self._ask.purpose.value, why))

    def _say_goodbye(self) -> None:
        """Let the browser see its page, then stop listening."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close_when_seen()
