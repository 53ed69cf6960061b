"""A sign-in in a browser, from the link to the tokens: the answer is caught on this machine, or pasted.

Both are possible at the same time. What is not an answer to the current link is named, and the wait goes on; a code
and its verifier are dropped after their one redemption, whatever comes of it, and a new link takes their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urljoin, urlsplit

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
"""The error of a sign-in that nobody completed in time."""
POLL_INTERVAL: Final = 0.25
"""Seconds between two readings of the inbox: a code lasts about a minute (protocol 11.0)."""
SIGNED_IN_PAGES: Final = {
    Purpose.INTEGRATION_USER: Landing.SIGNED_IN,
    Purpose.VAULT: Landing.VAULT_SIGNED_IN,
    Purpose.GRAPH: Landing.GRAPH_SIGNED_IN,
}
"""Each says which sign-in has arrived."""
NEW_LINKS: Final = 5
"""How often a link takes the place of one whose code was refused, before the refusal ends the sign-in."""
SPENT_CODE: Final = (
    "The code in this address is no longer valid: it lasts about a minute, and can be used once. "
    "Sign in again with the new link."
)


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What somebody signs in to, and how.

    Args:
        purpose: under which answers are submitted.
        tenant_id, client_id: of the tenant and of the app.
        scope: what the token is for.
        redirect_uri: where the browser ends.
        account: who should sign in; "" for anybody who may.
        app: how the page names the app.
        claims: the claims request, "" for none.
        life: seconds for which somebody is waited for.
        port: of this machine, as the operator wants it; 0: any free one.
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


class _NewLinkNeeded(Exception):
    """A code was not redeemed, and a new link may help.

    Args:
        why: a sentence.
        error: what ends the sign-in if no new link is made.
        wants_other_type: whether the app counts as the other type of client.
    """

    def __init__(self, why: str, error: ServiceRefusal | Unreachable, *, wants_other_type: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.error = error
        self.wants_other_type = wants_other_type


class BrowserSignIn:
    """One sign-in in a browser.

    Args:
        grant: makes links, redeems codes.
        login: the host to sign in at.
        inbox: where answers are submitted.
        waiter: whose clock, cancel signal and events the wait uses.
        request: what somebody signs in to.
        earlier: the states of links that this process has shown before; those of this sign-in are added.
    """

    def __init__(
        self,
        grant: AuthorizationCodeGrant,
        login: str,
        inbox: Inbox,
        waiter: WaitContext,
        request: SignInRequest,
        earlier: set[str] | None = None,
    ) -> None:
        self._grant, self._login, self._inbox, self._waiter, self._request = grant, login, inbox, waiter, request
        self._listener: RedirectListener | None = None
        self._link: SignInLink | None = None
        self._earlier = set() if earlier is None else earlier
        self._caught_state = ""
        self._until = waiter.clock.now() + timedelta(seconds=request.life)

    @property
    def life(self) -> float:
        """Seconds for which somebody is waited for."""
        return self._request.life

    def open(self, *credentials: Credential | None) -> None:
        """Take the port, read what a redemption needs to know, and show the link.

        Args:
            credentials: those that the code may be redeemed with.

        Raises:
            BadInput: the port is taken, or the redirect URI cannot be listened on.
            ServiceRefusal, Unreachable: the tenant could not be asked.
        """
        request = self._request
        self._inbox.clear(request.purpose)
        if is_loopback(request.redirect_uri):
            field = "--port" if request.port else "sign_in_redirect_uri"
            self._listener = RedirectListener(request.redirect_uri, self._respond, port=request.port, field=field)
        try:
            self._grant.prepare(request.tenant_id, request.client_id, *credentials)
            self._new_link()
        except BaseException:
            self.close()
            raise

    def wait_for_tokens(
        self, credential: Credential | None, alternative: Credential | None
    ) -> tuple[TokenResponse, Credential | None]:
        """Wait for the person, and return the tokens and the credential that they were redeemed with.

        Args:
            credential: what to redeem the code with; None as a public client.
            alternative: the credential that can be used if the app counts as the other type of client.

        Raises:
            ServiceRefusal: Entra says no, or nobody signed in (`NO_ANSWER`).
            Unreachable: Entra could not be asked.
            Cancelled: the cancel signal was set.
        """
        waiter, request, new_links = self._waiter, self._request, 0
        try:
            waiter.emit(
                Waiting(f"{request.account or 'somebody'} to sign in in a browser", waiter.clock.now(), self._until)
            )
            while True:
                is_over = waiter.clock.now() >= self._until
                code = self._take_code()
                if code is None:
                    if is_over:
                        raise ServiceRefusal("entra", "", NO_ANSWER, "nobody signed in in time")
                    waiter.clock.wait(POLL_INTERVAL, waiter.cancel)
                    continue
                try:
                    answer, used = self._redeem(code, credential, alternative)
                except _NewLinkNeeded as needed:
                    new_links += 1
                    if new_links > NEW_LINKS or is_over:
                        raise needed.error from None
                    if needed.wants_other_type:
                        credential = None if credential else alternative
                    self._reject(needed.why)
                    self._new_link()
                else:
                    self._close_when_seen()
                    return answer, used
        except (ServiceRefusal, Unreachable):
            self._close_when_seen()  # the page says what to do next
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
        self._inbox.clear(self._request.purpose)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _new_link(self) -> None:
        request, listener = self._request, self._listener
        uri = listener.uri if listener else request.redirect_uri
        link = self._grant.create_link(
            request.tenant_id, request.client_id, request.scope, uri, request.account, request.claims
        )
        self._link = link
        self._earlier.add(link.state)
        port = listener.port if listener else 0
        self._waiter.emit(
            BrowserPrompt(
                request.purpose.value, request.account, link.url, uri, self._until, port=port, app=request.app
            )
        )

    def _take_code(self) -> Secret | None:
        """Return a code that answers the current link, None while there is none; what else was submitted is named.

        Raises:
            ServiceRefusal: Entra says no in it.
        """
        while (message := self._inbox.take(self._request.purpose)) is not None:
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
        """Redeem a code, as the other type of client if the app counts as one. Raises `_NewLinkNeeded` as well."""
        link, self._link = self._link, None
        if link is None:
            raise LookupError("no link is shown")
        try:
            return self._grant.redeem_code(link, code, credential), credential
        except Unreachable as trouble:
            raise _not_known(trouble) from None
        except ServiceRefusal as refusal:
            if not wants_other_client_type(refusal, credential, alternative):
                if is_spent(refusal):
                    raise _NewLinkNeeded(SPENT_CODE, refusal) from None
                raise
            wrong_type = refusal
        # Whether the code survives a redemption as the wrong type is (U): if it does, nobody signs in twice.
        other = None if credential else alternative
        try:
            return self._grant.redeem_code(link, code, other), other
        except Unreachable as trouble:
            raise _not_known(trouble, wants_other_type=True) from None
        except ServiceRefusal as refusal:
            if not is_spent(refusal):
                raise
            wants = "wants its credential" if other else "counts as a public client at this redirect URI"
            why = f"The app {wants}, and finding that out has used up the code. Sign in again with the new link."
            raise _NewLinkNeeded(why, wrong_type, wants_other_type=True) from None

    def _respond(self, target: str) -> Landing | None:
        """Return the page that a browser gets for a request, None for a stray one; runs in the listener's thread."""
        try:
            members = parse_qs(urlsplit(target).query, max_num_fields=50)
        except ValueError:
            return None
        states = members.get("state", [])
        if len(states) != 1 or not (members.keys() & {"code", "error"}):
            return None
        page = Landing.SIGN_IN_REFUSED if "error" in members else SIGNED_IN_PAGES[self._request.purpose]
        link = self._link
        if states[0] == self._caught_state and (link is None or link.state == self._caught_state):
            return page
        if link is None or states[0] != link.state:
            return Landing.EARLIER_LINK if states[0] in self._earlier else None
        self._caught_state = link.state
        self._inbox.put(self._request.purpose, RedirectResponse(urljoin(link.redirect_uri, target)))
        return page

    def _reject(self, why: str) -> None:
        self._waiter.emit(SubmissionRejected(self._request.purpose.value, why))

    def _close_when_seen(self) -> None:
        """Let the browser see its page, then stop listening."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close_when_seen()


def _not_known(trouble: Unreachable, *, wants_other_type: bool = False) -> _NewLinkNeeded:
    """Return that a code may be used up, because no answer to its redemption could be read."""
    why = (
        f"{trouble.host} could not be used ({trouble.detail}), and whether the code is used up is not known. "
        "Sign in again with the new link."
    )
    return _NewLinkNeeded(why, trouble, wants_other_type=wants_other_type)
