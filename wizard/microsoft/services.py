"""All services of one cloud, over one HTTP path; azure-identity, and the vault, are imported when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.errors import BadInput
from wizard.events import Tell
from wizard.microsoft.clouds import Cloud
from wizard.microsoft.connection import Connection
from wizard.microsoft.device_code import DeviceCodeGrant
from wizard.microsoft.entra import Entra
from wizard.microsoft.graph import Graph
from wizard.microsoft.http import Http
from wizard.microsoft.identities import Identities
from wizard.microsoft.partner_center import PartnerCenter
from wizard.microsoft.policies import TenantPolicies
from wizard.secret import Secret
from wizard.waiting import Cancel, Clock

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from wizard.microsoft.key_vault import KeyVault
    from wizard.microsoft.sign_ins import SignInFor

Prompt = Callable[[str, str, datetime], None]
"""Called with the address, the code and its end (aware, UTC)."""


class Services:
    """The services a journey asks.

    Args:
        cloud: which cloud's.
        clock: measures waits.
        cancel: ends every request and wait.
    """

    def __init__(self, cloud: Cloud, clock: Clock, cancel: Cancel) -> None:
        self.cloud = cloud
        self.http = Http(cloud, clock, cancel)
        self.connection = Connection(self.http)
        self.identities = Identities(self.http)
        self.entra = Entra(self.http)
        self.device_codes = DeviceCodeGrant(self.http, self.entra)
        self.partner_center = PartnerCenter(self.http)
        self.graph = Graph(self.http)
        self.policies = TenantPolicies(self.http)
        self._credentials: dict[tuple[str, str, str], TokenCredential] = {}

    def because(self, reason: str) -> AbstractContextManager[None]:
        """Note `reason` with every request made inside."""
        return self.http.because(reason)

    def vault(self, url: str, identity: str, tenant_id: str, prompt: Prompt, tell: Tell) -> KeyVault:
        """The vault at `url`, as `identity`; a sign-in made for it is kept for the next call.

        Args:
            tenant_id: of the vault, where the vault itself does not name another.
            prompt: shows the address, the code and its end (aware, UTC), where somebody signs in with one.
            tell: is told what is waited for meanwhile.
        """
        from wizard.microsoft.key_vault import KeyVault
        from wizard.microsoft.sign_ins import VAULT

        return KeyVault(self.http, url, self._credential(identity, VAULT, tenant_id, prompt, tell))

    def graph_token(self, identity: str, tenant_id: str, prompt: Prompt, tell: Tell) -> Secret:
        """A token for Graph, as `identity`; arguments, and what is kept, as for `vault`.

        Raises:
            ServiceRefusal: the identity cannot sign in.
            Unreachable: whoever gives tokens could not be asked.
        """
        from wizard.microsoft.sign_ins import GRAPH, access_token

        credential = self._credential(identity, GRAPH, tenant_id, prompt, tell)
        return access_token(self.http, credential, f"https://{self.cloud.graph}/.default", tenant_id, GRAPH)

    def _credential(
        self, identity: str, asked: SignInFor, tenant_id: str, prompt: Prompt, tell: Tell
    ) -> TokenCredential:
        """The credential of an identity, made once; a person's sign-in is one for each app."""
        from wizard.microsoft.code_credential import CodeCredential
        from wizard.microsoft.sign_ins import credential_of

        key = (identity, tenant_id, asked.purpose)
        if key not in self._credentials:
            if identity == "browser":  # the one place where it is made
                raise BadInput(f"{asked.purpose}_identity", "signing in in a browser is not there yet")
            self._credentials[key] = (
                CodeCredential(self.http, self.entra, self.device_codes, asked, tenant_id, prompt, tell)
                if identity == "device-code"
                else credential_of(self.http, identity, asked)
            )
        return self._credentials[key]
