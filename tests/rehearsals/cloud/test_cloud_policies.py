"""The tenant's policies: who may read them in Graph, what they look like there, and what they do at sign-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.harness import in_world
from tests.rehearsals.cloud.bare_client import Client, claims_of, code_of
from wizard.rehearsal import RehearsalCloud, load_scene
from wizard.rehearsal.choices import PolicyState
from wizard.rehearsal.cloud_state import AZURE_CLI, GRAPH_TOOLS
from wizard.rehearsal.sign_in_policies import ConditionalAccess

Start = Callable[..., Client]
DEFAULTS = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"
POLICIES = "/v1.0/identity/conditionalAccess/policies"
REMEMBERED = "/beta/policies/mfaServicePolicy"
ORGANIZATION = "/v1.0/organization"


@pytest.fixture
def under() -> Iterator[Start]:
    """Starts a cloud under policies: under(security_defaults=True); its operator may read them, and consent is given.

    `roles` are those of the integration user, `reads` says whether the operator may read.
    """
    with ExitStack() as stack:

        def starter(*, roles: tuple[str, ...] = (), reads: bool = True, age: float = 8760, **policy: Any) -> Client:
            world = load_scene("all-holds-public").world
            people = {**world.people, "integration": replace(world.people["integration"], roles=roles)}
            changed = in_world(
                "all-holds-public",
                policy=replace(world.policy, **policy),
                operator=replace(world.operator, reads_policies=reads),
                app=replace(world.app, granted=True),
                tenant=replace(world.tenant, age_hours=age),
                people=people,
            )
            client = Client(stack.enter_context(RehearsalCloud(changed)))
            stack.callback(client.http.close)
            return client

        yield starter


def persons_token(client: Client, app: str, who: str) -> str:
    answer = client.browsed(who, client_id=app, scope=f"https://{client.names.graph}/.default")
    return str(client.redeem(answer["code"], client_id=app).json()["access_token"])


@pytest.mark.parametrize("path", [DEFAULTS, POLICIES, REMEMBERED])
@pytest.mark.parametrize(
    ("whose", "status"),
    [
        ("operator who may", 200),
        ("operator who may not", 403),
        ("Graph Command Line Tools of an administrator", 200),
        ("Graph Command Line Tools of a user", 403),
        ("Azure CLI of an administrator", 403),
        ("app with Directory.Read.All", 403),
    ],
)
def test_who_may_read_policies(start: Start, under: Start, path: str, whose: str, status: int) -> None:
    if whose.startswith("app"):
        client = start("consent-seen-late")
        token = client.app_token(client.secret(), f"https://{client.names.graph}/.default").json()["access_token"]
    elif whose.startswith("operator"):
        client = under(reads=status == 200)
        token = client.operators_token()
    else:
        client = under(reads=False)
        app = GRAPH_TOOLS if whose.startswith("Graph") else AZURE_CLI
        token = persons_token(client, app, "admin" if "administrator" in whose else "integration")
    answer = client.graph(path, token)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"]["code"] == "Authorization_RequestDenied"


def test_azure_cli_of_an_administrator_reads_the_registration(start: Start) -> None:
    client = start()
    token = persons_token(client, AZURE_CLI, "admin")
    assert "Policy.Read.All" not in claims_of(token)["scp"].split()
    shown = client.graph(f"/v1.0/applications(appId='{client.client_id}')", token).json()
    assert shown["publicClient"]["redirectUris"] == ["http://localhost"]


@pytest.mark.parametrize("on", [True, False])
def test_security_defaults_are_shown(under: Start, on: bool) -> None:
    assert under(security_defaults=on).graph(DEFAULTS).json()["isEnabled"] is on


def test_the_organization_tells_its_age_and_what_is_selected(under: Start) -> None:
    client = under(age=2)
    selected = "createdDateTime,onPremisesSyncEnabled,verifiedDomains"
    row = client.graph(f"{ORGANIZATION}?$select={selected}").json()["value"][0]
    assert sorted(row) == sorted(selected.split(","))
    assert client.cloud.clock.now() - datetime.fromisoformat(row["createdDateTime"]) < timedelta(hours=3)
    assert row["verifiedDomains"][0]["name"] == "contoso.com"
    assert client.graph(ORGANIZATION).json()["value"][0]["displayName"] == "Contoso"


@pytest.mark.parametrize(("days", "enabled"), [(0, False), (30, True)])
def test_trust_in_a_device_after_mfa_is_shown(under: Start, days: int, enabled: bool) -> None:
    shown = under(remember_mfa_days=days).graph(REMEMBERED).json()["rememberMfaOnTrustedDevice"]
    assert shown["isEnabled"] is enabled
    assert shown["allowedNumberOfDays"] == (days or 90)


def test_a_policy_is_shown_in_graph_s_form(under: Start) -> None:
    policy = ConditionalAccess(
        "Block device code",
        PolicyState.REPORT_ONLY,
        blocks_device_code=True,
        transfer_methods="authenticationTransfer,deviceCodeFlow",
        sign_in_frequency_days=7,
    )
    (shown,) = under(conditional_access=(policy,)).graph(POLICIES).json()["value"]
    conditions = shown["conditions"]
    assert (shown["displayName"], shown["state"]) == ("Block device code", "enabledForReportingButNotEnforced")
    assert conditions["users"] == {"includeUsers": ["All"], "excludeUsers": []}
    assert conditions["applications"]["includeApplications"] == ["All"]
    assert conditions["clientAppTypes"] == ["all"]
    assert conditions["authenticationFlows"] == {"transferMethods": "authenticationTransfer,deviceCodeFlow"}
    assert shown["grantControls"] == {"operator": "OR", "builtInControls": ["block"]}
    frequency = shown["sessionControls"]["signInFrequency"]
    assert (frequency["isEnabled"], frequency["value"], frequency["type"]) == (True, 7, "days")


def test_what_a_policy_does_not_use_is_null(under: Start) -> None:
    policy = ConditionalAccess("Nothing yet", PolicyState.DISABLED)
    (shown,) = under(conditional_access=(policy,)).graph(POLICIES).json()["value"]
    assert (shown["conditions"]["authenticationFlows"], shown["grantControls"], shown["sessionControls"]) == (None,) * 3


def test_policies_have_ids_of_their_own_and_the_world_s_switches_are_among_them(under: Start) -> None:
    client = under(conditional_access=(ConditionalAccess("One"),), device_code_blocked=True, requires_mfa=True)
    shown = client.graph(POLICIES).json()["value"]
    assert [(each["grantControls"] or {}).get("builtInControls") for each in shown] == [None, ["block"], ["mfa"]]
    assert shown[1]["conditions"]["authenticationFlows"] == {"transferMethods": "deviceCodeFlow"}
    assert len({each["id"] for each in shown}) == 3


def test_the_list_of_policies_is_throttled_without_saying_for_how_long(under: Start) -> None:
    client = under(conditional_access_throttled=2)
    answers = [client.graph(POLICIES) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert all("Retry-After" not in answer.headers for answer in answers)
    assert client.graph(DEFAULTS).status_code == 200


@pytest.mark.parametrize(
    ("state", "for_all", "roles", "blocked"),
    [
        (PolicyState.ENABLED, True, (), True),
        (PolicyState.DISABLED, True, (), False),
        (PolicyState.REPORT_ONLY, True, (), False),
        (PolicyState.ENABLED, False, (), False),
        (PolicyState.ENABLED, False, ("62e90394-69f5-4237-9190-012177145e10",), True),
    ],
)
def test_a_policy_blocks_the_device_codes_of_those_it_reaches_once_it_is_in_force(
    under: Start, state: PolicyState, for_all: bool, roles: tuple[str, ...], blocked: bool
) -> None:
    policy = ConditionalAccess("Block", state, blocks_device_code=True, for_all=for_all)
    client = under(roles=roles, conditional_access=(policy,))
    assert client.poll(client.issued()).json().get("error_codes") == ([53003] if blocked else None)
    assert client.redeem(client.browsed()["code"]).status_code == 200


@pytest.mark.parametrize(("for_all", "amr"), [(True, ["pwd", "mfa"]), (False, ["pwd"])])
def test_a_policy_asks_those_it_reaches_for_mfa(under: Start, for_all: bool, amr: list[str]) -> None:
    policy = ConditionalAccess("Require MFA", requires_mfa=True, for_all=for_all)
    client = under(conditional_access=(policy,), honours_claims=False)
    assert claims_of(client.redeem(client.browsed()["code"]).json()["access_token"])["amr"] == amr


def test_a_policy_for_some_names_them(under: Start) -> None:
    client = under(conditional_access=(ConditionalAccess("Block", blocks_device_code=True, for_all=False),))
    (shown,) = client.graph(POLICIES).json()["value"]
    assert shown["conditions"]["users"]["includeUsers"] == [client.world.people["admin"].object_id]


def test_azure_cli_may_not_ask_for_the_policies_at_all(under: Start) -> None:
    client = under()
    scope = f"https://{client.names.graph}/Policy.Read.All"
    code = client.browsed("admin", client_id=AZURE_CLI, scope=scope)["code"]
    assert code_of(client.redeem(code, client_id=AZURE_CLI)) == 65001
    code = client.browsed("admin", client_id=GRAPH_TOOLS, scope=scope)["code"]
    assert client.redeem(code, client_id=GRAPH_TOOLS).status_code == 200
