"""The authorization code grant with PKCE (RFC 6749, 4.1; RFC 7636): a link for a browser, and the code it ends with.

MSAL makes state, nonce and PKCE, and checks state and nonce (protocol 2.1). What is pasted or caught is read by
`BrowserSignIn`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from wizard.catalogue import read_consent_error, read_entra_error
from wizard.core.claims import MFA_CHALLENGE
from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.secret import Secret
from wizard.core.shapes import ENTRA_CODE
from wizard.core.text import is_link_to
from wizard.core.trouble import Trouble
from wizard.microsoft.credentials import Credential
from wizard.microsoft.entra import Entra, translating_msal_errors
from wizard.microsoft.http import Http
from wizard.microsoft.token_response import TokenResponse, read_token_response

NONCE_MISMATCH: Final = "nonce_mismatch"
"""The error of a token that belongs to another sign-in."""
ABOUT_REDIRECT: Final = frozenset({
    "AADSTS50011", "AADSTS500112", "AADSTS500113", "AADSTS900971", "AADSTS9002325", "AADSTS9002327",
})  # fmt: skip
"""Codes that are about the redirect URI itself (protocol 11.3)."""


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link to sign in at. What redeems its code (verifier, nonce) is in `flow`, as MSAL wants it, and never shown."""

    url: str
    state: str
    tenant_id: str
    client_id: str
    redirect_uri: str
    flow: Mapping[str, Any] = field(repr=False)


class AuthorizationCodeGrant:
    """Makes links, and redeems the codes that come back."""

    def __init__(self, http: Http, entra: Entra) -> None:
        self._http = http
        self._entra = entra

    def prepare(self, tenant_id: str, client_id: str, *credentials: Credential | None) -> None:
        """Read the tenant's endpoints now, so that a redemption takes one request: a code lasts about a minute."""
        for credential in {None, *credentials}:
            self._entra.client(tenant_id, client_id, credential)

    def create_link(
        self, tenant_id: str, client_id: str, scope: str, redirect_uri: str, account: str, claims: str = MFA_CHALLENGE
    ) -> SignInLink:
        """Return a new link, at which somebody has to enter the password again (protocol 11.3).

        Args:
            tenant_id, client_id: of the tenant and of the app.
            scope: what the token is for.
            redirect_uri: where the browser ends.
            account: who is to sign in; "" for anybody.
            claims: the claims request, "" for none.

        Raises:
            Unreachable: the tenant's own document names another host to sign in at.
        """
        app = self._entra.client(tenant_id, client_id, None)
        with translating_msal_errors(self._entra.cloud.login), warnings.catch_warnings():
            # A form post would put the address out of sight, and it has to be pasted (protocol 2.1, 11.3).
            warnings.filterwarnings("ignore", message="response_mode='form_post'", category=UserWarning)
            flow: dict[str, Any] = app.initiate_auth_code_flow(
                [scope],
                redirect_uri=redirect_uri,
                prompt="login",
                login_hint=account or None,
                response_mode="query",
                claims_challenge=claims or None,
            )
        url = str(flow.pop("auth_uri"))
        if not is_link_to(url, {self._entra.cloud.login}):
            raise Unreachable(self._entra.cloud.login, Trouble.ANSWER, "names another host to sign in at")
        return SignInLink(url, str(flow["state"]), tenant_id, client_id, redirect_uri, flow)

    def redeem_code(self, link: SignInLink, code: Secret, credential: Credential | None) -> TokenResponse:
        """Redeem a code that came back for `link`, as a client with `credential` or as a public one.

        Raises:
            ServiceRefusal: Entra does not take it, or the token belongs to another sign-in (`NONCE_MISMATCH`).
            Unreachable: no answer that could be read.
        """
        app = self._entra.client(link.tenant_id, link.client_id, credential)
        host = self._entra.cloud.login
        with translating_msal_errors(host):
            try:
                result: object = app.acquire_token_by_auth_code_flow(
                    dict(link.flow), {"code": code.reveal(), "state": link.state}
                )
            except RuntimeError as error:
                if "nonce" not in str(error):
                    raise
                description = "the token was issued for another sign-in than this one"
                raise ServiceRefusal("entra", "", NONCE_MISMATCH, description) from None
        return read_token_response(result, host)

    def probe_redirect_uri(
        self, tenant_id: str, client_id: str, scope: str, redirect_uri: str
    ) -> ServiceRefusal | None:
        """Return what Entra has against a redirect URI, asked without a person (`prompt=none`); None for nothing.

        Registered, the answer goes to the redirect URI, with an error because nobody is signed in; else the page stays
        with Entra and says why (U). An error about anything else says nothing against the redirect URI.

        Raises:
            Busy: asked too often, or Entra is in trouble.
            Unreachable: an answer that says neither.
        """
        query = {
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "response_mode": "query",
            "scope": f"{scope} openid",
            "prompt": "none",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",  # RFC 7636, appendix B
            "code_challenge_method": "S256",
        }
        host = self._entra.cloud.login
        url = f"{self._entra.cloud.authority(tenant_id)}/oauth2/v2.0/authorize?{urlencode(query)}"
        page = self._http.request_page(url)
        if page.location:
            target, wanted = urlsplit(page.location), urlsplit(redirect_uri)
            if (target.scheme, target.hostname, target.path.rstrip("/")) != (
                wanted.scheme, wanted.hostname, wanted.path.rstrip("/"),
            ):  # fmt: skip
                detail = "redirected neither to the redirect URI nor to a page that says why not"
                raise Unreachable(host, Trouble.ANSWER, detail)
            refusal = read_consent_error(dict(parse_qsl(target.query or target.fragment, max_num_fields=50)))
            return refusal if refusal is not None and refusal.code in ABOUT_REDIRECT else None
        if (found := ENTRA_CODE.search(page.text)) and found[0] in ABOUT_REDIRECT:
            words = page.text[found.start() : found.start() + 2_000].partition("<")[0]
            return read_entra_error(unescape(words), page.status, {})
        raise Unreachable(host, Trouble.ANSWER, "gave a page that does not say whether the redirect URI is registered")
