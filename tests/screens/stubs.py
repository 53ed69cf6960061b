"""Stub services: they answer at once as a healthy cloud would, and refuse where a test says so.

Each is a subclass of the real one, so that the type checker compares their methods. None calls the real constructor:
what a stub does not answer itself ends in an AttributeError, and never on the network.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from screens.machine import Machine
from tests.patience import PATIENCE
from wizard.core.answers import Answers
from wizard.core.errors import AuthorizationPending, ServiceRefusal
from wizard.core.events import BrowserPrompt, Emit, PromptClosed, SubmissionRejected
from wizard.core.facts import Facts
from wizard.core.findings import Finding, Outcome
from wizard.core.inbox import Message, NewLink, Purpose, RedirectResponse
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel
from wizard.journeys.session import Session
from wizard.microsoft.clouds import Cloud, built_in_clouds
from wizard.microsoft.credentials import Credential
from wizard.microsoft.device_code import DeviceCode, DeviceCodeGrant
from wizard.microsoft.entra import Entra, TenantRecord
from wizard.microsoft.exchanges import Exchange
from wizard.microsoft.host_probe import HostProbe, HostProber
from wizard.microsoft.http import Http
from wizard.microsoft.identities import Identities, Identity, Usable
from wizard.microsoft.key_vault import KeyVault, StoredSecret
from wizard.microsoft.mfa_report import MfaReport
from wizard.microsoft.partner_api import PARTNER_CENTER
from wizard.microsoft.partner_center import Organization, PartnerCenter
from wizard.microsoft.peer_certificate import PeerCertificate
from wizard.microsoft.proxy_route import ProxyRoute
from wizard.microsoft.resource_manager import SECRETS_OFFICER, ResourceManager, RoleAssignment, VaultSettings
from wizard.microsoft.services import Services, SignInPrompts
from wizard.microsoft.token_response import AccessClaims, TokenResponse
from wizard.onboarding.gate import State
from wizard.onboarding.journey import Journey
from wizard.onboarding.onboarding_context import Onboarding
from wizard.redaction.redactor import Redactor

TENANT_ID = "11111111-aaaa-4aaa-8aaa-000000000001"
USER_ID = "22222222-bbbb-4bbb-8bbb-000000000002"
CANARY = "0.canary-refresh-token"
SERVER = Machine(
    "operator", "partner-host", is_remote=True, has_browser=False, shows_links=True, open_address=lambda _url: False
)
"""A machine that the wizard is used on over SSH."""
DESKTOP = Machine(
    "operator", "partner-host", is_remote=False, has_browser=True, shows_links=True, open_address=lambda _url: True
)
"""A machine with a browser; none is opened in a test."""


def link_of(number: int = 1, *, port: int = 0, length: int = 900) -> str:
    """A link of a sign-in, as long as the longest one is."""
    back = f"http%3A%2F%2Flocalhost%3A{port}" if port else "http%3A%2F%2Flocalhost"
    link = (
        f"https://login.microsoftonline.com/{TENANT_ID}/oauth2/v2.0/authorize"
        "?client_id=33333333-cccc-4ccc-8ccc-000000000003&response_type=code&response_mode=query"
        f"&redirect_uri={back}&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2Fuser_impersonation"
        "+offline_access+openid+profile&prompt=select_account&login_hint=partner-integration%40contoso.com"
        f"&code_challenge_method=S256&client_info=1&state=state-of-link-{number}&nonce="
    )
    return link + "0123456789abcdef" * ((length - len(link)) // 16 + 1)


@dataclass
class StubServices(Services):
    """What every stub service looks at. `refusals` are raised by the call of that name, once each, in order."""

    cloud: Cloud
    refusals: dict[str, list[Exception]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    code: str = "ABCD1234X"
    life: float = 900.0
    interval: float = 0.02
    user_name: str = "partner-integration@contoso.com"
    store: dict[str, list[StoredSecret]] = field(default_factory=dict)
    host_probes: dict[str, HostProbe] = field(default_factory=dict)
    clock_ahead: timedelta = timedelta()
    environment_identity: tuple[Usable, str] = (Usable.YES, "an app with its secret")
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    hold: threading.Event = field(default_factory=threading.Event)
    codes_issued: int = 0
    _approved: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.http = StubHttp()
        self.host_prober = StubHostProber(self)
        self.identities = StubIdentities(self)
        self.entra = StubEntra(self)
        self.device_codes = StubDeviceCodes(self)
        self.partner_center = StubPartnerCenter(self)
        self.resource_manager = StubResourceManager(self)
        self.hold.set()

    def refuse(self, call: str, code: str, description: str = "as the test says", **more: Any) -> None:
        """Let the next call of this name be refused."""
        refusal = ServiceRefusal(more.pop("service", "entra"), code, more.pop("error", ""), description, **more)
        self.refusals.setdefault(call, []).append(refusal)

    def approve(self) -> None:
        """The integration user signs in."""
        self._approved.set()

    def attributed_to(self, reason: str) -> AbstractContextManager[None]:
        return nullcontext()

    def _called(self, name: str) -> None:
        self.calls.append(name)
        while not self.hold.wait(0.02):
            self.http.cancel.check()
        if waiting := self.refusals.get(name):
            raise waiting.pop(0)

    def vault(self, url: str, identity: str, tenant_id: str, prompts: SignInPrompts | None = None) -> StubVault:
        return StubVault(self, url)

    def resource_manager_token(self, identity: str, tenant_id: str, prompts: SignInPrompts | None = None) -> Secret:
        self._called("resource_manager_token")
        return Secret("access")

    def has_signed_in(self, identity: str, tenant_id: str) -> bool:
        return False

    def object_id_of(self, access_token: Secret) -> str:
        return USER_ID

    def token(self) -> TokenResponse:
        """The answer of the sign-in."""
        scope = self.cloud.scope(PARTNER_CENTER)
        claims = AccessClaims(
            self.cloud.audience(PARTNER_CENTER),
            TENANT_ID,
            USER_ID,
            self.user_name,
            "public",
            ("pwd", "mfa"),
            ("user_impersonation",),
        )
        return TokenResponse(Secret("access"), Secret(CANARY), (scope,), claims, TENANT_ID, self.user_name)


class StubHttp(Http):
    """Asks nobody."""

    def __init__(self) -> None:
        self.cancel = Cancel()
        self.exchanges = []
        self.redactor = Redactor()
        self.pending_request = None


class StubHostProber(HostProber):
    """Every host answers at once, directly, and says the time of the session's clock."""

    def __init__(self, services: StubServices) -> None:
        self._services = services

    def probe(self, service: str, host: str) -> HostProbe:
        services = self._services
        services._called(f"look at {service}")
        if service in services.host_probes:
            return services.host_probes[service]
        dies = datetime(2027, 3, 1, tzinfo=UTC)
        peer_certificate = PeerCertificate("TLS 1.3", "DigiCert Inc", datetime(2026, 3, 1, tzinfo=UTC), dies, (host,))
        status = 200 if service == "login" else 401
        now = services.now()
        return HostProbe(
            host,
            ProxyRoute(),
            None,
            "",
            status,
            None,
            peer_certificate,
            ("192.0.2.10",),
            "",
            "",
            42,
            now,
            now + services.clock_ahead,
        )


class StubIdentities(Identities):
    """The variables of an app are set, and nothing else is there."""

    def __init__(self, services: StubServices) -> None:
        self._services = services

    def find_all(self, wanted: str) -> tuple[Identity, ...]:
        self._services._called("identities")
        usable, why = self._services.environment_identity
        return (
            Identity("environment", "Environment", usable, why, True),
            Identity("cli", "Azure CLI", Usable.NO, "az is not installed, or not on the PATH", True),
            Identity("device-code", "Sign-in with a code", Usable.YES, "somebody signs in when the vault is tried"),
        )


class StubEntra(Entra):
    """Knows the tenant, and no app that has a secret."""

    def __init__(self, services: StubServices) -> None:
        self._services = services

    def discover_tenant(self, tenant: str) -> TenantRecord:
        self._services._called("discover")
        return TenantRecord(TENANT_ID, self._services.cloud.cloud_instance_name)

    def acquire_app_token(self, tenant_id: str, client_id: str, credential: Credential, resource: str) -> Secret:
        self._services._called("app_token")
        raise ServiceRefusal("entra", "AADSTS7000215", "invalid_client", "no app has a secret here")

    def redeem_refresh_token(
        self, tenant_id: str, client_id: str, credential: Credential | None, refresh_token: Secret, scope: str
    ) -> TokenResponse:
        self._services._called("redeem_refresh_token")
        return self._services.token()


class StubDeviceCodes(DeviceCodeGrant):
    """Issues a code, and a token for it once the integration user has signed in."""

    def __init__(self, services: StubServices) -> None:
        self._services = services

    def limited_to(self, seconds: float) -> AbstractContextManager[None]:
        return nullcontext()

    def request(
        self, tenant_id: str, client_id: str, scope: str, credential: Credential | None, claims: str = ""
    ) -> DeviceCode:
        services = self._services
        services._called("request")
        services._approved.clear()
        services.codes_issued += 1
        page = services.cloud.device_pages[0]
        now = time.monotonic()
        return DeviceCode(
            services.code, page, services.interval, services.life, "", Secret("device"), client_id, tenant_id, now, now
        )

    def poll(self, code: DeviceCode, credential: Credential | None) -> TokenResponse:
        self._services._called("poll")
        if not self._services._approved.is_set():
            raise AuthorizationPending(False)
        return self._services.token()


class StubPartnerCenter(PartnerCenter):
    """Knows the organization, and lets its customers be seen."""

    def __init__(self, services: StubServices) -> None:
        self._services = services

    def read_organization(self, access_token: Secret) -> Organization:
        self._services._called("organization")
        return Organization(TENANT_ID, "Contoso", True)

    def require_customers(self, access_token: Secret) -> None:
        self._services._called("customers")

    def read_mfa_report(self, access_token: Secret) -> MfaReport | None:
        self._services._called("mfa_report")
        return MfaReport(())


class StubResourceManager(ResourceManager):
    """One that shows the vault, and a role by which it may be written since some weeks."""

    def __init__(self, services: StubServices) -> None:
        self._services = services

    def find_vault(self, access_token: Secret, name: str) -> VaultSettings | None:
        self._services._called("find_vault")
        vault = f"/subscriptions/{TENANT_ID}/resourceGroups/partner/providers/Microsoft.KeyVault/vaults/{name}"
        return VaultSettings(vault, uses_roles=True, purge_protection=True)

    def read_assignments(self, access_token: Secret, vault_id: str, object_id: str) -> tuple[RoleAssignment, ...]:
        self._services._called("read_assignments")
        return (RoleAssignment(SECRETS_OFFICER, vault_id, datetime(2026, 10, 28, tzinfo=UTC)),)


class StubVault(KeyVault):
    """A vault in memory."""

    def __init__(self, services: StubServices, url: str) -> None:
        self._services = services
        self.host = url.removeprefix("https://")

    def read(self, name: str, version: str = "") -> StoredSecret | None:
        self._services._called("read")
        versions = self._services.store.get(f"{self.host}/{name}", [])
        return next((each for each in reversed(versions) if version in ("", each.version)), None)

    def write(self, name: str, value: Secret, tags: Mapping[str, str], expires_at: datetime) -> str:
        self._services._called("write")
        versions = self._services.store.setdefault(f"{self.host}/{name}", [])
        versions.append(StoredSecret(f"version{len(versions) + 1}", value, True, tags, expires_at))
        return versions[-1].version

    def prove_write_access(self, name: str) -> None:
        self._services._called("write_check")

    def is_soft_deleted(self, name: str) -> bool:
        self._services._called("is_soft_deleted")
        return False


class StubSession(Session):
    """A session whose journeys ask the stub services.

    Args:
        checks_machine: whether a new journey begins with step 0; else that has held already, and step 1 is next.
    """

    def __init__(self, *, checks_machine: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.checks_machine = checks_machine
        self.stub = StubServices(built_in_clouds()["global"])
        self.watched: list[object] = []

    def begin(self, answers: Answers, emit: Emit, *, is_another: bool = False) -> Journey:
        """A new journey."""
        journey = super().begin(answers, emit, is_another=is_another)
        if not self.checks_machine:
            held = (Finding(each.id, Outcome.HOLDS, "as the test says") for each in journey.profile.steps[0].checks)
            journey.findings.update({each.check: each for each in held})
        return journey

    def _onboarding(self, answers: Answers, facts: Facts, emit: Emit, earlier: tuple[Exchange, ...] = ()) -> Onboarding:
        self.stub.http.cancel = self.cancel
        self.stub.cloud = self.cloud(answers.cloud)
        self.stub.now = self.clock.now
        return Onboarding(
            answers,
            self.stub,
            self.clock,
            self.cancel,
            emit,
            facts,
            is_attended=self.is_attended,
            spec=self.profile(answers.profile).spec,
        )


@dataclass
class BrowserRun:
    """Takes the place of a journey's runs: a sign-in in a browser is told, and what is handed in for it is taken.

    An address that holds "code=right" ends it.

    Args:
        journey: whose runs these are from now on.
        purpose: of the sign-in.
        port: that is listened at, 0 for none.
        app: how the page names the app.
        may_end: while it is not set, a run goes on although it was handed what ends it.
    """

    journey: Journey
    purpose: Purpose = Purpose.INTEGRATION_USER
    port: int = 0
    app: str = "Contoso Partner Center"
    taken: list[Message] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    may_end: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.journey.run = self.run  # type: ignore[method-assign]
        self.may_end.set()

    def run(self, step_id: str) -> State:
        """Tell a link, and take what is handed in until it is right, or the run is stopped."""
        onboarding = self.journey.onboarding
        expires_at = onboarding.clock.now() + timedelta(seconds=900)
        self._tell_link(expires_at)
        try:
            while True:
                onboarding.cancel.check()
                message = onboarding.memory.inbox.take(self.purpose)
                if message is None:
                    onboarding.clock.wait(0.02, onboarding.cancel)
                    continue
                self.taken.append(message)
                if isinstance(message, NewLink):
                    self._tell_link(expires_at)
                elif isinstance(message, RedirectResponse) and "code=right" in message.text:
                    assert self.may_end.wait(PATIENCE)
                    return self.journey.state(step_id)
                else:
                    onboarding.emit(
                        SubmissionRejected(self.purpose, "This is not the address that the sign-in ended on.")
                    )
        finally:
            onboarding.emit(PromptClosed("it is of no use any more"))

    def _tell_link(self, expires_at: datetime) -> None:
        link = link_of(len(self.links) + 1, port=self.port)
        self.links.append(link)
        account = self.journey.onboarding.answers.integration_user if self.purpose == "integration_user" else ""
        back = f"http://localhost:{self.port}" if self.port else "http://localhost"
        told = BrowserPrompt(self.purpose, account, link, back, expires_at, self.port, self.app)
        self.journey.onboarding.emit(told)
