"""The device authorization grant (RFC 8628), asked once at a time so that the waiting, and its end, stay in our hands.

A public client goes through MSAL. With a client credential MSAL has no way (protocol 2.1), so those two POSTs are
made here. Which of the two is right is known for sure only from the service's answers (protocol 3), therefore one
code can be polled in either mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from wizard.diagnosis import read_entra_error
from wizard.errors import Pending, ServiceRefusal, Unreachable
from wizard.microsoft.credentials import Credential
from wizard.microsoft.entra import Entra, asking_entra
from wizard.microsoft.http import Answer, Http
from wizard.microsoft.tokens import TokenAnswer, read_token_answer
from wizard.secret import Secret
from wizard.text import clean, clean_line, is_link_to

GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
MFA_CLAIMS: Final = '{"access_token":{"amr":{"values":["mfa"]}}}'
"""The claims request for MFA (protocol 1.8); whether every tenant honours it is (U), so the token is read as well."""
DEFAULT_INTERVAL: Final = 5.0
DEFAULT_LIFE: Final = 900.0
"""Seconds, where the service does not say (protocol 1.3)."""


@dataclass(slots=True)
class DeviceCode:
    """An issued code.

    `verification_uri` is one of the cloud's own pages; `warning` says so where the service sent another.
    `interval` and `life` are seconds; `interval` is never below 1 (T7).
    """

    user_code: str
    verification_uri: str
    interval: float
    life: float
    warning: str
    device_code: Secret
    client_id: str
    tenant_id: str


class DeviceCodeGrant:
    """Asks for codes and polls them."""

    def __init__(self, http: Http, entra: Entra) -> None:
        self._http = http
        self._entra = entra

    def request(self, tenant_id: str, client_id: str, scope: str, credential: Credential | None) -> DeviceCode:
        """Ask for a code for `scope`, with MFA requested.

        Raises:
            ServiceRefusal: the app, the scope or the client type is refused.
        """
        host = self._entra.cloud.login
        if credential is None:
            with asking_entra(host):
                body: object = self._entra.public_client(tenant_id, client_id).initiate_device_flow(
                    [scope], claims_challenge=MFA_CLAIMS
                )
        else:
            form = {"client_id": client_id, "scope": f"{scope} offline_access openid profile", "claims": MFA_CLAIMS}
            body = self._post(tenant_id, "devicecode", form, client_id, credential)
        if not isinstance(body, Mapping):
            raise Unreachable(host, "answer", "gave an answer that is not JSON")
        if "error" in body or not body.get("user_code"):  # MSAL invents members beside an error (protocol 2.1)
            raise read_entra_error(body, 400, {})
        return self._read(body, tenant_id, client_id)

    def poll(self, code: DeviceCode, credential: Credential | None) -> TokenAnswer:
        """Ask once whether the person has signed in.

        Raises:
            Pending: not yet.
            ServiceRefusal: declined, expired, refused.
            Busy, Unreachable: passing trouble; the code stays good (T6).
        """
        try:
            body = self._poll_public(code) if credential is None else self._poll_confidential(code, credential)
            return read_token_answer(body, self._entra.cloud.login)
        except ServiceRefusal as refusal:
            if refusal.error in {"authorization_pending", "slow_down"}:
                raise Pending(refusal.error == "slow_down") from None
            raise

    def _poll_public(self, code: DeviceCode) -> object:
        # MSAL's loop neither sleeps nor stops at interval 0 (T7); with exit_condition it asks once.
        flow: dict[str, Any] = {"device_code": code.device_code.reveal(), "interval": 1, "expires_at": 0}
        app = self._entra.public_client(code.tenant_id, code.client_id)
        with asking_entra(self._entra.cloud.login):
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
        self, tenant_id: str, endpoint: str, form: Mapping[str, str], client_id: str, credential: Credential
    ) -> object:
        base = f"{self._entra.cloud.authority(tenant_id)}/oauth2/v2.0"
        proof = credential.form(client_id, f"{base}/token") if endpoint == "token" else {}
        answer: Answer = self._http.ask("POST", f"{base}/{endpoint}", form={**form, **proof})
        if answer.body is None:
            raise Unreachable(self._entra.cloud.login, "answer", "gave an answer that is not JSON")
        if answer.status != 200:
            raise read_entra_error(answer.body, answer.status, answer.headers)
        return answer.body

    def _read(self, body: Mapping[str, object], tenant_id: str, client_id: str) -> DeviceCode:
        sent = str(body.get("verification_uri") or body.get("verification_url") or "")
        uri, warning = own_page(sent, self._entra.cloud.device_pages)
        device_code = body.get("device_code")
        if not isinstance(device_code, str) or not device_code:
            raise Unreachable(self._entra.cloud.login, "answer", "issued a code without its device_code")
        return DeviceCode(
            clean_line(str(body["user_code"]), 20),
            uri,
            max(1.0, _seconds(body.get("interval"), DEFAULT_INTERVAL, 60.0)),
            max(1.0, _seconds(body.get("expires_in"), DEFAULT_LIFE, 3600.0)),
            warning,
            Secret(device_code),
            client_id,
            tenant_id,
        )


def own_page(sent: str, pages: tuple[str, ...]) -> tuple[str, str]:
    """The address to show, and a warning: another host's page never is shown as a link (RFC 8628, 5.4)."""
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
