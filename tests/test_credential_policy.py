"""Which new credentials a tenant lets an app have: the default policy, the app's own, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.test_graph_identity import CLIENT, Stub, onboarding
from wizard.core.findings import Finding, Outcome
from wizard.core.secret import Secret
from wizard.microsoft.credential_rules import DEFAULT_POLICY, CredentialRules, own_policies_question, rules_in
from wizard.microsoft.graph import Why
from wizard.microsoft.registration import registration_question
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.credential_policy import CREDENTIAL_POLICY_CHECK, check_credential_policy

Asks = Callable[[Onboarding], Finding]
OWN = own_policies_question(CLIENT)
MADE = datetime(2026, 1, 1, tzinfo=UTC)


def restriction(kind: str = "passwordAddition", **more: object) -> dict[str, object]:
    return {"restrictionType": kind, "state": "enabled", "restrictForAppsCreatedAfterDateTime": None} | more


def default(*restrictions: dict[str, object], is_on: bool = True) -> dict[str, Any]:
    return {"isEnabled": is_on, "applicationRestrictions": {"passwordCredentials": list(restrictions)}}


def own(*restrictions: dict[str, object], is_on: bool = True) -> dict[str, object]:
    return {"isEnabled": is_on, "restrictions": {"passwordCredentials": list(restrictions)}}


NEWER = {"restrictForAppsCreatedAfterDateTime": "2026-06-01T00:00:00Z"}
OLDER = {"restrictForAppsCreatedAfterDateTime": "2019-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("policy", "exceptions", "forbids"),
    [
        (default(), (), False),
        (default(restriction()), (), True),
        (default(restriction(state=None)), (), True),
        (default(restriction(state="disabled")), (), False),
        (default(restriction(), is_on=False), (), False),
        (default(restriction(**OLDER)), (), True),
        (default(restriction(**NEWER)), (), False),
        (default(restriction()), (own(restriction(state="disabled")),), False),
        (default(restriction()), (own(restriction(state="disabled"), is_on=False),), True),
        (default(), (own(restriction()),), True),
        (default(restriction("symmetricKeyAddition")), (), False),
    ],
    ids=str,
)
def test_whether_secrets_are_forbidden(policy: Any, exceptions: Any, forbids: bool) -> None:
    rules = rules_in(policy, exceptions, MADE)

    assert rules is not None
    assert rules.forbids_secrets is forbids


def test_a_rule_for_newer_apps_cannot_be_told_of_an_app_without_a_date() -> None:
    assert rules_in(default(restriction(**NEWER)), (), None) == CredentialRules(None)


@pytest.mark.parametrize(
    ("life", "days"),
    [("P90D", 90), ("P4DT12H30M5S", 4), ("P1Y", 365), ("P6M", 180), ("PT4H", 0), ("ninety", None), (None, None)],
)
def test_a_lifetime_is_read_in_days(life: object, days: int | None) -> None:
    rules = rules_in(default(restriction("passwordLifetime", maxLifetime=life)), (), MADE)

    assert rules is not None
    assert rules.secret_life == (None if days is None else timedelta(days=days))


@pytest.mark.parametrize("odd", [{}, {"isEnabled": "true"}, {"isEnabled": True, "applicationRestrictions": []}])
def test_a_policy_of_an_odd_form_is_none(odd: dict[str, Any]) -> None:
    assert rules_in(odd, (), MADE) is None


def found(
    policy: Any, exceptions: Any = (), unread: Any = (), ask: Asks = check_credential_policy, **answers: Any
) -> Finding:
    stub = Stub()
    stub.bodies = {
        DEFAULT_POLICY.path: policy,
        registration_question(CLIENT).path: {"id": CLIENT, "createdDateTime": "2026-01-01T00:00:00Z"},
    }
    stub.lists = {OWN.path: exceptions}
    stub.unread = {question.path: why for question, why in unread}
    here = onboarding(stub)
    given: dict[str, Any] = {"credential": "secret", "client_secret": Secret("aBc8Q~rest")}
    here.answers = replace(here.answers, **(given | answers))
    return ask(here)


def test_a_tenant_that_forbids_secrets_is_told_with_the_two_ways_that_remain() -> None:
    finding = found(default(restriction()))

    assert (finding.outcome, finding.title) == (Outcome.WARNS, "New client secrets are forbidden here")
    assert len(finding.actions) == 2
    assert "certificate" in finding.actions[0]
    assert "federated credential" in finding.actions[1]
    assert finding.evidence["secrets_forbidden"] is True


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"credential": "certificate"}, Outcome.HOLDS),
        ({"credential": "none", "public_client": True}, Outcome.HOLDS),
        ({"credential": "none", "public_client": None}, Outcome.WARNS),
        ({"credential": "vault_secret"}, Outcome.WARNS),
    ],
)
def test_it_is_a_warning_only_where_a_secret_is_used_or_may_be_made(answers: Any, outcome: Outcome) -> None:
    assert found(default(restriction()), **answers).outcome is outcome


NONE_YET: dict[str, Any] = {"client_secret": None}


def test_an_app_whose_first_secret_is_to_be_made_is_told_that_none_can_be_before_anybody_makes_it() -> None:
    finding = found(default(restriction()), **NONE_YET)

    assert finding.outcome is Outcome.FAILS
    assert not CREDENTIAL_POLICY_CHECK.opens_gate(finding)
    assert "certificate" in finding.actions[0]
    assert "federated credential" in finding.actions[1]
    assert [fix.name for fix in finding.fixes] == ["allow-secrets"]


@pytest.mark.parametrize(
    ("policy", "unread", "answers"),
    [
        (default(), (), NONE_YET),
        (default(restriction()), [(OWN, Why.FORBIDDEN)], NONE_YET),
        (default(restriction()), (), NONE_YET | {"credential": "certificate"}),
        (default(restriction()), (), NONE_YET | {"client_id": ""}),
        (default(restriction()), (), {}),
    ],
    ids=["allowed", "perhaps excepted", "a certificate", "no app yet", "one is entered"],
)
def test_it_stands_in_nobodys_way_else(policy: Any, unread: Any, answers: Any) -> None:
    assert CREDENTIAL_POLICY_CHECK.opens_gate(found(policy, unread=unread, **answers))


def test_a_secret_that_is_never_kept_is_not_missed_by_the_health_check() -> None:
    recheck = CREDENTIAL_POLICY_CHECK.health_rule.run

    assert recheck is not None
    assert found(default(restriction()), ask=recheck, **NONE_YET).outcome is Outcome.WARNS


def test_a_limit_of_its_life_is_told_where_it_is_allowed() -> None:
    finding = found(default(restriction("passwordLifetime", maxLifetime="P90D")))

    assert finding.outcome is Outcome.HOLDS
    assert finding.items[0].message == "allowed for at most 90 days"


def test_what_may_not_be_read_is_no_all_clear() -> None:
    assert found(default(), unread=[(DEFAULT_POLICY, Why.FORBIDDEN)]).outcome is Outcome.UNKNOWN
    assert found({}).outcome is Outcome.UNKNOWN

    finding = found(default(), unread=[(OWN, Why.FORBIDDEN)])
    assert finding.outcome is Outcome.UNKNOWN
    assert OWN.by_hand in finding.items[-1].message


def test_an_app_that_may_be_excepted_is_not_said_to_be_forbidden_for_sure() -> None:
    finding = found(default(restriction()), unread=[(OWN, Why.FORBIDDEN)])

    assert "unless this app is excepted" in finding.items[0].message


def test_an_app_that_is_not_there_has_no_policy_of_its_own() -> None:
    assert found(default(), unread=[(OWN, Why.NOT_THERE)]).outcome is Outcome.HOLDS


def test_a_rule_for_newer_apps_could_not_be_told_where_the_app_is_not_read() -> None:
    finding = found(default(restriction(**NEWER)), unread=[(registration_question(CLIENT), Why.FORBIDDEN)])

    assert finding.outcome is Outcome.UNKNOWN
