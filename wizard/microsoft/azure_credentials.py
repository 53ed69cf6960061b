"""Who opens the vault, and who reads Graph: credentials of azure-identity over the one HTTP path, by their names."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline.transport import RequestsTransport

from wizard.core.errors import Busy, ServiceRefusal, Unreachable
from wizard.core.secret import Secret
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.microsoft.http import IMDS_HOST, Http
from wizard.microsoft.http_response import retry_after, url_host
from wizard.microsoft.network_errors import UNREADABLE, read_network_error
from wizard.microsoft.vault_answers import SessionTransport
from wizard.microsoft.wire_redaction import LONGEST_REFUSAL
from wizard.redaction.redactor import Redactor

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential


@dataclass(frozen=True, slots=True)
class SignInTarget:
    """What an identity signs in for.

    Args:
        purpose: as events of a sign-in say it.
        service: as refusals say it.
        client_id: the app that a person signs in to; both are Microsoft's own, and known in every tenant.
    """

    purpose: str
    service: str
    client_id: str


VAULT: Final = SignInTarget("vault", "key_vault", "04b07795-8ddb-461a-bbee-02f9e1bf7b46")
"""As Microsoft Azure CLI, which azure-identity signs in as too."""
GRAPH: Final = SignInTarget("graph", "graph", "14d82eec-204b-4c2f-b7e8-296a70dab67e")
"""As Microsoft Graph Command Line Tools."""


def create_credential(http: Http, identity: str, target: SignInTarget) -> TokenCredential:
    """The credential of azure-identity by the name the operator chose.

    Args:
        identity: "default", "environment", "cli", "managed" or "workload"; those of a person are made elsewhere.
        target: what for.

    Raises:
        ServiceRefusal: its settings are missing or malformed.
    """
    from azure import identity as azure

    common: dict[str, Any] = {
        "transport": azure_transport(http),
        "retry_total": 3,
        "retry_backoff_factor": 0.5,
        "retry_on_methods": ["GET", "POST"],
        "logging_enable": False,
    }
    entra = common | {
        "authority": f"https://{http.cloud.login}",
        "disable_instance_discovery": not http.cloud.known_authority,
        "additionally_allowed_tenants": ["*"],
    }
    if identity in {"default", "managed"}:
        for host in (IMDS_HOST, url_host(os.environ.get("IDENTITY_ENDPOINT", ""))):
            http.allowed_hosts.add_identity_endpoint(host)
    makers: dict[str, Callable[[], Any]] = {
        "environment": lambda: azure.EnvironmentCredential(**entra),
        "cli": lambda: azure.AzureCliCredential(additionally_allowed_tenants=["*"]),
        "managed": lambda: azure.ManagedIdentityCredential(**common),
        "workload": lambda: azure.WorkloadIdentityCredential(**entra),
        "default": lambda: azure.DefaultAzureCredential(
            exclude_interactive_browser_credential=True,
            exclude_shared_token_cache_credential=True,
            exclude_visual_studio_code_credential=True,
            **entra,
        ),
    }
    try:
        return _Cancellable(makers[identity](), http)
    except (ValueError, OSError) as error:  # settings that are missing or malformed, a file that is not there
        raise identity_error(error, target, http.redactor) from None


def access_token(http: Http, credential: TokenCredential, scope: str, tenant_id: str, target: SignInTarget) -> Secret:
    """A token of `credential` for the one scope, in the tenant where one is named.

    Raises:
        ServiceRefusal: the identity cannot sign in.
        Unreachable: Entra, or the endpoint of a managed identity, could not be asked or not be understood.
        Cancelled: the cancel signal was set.
    """
    try:
        return Secret(credential.get_token(scope, tenant_id=tenant_id or None).token)
    except ClientAuthenticationError as error:
        raise identity_error(error.message or error, target, http.redactor) from None
    except HttpResponseError as error:
        if error.status_code == 429 or (error.status_code or 0) >= 500:
            response: Any = error.response
            again = None if response is None else retry_after(response.headers.get("Retry-After"))
            raise Busy(http.cloud.login, error.status_code or 0, again) from None
        raise identity_error(error.message or error, target, http.redactor) from None
    except (ServiceRequestError, ServiceResponseError) as error:
        raise read_network_error(error, http.cloud.login) from None
    except (AzureError, *UNREADABLE) as error:
        detail = f"gave an answer that could not be read ({type(error).__name__})"
        raise Unreachable(http.cloud.login, Trouble.ANSWER, detail) from None


def identity_error(error: object, target: SignInTarget, redactor: Redactor) -> ServiceRefusal:
    """The refusal that the identity cannot sign in; `error` is the text of azure-identity, or of a program it called.

    That text came by no way that was scrubbed.
    """
    said = clean_line(redactor.redact(str(error)[:LONGEST_REFUSAL]), 600)
    return ServiceRefusal(target.service, "", "no_identity", said)


def azure_transport(http: Http) -> RequestsTransport:
    """The one HTTP path, for azure-core."""
    return SessionTransport(session=http.session, session_owner=False)


class _Cancellable:
    """A credential whose sign-in, by another program or by Entra, ends with the cancel signal."""

    def __init__(self, inner: TokenCredential, http: Http) -> None:
        self._inner = inner
        self._http = http

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """As the inner credential does; raises `Cancelled`."""
        results: list[AccessToken | BaseException] = []
        cancel = self._http.cancel

        def go() -> None:
            self._http.scope.cancel = cancel  # left behind by a cancel, it sends nothing more
            try:
                results.append(self._inner.get_token(*scopes, **options))
            except BaseException as error:  # noqa: BLE001  # carried over to the caller's thread
                results.append(error)

        thread = threading.Thread(target=go, name="identity", daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(0.05)
            cancel.check()
        if isinstance(results[0], BaseException):
            raise results[0]
        return results[0]
