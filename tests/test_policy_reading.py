"""A tenant's rules for signing in, read from Graph: each once in a journey, and what may not be read stays unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from tests.test_graph_identity import CLIENT, NAME, USER, Stub, onboarding
from tests.test_step_0 import StillClock
from wizard.core.errors import Busy, Unreachable
from wizard.core.trouble import Trouble
from wizard.microsoft.accounts import account_question
from wizard.microsoft.graph import MOST_PAGES, Question
from wizard.microsoft.tenant_policies import (
    CONDITIONAL_ACCESS,
    REMEMBERED_MFA,
    SECURITY_DEFAULTS,
    TENANT_AGE,
    Policies,
    SignInContext,
    policy_in,
)
from wizard.onboarding.probes.policy_reading import read_policies

RAW = {
    "displayName": "Ours",
    "state": "enabled",
    "conditions": {"users": {"includeUsers": [USER]}, "applications": {"includeApplications": [CLIENT]}},
    "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
}
OURS = policy_in(RAW, SignInContext(USER, CLIENT, ""))
MADE = datetime(2025, 1, 1, tzinfo=UTC)
ALL = Policies(False, MADE, (OURS,), 14) if OURS else Policies()


def tenant() -> Stub:
    """Graph of a tenant with one policy, which is for the very account and app."""
    stub = Stub()
    stub.bodies = {
        SECURITY_DEFAULTS.path: {"isEnabled": False},
        TENANT_AGE.path: {"value": [{"createdDateTime": "2025-01-01T00:00:00Z"}]},
        REMEMBERED_MFA.path: {"rememberMfaOnTrustedDevice": {"isEnabled": True, "allowedNumberOfDays": 14}},
        account_question(NAME).path: {"id": USER},
    }
    stub.lists = {CONDITIONAL_ACCESS.path: (RAW,)}
    return stub


def asked(question: Question) -> str:
    return f"{question.what} by token of cli"


def test_the_rules_are_read_once_in_a_journey_for_the_user_and_the_app() -> None:
    stub = tenant()
    here = onboarding(stub)

    assert read_policies(here) == ALL
    here.memory.begin_step("user")
    assert read_policies(here) == ALL

    calls = [each for each in stub.calls if each != "sign in"]
    assert sorted(calls) == sorted(set(calls))
    assert len(calls) == 5


@pytest.mark.parametrize(("name", "asks"), [(NAME.upper(), False), ("adele@contoso.com", True), ("", True)])
def test_the_account_is_asked_for_unless_the_id_of_this_very_one_is_known(name: str, asks: bool) -> None:
    stub = tenant()
    here = onboarding(stub)
    here.facts = replace(here.facts, user_id=USER, user_name=name)

    read_policies(here)

    assert (asked(account_question(NAME)) in stub.calls) is asks


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (SECURITY_DEFAULTS, "security_defaults"),
        (TENANT_AGE, "created_at"),
        (CONDITIONAL_ACCESS, "conditional_access"),
        (REMEMBERED_MFA, "remember_mfa_days"),
    ],
)
def test_a_busy_question_stays_unknown_and_the_others_are_asked(question: Question, field: str) -> None:
    stub = tenant()
    stub.raised = {asked(question): [Busy("graph.microsoft.com", 429, None) for _ in range(5)]}

    assert read_policies(onboarding(stub)) == replace(ALL, **{field: None})


def test_a_busy_list_is_waited_for_and_asked_again() -> None:
    stub = tenant()
    stub.raised = {asked(CONDITIONAL_ACCESS): [Busy("graph.microsoft.com", 429, None) for _ in range(2)]}
    here = onboarding(stub)

    assert read_policies(here) == ALL
    assert cast(StillClock, here.clock).waited == timedelta(seconds=2 + 5).total_seconds()


def test_once_graph_is_out_of_reach_nothing_more_waits_for_it() -> None:
    stub = tenant()
    gone = [Unreachable("graph.microsoft.com", Trouble.TIMEOUT, "does not answer") for _ in range(5)]
    stub.raised = {asked(TENANT_AGE): list(gone)}
    here = onboarding(stub)

    assert read_policies(here) == Policies(security_defaults=False)
    assert asked(REMEMBERED_MFA) not in stub.calls


def test_all_pages_are_read() -> None:
    stub = tenant()
    stub.next_links = ["https://graph.microsoft.com/page-2", "https://graph.microsoft.com/page-3"]

    found = read_policies(onboarding(stub))

    assert found
    assert found.conditional_access == (OURS, OURS, OURS)


def test_a_list_without_an_end_could_not_be_told() -> None:
    stub = tenant()
    stub.next_links = ["https://graph.microsoft.com/again"] * 1_000

    found = read_policies(onboarding(stub))

    assert found
    assert found.conditional_access is None
    assert stub.calls.count(asked(CONDITIONAL_ACCESS)) == MOST_PAGES


def test_one_policy_of_an_odd_shape_leaves_the_whole_list_untold() -> None:
    stub = tenant()
    stub.lists = {CONDITIONAL_ACCESS.path: (RAW, RAW | {"state": "sometimes"})}

    assert read_policies(onboarding(stub)) == replace(ALL, conditional_access=None)


def test_nobody_who_may_ask_is_nothing_told() -> None:
    stub = tenant()

    assert read_policies(onboarding(stub, "none")) is None
    assert stub.calls == []
