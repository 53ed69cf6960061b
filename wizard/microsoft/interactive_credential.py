"""Credentials for azure-core's clients by somebody's sign-in, with a code or in a browser, on our own path.

azure-identity has one for codes, but its polling sleeps as long as a Retry-After says, past the code's end and out of
sight, and gives the code up at a reset or a web page (protocol 2.2, T5, T6, T13); it has none for a browser on another
machine. These wait as the integration user's sign-in does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from azure.core.credentials import AccessToken

from wizard.core.errors import ServiceRefusal
from wizard.core.events import Emit
from wizard.core.text import clean_line
from wizard.microsoft.device_code import DeviceCodeGrant
from wizard.microsoft.entra import Entra
from wizard.microsoft.http import Http
from wizard.microsoft.polling import Polling
from wizard.microsoft.sign_in_targets import SignInTarget

if TYPE_CHECKING:
    from wizard.microsoft.token_response import TokenResponse

TOKEN_LIFE: Final = 600.0
"""Seconds for which a token is used: no policy makes it shorter. Then the refresh token gets the next one."""

ShowCode = Callable[[str, str, datetime], None]
"""Called with the address, the code and its end (aware, UTC)."""
InteractiveSignIn = Callable[[str, str, str, str], "TokenResponse"]
"""Lets somebody sign in: called with tenant, app, scope and claims request, each as the token endpoint wants it."""


@dataclass(frozen=True, slots=True)
class _HeldToken:
    response: TokenResponse
    until: float


class InteractiveCredential:
    """Lets somebody sign in when a token is first wanted; later tokens come from that sign-in.

    Args:
        http, entra: the one path, and Entra on it.
        target: what for, and as which app.
        tenant_id: where the service that wants the token names no other.
        sign_in: lets somebody sign in.
    """

    def __init__(
        self, http: Http, entra: Entra, target: SignInTarget, tenant_id: str, sign_in: InteractiveSignIn
    ) -> None:
        self._http, self._entra, self._target = http, entra, target
        self._tenant_id, self._sign_in = tenant_id, sign_in
        self._held: dict[tuple[str, str], _HeldToken] = {}

    def get_token(
        self, *scopes: str, claims: str | None = None, tenant_id: str | None = None, **_unused: Any
    ) -> AccessToken:
        """Return a token for the one scope of `scopes`.

        Raises:
            ServiceRefusal: nobody signed in, or Entra refused it; in the form of an identity that could not sign in.
            Unreachable: Entra could not be asked, or not be understood.
            Cancelled: the cancel signal was set.
        """
        tenant, scope = tenant_id or self._tenant_id, scopes[0]
        key, now = (tenant, scope), self._http.clock.monotonic
        held = None if claims else self._held.get(key)
        if held is None or held.until <= now():
            earlier = None if claims else held or self._held_for_another_scope(tenant)
            response = (earlier and self._renew(tenant, scope, earlier)) or self._sign_in_again(
                tenant, scope, claims or ""
            )
            held = self._held[key] = _HeldToken(response, now() + TOKEN_LIFE)
        return AccessToken(held.response.access_token.reveal(), int(time.time() + TOKEN_LIFE))

    @property
    def has_signed_in(self) -> bool:
        """Whether somebody has signed in already."""
        return bool(self._held)

    def _held_for_another_scope(self, tenant: str) -> _HeldToken | None:
        """Return a sign-in of the same tenant: its refresh token is bound to no resource (protocol 8)."""
        return next((held for (where, _scope), held in self._held.items() if where == tenant), None)

    def _renew(self, tenant: str, scope: str, held: _HeldToken) -> TokenResponse | None:
        """Return the next token of the same sign-in; None if it takes a new one."""
        if held.response.refresh_token is None:
            return None
        try:
            return self._entra.redeem_refresh_token(
                tenant, self._target.client_id, None, held.response.refresh_token, scope
            )
        except ServiceRefusal:
            return None

    def _sign_in_again(self, tenant: str, scope: str, claims: str) -> TokenResponse:
        try:
            return self._sign_in(tenant, self._target.client_id, scope, claims)
        except ServiceRefusal as refusal:
            description = clean_line(f"{refusal.code or refusal.error}: {refusal.description}", 600)
            raise ServiceRefusal(self._target.service, "", "no_identity", description, ids=refusal.ids) from None


def device_code_sign_in(http: Http, grant: DeviceCodeGrant, show_code: ShowCode, emit: Emit) -> InteractiveSignIn:
    """Return a sign-in with a code.

    Args:
        http: the one HTTP path.
        grant: asks for the code, and polls it.
        show_code: shows it.
        emit: is told what is waited for.
    """

    def sign_in(tenant: str, client_id: str, scope: str, claims: str) -> TokenResponse:
        code = grant.request(tenant, client_id, scope, None, claims)
        show_code(code.verification_uri, code.user_code, http.clock.now() + timedelta(seconds=code.life))
        return Polling(grant, code, http.clock, http.cancel, emit, "somebody").wait_for_tokens(None)

    return sign_in
