"""Whether anything requires MFA of the integration user: one requirement is enough, and its gaps are told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_graph_identity import NAME, USER, Stub, onboarding
from wizard.core.findings import Finding, Outcome
from wizard.microsoft.accounts import account_question, per_user_mfa_question
from wizard.microsoft.graph import Question, Why
from wizard.microsoft.partner_api import PARTNER_CENTER
from wizard.microsoft.tenant_policies import CONDITIONAL_ACCESS, REMEMBERED_MFA, SECURITY_DEFAULTS
from wizard.onboarding.probes.mfa_requirement import check_mfa_required

PER_USER = per_user_mfa_question(USER)
TRUSTED: dict[str, Any] = {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}
GROUP: dict[str, Any] = {"users": {"includeGroups": [USER]}}
REQUIRING = (SECURITY_DEFAULTS, CONDITIONAL_ACCESS, PER_USER)


def policy(state: str = "enabled", **conditions: Any) -> dict[str, object]:
    everybody = {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}}
    return {
        "displayName": "Ours",
        "state": state,
        "conditions": everybody | conditions,
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }


def found(
    *policies: dict[str, object], defaults: bool = False, per_user: str = "disabled", days: int = 0, unread: Any = ()
) -> Finding:
    """What the check finds; `unread` are questions that may not be read."""
    stub = Stub()
    stub.bodies = {
        SECURITY_DEFAULTS.path: {"isEnabled": defaults},
        REMEMBERED_MFA.path: {"rememberMfaOnTrustedDevice": {"isEnabled": days > 0, "allowedNumberOfDays": days or 90}},
        PER_USER.path: {"perUserMfaState": per_user},
        account_question(NAME).path: {"id": USER},
    }
    stub.lists = {CONDITIONAL_ACCESS.path: policies}
    stub.unread = {question.path: Why.FORBIDDEN for question in unread}
    return check_mfa_required(onboarding(stub))


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (found(policy()), "the policy “Ours”"),
        (found(defaults=True), "security defaults"),
        (found(per_user="enabled"), "per-user MFA"),
        (found(per_user="enforced"), "per-user MFA"),
        (found(policy(**TRUSTED), policy()), "the policy “Ours”"),
    ],
    ids=str,
)
def test_one_requirement_is_enough(finding: Finding, words: str) -> None:
    assert finding.outcome is Outcome.HOLDS
    assert words in finding.message


@pytest.mark.parametrize("unread", REQUIRING, ids=lambda question: question.what)
def test_one_requirement_is_enough_even_where_another_may_not_be_read(unread: Question) -> None:
    others = {"policies": unread is not CONDITIONAL_ACCESS, "defaults": unread is not SECURITY_DEFAULTS}

    finding = found(*([policy()] if others["policies"] else []), defaults=others["defaults"], unread=[unread])

    assert finding.outcome is Outcome.HOLDS


@pytest.mark.parametrize("unread", REQUIRING, ids=lambda question: question.what)
def test_where_none_is_seen_and_one_may_not_be_read_it_could_not_be_told(unread: Question) -> None:
    finding = found(unread=[unread])

    assert finding.outcome is Outcome.UNKNOWN
    (item,) = finding.items
    assert unread.permission in item.message
    assert unread.by_hand in item.message


@pytest.mark.parametrize(
    ("policies", "words"),
    [
        ((), "nothing requires it"),
        ((policy("disabled"),), "nothing requires it"),
        ((policy("enabledForReportingButNotEnforced"),), "report-only"),
        ((policy(users={"includeUsers": ["All"], "excludeUsers": [USER]}),), "excludes this account"),
        (
            (policy(applications={"includeApplications": ["All"], "excludeApplications": [PARTNER_CENTER.app_id]}),),
            "excludes the API",
        ),
    ],
    ids=str,
)
def test_without_any_requirement_it_fails_and_says_what_nearly_is_one(policies: Any, words: str) -> None:
    finding = found(*policies)

    assert finding.outcome is Outcome.FAILS
    assert any(words in item.message for item in finding.items)


def test_a_policy_that_perhaps_reaches_the_account_could_not_be_told() -> None:
    finding = found(policy(**GROUP))

    assert finding.outcome is Outcome.UNKNOWN
    assert "cannot be told" in finding.items[0].message


def test_where_it_can_be_skipped_is_told() -> None:
    finding = found(policy(**TRUSTED), days=14)

    assert finding.outcome is Outcome.WARNS
    assert "not from trusted locations" in finding.message
    assert [item.subject for item in finding.items] == ["the policy “Ours”", "remembered devices"]
    assert "14 days" in finding.items[1].message


def test_a_remembered_device_is_a_gap_in_every_requirement() -> None:
    finding = found(defaults=True, days=1)

    assert (finding.outcome, finding.title) == (Outcome.WARNS, "MFA can be skipped on a remembered device")
    assert "1 day after" in finding.items[1].message


def test_days_that_may_not_be_read_are_no_reason_to_doubt_a_requirement() -> None:
    assert found(policy(), unread=[REMEMBERED_MFA]).outcome is Outcome.HOLDS
