"""Which flow is chosen, and what is said of it beforehand: every row of protocol 11.2."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Final

import pytest

from wizard.core.acts import as_remedy
from wizard.core.findings import Outcome
from wizard.microsoft.tenant_policies import Applies, Policies, Policy, PolicyState
from wizard.onboarding.sign_in.flow_choice import NO_PORT, RULE_CHOICES, FlowChoice, choose_flow

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=400)
HOLDS, WARNS, UNKNOWN, FAILS = Outcome.HOLDS, Outcome.WARNS, Outcome.UNKNOWN, Outcome.FAILS

MFA = Policy("Require MFA", PolicyState.ENABLED, Applies.YES, asks_for_mfa=True)
BLOCK = Policy("Block device codes", PolicyState.ENABLED, Applies.YES, blocks_device_code=True)
BLOCK_ALL = Policy("Block all", PolicyState.ENABLED, Applies.YES, blocks_device_code=True, blocks_browser=True)
WEEKLY = Policy("Sign in weekly", PolicyState.ENABLED, Applies.YES, frequency_hours=168)


def with_policies(*policies: Policy, **more: Any) -> Policies:
    """A tenant without security defaults."""
    return Policies(False, OLD, policies, **{"remember_mfa_days": 0, **more})


def reported(policy: Policy) -> Policy:
    return replace(policy, state=PolicyState.REPORT_ONLY)


def perhaps(policy: Policy) -> Policy:
    return replace(policy, applies=Applies.PERHAPS)


DEFAULTS: Final = Policies(True, OLD, (), 0)
TENANTS: Final = {
    "nothing is known": None,
    "nothing could be read": Policies(),
    "security defaults": DEFAULTS,
    "security defaults, of unknown age": Policies(True),
    "security defaults, a day old": Policies(True, NOW - timedelta(hours=24)),
    "security defaults, younger": Policies(True, NOW - timedelta(hours=23)),
    "no security defaults, policies unread": Policies(False, OLD),
    "policies that block no flow": with_policies(MFA),
    "the flow is blocked": with_policies(MFA, BLOCK),
    "the flow is blocked, for groups": with_policies(MFA, perhaps(BLOCK)),
    "the flow is blocked, for others": with_policies(MFA, replace(BLOCK, applies=Applies.NO)),
    "the flow is blocked, in report-only": with_policies(MFA, reported(BLOCK)),
    "the flow is blocked, switched off": with_policies(MFA, replace(BLOCK, state=PolicyState.DISABLED)),
    "every sign-in is blocked": with_policies(MFA, BLOCK_ALL),
    "every sign-in is blocked, for groups": with_policies(MFA, perhaps(BLOCK_ALL)),
    "every sign-in is blocked, in report-only": with_policies(MFA, reported(BLOCK_ALL)),
    "policies alone, which block nothing": Policies(None, None, (MFA,), None),
    "policies alone, which block the flow": Policies(None, None, (MFA, BLOCK), None),
    "neither": with_policies(),
    "weekly": with_policies(MFA, WEEKLY),
    "weekly, in report-only": with_policies(MFA, reported(WEEKLY)),
    "MFA is remembered": with_policies(MFA, remember_mfa_days=14),
    "security defaults, MFA is remembered": replace(DEFAULTS, remember_mfa_days=14),
}

ROWS = [
    # tenant, outcome by device code and what is said, outcome in a browser and what is said
    ("nothing is known", UNKNOWN, "cannot be told beforehand", UNKNOWN, "cannot be told beforehand"),
    ("nothing could be read", UNKNOWN, "cannot be told beforehand", UNKNOWN, "cannot be told beforehand"),
    ("security defaults", FAILS, "AADSTS530035", HOLDS, "let a sign-in in a browser through"),
    ("security defaults, of unknown age", FAILS, "AADSTS530035", HOLDS, "in a browser through"),
    ("security defaults, a day old", FAILS, "AADSTS530035", HOLDS, "in a browser through"),
    ("security defaults, younger", WARNS, "from 2026-11-26 13:00 UTC on", HOLDS, "in a browser through"),
    ("no security defaults, policies unread", UNKNOWN, "cannot be told", UNKNOWN, "cannot be told"),
    ("policies that block no flow", HOLDS, "refuses a device code", HOLDS, "refuses a sign-in in a browser"),
    ("the flow is blocked", FAILS, "“Block device codes” blocks", HOLDS, "refuses a sign-in in a browser"),
    ("the flow is blocked, for groups", UNKNOWN, "whether it reaches the integration user", HOLDS, "refuses"),
    ("the flow is blocked, for others", HOLDS, "refuses a device code", HOLDS, "refuses"),
    ("the flow is blocked, in report-only", WARNS, "until the policy is switched on", HOLDS, "refuses"),
    ("the flow is blocked, switched off", HOLDS, "refuses a device code", HOLDS, "refuses"),
    ("every sign-in is blocked", FAILS, "AADSTS53003", FAILS, "“Block all” blocks every sign-in"),
    ("every sign-in is blocked, for groups", UNKNOWN, "whether it reaches", UNKNOWN, "whether it reaches"),
    ("every sign-in is blocked, in report-only", WARNS, "switched on", WARNS, "until the policy is switched on"),
    ("policies alone, which block nothing", UNKNOWN, "cannot be told", HOLDS, "No Conditional Access policy refuses"),
    ("policies alone, which block the flow", FAILS, "AADSTS53003", HOLDS, "No Conditional Access policy refuses"),
    ("neither", HOLDS, "refuses a device code", HOLDS, "refuses a sign-in in a browser"),
    ("weekly", WARNS, "a new sign-in every 7 days", WARNS, "AADSTS70043"),
    ("weekly, in report-only", WARNS, "Once it is switched on", WARNS, "every 7 days"),
    ("MFA is remembered", WARNS, "for 14 days", WARNS, "AADSTS50078"),
    ("security defaults, MFA is remembered", FAILS, "AADSTS530035", WARNS, "AADSTS50078"),
]  # fmt: skip


def chosen(tenant: str | Policies | None, flow: str, word: str = "unknown", **here: Any) -> FlowChoice:
    policies = TENANTS[tenant] if isinstance(tenant, str) else tenant
    given: dict[str, Any] = {
        "person_at_terminal": True, "has_port": False, "redirect_registered": None, "now": NOW, **here
    }  # fmt: skip
    return choose_flow(policies, word, flow=flow, **given)


@pytest.mark.parametrize(("tenant", "by_code", "of_code", "in_browser", "of_browser"), ROWS)
def test_each_flow_is_said_to_end_as_the_tenant_accepts_it(
    tenant: str, by_code: Outcome, of_code: str, in_browser: Outcome, of_browser: str
) -> None:
    code, browser = chosen(tenant, "device-code"), chosen(tenant, "browser")

    assert (code.flow, code.outcome, browser.flow, browser.outcome) == ("device-code", by_code, "browser", in_browser)
    assert of_code in code.message
    assert of_browser in browser.message


def test_every_tenant_has_its_row() -> None:
    assert [row[0] for row in ROWS] == list(TENANTS)


@pytest.mark.parametrize("tenant", TENANTS)
def test_what_gets_through_by_device_code_expiry_notes_a_block_and_a_browsers_token_does_not(tenant: str) -> None:
    code, browser = chosen(tenant, "device-code"), chosen(tenant, "browser")

    assert any("AADSTS530036" in each for each in code.expiry_notes) is (code.outcome is not FAILS)
    assert not any("AADSTS530036" in each for each in browser.expiry_notes)


@pytest.mark.parametrize("flow", ["browser", "device-code"])
def test_a_time_limit_ends_the_token_of_either_flow(flow: str) -> None:
    expiry_notes = " ".join(chosen(with_policies(MFA, WEEKLY, remember_mfa_days=1), flow).expiry_notes)

    assert "wants a new sign-in every 7 days: the token ends then (AADSTS70043)" in expiry_notes
    assert "MFA is remembered for 1 day" in expiry_notes


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0, "every time"), (1, "every hour"), (4, "every 4 hours"), (24, "every day"), (36, "every 36 hours")],
)
def test_a_frequency_is_said_as_the_portal_counts_it(hours: int, words: str) -> None:
    found = chosen(with_policies(MFA, perhaps(replace(WEEKLY, frequency_hours=hours))), "browser")

    assert f"wants a new sign-in {words}" in found.message
    assert "whether it reaches the integration user cannot be told" in found.message


@pytest.mark.parametrize(
    ("tenant", "word", "by_code", "in_browser"),
    [
        ("nothing is known", "security-defaults", FAILS, UNKNOWN),
        ("nothing could be read", "security-defaults", FAILS, UNKNOWN),
        ("nothing is known", "conditional-access", UNKNOWN, UNKNOWN),
        ("no security defaults, policies unread", "conditional-access", UNKNOWN, UNKNOWN),
        ("no security defaults, policies unread", "security-defaults", UNKNOWN, UNKNOWN),
        ("policies that block no flow", "security-defaults", HOLDS, HOLDS),
        ("policies alone, which block nothing", "security-defaults", UNKNOWN, HOLDS),
        ("security defaults", "conditional-access", FAILS, HOLDS),
    ],
)
def test_the_operators_word_counts_where_graph_does_not_tell_and_proves_nothing(
    tenant: str, word: str, by_code: Outcome, in_browser: Outcome
) -> None:
    assert chosen(tenant, "device-code", word).outcome is by_code
    assert chosen(tenant, "browser", word).outcome is in_browser


def test_the_operators_word_is_said_to_be_that() -> None:
    for flow, (word, _) in product(("browser", "device-code"), RULE_CHOICES[1:]):
        assert chosen(None, flow, word).message.startswith("You say that ")


PERSON: Final[dict[str, Any]] = {"person_at_terminal": True}
NOBODY: Final[dict[str, Any]] = {"person_at_terminal": False}
PORT: Final[dict[str, Any]] = {"has_port": True}
UNREGISTERED: Final[dict[str, Any]] = {"redirect_registered": False}


@pytest.mark.parametrize(
    ("tenant", "here", "flow"),
    [
        ("nothing is known", PERSON, "browser"),
        ("nothing is known", PERSON | UNREGISTERED, "device-code"),
        ("nothing is known", NOBODY, "device-code"),
        ("nothing is known", NOBODY | PORT, "device-code"),
        ("security defaults", PERSON, "browser"),
        ("security defaults", PERSON | UNREGISTERED, "browser"),
        ("security defaults", NOBODY | PORT, "browser"),
        ("security defaults", NOBODY, ""),
        ("security defaults, younger", PERSON, "browser"),
        ("security defaults, younger", NOBODY, "device-code"),
        ("the flow is blocked", PERSON, "browser"),
        ("the flow is blocked", NOBODY | PORT, "browser"),
        ("the flow is blocked", NOBODY, ""),
        ("the flow is blocked, for groups", NOBODY, "device-code"),
        ("policies that block no flow", PERSON, "browser"),
        ("policies that block no flow", PERSON | UNREGISTERED, "device-code"),
        ("policies that block no flow", NOBODY | PORT, "device-code"),
    ],
)
def test_auto_takes_the_flow_that_gets_through_and_lasts_and_says_which(
    tenant: str, here: dict[str, Any], flow: str
) -> None:
    found = chosen(tenant, "auto", **here)

    assert found.flow == flow
    if found.outcome is not FAILS:
        assert found.message.startswith(
            {"browser": "Sign-in in a browser, because: ", "device-code": "Sign-in by device code, because: "}[flow]
        )


def test_where_neither_can_be_begun_the_option_is_named() -> None:
    for found in (chosen("the flow is blocked", "auto", **NOBODY), chosen("security defaults", "browser", **NOBODY)):
        assert (found.flow, found.outcome, found.actions) == ("", FAILS, NO_PORT)
        assert "--port" in as_remedy(found.actions)
    assert "blocks device codes" in chosen("the flow is blocked", "auto", **NOBODY).message


def test_a_browser_without_a_redirect_uri_is_told_to_get_one_and_not_to_take_a_code_that_is_refused() -> None:
    refused = chosen("security defaults", "browser", **UNREGISTERED)
    free = chosen("policies that block no flow", "browser", **UNREGISTERED)

    assert (refused.outcome, free.outcome) == (FAILS, FAILS)
    assert "AADSTS50011" in refused.message
    assert "Add http://localhost to the app" in as_remedy(refused.actions)
    assert "device code" not in as_remedy(refused.actions)
    assert as_remedy(free.actions).endswith("Or choose the sign-in by device code.")


def test_a_refused_code_is_answered_by_the_browser() -> None:
    assert as_remedy(chosen("security defaults", "device-code").actions).startswith("Choose the sign-in in a browser")
    here = chosen("the flow is blocked", "device-code", **NOBODY)
    assert "--port" in as_remedy(here.actions)
    assert "exclude the integration user from that policy" in as_remedy(here.actions)


def test_what_refuses_both_flows_is_an_administrators_to_change() -> None:
    found = chosen("every sign-in is blocked", "auto")

    assert found.outcome is FAILS
    assert as_remedy(found.actions).startswith("Have an administrator exclude the integration user")


ALL_CASES = list(
    product(
        TENANTS,
        ("auto", "browser", "device-code"),
        [word for word, _ in RULE_CHOICES],
        (
            {**who, **port, **redirect}
            for who in (PERSON, NOBODY)
            for port in ({}, PORT)
            for redirect in ({}, UNREGISTERED)
        ),
    )
)


def test_no_remedy_plays_with_security_defaults_and_each_refusal_has_one() -> None:
    for tenant, flow, word, here in ALL_CASES:
        found = chosen(tenant, flow, word, **here)
        assert "security defaults" not in as_remedy(found.actions).lower(), found
        assert bool(as_remedy(found.actions)) or found.outcome in (HOLDS, UNKNOWN), found
        assert found.flow in ("browser", "device-code") or found.outcome is FAILS, found
        assert found.flow == flow or flow == "auto" or found.actions == NO_PORT, found


def test_nothing_holds_where_nothing_is_known() -> None:
    for tenant, flow, word, here in ALL_CASES:
        if TENANTS[tenant] in (None, Policies()):
            assert chosen(tenant, flow, word, **here).outcome in (UNKNOWN, FAILS)


def test_sentences_are_whole_and_short() -> None:
    for tenant, flow, word, here in ALL_CASES:
        found = chosen(tenant, flow, word, **here)
        for text in (found.message, as_remedy(found.actions), *found.expiry_notes):
            assert "  " not in text
            assert ".." not in text
            assert not text or text.endswith("."), text
        assert len(found.message) < 500, found.message
