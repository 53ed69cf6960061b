"""All services of one cloud, over one HTTP path; azure-identity, and the vault, are imported when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.core.events import Emit
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel, Clock
from wizard.microsoft.authorization_code import AuthorizationCodeGrant
from wizard.microsoft.changes import Changes
from wizard.microsoft.clouds import Cloud
from wizard.microsoft.device_code import DeviceCodeGrant
from wizard.microsoft.entra import Entra
from wizard.microsoft.graph import Graph
from wizard.microsoft.host_probe import HostProber
from wizard.microsoft.http import Http
from wizard.microsoft.identities import Identities
from wizard.microsoft.partner_center import PartnerCenter
from wizard.microsoft.referrals import Referrals
from wizard.microsoft.resource_manager import ResourceManager
from wizard.microsoft.sign_in_targets import GRAPH, VAULT, SignInTarget

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from wizard.microsoft.credentials import FederatedCredential
    from wizard.microsoft.interactive_credential import InteractiveSignIn
    from wizard.microsoft.key_vault import KeyVault
    from wizard.microsoft.token_response import TokenResponse
    from wizard.microsoft.wire import Wire


@dataclass(frozen=True, slots=True)
class SignInPrompts:
    """How somebody is asked to sign in, if an identity wants a person.

    Args:
        show_code: called with the address, the code and its end (aware, UTC).
        sign_in_in_browser: lets somebody sign in: called with tenant, app, scope and claims request.
        emit: is told what is waited for meanwhile.
    """

    show_code: Callable[[str, str, datetime], None]
    sign_in_in_browser: Callable[[str, str, str, str], TokenResponse]
    emit: Emit


class Services:
    """The services a journey asks.

    Args:
        cloud: which cloud's.
        clock: measures waits.
        cancel: ends every request and wait.
        wire: the connections that onboardings share; None for its own.
    """

    def __init__(self, cloud: Cloud, clock: Clock, cancel: Cancel, wire: Wire | None = None) -> None:
        self.cloud = cloud
        self.http = Http(cloud, clock, cancel, wire)
        self.host_prober = HostProber(self.http)
        self.identities = Identities(self.http)
        self.entra = Entra(self.http)
        self.device_codes = DeviceCodeGrant(self.http, self.entra)
        self.authorization_codes = AuthorizationCodeGrant(self.http, self.entra)
        self.partner_center = PartnerCenter(self.http)
        self.referrals = Referrals(self.http)
        self.graph = Graph(self.http)
        self.resource_manager = ResourceManager(self.http)
        self.changes = Changes(self.http)
        self._credentials: dict[tuple[str, str, str], TokenCredential] = {}
        self._vaults: dict[tuple[str, str, str], KeyVault] = {}
        self._federated: dict[tuple[str, str], FederatedCredential] = {}

    def attributed_to(self, reason: str) -> AbstractContextManager[None]:
        """Record `reason` with every request made inside."""
        return self.http.attributed_to(reason)

    def vault(self, url: str, identity: str, tenant_id: str, prompts: SignInPrompts | None = None) -> KeyVault:
        """Return the vault at `url`, opened as `identity`; it, and its sign-in, are kept for the next call.

        Args:
            url: the vault's address.
            identity: the `vault_identity` of the answers.
            tenant_id: of the vault, if the vault itself does not name another.
            prompts: how somebody is asked to sign in, if the identity is a person's; None: nobody can.
        """
        from wizard.microsoft.key_vault import KeyVault

        key = (url, identity, tenant_id)
        if key not in self._vaults:
            self._vaults[key] = KeyVault(self.http, url, self._credential(identity, VAULT, tenant_id, prompts))
        return self._vaults[key]

    def graph_token(self, identity: str, tenant_id: str, prompts: SignInPrompts | None = None) -> Secret:
        """Return a token for Graph, as `identity`; arguments, and what is kept, as for `vault`.

        Raises:
            ServiceRefusal: the identity cannot sign in.
            Unreachable: whoever gives tokens could not be asked.
        """
        return self._graph_token(identity, tenant_id, prompts, (".default",))

    def graph_token_for(
        self, permissions: tuple[str, ...], identity: str, tenant_id: str, prompts: SignInPrompts
    ) -> Secret:
        """Return a token for Graph with these permissions, which a person who signs in is asked to consent to.

        Other arguments, and errors, as for `graph_token`.
        """
        return self._graph_token(identity, tenant_id, prompts, permissions)

    def _graph_token(
        self, identity: str, tenant_id: str, prompts: SignInPrompts | None, permissions: tuple[str, ...]
    ) -> Secret:
        from wizard.microsoft.azure_credentials import access_token

        credential = self._credential(identity, GRAPH, tenant_id, prompts)
        scope = " ".join(f"https://{self.cloud.graph}/{each}" for each in permissions)
        return access_token(self.http, credential, scope, tenant_id, GRAPH)

    def resource_manager_token(self, identity: str, tenant_id: str, prompts: SignInPrompts | None = None) -> Secret:
        """Return a token for Azure Resource Manager, as `identity`; arguments, what is kept, errors as `graph_token`.

        A person who has signed in for the vault is not asked again: both sign in as the same app.
        """
        return self._azure_token(self.cloud.resource_manager, identity, tenant_id, prompts)

    def vault_token(self, identity: str, tenant_id: str, prompts: SignInPrompts | None = None) -> Secret:
        """Return a token for the cloud's vaults, as `identity`; everything else as for `resource_manager_token`."""
        return self._azure_token(self.cloud.vault_suffix, identity, tenant_id, prompts)

    def _azure_token(self, resource: str, identity: str, tenant_id: str, prompts: SignInPrompts | None) -> Secret:
        from wizard.microsoft.azure_credentials import access_token

        credential = self._credential(identity, VAULT, tenant_id, prompts)
        return access_token(self.http, credential, f"https://{resource}/.default", tenant_id, VAULT)

    def has_signed_in(self, identity: str, tenant_id: str) -> bool:
        """Return whether a person has signed in for the vault, as this identity and in this tenant."""
        credential = self._credentials.get((identity, tenant_id, VAULT.purpose))
        return bool(getattr(credential, "has_signed_in", False))

    def object_id_of(self, access_token: Secret) -> str:
        """Return the object id of whoever a token was issued to, "" if it does not say it."""
        from wizard.microsoft.token_response import read_access_claims

        return read_access_claims(access_token.reveal()).user_id

    def federated_credential(self, source: str, place: str) -> FederatedCredential:
        """Return the credential of an app that trusts a token of this machine; what gives the token is made once.

        Args:
            source: "managed", "workload" or "file".
            place: the client id of a managed identity, or the path of a file; "" where the machine knows it.
        """
        from wizard.microsoft.federated import federated_credential

        key = (source, place)
        if key not in self._federated:
            self._federated[key] = federated_credential(self.http, source, place)
        return self._federated[key]

    def _credential(
        self, identity: str, target: SignInTarget, tenant_id: str, prompts: SignInPrompts | None
    ) -> TokenCredential:
        """Return the credential of an identity, made once; a person signs in once for each app."""
        from wizard.microsoft.azure_credentials import create_credential
        from wizard.microsoft.interactive_credential import InteractiveCredential

        key = (identity, tenant_id, target.purpose)
        if key not in self._credentials:
            interactive = {} if prompts is None else self._interactive_sign_ins(prompts)
            self._credentials[key] = (
                InteractiveCredential(self.http, self.entra, target, tenant_id, interactive[identity])
                if identity in interactive
                else create_credential(self.http, identity, target)
            )
        return self._credentials[key]

    def _interactive_sign_ins(self, prompts: SignInPrompts) -> dict[str, InteractiveSignIn]:
        from wizard.microsoft.interactive_credential import device_code_sign_in

        code = device_code_sign_in(self.http, self.device_codes, prompts.show_code, prompts.emit)
        return {"browser": prompts.sign_in_in_browser, "device-code": code}
