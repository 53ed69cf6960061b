"""What ends a token is foreseen: by date where there is one, by the cause, and in the same words everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from wizard.core.answers import Answers
from wizard.core.facts import Facts
from wizard.microsoft.tenant_policies import Applies, Policies, Policy, PolicyState
from wizard.onboarding.sign_in.early_expiry import rule_facts, time_limits, undated_notes
from wizard.tokens.ends import Cause, End, ends_of, next_end

PUBLIC = Answers(credential="none")
STORED = Facts(
    client_type="public",
    flow="device_code",
    signed_in_at="2026-11-01T10:00:00Z",
    secret_version="1",
    token_expires_at="2027-01-30T10:00:00Z",
)


def causes(answers: Answers, facts: Facts, *, has_user: bool = True) -> list[Cause]:
    return [each.cause for each in ends_of(answers, facts, has_user=has_user)]


def soonest(facts: Facts, answers: Answers = PUBLIC) -> End:
    found = next_end(answers, facts, has_user=True)
    assert found
    return found


@pytest.mark.parametrize(
    ("learnt", "cause", "at"),
    [
        ({}, Cause.IDLE, "2027-01-30T10:00:00Z"),
        ({"credential_expires_at": "2026-12-24T00:00:00Z"}, Cause.CREDENTIAL, "2026-12-24T00:00:00Z"),
        ({"mfa_remembered_days": 30}, Cause.REMEMBERED_MFA, "2026-12-01T10:00:00Z"),
        ({"sign_in_every_hours": 168, "sign_in_policy": "Weekly"}, Cause.SIGN_IN_FREQUENCY, "2026-11-08T10:00:00Z"),
        ({"block_policy": "B", "block_from": "2026-12-31T00:00:00Z"}, Cause.REPORT_ONLY, "2026-12-31T00:00:00Z"),
        ({"block_policy": "B"}, Cause.IDLE, "2027-01-30T10:00:00Z"),
        ({"security_defaults": True}, Cause.IDLE, "2027-01-30T10:00:00Z"),
    ],
)
def test_the_next_end_is_the_first_that_has_a_date(learnt: dict[str, object], cause: Cause, at: str) -> None:
    found = soonest(replace(STORED, **learnt))  # type: ignore[arg-type]

    assert (found.cause, found.at) == (cause, at)
    assert found.why
    assert at[:10] in found.sentence


def test_dates_come_first_and_in_their_order_and_what_happens_at_once_last() -> None:
    facts = replace(STORED, mfa_remembered_days=30, credential_expires_at="2027-03-01T00:00:00Z", block_policy="B")

    found = ends_of(PUBLIC, facts, has_user=True)

    assert [each.cause for each in found] == [
        Cause.REMEMBERED_MFA, Cause.IDLE, Cause.CREDENTIAL, Cause.REPORT_ONLY, Cause.PASSWORD, Cause.ACCOUNT,
    ]  # fmt: skip
    assert [bool(each.at) for each in found] == [True] * 3 + [False] * 3


def test_security_defaults_are_an_end_of_a_device_codes_token_alone_and_of_no_known_day() -> None:
    facts = replace(STORED, security_defaults=True)

    (found,) = [each for each in ends_of(PUBLIC, facts, has_user=True) if each.cause is Cause.SECURITY_DEFAULTS]
    assert "not known" in found.sentence
    assert Cause.SECURITY_DEFAULTS not in causes(PUBLIC, replace(facts, flow="auth_code"))
    assert Cause.SECURITY_DEFAULTS not in causes(PUBLIC, replace(facts, security_defaults=None))


def test_nothing_ends_before_something_is_proven() -> None:
    assert next_end(PUBLIC, replace(STORED, secret_version=""), has_user=True) is None


def test_an_app_without_a_user_ends_with_its_credential() -> None:
    facts = Facts(access_proven_at="2026-11-01T10:00:00Z", credential_expires_at="2027-01-01T00:00:00Z")

    assert causes(Answers(), facts, has_user=False) == [Cause.CREDENTIAL, Cause.APP]


def policy(name: str, **more: object) -> Policy:
    return Policy(name, more.pop("state", PolicyState.ENABLED), Applies.YES, **more)  # type: ignore[arg-type]


MADE = datetime(2026, 11, 1, tzinfo=UTC)
MANAGED = policy(
    "Microsoft-managed: Block device code flow",
    state=PolicyState.REPORT_ONLY,
    blocks_device_code=True,
    created_at=MADE,
)


@pytest.mark.parametrize(
    ("policies", "flow", "name", "since"),
    [
        ((MANAGED,), "device_code", MANAGED.name, "2026-12-16T00:00:00Z"),
        ((MANAGED,), "auth_code", "", ""),
        ((replace(MANAGED, created_at=None),), "device_code", MANAGED.name, ""),
        ((replace(MANAGED, name="Ours"),), "device_code", "Ours", ""),
        ((replace(MANAGED, state=PolicyState.DISABLED),), "device_code", "", ""),
        ((replace(MANAGED, applies=Applies.NO),), "device_code", "", ""),
        ((replace(MANAGED, blocks_browser=True),), "auth_code", MANAGED.name, "2026-12-16T00:00:00Z"),
    ],
)
def test_a_policy_in_report_only_has_a_day_if_microsoft_manages_it(
    policies: tuple[Policy, ...], flow: str, name: str, since: str
) -> None:
    learnt = rule_facts(Policies(conditional_access=policies), flow)

    assert (learnt["block_policy"], learnt["block_from"]) == (name, since)


def test_what_has_a_day_is_said_with_its_day_and_once() -> None:
    known = Policies(
        conditional_access=(policy("Weekly", frequency_hours=168), policy("Monthly", frequency_hours=720)),
        remember_mfa_days=14,
    )

    learnt = rule_facts(known, "auth_code")

    assert (learnt["sign_in_every_hours"], learnt["sign_in_policy"], learnt["mfa_remembered_days"]) == (
        168,
        "Weekly",
        14,
    )
    (left,) = undated_notes(time_limits(known), known)
    assert "Monthly" in left


def test_every_time_has_no_day_and_is_still_said() -> None:
    known = Policies(conditional_access=(policy("Each", frequency_hours=0),))

    assert rule_facts(known, "auth_code")["sign_in_every_hours"] == 0
    assert undated_notes(time_limits(known), known) == time_limits(known)
