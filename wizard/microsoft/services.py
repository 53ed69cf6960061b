"""All services of one cloud, over one HTTP path; the vault's part is made, and imported, when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.events import Tell
from wizard.microsoft.authorization_code import AuthorizationCodeGrant
from wizard.microsoft.clouds import Cloud
from wizard.microsoft.connection import Connection
from wizard.microsoft.device_code import DeviceCodeGrant
from wizard.microsoft.entra import Entra
from wizard.microsoft.graph import Graph
from wizard.microsoft.http import Http
from wizard.microsoft.identities import Identities
from wizard.microsoft.partner_center import PartnerCenter
from wizard.waiting import Cancel, Clock

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from wizard.microsoft.key_vault import KeyVault


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
        self.authorization_codes = AuthorizationCodeGrant(self.http, self.entra)
        self.partner_center = PartnerCenter(self.http)
        self.graph = Graph(self.http)
        self._credentials: dict[tuple[str, str], TokenCredential] = {}

    def because(self, reason: str) -> AbstractContextManager[None]:
        """Note `reason` with every request made inside."""
        return self.http.because(reason)

    def vault(
        self, url: str, identity: str, tenant_id: str, prompt: Callable[[str, str, datetime], None], tell: Tell
    ) -> KeyVault:
        """The vault at `url`, as `identity`; a sign-in made for it is kept for the next call.

        Args:
            tenant_id: of the vault, where the vault itself does not name another.
            prompt: shows the address, the code and its end (aware, UTC), where somebody signs in with one.
            tell: is told what is waited for meanwhile.
        """
        from wizard.microsoft.code_credential import CodeCredential
        from wizard.microsoft.key_vault import KeyVault, vault_credential

        key = (identity, tenant_id)
        if key not in self._credentials:
            self._credentials[key] = (
                CodeCredential(self.http, self.entra, self.device_codes, tenant_id, prompt, tell)
                if identity == "device-code"
                else vault_credential(self.http, identity)
            )
        return KeyVault(self.http, url, self._credentials[key])
