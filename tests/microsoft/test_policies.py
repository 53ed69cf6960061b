"""What Graph tells of a tenant's rules for signing in: read as far as it can be told, else "could not tell"."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wizard.microsoft.partner_api import PARTNER_CENTER
from wizard.microsoft.tenant_policies import (
    Applies,
    Policy,
    PolicyState,
    SignInContext,
    created_at_in,
    defaults_in,
    policy_in,
    remembered_days_in,
)

USER = "55555555-eeee-4eee-8eee-000000000002"
CLIENT = "33333333-cccc-4ccc-8ccc-000000000003"
SOMEBODY = "66666666-ffff-4fff-8fff-000000000009"
ASKED = SignInContext(USER, CLIENT, PARTNER_CENTER.app_id)
ODD: list[dict[str, Any]] = [{}, {"value": None}, {"value": "all"}, {"isEnabled": "true"}, {"value": [1]}]


def raw(**parts: Any) -> dict[str, Any]:
    """A policy that is on, for all accounts and apps, and asks for nothing."""
    conditions = {
        "clientAppTypes": ["all"],
        "users": {"includeUsers": ["All"], "excludeUsers": [], "includeGroups": [], "excludeGroups": []},
        "applications": {"includeApplications": ["All"], "excludeApplications": []},
        "authenticationFlows": None,
        "platforms": None,
        "locations": None,
        "userRiskLevels": [],
    }
    conditions |= parts.pop("conditions", {})
    return {
        "displayName": "Ours", "state": "enabled", "conditions": conditions, "grantControls": None,
        "sessionControls": None,
    } | parts  # fmt: skip


def policy(asked: SignInContext = ASKED, **parts: Any) -> Policy:
    found = policy_in(raw(**parts), asked)
    assert found
    return found


@pytest.mark.parametrize("is_on", [True, False])
def test_security_defaults_are_read(is_on: bool) -> None:
    assert defaults_in({"isEnabled": is_on}) is is_on


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("2026-11-25T08:00:00Z", datetime(2026, 11, 25, 8, tzinfo=UTC)),
        ("2026-11-25T10:00:00+02:00", datetime(2026, 11, 25, 8, tzinfo=UTC)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_the_tenants_age_is_read(made: object, expected: datetime | None) -> None:
    assert created_at_in({"value": [{"createdDateTime": made}]}) == expected


@pytest.mark.parametrize(
    ("setting", "days"),
    [
        ({"isEnabled": True, "allowedNumberOfDays": 14}, 14),
        ({"isEnabled": False, "allowedNumberOfDays": 90}, 0),
        ({"isEnabled": True, "allowedNumberOfDays": "14"}, None),
        ({"isEnabled": True, "allowedNumberOfDays": True}, None),
        (None, None),
    ],
)
def test_remembered_mfa_is_read_and_what_is_switched_off_is_no_days(setting: object, days: int | None) -> None:
    assert remembered_days_in({"rememberMfaOnTrustedDevice": setting}) == days


@pytest.mark.parametrize("body", ODD)
def test_an_odd_answer_could_not_be_told_and_is_never_that_nothing_is_there(body: dict[str, Any]) -> None:
    assert defaults_in(body) is None
    assert created_at_in(body) is None
    assert remembered_days_in(body) is None
    assert policy_in(body, ASKED) is None


@pytest.mark.parametrize(
    "odd",
    [{"state": "sometimes"}, {"conditions": None}, {"conditions": []}, {"grantControls": "block"}],
)
def test_a_policy_of_an_odd_shape_is_none(odd: dict[str, Any]) -> None:
    assert policy_in(raw() | odd, ASKED) is None


@pytest.mark.parametrize("state", PolicyState)
def test_the_state_is_read_in_graphs_own_words(state: PolicyState) -> None:
    assert policy(state=state.value).state is state


@pytest.mark.parametrize(
    ("methods", "is_blocked"),
    [
        ("deviceCodeFlow", True),
        ("deviceCodeFlow,authenticationTransfer", True),
        ("authenticationTransfer, deviceCodeFlow", True),
        ("authenticationTransfer", False),
    ],
)
def test_flows_are_one_string_in_any_order(methods: str, is_blocked: bool) -> None:
    found = policy(
        conditions={"authenticationFlows": {"transferMethods": methods}},
        grantControls={"operator": "OR", "builtInControls": ["block"]},
    )

    assert found.blocks_device_code is is_blocked
    assert not found.blocks_browser


@pytest.mark.parametrize("flows", [None, {"transferMethods": None}, {"transferMethods": "none"}])
def test_a_block_that_is_about_no_flow_is_one_of_all(flows: object) -> None:
    found = policy(conditions={"authenticationFlows": flows}, grantControls={"builtInControls": ["block"]})

    assert (found.blocks_device_code, found.blocks_browser) == (True, True)


def test_a_policy_about_device_codes_that_does_not_block_blocks_nothing() -> None:
    found = policy(
        conditions={"authenticationFlows": {"transferMethods": "deviceCodeFlow"}},
        grantControls={"builtInControls": ["mfa"]},
    )

    assert (found.blocks_device_code, found.asks_for_mfa) == (False, True)


@pytest.mark.parametrize(
    ("grants", "asks"),
    [
        ({"builtInControls": ["mfa"]}, True),
        ({"builtInControls": [], "authenticationStrength": {"displayName": "Phishing-resistant MFA"}}, True),
        ({"builtInControls": ["compliantDevice"], "authenticationStrength": None}, False),
        (None, False),
    ],
)
def test_mfa_is_asked_for_by_a_control_or_a_strength(grants: object, asks: bool) -> None:
    assert policy(grantControls=grants).asks_for_mfa is asks


@pytest.mark.parametrize(
    ("frequency", "hours"),
    [
        ({"isEnabled": True, "type": "hours", "value": 4, "frequencyInterval": "timeBased"}, 4),
        ({"isEnabled": True, "type": "days", "value": 7, "frequencyInterval": "timeBased"}, 168),
        ({"isEnabled": True, "type": None, "value": None, "frequencyInterval": "everyTime"}, 0),
        ({"isEnabled": False, "type": "days", "value": 7}, None),
        ({"isEnabled": True, "type": "fortnights", "value": 1}, None),
        (None, None),
    ],
)
def test_the_sign_in_frequency_is_read_in_hours(frequency: object, hours: int | None) -> None:
    assert policy(sessionControls={"signInFrequency": frequency}).frequency_hours == hours


def users(**lists: object) -> dict[str, Any]:
    return {"users": {"includeUsers": [], **lists}}


@pytest.mark.parametrize(
    ("conditions", "reach"),
    [
        ({}, Applies.YES),
        (users(includeUsers=[USER.upper()]), Applies.YES),
        (users(includeUsers=[SOMEBODY]), Applies.NO),
        (users(includeUsers=["None"]), Applies.NO),
        (users(includeUsers=["GuestsOrExternalUsers"]), Applies.PERHAPS),
        (users(includeGuestsOrExternalUsers={"guestOrExternalUserTypes": "internalGuest"}), Applies.PERHAPS),
        (users(includeGroups=[SOMEBODY]), Applies.PERHAPS),
        (users(includeRoles=[SOMEBODY]), Applies.PERHAPS),
        (users(includeUsers=["All"], excludeUsers=[USER]), Applies.NO),
        (users(includeUsers=["All"], excludeUsers=[SOMEBODY]), Applies.YES),
        (users(includeUsers=["All"], excludeGroups=[SOMEBODY]), Applies.PERHAPS),
        (users(includeUsers=["All"], excludeRoles=[SOMEBODY]), Applies.PERHAPS),
        ({"users": None}, Applies.PERHAPS),
    ],
)  # fmt: skip
def test_whether_it_reaches_the_user(conditions: dict[str, Any], reach: Applies) -> None:
    assert policy(conditions=conditions).applies is reach


@pytest.mark.parametrize(
    "conditions", [users(includeUsers=[SOMEBODY]), users(includeUsers=["All"], excludeUsers=[SOMEBODY])]
)
def test_an_account_whose_id_is_not_known_is_perhaps_the_one_that_is_named(conditions: dict[str, Any]) -> None:
    assert policy(SignInContext("", CLIENT, PARTNER_CENTER.app_id), conditions=conditions).applies is Applies.PERHAPS


def apps(*included: str, **more: object) -> dict[str, Any]:
    return {"applications": {"includeApplications": list(included), **more}}


@pytest.mark.parametrize(
    ("conditions", "reach"),
    [
        (apps(CLIENT.upper()), Applies.YES),
        (apps(PARTNER_CENTER.app_id), Applies.YES),
        (apps(SOMEBODY), Applies.NO),
        (apps(includeUserActions=["urn:user:registersecurityinfo"]), Applies.NO),
        (apps("Office365"), Applies.PERHAPS),
        (apps("All", excludeApplications=[PARTNER_CENTER.app_id]), Applies.NO),
        (apps("All", excludeApplications=[CLIENT]), Applies.PERHAPS),
        (apps("All", applicationFilter={"mode": "exclude", "rule": "x"}), Applies.PERHAPS),
        ({"applications": None}, Applies.PERHAPS),
        ({"clientAppTypes": ["exchangeActiveSync", "other"]}, Applies.NO),
        ({"clientAppTypes": ["browser"]}, Applies.PERHAPS),
        ({"clientAppTypes": ["mobileAppsAndDesktopClients", "browser"]}, Applies.YES),
        ({"locations": {"includeLocations": ["All"], "excludeLocations": []}}, Applies.YES),
        ({"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}, Applies.PERHAPS),
        ({"platforms": {"includePlatforms": ["android"]}}, Applies.PERHAPS),
        ({"userRiskLevels": ["high"]}, Applies.PERHAPS),
        ({"aConditionOfTomorrow": {"x": 1}}, Applies.PERHAPS),
    ],
)
def test_whether_it_reaches_the_sign_in(conditions: dict[str, Any], reach: Applies) -> None:
    assert policy(conditions=conditions).applies is reach


TRUSTED = {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}
MFA = {"operator": "OR", "builtInControls": ["mfa"]}


@pytest.mark.parametrize(
    ("parts", "gaps"),
    [
        ({}, ()),
        ({"conditions": TRUSTED}, ("from trusted locations",)),
        ({"conditions": {"locations": {"excludeLocations": [SOMEBODY]}}}, ("from locations that it excludes",)),
        ({"conditions": {"locations": {"includeLocations": [SOMEBODY]}}}, ("from locations that it does not name",)),
        (
            {"conditions": {"applications": {"includeApplications": ["All"], "excludeApplications": [CLIENT.upper()]}}},
            ("for this app, which it excludes",),
        ),
        ({"conditions": {"platforms": {"includePlatforms": ["android"]}}}, ("on platforms that it leaves out",)),
        (
            {"conditions": {"devices": {"deviceFilter": {"mode": "exclude"}}}},
            ("on devices that its filter leaves out",),
        ),
        ({"conditions": {"signInRiskLevels": ["high"]}}, ("while Entra sees no risk",)),
        (
            {"grantControls": {"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]}},
            ("where another control is met instead (compliantdevice)",),
        ),
        ({"grantControls": {"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]}}, ()),
        ({"conditions": TRUSTED | {"users": {"includeGroups": [SOMEBODY]}}}, ()),
    ],
    ids=str,
)
def test_where_a_policy_does_not_reach_a_sign_in_of_the_account(parts: dict[str, Any], gaps: tuple[str, ...]) -> None:
    assert policy(**({"grantControls": MFA} | parts)).gaps == gaps


@pytest.mark.parametrize(
    ("conditions", "reasons"),
    [
        ({}, ()),
        ({"users": {"includeUsers": ["All"], "excludeUsers": [USER.upper()]}}, ("excludes this account",)),
        (
            {"applications": {"includeApplications": ["All"], "excludeApplications": [PARTNER_CENTER.app_id]}},
            ("excludes the API that the token is for",),
        ),
        ({"users": {"includeUsers": [SOMEBODY]}}, ()),
    ],
    ids=str,
)
def test_who_or_what_is_taken_out_of_a_policy_is_told(conditions: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert policy(conditions=conditions).left_out == reasons
