"""The rehearsal cloud: starts and stops a scene's services on loopback, and shows what happened in it."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from wizard.rehearsal.choices import MachineIdentity, Service
from wizard.rehearsal.clock import RehearsalClock
from wizard.rehearsal.cloud_files import (
    answers_file,
    cloud_file,
    issued_before,
    upload_certificate,
    write_credentials,
    write_machine_token,
    write_private,
    write_secrets,
    write_tokens,
)
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.connect_proxy import ConnectProxy
from wizard.rehearsal.customer_consents_api import CustomerConsentsApi
from wizard.rehearsal.dispatcher import Dispatcher
from wizard.rehearsal.entra_api import EntraApi
from wizard.rehearsal.estate import Estate, Resident, RoutesOf
from wizard.rehearsal.fault_injection import FaultInjector
from wizard.rehearsal.graph_api import GraphApi
from wizard.rehearsal.graph_changes import GraphChanges
from wizard.rehearsal.graph_people import GraphPeople
from wizard.rehearsal.host_names import HostNames, own_names, production_names
from wizard.rehearsal.key_vault_api import KeyVaultApi
from wizard.rehearsal.login_pages import LoginPages
from wizard.rehearsal.machine_identity import ENDPOINT_PATH, TOKEN_FILE, MachineIdentityApi
from wizard.rehearsal.partner_center_api import PartnerCenterApi
from wizard.rehearsal.people import People
from wizard.rehearsal.request_log import LoggedRequest, RequestLog
from wizard.rehearsal.resource_manager_api import ResourceManagerApi
from wizard.rehearsal.resource_manager_changes import ResourceManagerChanges
from wizard.rehearsal.scene_files import Scene
from wizard.rehearsal.server import ServerThread, listen, write_certificates
from wizard.rehearsal.tables import SceneError
from wizard.rehearsal.vault_state import VaultState
from wizard.rehearsal.world import Vault, World


class RehearsalCloud:
    """A scene's cloud, running from `with` to its end.

    Args:
        scene: the world and its people.
        names: "own" host names, or Microsoft's "production" ones.
        people: "act": people act by themselves; "wait": somebody uses the pages in a browser.
        clock: the cloud's clock; a new one by default.
        microsoft_cloud: whose production names it has, by its name in `MICROSOFT_CLOUDS`.
    """

    def __init__(
        self,
        scene: Scene,
        names: Literal["own", "production"] = "own",
        people: Literal["act", "wait"] = "act",
        clock: RehearsalClock | None = None,
        microsoft_cloud: str = "global",
    ) -> None:
        self.scene = scene
        self.clock = clock or RehearsalClock()
        self._names_kind = names
        self._microsoft_cloud = microsoft_cloud
        self._acting = people == "act"
        self._is_scene_repaired = False
        self._log = RequestLog()
        self._injector = FaultInjector(self.scene.world.faults)

    def __enter__(self) -> Self:
        """Start the cloud."""
        listening = listen()
        port = listening.getsockname()[1]
        is_own = self._names_kind == "own"
        self.names: HostNames = own_names(port) if is_own else production_names(port, self._microsoft_cloud)
        self.folder = Path(tempfile.mkdtemp(prefix="partner-wizard-rehearsal-"))
        self.state = CloudState(self.scene.world, self.names, self.clock)
        self.ca_bundle = write_certificates(self.folder, self.names, self.scene.world.network.inspected_by)
        write_credentials(self.folder, self.state)
        write_tokens(self.folder, self.state)
        write_machine_token(self.folder, self.state)
        self._machine = MachineIdentityApi(self.state)
        _fill_vaults(self.state)
        self._proxy = ConnectProxy(self.names, self._vault_exists, self._is_blocked)
        self._estate = Estate(Resident(self.state, self._injector), self._services)
        dispatcher = Dispatcher(self._estate, self.names, self._log, self.clock, self._date_ahead)
        self._server = ServerThread(dispatcher, self._proxy, listening, self.folder)
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
            self.folder / "cloud.toml", cloud_file(self.names, self.proxy_url, self.ca_bundle, self.scene.world)
        )
        self.answers_file = write_private(
            self.folder / "answers.toml", answers_file(self.scene, self.names, self.folder)
        )
        self.repaired_answers_file = self.folder / "repaired-answers.toml"
        self.environment = self._environment()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the cloud and remove its folder."""
        self.people.stop()
        self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> list[LoggedRequest]:
        """Every request answered so far."""
        return self._log.all()

    @property
    def refused_hosts(self) -> list[str]:
        """The hosts that the proxy refused."""
        return list(self._proxy.refused_hosts)

    @property
    def vault(self) -> VaultState:
        """The scene's vault."""
        return self.state.vaults[self.scene.world.vault.name]

    @property
    def spare_vault(self) -> VaultState:
        """Another vault of the operator, in which nothing goes wrong."""
        return self.state.vaults[self.scene.world.spare_vault.name]

    def add_tenant(self, world: World) -> CloudState:
        """Let another tenant be in the cloud, beside the scene's own, and return its state."""
        with self.state.lock:
            return self._estate.add(world)

    @property
    def device_page(self) -> str:
        """Address of the device page for a browser on this machine, which needs no proxy for it."""
        return f"https://localhost:{self.names.port}/device"

    def repair(self) -> None:
        """Let nothing go wrong any more: no faults, no refusals of vaults, no blocked hosts, no loss of codes."""
        with self.state.lock:
            self.state.is_repaired = True
            for vault in self.state.vaults.values():
                vault.is_repaired = True
        self._injector.repair()

    @property
    def has_open_repair(self) -> bool:
        """Whether the scene has a repair, and nobody has applied it yet."""
        return self.scene.repair is not None and not self._is_scene_repaired

    def apply_repair(self) -> None:
        """Let the scene's repair be done, and write `repaired_answers_file`; if it was done already, do nothing.

        Raises:
            SceneError: the scene has no repair.
        """
        repair = self.scene.repair
        if repair is None:
            raise SceneError(f"{self.scene.name}: there is nothing to repair")
        with self.state.lock:
            if self._is_scene_repaired:
                return
            self._is_scene_repaired = True
            before = self.state.world
            self.state.change_world(repair.world)
            self._injector.change(repair.world.faults)
            if before.network.inspected_by and not repair.world.network.inspected_by:
                self._server.show_certificate(self.folder / "uninspected.pem", self.folder / "uninspected.key")
            write_secrets(self.folder, self.state)
            write_machine_token(self.folder, self.state)
            upload_certificate(self.folder, self.state)
            after = replace(self.scene, world=repair.world, answers=repair.answers)
            write_private(self.repaired_answers_file, answers_file(after, self.names, self.folder))
        self.people.change_results()  # whose lock comes before the state's

    def _date_ahead(self) -> timedelta:
        return timedelta(seconds=self.state.world.clock_behind)

    def _vault_exists(self, label: str) -> bool:
        vault = self.state.vaults.get(label)
        return vault is not None and (vault.is_repaired or self.state.azure.has_address(label, vault.settings.exists))

    def _is_blocked(self, host: str) -> bool:
        return self.names.service_of(host) in self.state.world.network.blocked and not self.state.is_repaired

    def _services(self, state: CloudState) -> RoutesOf:
        partner_center = PartnerCenterApi(state)
        return {
            Service.LOGIN: lambda: [*self._machine.routes(), *EntraApi(state).routes(), *LoginPages(state).routes()],
            Service.GRAPH: lambda: [
                *GraphChanges(state).routes(),
                *GraphPeople(state).routes(),
                *GraphApi(state).routes(),
            ],
            Service.PARTNER_CENTER: lambda: [
                *CustomerConsentsApi(state, partner_center).routes(),
                *partner_center.routes(),
            ],
            Service.REFERRALS: partner_center.referral_routes,
            Service.VAULT: KeyVaultApi(state).routes,
            Service.RESOURCE_MANAGER: lambda: [
                *ResourceManagerApi(state).routes(),
                *ResourceManagerChanges(state).routes(),
            ],
        }

    def _environment(self) -> dict[str, str]:
        operator = self.scene.world.operator
        environment = self._identity_of_the_machine() or {
            "AZURE_TENANT_ID": self.state.operator_tenant.id,
            "AZURE_CLIENT_ID": operator.client_id,
            "AZURE_CLIENT_SECRET": self.state.apps[operator.client_id].secrets[0].value,
        }
        if self.names.kind == "production":
            environment |= {"HTTPS_PROXY": self.proxy_url, "REQUESTS_CA_BUNDLE": str(self.ca_bundle)}
        return environment

    def _identity_of_the_machine(self) -> dict[str, str]:
        """Return the variables that the machine's host sets, none of them a secret of ours."""
        identity = self.scene.world.machine.identity
        if identity is MachineIdentity.MANAGED:
            endpoint = f"https://localhost:{self.names.port}{ENDPOINT_PATH}"
            return {"IDENTITY_ENDPOINT": endpoint, "IDENTITY_HEADER": self._machine.header}
        if identity is MachineIdentity.WORKLOAD:
            return {
                "AZURE_TENANT_ID": self.state.operator_tenant.id,
                "AZURE_CLIENT_ID": self.scene.world.operator.client_id,
                "AZURE_FEDERATED_TOKEN_FILE": str(self.folder / TOKEN_FILE),
            }
        return {}


def _fill_vaults(state: CloudState) -> None:
    """Put the scene's secrets into its vaults; those marked as refresh tokens get one that works."""
    vaults: tuple[Vault, Vault] = (state.world.vault, state.world.spare_vault)
    for vault in vaults:
        for item in vault.secrets:
            value = item.value
            if item.is_refresh_token:
                value = issued_before(state, item.issued)
            state.vaults[vault.name].add_aged_version(item.name, value, item.age_days, item.enabled, item.tags)
