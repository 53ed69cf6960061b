"""The rehearsal cloud: starts and stops a scene's services on loopback, and shows what happened in it."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from starlette.applications import Starlette

from wizard.rehearsal import scenes
from wizard.rehearsal.clock import RehearsalClock
from wizard.rehearsal.entra import Entra
from wizard.rehearsal.faults import Faults
from wizard.rehearsal.files import answers_file, cloud_file, lay_out_credentials, write_private
from wizard.rehearsal.front import Exchange, Front, Log
from wizard.rehearsal.graph import Graph
from wizard.rehearsal.key_vault import KeyVault
from wizard.rehearsal.names import Names, own_names, production_names
from wizard.rehearsal.pages import Pages
from wizard.rehearsal.partner_center import PartnerCenter
from wizard.rehearsal.people import People
from wizard.rehearsal.proxy import Proxy
from wizard.rehearsal.scenes import Scene
from wizard.rehearsal.server import ServerThread, lay_out_certificates, listen
from wizard.rehearsal.sign_in import session_of
from wizard.rehearsal.state import CloudState
from wizard.rehearsal.vault_state import VaultState
from wizard.rehearsal.world import Service, Vault


class RehearsalCloud:
    """A scene's cloud, running from `with` to its end.

    Args:
        scene: the world and its people.
        names: "own" names, or Microsoft's "production" names.
        people: "act" lets people act by themselves; with "wait" only the pages in a browser are used.
        clock: the cloud's clock; a new one by default.
        without_faults: leaves the scene's deviation out: the scene it is based on is played instead.
    """

    def __init__(
        self,
        scene: Scene,
        names: Literal["own", "production"] = "own",
        people: Literal["act", "wait"] = "act",
        clock: RehearsalClock | None = None,
        without_faults: bool = False,
    ) -> None:
        self.scene = scenes.without_faults(scene) if without_faults else scene
        self.clock = clock or RehearsalClock()
        self._which = names
        self._acting = people == "act"
        self._log = Log()
        self._faults = Faults(self.scene.world.faults)

    def __enter__(self) -> Self:
        """Starts the cloud."""
        listening = listen()
        port = listening.getsockname()[1]
        self.names: Names = own_names(port) if self._which == "own" else production_names(port)
        self.folder = Path(tempfile.mkdtemp(prefix="partner-wizard-rehearsal-"))
        self.state = CloudState(self.scene.world, self.names, self.clock)
        self.ca_bundle = lay_out_certificates(self.folder, self.names, self.scene.world.way.inspected_by)
        lay_out_credentials(self.folder, self.state)
        _fill_vaults(self.state)
        self._proxy = Proxy(self.names, self._vault_exists, self._is_blocked)
        ahead = timedelta(seconds=self.scene.world.way.clock_behind)
        front = Front(self._services(), self.names, self._faults, self._log, self.clock, ahead)
        self._server = ServerThread(front, self._proxy, listening, self.folder)
        self.people = People(self.state, self._acting)
        try:
            self._server.start()
        except BaseException:
            listening.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self.people.start()
        self.proxy_url = f"http://127.0.0.1:{self._server.proxy_port}"
        self.cloud_file = write_private(
            self.folder / "cloud.toml", cloud_file(self.names, self.proxy_url, self.ca_bundle)
        )
        self.answers_file = write_private(
            self.folder / "answers.toml", answers_file(self.scene, self.names, self.folder)
        )
        self.environment = self._environment()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops the cloud and removes its folder."""
        self.people.stop()
        self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> list[Exchange]:
        """Every request answered so far."""
        return self._log.all()

    @property
    def refused(self) -> list[str]:
        """The hosts the proxy refused."""
        return list(self._proxy.refused)

    @property
    def vault(self) -> VaultState:
        """The scene's vault."""
        return self.state.vaults[self.scene.world.vault.name]

    @property
    def spare_vault(self) -> VaultState:
        """Another vault of the operator, in which nothing goes wrong."""
        return self.state.vaults[self.scene.world.spare_vault.name]

    @property
    def device_page(self) -> str:
        """Where a browser on this machine types the code, under the port of loopback."""
        return f"https://localhost:{self.names.port}/device"

    def mend(self) -> None:
        """Removes what goes wrong with the vault, the faults of answers, and the loss of device codes."""
        with self.state.lock:
            self.state.mended = True
            for vault in self.state.vaults.values():
                vault.mended = True
        self._faults.mend()

    def _vault_exists(self, label: str) -> bool:
        vault = self.state.vaults.get(label)
        return vault is not None and (vault.vault.exists or vault.mended)

    def _is_blocked(self, host: str) -> bool:
        return self.names.service_of(host) in self.scene.world.way.blocked and not self.state.mended

    def _services(self) -> dict[Service, Starlette]:
        entra, pages, partner_center = Entra(self.state), Pages(self.state), PartnerCenter(self.state)
        return {
            Service.LOGIN: Starlette(routes=[*entra.routes(), *pages.routes()]),
            Service.GRAPH: Starlette(routes=Graph(self.state).routes()),
            Service.PARTNER_CENTER: Starlette(routes=partner_center.routes()),
            Service.REFERRALS: Starlette(routes=partner_center.referral_routes()),
            Service.VAULT: Starlette(routes=KeyVault(self.state).routes()),
        }

    def _environment(self) -> dict[str, str]:
        operator = self.scene.world.operator
        environment = {
            "AZURE_TENANT_ID": self.scene.world.tenant.id,
            "AZURE_CLIENT_ID": operator.client_id,
            "AZURE_CLIENT_SECRET": self.state.apps[operator.client_id].secrets[0].value,
        }
        if self.names.which == "production":
            environment |= {"HTTPS_PROXY": self.proxy_url, "REQUESTS_CA_BUNDLE": str(self.ca_bundle)}
        return environment


def _fill_vaults(state: CloudState) -> None:
    """Lays the scene's secrets into its vaults; those marked as tokens are refresh tokens that work."""
    vaults: tuple[Vault, Vault] = (state.world.vault, state.world.spare_vault)
    for vault in vaults:
        for item in vault.secrets:
            value = item.value
            if item.token:
                person = state.person("integration")
                session = session_of(state, person, state.world.app.client_id, True, "device_code")
                session.amr = ("pwd", "mfa")
                value = state.new_refresh_token(session)
            state.vaults[vault.name].put_aged(item.name, value, item.age_days, item.enabled, item.tags)
