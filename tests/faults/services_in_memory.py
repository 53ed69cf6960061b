"""Each endpoint of the services, and the call of ours that reads its answer: in memory, without a socket."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import urlsplit

import requests
from azure.core.credentials import AccessToken
from azure.keyvault.secrets._shared import http_challenge_cache
from urllib3.response import HTTPResponse

from tests.faults.service_bodies import (
    ACCOUNT,
    APP,
    ASSIGNED,
    CODE,
    CUSTOMERS,
    DISCOVERED,
    FORBIDDEN,
    GDAP,
    GRANTED,
    GRANTS,
    INSTANCES,
    LOGIN,
    MEMBERSHIPS,
    METHODS,
    MFA_REPORT,
    NAME,
    OF_A_BROWSER,
    OF_A_ROLE,
    OF_A_VAULT,
    OF_PARTNER_CENTER,
    OF_THE_APP,
    POLICIES,
    PRINCIPAL,
    REFUSED,
    ROLE,
    SCOPE,
    SECRET,
    SECRETS,
    SUBSCRIPTION,
    VAULT,
    VAULT_ID,
)
from tests.made_tokens import CLIENT, CONTOSO
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.accounts import (
    account_in,
    account_question,
    membership_in,
    memberships_question,
    method_in,
    methods_question,
    risk_in,
    risk_question,
)
from wizard.microsoft.authorization_code import AuthorizationCodeGrant, SignInLink
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.credentials import ClientSecret
from wizard.microsoft.customer_consents import CustomerConsents
from wizard.microsoft.device_code import DeviceCode, DeviceCodeGrant
from wizard.microsoft.entra import Entra
from wizard.microsoft.graph import Graph, JsonObject, Question, Unread
from wizard.microsoft.http import Http
from wizard.microsoft.key_vault import EARLIEST, KeyVault
from wizard.microsoft.partner_center import PartnerCenter
from wizard.microsoft.principals import delegated_grant_in, grants_question, principal_in, principal_question
from wizard.microsoft.referrals import Referrals
from wizard.microsoft.registration import registration_in, registration_question
from wizard.microsoft.relationships import READS_RELATIONSHIPS, RELATIONSHIPS, relationship_in
from wizard.microsoft.resource_manager import ResourceManager, RoleAssignment
from wizard.microsoft.tenant_policies import SignInContext, policy_in
from wizard.microsoft.wire import Wire

CHALLENGE: Final = f'Bearer authorization="{LOGIN}/{CONTOSO}", resource="https://vault.azure.net"'
TOKEN, PROOF = Secret("a-token-of-ours"), ClientSecret(Secret("aBc8Q~of-the-app"))
RETURN: Final = "http://localhost"
MOST_REQUESTS: Final = 40
"""Of one call of ours: a list that names itself as its next page ends."""


class Identity:
    """Gives a token to whoever asks."""

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken("a-token-of-the-vault", int(time.time()) + 3600)


def issued() -> DeviceCode:
    """Return a code that somebody may sign in with."""
    return DeviceCode("A1B2C3D4E", "https://microsoft.com/devicelogin", 5, 900, "", TOKEN, CLIENT, CONTOSO, 0, 0)


def codes(http: Http) -> DeviceCodeGrant:
    return DeviceCodeGrant(http, Entra(http))


def redeem_code(http: Http) -> object:
    flow = {"state": "the-state", "nonce": "n", "code_verifier": "v" * 43, "scope": [SCOPE], "redirect_uri": RETURN}
    link = SignInLink(f"{LOGIN}/x", "the-state", CONTOSO, CLIENT, RETURN, flow)
    return AuthorizationCodeGrant(http, Entra(http)).redeem_code(link, Secret("0.the-code"), None)


def acquire_app_token(http: Http) -> object:
    return Entra(http).acquire_app_token(CONTOSO, CLIENT, PROOF, "https://api.example")


def vault(http: Http) -> KeyVault:
    return KeyVault(http, VAULT, Identity())


def read(question: Question, parser: Callable[[JsonObject], object]) -> Callable[[Http], object]:
    """Return the call that reads an object of Graph's."""

    def call(http: Http) -> object:
        found = Graph(http).read_object(TOKEN, question)
        return found if isinstance(found, Unread) else parser(found)

    return call


def read_all(question: Question, parser: Callable[[JsonObject], object]) -> Callable[[Http], object]:
    """Return the call that reads a list of Graph's, page by page."""

    def call(http: Http) -> object:
        read, link = list[object](), ""
        for _page in range(MOST_REQUESTS):
            page = Graph(http).read_page(TOKEN, question, link)
            if isinstance(page, Unread):
                return page
            read += map(parser, page.items)
            if not (link := page.next_link):
                break
        return read

    return call


def read_customers(http: Http) -> object:
    return list(CustomerConsents(http).pages(lambda: TOKEN, lambda ask: ask()))


def read_assigned(http: Http) -> object:
    manager = ResourceManager(http)
    return [manager.read_role(TOKEN, each) for each in manager.read_assignments(TOKEN, VAULT_ID, CONTOSO)]


def question(path: str) -> Question:
    return Question("it", path, READS_RELATIONSHIPS, "in the portal")


@dataclass(frozen=True)
class Endpoint:
    """One endpoint.

    Args:
        path: what the path of its requests ends with.
        body: of a good answer.
        call: asks it, and reads the answer.
        refusal: the body of a refusal, and its status.
    """

    path: str
    body: Any
    call: Callable[[Http], object]
    refusal: tuple[int, JsonObject]


def of_entra(path: str, body: object, call: Callable[[Http], object]) -> Endpoint:
    return Endpoint(path, body, call, (400, REFUSED))


def of_graph(path: str, body: object, call: Callable[[Http], object]) -> Endpoint:
    return Endpoint(path, body, call, (403, FORBIDDEN))


def of_partner_center(path: str, body: object, call: Callable[[Http], object]) -> Endpoint:
    return Endpoint(path, body, call, (401, OF_PARTNER_CENTER))


SIGN_IN = SignInContext(CONTOSO, CLIENT, "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd")
ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    "discovery": of_entra("/openid-configuration", DISCOVERED, lambda http: Entra(http).discover_tenant("contoso.com")),
    "discovery, by MSAL": of_entra(
        "/openid-configuration", DISCOVERED, lambda http: Entra(http).client(CONTOSO, CLIENT, None)
    ),
    "code, public": of_entra("/devicecode", CODE, lambda http: codes(http).request(CONTOSO, CLIENT, SCOPE, None)),
    "code, secret": of_entra("/devicecode", CODE, lambda http: codes(http).request(CONTOSO, CLIENT, SCOPE, PROOF)),
    "poll, public": of_entra("/token", GRANTED, lambda http: codes(http).poll(issued(), None)),
    "poll, secret": of_entra("/token", GRANTED, lambda http: codes(http).poll(issued(), PROOF)),
    "code of a browser": of_entra("/token", OF_A_BROWSER, redeem_code),
    "refresh token": of_entra(
        "/token", GRANTED, lambda http: Entra(http).redeem_refresh_token(CONTOSO, CLIENT, PROOF, TOKEN, SCOPE)
    ),
    "app's token": of_entra("/token", OF_THE_APP, acquire_app_token),
    "instance discovery": of_entra("/discovery/instance", INSTANCES, acquire_app_token),
    "organization": of_partner_center(
        "/organization", {"companyName": "Contoso", "tenantId": CONTOSO},
        lambda http: PartnerCenter(http).read_organization(TOKEN),
    ),
    "legal business": of_partner_center(
        "/legalbusiness", {"companyName": "Contoso", "vettingStatus": "authorized"},
        lambda http: PartnerCenter(http).read_legal_business(TOKEN),
    ),
    "customers": of_partner_center("/customers", CUSTOMERS, read_customers),
    "MFA report": of_partner_center("", MFA_REPORT, lambda http: PartnerCenter(http).read_mfa_report(TOKEN)),
    "referrals": of_partner_center("/referrals", {"value": [{"id": "r"}]}, lambda http: Referrals(http).count(TOKEN)),
    "secret": of_graph(f"/{NAME}/", SECRET, lambda http: vault(http).read(NAME)),
    "versions": of_graph("/versions", SECRETS, lambda http: vault(http).versions(NAME)),
    "secrets of a vault": of_graph("/secrets", SECRETS, lambda http: vault(http).page()),
    "write": of_graph(f"/{NAME}", SECRET, lambda http: vault(http).write(NAME, TOKEN, {}, EARLIEST.replace(year=2027))),
    "deleted secret": of_graph(
        f"/deletedsecrets/{NAME}", {**SECRET, "deletedDate": 1_795_000_000},
        lambda http: vault(http).is_soft_deleted(NAME),
    ),
    "registration": of_graph("", APP, read(registration_question(CLIENT), registration_in)),
    "service principal": of_graph("", PRINCIPAL, read(principal_question(CLIENT), principal_in)),
    "grants": of_graph("", GRANTS, read_all(grants_question(CONTOSO), delegated_grant_in)),
    "policies": of_graph("/policies", POLICIES, read_all(question("/v1.0/identity/conditionalAccess/policies"),
                                                         lambda item: policy_in(item, SIGN_IN))),
    "account": of_graph("", ACCOUNT, read(account_question("partner-integration@contoso.com"), account_in)),
    "memberships": of_graph("", MEMBERSHIPS, read_all(memberships_question(CONTOSO), membership_in)),
    "methods": of_graph("", METHODS, read_all(methods_question(CONTOSO), method_in)),
    "risk": of_graph("", {"riskState": "none", "riskLevel": "none"}, read(risk_question(CONTOSO), risk_in)),
    "relationships": of_graph("", GDAP, read_all(question(RELATIONSHIPS), relationship_in)),
    "subscriptions": of_graph(
        "/subscriptions", {"value": [{"subscriptionId": SUBSCRIPTION}]},
        lambda http: ResourceManager(http).find_vault(TOKEN, "contoso-partner"),
    ),
    "resources": of_graph(
        "/resources", {"value": [{"name": "contoso-partner", "id": VAULT_ID}]},
        lambda http: ResourceManager(http).find_vault(TOKEN, "contoso-partner"),
    ),
    "settings of a vault": of_graph(
        VAULT_ID, OF_A_VAULT, lambda http: ResourceManager(http).find_vault(TOKEN, "contoso-partner")
    ),
    "role assignments": of_graph("/roleAssignments", ASSIGNED, read_assigned),
    "role": of_graph(
        ROLE, OF_A_ROLE, lambda http: ResourceManager(http).read_role(TOKEN, RoleAssignment(ROLE, VAULT_ID, None))
    ),
}  # fmt: skip
"""By what they are called."""
BESIDE: Final[Mapping[str, JsonObject]] = {
    "/openid-configuration": DISCOVERED,
    "/discovery/instance": INSTANCES,
    "/token": OF_THE_APP,
    "/subscriptions": {"value": [{"subscriptionId": SUBSCRIPTION}]},
    "/resources": {"value": [{"name": "contoso-partner", "id": VAULT_ID}]},
    VAULT_ID: OF_A_VAULT,
    ROLE: OF_A_ROLE,
}
"""What other endpoints answer meanwhile, by the ends of their paths."""


@dataclass
class InMemory:
    """Stands in the place of a wire's connections: the first request to an endpoint gets an answer of its own.

    Args:
        endpoint: that is asked.
        status, body: of that answer; what is asked of it later is answered as it should be.
    """

    endpoint: Endpoint
    status: int
    body: bytes
    asked: list[str] = field(default_factory=list)
    met: int = 0

    def send(self, request: requests.PreparedRequest, **_settings: object) -> requests.Response:
        """Answer as a service would."""
        url = str(request.url)
        self.asked.append(url)
        assert len(self.asked) <= MOST_REQUESTS, "asked again and again"
        if url.startswith(VAULT) and "Authorization" not in request.headers:
            return answer(request, 401, b"{}", {"WWW-Authenticate": CHALLENGE})
        path = urlsplit(url).path
        if path.endswith(self.endpoint.path):
            self.met += 1
            if self.met == 1:
                return answer(request, self.status, self.body)
            return answer(request, 200, json.dumps(self.endpoint.body).encode())
        beside = next((body for end, body in BESIDE.items() if path.endswith(end)), {})
        return answer(request, 200, json.dumps(beside).encode())


def answer(
    request: requests.PreparedRequest, status: int, body: bytes, headers: Mapping[str, str] | None = None
) -> requests.Response:
    """Return an answer to a request, not read yet."""
    made = requests.Response()
    made.status_code = status
    made.headers.update({"Content-Type": "application/json", "isMfaCompliant": "true", **(headers or {})})
    made.raw = HTTPResponse(io.BytesIO(body), made.headers, status, preload_content=False)
    made.request, made.url = request, str(request.url)
    return made


def in_memory(endpoint: Endpoint, status: int, body: bytes) -> tuple[Http, InMemory]:
    """Return the one HTTP path of a journey, to services that are none."""
    http_challenge_cache.clear()
    http, wire = Http(built_in_clouds()["global"], SystemClock(), Cancel()), Wire()
    services = InMemory(endpoint, status, body)
    wire.connections = cast("Any", services)
    for adapter in http.session.adapters.values():
        cast("Any", adapter)._wire = wire
    return http, services
