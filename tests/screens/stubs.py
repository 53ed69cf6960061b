"""Stub services: they answer at once as a healthy cloud would, and refuse where a test says so."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from wizard.answers import Answers
from wizard.errors import ServiceRefusal
from wizard.events import Tell
from wizard.facts import Facts
from wizard.microsoft.clouds import Cloud, built_in_clouds
from wizard.microsoft.device_code import DeviceCode, Pending
from wizard.microsoft.entra import TenantRecord
from wizard.microsoft.key_vault import StoredSecret
from wizard.microsoft.partner_center import CustomersAnswer, Organization
from wizard.microsoft.tokens import AccessClaims, TokenAnswer
from wizard.secret import Secret
from wizard.session import Session
from wizard.steps.base import Onboarding

TENANT_ID = "11111111-aaaa-4aaa-8aaa-000000000001"
USER_ID = "22222222-bbbb-4bbb-8bbb-000000000002"
CANARY = "0.canary-refresh-token"


@dataclass
class StubServices:
    """Every service in one object. `refusals` are raised by the call of that name, once each, in order."""

    cloud: Cloud
    refusals: dict[str, list[Exception]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    code: str = "ABCD1234X"
    life: float = 900.0
    user_name: str = "partner-integration@contoso.com"
    store: dict[str, list[StoredSecret]] = field(default_factory=dict)
    hold: threading.Event = field(default_factory=threading.Event)
    codes_issued: int = 0
    _approved: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.http = self
        self.entra = self.device_codes = self.partner_center = self.graph = self
        self.cancel: Any = None
        self.hosts = ()
        self.hold.set()

    def refuse(self, call: str, code: str, description: str = "as the test says", **more: Any) -> None:
        """Let the next call of this name be refused."""
        refusal = ServiceRefusal(more.pop("service", "entra"), code, more.pop("error", ""), description, **more)
        self.refusals.setdefault(call, []).append(refusal)

    def approve(self) -> None:
        """The integration user signs in."""
        self._approved.set()

    def because(self, _reason: str) -> AbstractContextManager[None]:
        return nullcontext()

    def _called(self, name: str) -> None:
        self.calls.append(name)
        while not self.hold.wait(0.02):
            self.cancel.check()
        if waiting := self.refusals.get(name):
            raise waiting.pop(0)

    def discover(self, _tenant: str) -> TenantRecord:
        self._called("discover")
        return TenantRecord(TENANT_ID, self.cloud.cloud_instance_name)

    def request(self, tenant_id: str, client_id: str, _scope: str, _credential: object) -> DeviceCode:
        self._called("request")
        self._approved.clear()
        self.codes_issued += 1
        page = self.cloud.device_pages[0]
        return DeviceCode(self.code, page, 0.02, self.life, "", Secret("device"), client_id, tenant_id)

    def poll(self, _code: DeviceCode, _credential: object) -> TokenAnswer:
        self._called("poll")
        if not self._approved.is_set():
            raise Pending(False)
        return self.token()

    def redeem(self, *_: object) -> TokenAnswer:
        self._called("redeem")
        return self.token()

    def app_token(self, *_: object) -> Any:
        self._called("app_token")
        raise ServiceRefusal("entra", "AADSTS7000215", "invalid_client", "no app has a secret here")

    def organization(self, _token: Secret) -> Organization:
        self._called("organization")
        return Organization(TENANT_ID, "Contoso", True)

    def customers(self, _token: Secret) -> CustomersAnswer:
        self._called("customers")
        return CustomersAnswer(True)

    def vault(self, url: str, *_: object) -> StubVault:
        return StubVault(self, url)

    def token(self) -> TokenAnswer:
        """The answer of the sign-in."""
        scope = self.cloud.partner_center_scope
        claims = AccessClaims(
            self.cloud.partner_center_audience,
            TENANT_ID,
            USER_ID,
            self.user_name,
            "",
            "public",
            ("pwd", "mfa"),
            ("user_impersonation",),
        )
        return TokenAnswer(Secret("access"), Secret(CANARY), (scope,), claims, TENANT_ID, self.user_name)


class StubVault:
    """A vault in memory."""

    def __init__(self, services: StubServices, url: str) -> None:
        self._services = services
        self.host = url.removeprefix("https://")

    def read(self, name: str) -> StoredSecret | None:
        self._services._called("read")
        versions = self._services.store.get(f"{self.host}/{name}")
        return versions[-1] if versions else None

    def write(self, name: str, value: Secret, tags: dict[str, str], expires_at: object) -> str:
        self._services._called("write")
        versions = self._services.store.setdefault(f"{self.host}/{name}", [])
        versions.append(StoredSecret(f"version{len(versions) + 1}", value, True, tags, expires_at))  # type: ignore[arg-type]
        return versions[-1].version

    def write_check(self, _name: str) -> None:
        self._services._called("write_check")

    def is_soft_deleted(self, _name: str) -> bool:
        self._services._called("is_soft_deleted")
        return False


class StubSession(Session):
    """A session whose journeys ask the stub services."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.stub = StubServices(built_in_clouds()["global"])
        self.watched: list[object] = []

    def _onboarding(self, answers: Answers, facts: Facts, tell: Tell) -> Onboarding:
        self.stub.cancel = self.cancel
        self.stub.cloud = self.cloud(answers.cloud)
        return Onboarding(
            answers,
            self.stub,  # type: ignore[arg-type]
            self.clock,
            self.cancel,
            tell,
            facts,
            somebody_answers=self.somebody_answers,
        )
