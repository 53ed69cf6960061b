"""Who opens the vault, and who reads Graph: credentials of azure-identity over the one HTTP path, by their names."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wizard.core.secret import Secret
from wizard.core.waiting import POLL_INTERVAL
from wizard.microsoft.azure_errors import identity_error, translating_identity_errors
from wizard.microsoft.azure_transport import azure_transport
from wizard.microsoft.http import IMDS_HOST, Http
from wizard.microsoft.http_response import url_host
from wizard.microsoft.sign_in_targets import SignInTarget

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential


def create_credential(http: Http, identity: str, target: SignInTarget, client_id: str = "") -> TokenCredential:
    """Return the credential of azure-identity by the name that the operator chose.

    Args:
        http: the one HTTP path.
        identity: "default", "environment", "cli", "managed" or "workload"; those of a person are made elsewhere.
        target: what it signs in to.
        client_id: of the managed identity, if the machine has several; "" for its only one.

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
        "managed": lambda: azure.ManagedIdentityCredential(client_id=client_id or None, **common),
        "workload": lambda: azure.WorkloadIdentityCredential(**entra),
        "default": lambda: azure.DefaultAzureCredential(
            exclude_interactive_browser_credential=True,
            exclude_shared_token_cache_credential=True,
            exclude_visual_studio_code_credential=True,
            **entra,
        ),
    }
    try:
        return _OfMachine(makers[identity](), http, (identity, client_id, http.cloud.login))
    except (ValueError, OSError) as error:  # settings that are missing or malformed, a file that is not there
        raise identity_error(error, target, http.redactor) from None


def access_token(http: Http, credential: TokenCredential, scope: str, tenant_id: str, target: SignInTarget) -> Secret:
    """Return a token of `credential` for the one scope, in the tenant if one is named.

    Args:
        http: the one HTTP path.
        credential: signs in.
        scope: such as "https://graph.microsoft.com/.default".
        tenant_id: "" for the credential's own.
        target: what the token is for.

    Raises:
        ServiceRefusal: the identity cannot sign in.
        Unreachable: Entra, or the endpoint of a managed identity, could not be asked or not be understood.
        Cancelled: the cancel signal was set.
    """
    with translating_identity_errors(http, target):
        return Secret(credential.get_token(scope, tenant_id=tenant_id or None).token)


class _OfMachine:
    """A credential of this machine: its tokens are for all who share the wire, and its sign-in, by another program or
    by Entra, ends with the cancel signal.

    Args:
        inner: of azure-identity.
        http: the one HTTP path.
        whose: what makes it another identity.
    """

    def __init__(self, inner: TokenCredential, http: Http, whose: tuple[str, ...]) -> None:
        self._inner, self._http, self._whose = inner, http, whose

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return what the inner credential does. Raises `Cancelled` as well."""
        http, tokens = self._http, self._http.wire.identity_tokens
        if tokens is None or options.get("claims"):  # with claims, the service refuses the token that is there
            return self._ask(*scopes, **options)
        key = (self._whose, scopes, *sorted(options.items()))
        token = tokens.get(key, lambda: self._ask(*scopes, **options), http.clock, http.cancel)
        http.redactor.remember(token.token)
        return token

    def _ask(self, *scopes: str, **options: Any) -> AccessToken:
        scope, cancel = self._http.scope, self._http.cancel

        def go() -> AccessToken:
            scope.cancel = cancel  # left behind by a cancel, it sends nothing more
            try:
                return self._inner.get_token(*scopes, **options)
            finally:
                scope.cancel = None

        work = self._http.wire.threads.begin(go)
        while not work.has_ended_within(POLL_INTERVAL / 2):
            cancel.check()
        return work.result()
