"""Entra: tenant discovery, tokens for the app itself, the redemption of refresh tokens.

MSAL does the OAuth; the discovery document is read here first, because MSAL loses the error code of an unknown tenant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import msal

from wizard.catalogue import read_entra_error
from wizard.core.errors import Busy, ServiceRefusal, Unreachable
from wizard.core.secret import Secret
from wizard.core.shapes import GUID
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.microsoft.clouds import Cloud
from wizard.microsoft.credentials import Credential
from wizard.microsoft.http import Http
from wizard.microsoft.msal_http import MsalHttp
from wizard.microsoft.network_errors import UNREADABLE, translating_network_errors
from wizard.microsoft.token_response import TokenResponse, read_token_response


@dataclass(frozen=True, slots=True)
class TenantRecord:
    """What the discovery document says of a tenant (protocol 1.1). `tenant_id` is a lower-case GUID.

    `sub_scope` is the part of a region's cloud, such as "GCC" (protocol 5).
    """

    tenant_id: str
    cloud_instance_name: str
    sub_scope: str = ""


def _path_of(address: str) -> str:
    return "/" + address.partition("://")[2].partition("/")[2]


class Entra:
    """Entra in one cloud.

    Args:
        http: the one HTTP path.
    """

    def __init__(self, http: Http) -> None:
        self._http = http
        self._apps: dict[tuple[str, str, int], tuple[msal.ClientApplication, dict[str, object]]] = {}

    @property
    def cloud(self) -> Cloud:
        """The cloud that is asked."""
        return self._http.cloud

    def discover_tenant(self, tenant: str) -> TenantRecord:
        """Return the record of `tenant`, a GUID or a domain.

        Raises:
            ServiceRefusal: AADSTS90002 and the like.
            Busy, Unreachable: as `Http.request`.
        """
        url = f"{self.cloud.authority(quote(tenant, safe=''))}/v2.0/.well-known/openid-configuration"
        answer = self._http.request("GET", url)
        if answer.status != 200 or not isinstance(answer.body, Mapping):
            if answer.body is None:
                raise Unreachable(self.cloud.login, Trouble.ANSWER, "gave a discovery document that is not JSON")
            raise read_entra_error(answer.body, answer.status, answer.headers)
        addresses = (str(answer.body.get("issuer", "")), str(answer.body.get("token_endpoint", "")))
        tenant_id = next((match[0] for address in addresses if (match := GUID.search(_path_of(address)))), "")
        if not tenant_id:
            raise Unreachable(self.cloud.login, Trouble.ANSWER, "gave a discovery document without a tenant id")
        return TenantRecord(
            tenant_id.lower(),
            clean_line(str(answer.body.get("cloud_instance_name") or ""), 100),
            clean_line(str(answer.body.get("tenant_region_sub_scope") or ""), 40),
        )

    def acquire_app_token(self, tenant_id: str, client_id: str, credential: Credential, resource: str) -> Secret:
        """Return a token of the app itself, by client credentials; asked for each time.

        It proves the credential, not that a permission was granted (protocol 1.5).

        Args:
            tenant_id, client_id: of the tenant and of the app.
            credential: what the app proves itself with.
            resource: an https address without a slash at its end.

        Raises:
            ServiceRefusal, Busy, Unreachable: as Entra answers, or does not.
        """
        app = self.client(tenant_id, client_id, credential)
        with translating_msal_errors(self.cloud.login):
            app.remove_tokens_for_client()
            result = app.acquire_token_for_client([f"{resource}/.default"])
        return read_token_response(result, self.cloud.login).access_token

    def redeem_refresh_token(
        self, tenant_id: str, client_id: str, credential: Credential | None, refresh_token: Secret, scope: str
    ) -> TokenResponse:
        """Redeem a refresh token as a renewal would: with `credential`, or without one as a public client.

        Raises:
            ServiceRefusal, Busy, Unreachable: as Entra answers, or does not.
        """
        app = self.client(tenant_id, client_id, credential)
        with translating_msal_errors(self.cloud.login):
            result = app.acquire_token_by_refresh_token(refresh_token.reveal(), [scope])
        return read_token_response(result, self.cloud.login)

    def client(self, tenant_id: str, client_id: str, credential: Credential | None) -> msal.ClientApplication:
        """Return MSAL's client, with the answers to earlier tries forgotten (T5, T8)."""
        app, http_cache = self._app(tenant_id, client_id, credential)
        http_cache.clear()
        return app

    def _app(
        self, tenant_id: str, client_id: str, credential: Credential | None
    ) -> tuple[msal.ClientApplication, dict[str, object]]:
        """Return MSAL's application object; making one asks the network, so each is kept."""
        key = (tenant_id, client_id, hash(credential))
        if key not in self._apps:
            http_cache: dict[str, object] = {}
            options = {
                "authority": self.cloud.authority(tenant_id),
                "instance_discovery": None if self.cloud.known_authority else False,
                "http_client": MsalHttp(self._http),
                "http_cache": http_cache,
                "azure_region": False,  # None would let MSAL_FORCE_REGION send the app's credential to another host
            }
            with (
                translating_msal_errors(self.cloud.login),
                self._http.attributed_to("MSAL reads the tenant's endpoints"),
            ):
                if credential is None:
                    app = msal.PublicClientApplication(client_id, **options)
                else:
                    app = msal.ConfidentialClientApplication(
                        client_id, client_credential=credential.for_msal(), **options
                    )
            self._apps[key] = (app, http_cache)
        return self._apps[key]


@contextmanager
def translating_msal_errors(host: str) -> Iterator[None]:
    """Turn what MSAL may raise into our errors; none of them carries an answer's text (T4, T6)."""
    try:
        with translating_network_errors(host):
            yield
    except (ServiceRefusal, Unreachable):
        raise
    except msal.exceptions.MsalServiceError:
        raise Busy(host, 503, None) from None
    except UNREADABLE as error:
        detail = f"gave an answer that MSAL could not read ({type(error).__name__})"
        raise Unreachable(host, Trouble.ANSWER, detail) from None
