"""What Graph says of the integration user before anybody signs in: its kind, rights, methods and risk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.test_graph_identity import NAME, TENANT, USER, Stub, onboarding
from wizard.core.findings import Finding, Outcome
from wizard.microsoft.accounts import (
    account_question,
    memberships_question,
    methods_question,
    risk_question,
)
from wizard.microsoft.graph import Question, Why
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account_checks import (
    ACCOUNT_CHECKS,
    check_account_kind,
    check_methods,
    check_rights,
    check_risk,
)
from wizard.onboarding.profile import PROFILES

ACCOUNT, MEMBERS, METHODS, RISK = (
    account_question(NAME),
    memberships_question(USER),
    methods_question(USER),
    risk_question(USER),
)
AGENTS = {"@odata.type": "#microsoft.graph.group", "displayName": "AdminAgents"}


def graph(**account: Any) -> Stub:
    """Graph of an account that fits, with `account` in its place."""
    stub = Stub()
    stub.bodies = {
        ACCOUNT.path: {"id": USER, "userPrincipalName": NAME, "userType": "Member", "accountEnabled": True} | account,
        RISK.path: {"riskState": "none", "riskLevel": "none"},
    }
    stub.lists = {MEMBERS.path: (AGENTS,), METHODS.path: tuple(methods("password", "fido2"))}
    return stub


def methods(*kinds: str) -> list[dict[str, object]]:
    return [{"@odata.type": f"#microsoft.graph.{kind}AuthenticationMethod"} for kind in kinds]


Run = Callable[[Onboarding], Finding]
EVERY: tuple[tuple[Run, Question], ...] = (
    (check_account_kind, ACCOUNT),
    (check_rights, MEMBERS),
    (check_methods, METHODS),
    (check_risk, RISK),
)


@pytest.mark.parametrize("run", [run for run, _ in EVERY])
def test_an_account_that_fits_holds(run: Run) -> None:
    assert run(onboarding(graph())).outcome is Outcome.HOLDS


@pytest.mark.parametrize(("run", "question"), EVERY)
def test_what_may_not_be_read_names_the_permission_and_where_to_look(run: Run, question: Question) -> None:
    stub = graph()
    stub.unread = {question.path: Why.FORBIDDEN}

    finding = run(onboarding(stub))

    assert finding.outcome is Outcome.UNKNOWN
    assert question.permission in finding.message
    assert question.by_hand in finding.remedy


@pytest.mark.parametrize("run", [run for run, _ in EVERY])
def test_an_answer_of_an_odd_form_is_no_all_clear(run: Run) -> None:
    stub = graph()
    stub.bodies = {ACCOUNT.path: {"id": USER} if run is check_risk else {}, RISK.path: {}}
    stub.lists = {
        question.path: ({},) for question in (MEMBERS, METHODS, memberships_question(NAME), methods_question(NAME))
    }

    assert run(onboarding(stub)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("account", "outcome", "words"),
    [
        ({"userType": "Guest"}, Outcome.FAILS, "guest"),
        ({"userPrincipalName": "a_fabrikam.com#EXT#@contoso.com"}, Outcome.FAILS, "guest"),
        ({"accountEnabled": False}, Outcome.FAILS, "switched off"),
        ({"accountEnabled": None}, Outcome.UNKNOWN, "does not say"),
        ({"onPremisesSyncEnabled": True}, Outcome.WARNS, "on-premises"),
        ({"jobTitle": "Head of Operations", "employeeId": "7"}, Outcome.WARNS, "a job title and an employee id"),
        ({"onPremisesSyncEnabled": None, "jobTitle": None}, Outcome.HOLDS, "nobody's own"),
    ],
    ids=str,
)
def test_what_kind_of_account_it_is_is_told(account: dict[str, Any], outcome: Outcome, words: str) -> None:
    finding = check_account_kind(onboarding(graph(**account)))

    assert finding.outcome is outcome
    assert words in finding.message


def test_the_account_that_reads_graph_is_somebodys_own() -> None:
    stub = graph()
    stub.claims = {"tid": TENANT, "oid": USER.upper()}

    finding = check_account_kind(onboarding(stub))

    assert finding.outcome is Outcome.WARNS
    assert "reads Graph here" in finding.message


def test_a_name_that_the_tenant_does_not_know_fails() -> None:
    stub = graph()
    stub.unread = {ACCOUNT.path: Why.NOT_THERE}

    finding = check_account_kind(onboarding(stub))

    assert (finding.outcome, finding.title) == (Outcome.FAILS, "The tenant has no such account")


def role(name: object, template: str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3") -> dict[str, object]:
    return {"@odata.type": "#microsoft.graph.directoryRole", "displayName": name, "roleTemplateId": template}


@pytest.mark.parametrize(
    ("found", "outcome", "words"),
    [
        ((), Outcome.FAILS, "AdminAgents"),
        (({"@odata.type": "#microsoft.graph.group", "displayName": "Sales"},), Outcome.FAILS, "AdminAgents"),
        (({"@odata.type": "#microsoft.graph.group", "displayName": None},), Outcome.UNKNOWN, "AdminAgents"),
        ((AGENTS, role("Application Administrator")), Outcome.WARNS, "Application Administrator"),
        ((AGENTS, role(None)), Outcome.WARNS, "Application Administrator"),
        (
            (AGENTS, {"@odata.type": "#microsoft.graph.administrativeUnit"}),
            Outcome.HOLDS,
            "those of an integration user",
        ),
    ],
    ids=str,
)
def test_a_right_that_is_missing_and_one_that_is_extra_are_told(
    found: tuple[dict[str, object], ...], outcome: Outcome, words: str
) -> None:
    stub = graph()
    stub.lists[MEMBERS.path] = found

    finding = check_rights(onboarding(stub))

    assert finding.outcome is outcome
    assert words in finding.message


def test_who_only_reads_referrals_needs_no_admin_agent() -> None:
    stub = graph()
    stub.lists[MEMBERS.path] = ()
    here = onboarding(stub)
    here.spec = PROFILES["referrals"].spec

    assert check_rights(here).outcome is Outcome.HOLDS


@pytest.mark.parametrize(
    ("kinds", "outcome"),
    [
        ((), Outcome.FAILS),
        (("password",), Outcome.FAILS),
        (("password", "email"), Outcome.FAILS),
        (("password", "phone"), Outcome.WARNS),
        (("password", "temporaryAccessPass"), Outcome.WARNS),
        (("password", "phone", "softwareOath"), Outcome.HOLDS),
        (("password", "aMethodOfTomorrow"), Outcome.UNKNOWN),
    ],
    ids=str,
)
def test_a_lasting_second_factor_is_wanted(kinds: tuple[str, ...], outcome: Outcome) -> None:
    stub = graph()
    stub.lists[METHODS.path] = tuple(methods(*kinds))

    assert check_methods(onboarding(stub)).outcome is outcome


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("atRisk", Outcome.FAILS),
        ("confirmedCompromised", Outcome.FAILS),
        ("remediated", Outcome.HOLDS),
        ("dismissed", Outcome.HOLDS),
        ("unknownFutureValue", Outcome.UNKNOWN),
    ],
)
def test_the_risk_is_read_by_its_state(state: str, outcome: Outcome) -> None:
    stub = graph()
    stub.bodies[RISK.path] = {"riskState": state, "riskLevel": "high"}

    assert check_risk(onboarding(stub)).outcome is outcome


def test_an_account_of_which_no_risk_is_known_is_not_at_risk_but_one_that_cannot_be_read_may_be() -> None:
    stub = graph()
    stub.unread = {RISK.path: Why.NOT_THERE}
    assert check_risk(onboarding(stub)).outcome is Outcome.HOLDS

    stub = graph()
    stub.unread = {ACCOUNT.path: Why.NOT_THERE}
    assert check_risk(onboarding(stub)).outcome is Outcome.UNKNOWN


def test_nothing_is_asked_without_a_graph_identity_and_each_question_once_with_one() -> None:
    here = onboarding(graph(), "none")
    assert all(check.skipped_because(here) for check in ACCOUNT_CHECKS)

    stub = graph()
    here = onboarding(stub)
    for run, _question in EVERY * 2:
        run(here)
    asked = [call for call in stub.calls if call != "sign in"]
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) == len(EVERY)
