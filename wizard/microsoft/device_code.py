"""The device authorization grant (RFC 8628), asked once at a time so that the waiting, and its end, stay in our hands.

A public client goes through MSAL. With a client credential MSAL has no way (protocol 2.1), so those two POSTs are
made here. Which of the two is right is known for sure only from the service's answers (protocol 3), therefore one
code can be polled in either mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Final

from wizard.catalogue import read_entra_error
from wizard.core.claims import MFA_CHALLENGE
from wizard.core.errors import AuthorizationPending, ServiceRefusal, Unreachable
from wizard.core.secret import Secret
from wizard.core.text import clean, clean_line, is_link_to
from wizard.core.trouble import Trouble
from wizard.microsoft.client_type import wants_credential
from wizard.microsoft.credentials import Credential
from wizard.microsoft.entra import Entra, translating_msal_errors
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import HttpResponse
from wizard.microsoft.network_errors import not_json_error
from wizard.microsoft.token_response import TokenResponse, read_token_response

GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
DEFAULT_INTERVAL: Final = 5.0
DEFAULT_LIFE: Final = 900.0
"""Seconds, where the service does not say (protocol 1.3)."""
TRANSIENT: Final = frozenset({"temporarily_unavailable", "server_error"})
"""Errors of a poll that say nothing of the code (RFC 6749, 4.1.2.1)."""


@dataclass(slots=True)
class DeviceCode:
    """An issued code.

    `verification_uri` is one of the cloud's own pages; `warning` says so where the service sent another.
    `interval` and `life` are seconds; `interval` is never below 1 (T7). `asked_at` and `issued_at` are moments of the
    monotonic clock: between them the service issued it. `wanted_credential`: the app had to prove itself for it.
    """

    user_code: str
    verification_uri: str
    interval: float
    life: float
    warning: str
    device_code: Secret
    client_id: str
    tenant_id: str
    asked_at: float
    issued_at: float
    wanted_credential: bool = False


class DeviceCodeGrant:
    """Asks for device codes, and polls them."""

    def __init__(self, http: Http, entra: Entra) -> None:
        self._http = http
        self._entra = entra
        self._wants_credential: set[tuple[str, str]] = set()

    def limited_to(self, seconds: float) -> AbstractContextManager[None]:
        """Abandon each request made inside after `seconds`."""
        return self._http.scope.limited_to(seconds)

    def request(
        self,
        tenant_id: str,
        client_id: str,
        scope: str,
        credential: Credential | None,
        claims: str = MFA_CHALLENGE,
    ) -> DeviceCode:
        """Ask for a code.

        Args:
            tenant_id, client_id: of the tenant and of the app.
            scope: what the token is for.
            credential: sent only if the service asked for it before: Entra documents the request without.
            claims: the claims request, which asks for MFA; "" for none.

        Raises:
            ServiceRefusal: the app, the scope, the client type or the credential is refused.
        """
        host, app = self._entra.cloud.login, (tenant_id, client_id)
        asked_at = self._http.clock.monotonic()
        try:
            if credential is None:
                body = self._request_public(tenant_id, client_id, scope, claims)
            else:
                body = self._request_confidential(
                    tenant_id, client_id, scope, claims, credential if app in self._wants_credential else None
                )
        except ServiceRefusal as refusal:
            if app in self._wants_credential or not wants_credential(refusal):
                self._wants_credential.discard(app)
                raise
            self._wants_credential.add(app)
            if credential is None:
                raise
            body = self._request_confidential(tenant_id, client_id, scope, claims, credential)
        if not isinstance(body, Mapping):
            raise Unreachable(host, Trouble.ANSWER, "gave an answer that is not JSON")
        code = self._read(body, tenant_id, client_id, asked_at)
        return replace(code, wanted_credential=credential is not None and app in self._wants_credential)

    def _request_public(self, tenant_id: str, client_id: str, scope: str, claims: str) -> object:
        with translating_msal_errors(self._entra.cloud.login):
            body: object = self._entra.client(tenant_id, client_id, None).initiate_device_flow(
                [scope], claims_challenge=claims or None
            )
        # MSAL invents members beside an error (protocol 2.1)
        if isinstance(body, Mapping) and ("error" in body or not body.get("user_code")):
            raise read_entra_error(body, 400, {})
        return body

    def _request_confidential(
        self, tenant_id: str, client_id: str, scope: str, claims: str, proof: Credential | None
    ) -> object:
        form = {"client_id": client_id, "scope": f"{scope} offline_access openid profile", "claims": claims}
        body = self._post(tenant_id, "devicecode", form, client_id, proof)
        if isinstance(body, Mapping) and ("error" in body or not body.get("user_code")):
            raise read_entra_error(body, 400, {})
        return body

    def poll(self, code: DeviceCode, credential: Credential | None) -> TokenResponse:
        """Ask once whether the person has signed in.

        Raises:
            Pending: not yet.
            ServiceRefusal: declined, expired, refused.
            Busy, Unreachable: passing trouble; the code stays good (T6).
        """
        try:
            body = self._poll_public(code) if credential is None else self._poll_confidential(code, credential)
            return read_token_response(body, self._entra.cloud.login)
        except ServiceRefusal as refusal:
            if refusal.error in {"authorization_pending", "slow_down"}:
                raise AuthorizationPending(refusal.error == "slow_down") from None
            if refusal.error in TRANSIENT:
                detail = f"says {refusal.code or refusal.error}, which passes"
                raise Unreachable(self._entra.cloud.login, Trouble.BUSY, detail) from None
            raise

    def _poll_public(self, code: DeviceCode) -> object:
        # MSAL's loop neither sleeps nor stops at interval 0 (T7); with exit_condition it asks once.
        flow: dict[str, Any] = {"device_code": code.device_code.reveal(), "interval": 1, "expires_at": 0}
        app = self._entra.client(code.tenant_id, code.client_id, None)
        with translating_msal_errors(self._entra.cloud.login):
            result: object = app.acquire_token_by_device_flow(flow, exit_condition=lambda _flow: True)
        return result

    def _poll_confidential(self, code: DeviceCode, credential: Credential) -> object:
        form = {
            "grant_type": GRANT,
            "client_id": code.client_id,
            "device_code": code.device_code.reveal(),
            "client_info": "1",
        }
        return self._post(code.tenant_id, "token", form, code.client_id, credential)

    def _post(
        self, tenant_id: str, endpoint: str, form: Mapping[str, str], client_id: str, credential: Credential | None
    ) -> object:
        base, host = f"{self._entra.cloud.authority(tenant_id)}/oauth2/v2.0", self._entra.cloud.login
        proof = credential.form(client_id, f"{base}/token") if credential else {}
        answer: HttpResponse = self._http.request("POST", f"{base}/{endpoint}", form={**form, **proof})
        if answer.body is None:
            raise not_json_error(host, answer.status, answer.headers.get("content-type", ""))
        if answer.status != 200:
            if not isinstance(answer.body, Mapping) or "error" not in answer.body:
                raise Unreachable(host, Trouble.ANSWER, f"answered HTTP {answer.status} without saying why")
            raise read_entra_error(answer.body, answer.status, answer.headers)
        return answer.body

    def _read(self, body: Mapping[str, object], tenant_id: str, client_id: str, asked_at: float) -> DeviceCode:
        sent = str(body.get("verification_uri") or body.get("verification_url") or "")
        uri, warning = trusted_page(sent, self._entra.cloud.device_pages)
        device_code = body.get("device_code")
        if not isinstance(device_code, str) or not device_code:
            raise Unreachable(self._entra.cloud.login, Trouble.ANSWER, "issued a code without its device_code")
        return DeviceCode(
            clean_line(str(body["user_code"]), 20),
            uri,
            max(1.0, _seconds(body.get("interval"), DEFAULT_INTERVAL, 60.0)),
            max(1.0, _seconds(body.get("expires_in"), DEFAULT_LIFE, 3600.0)),
            warning,
            Secret(device_code),
            client_id,
            tenant_id,
            asked_at,
            self._http.clock.monotonic(),
        )


def trusted_page(sent: str, pages: tuple[str, ...]) -> tuple[str, str]:
    """Return the address to show, and a warning; another host's page is never shown as a link (RFC 8628, 5.4)."""
    hosts = {page.removeprefix("https://").partition("/")[0] for page in pages}
    if is_link_to(sent, hosts):
        return sent, ""
    shown = clean_line(clean(sent, 80))
    return pages[0], f"The service named another address ({shown}); this is the cloud's own page." if shown else ""


def _seconds(value: object, default: float, most: float) -> float:
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else default
    except (ValueError, OverflowError):
        return default
    return min(number, most) if number > 0 else default
