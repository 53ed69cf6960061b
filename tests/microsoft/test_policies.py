"""What Graph tells of a tenant's rules for signing in: read as far as it can be told, else "could not tell"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from wizard.core.errors import Busy, ServiceRefusal
from wizard.core.secret import Secret
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import HttpResponse
from wizard.microsoft.partner_api import PARTNER_CENTER
from wizard.microsoft.tenant_policies import Applies, Policy, PolicyPage, PolicyState, SignInContext, TenantPolicies

TOKEN = Secret("graph-token-c4n4ry")
USER = "55555555-eeee-4eee-8eee-000000000002"
CLIENT = "33333333-cccc-4ccc-8ccc-000000000003"
SOMEBODY = "66666666-ffff-4fff-8fff-000000000009"
ASKED = SignInContext(USER, CLIENT, PARTNER_CENTER.app_id)
LIST = "https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies"
ODD: list[object] = [None, [], "text", {}, {"value": None}, {"value": "all"}, {"isEnabled": "true"}, {"value": [1]}]


class Canned:
    """A path that answers what it is told, and keeps what was asked."""

    def __init__(self, body: object = None, status: int = 200) -> None:
        self.cloud = built_in_clouds()["global"]
        self.body, self.status = body, status
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def request(self, _method: str, url: str, *, headers: Mapping[str, str]) -> HttpResponse:
        self.asked.append((url, headers))
        return HttpResponse(self.status, {}, self.body)


def answering(body: object, status: int = 200) -> TenantPolicies:
    return TenantPolicies(cast(Http, Canned(body, status)))


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


def page_of(*items: object, asked: SignInContext = ASKED) -> PolicyPage | None:
    return answering({"value": list(items)}).read_conditional_access(TOKEN, asked)


def policy(asked: SignInContext = ASKED, **parts: Any) -> Policy:
    page = page_of(raw(**parts), asked=asked)
    assert page
    return page.policies[0]


@pytest.mark.parametrize("is_on", [True, False])
def test_security_defaults_are_read_with_the_token(is_on: bool) -> None:
    path = Canned({"isEnabled": is_on})

    assert TenantPolicies(cast(Http, path)).read_security_defaults(TOKEN) is is_on
    ((url, headers),) = path.asked
    assert url == "https://graph.microsoft.com/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"
    assert headers == {"Authorization": "Bearer graph-token-c4n4ry"}


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
    assert answering({"value": [{"createdDateTime": made}]}).read_created_at(TOKEN) == expected


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
    assert answering({"rememberMfaOnTrustedDevice": setting}).read_remember_mfa_days(TOKEN) == days


@pytest.mark.parametrize("status", [403, 404])
def test_what_may_not_be_read_could_not_be_told(status: int) -> None:
    asked = answering({"error": {"code": "Authorization_RequestDenied"}}, status)

    assert asked.read_security_defaults(TOKEN) is None
    assert asked.read_created_at(TOKEN) is None
    assert asked.read_remember_mfa_days(TOKEN) is None
    assert asked.read_user_id(TOKEN, "partner-integration@contoso.com") is None
    assert asked.read_conditional_access(TOKEN, ASKED) is None


@pytest.mark.parametrize("body", ODD)
def test_an_odd_answer_could_not_be_told_and_is_never_that_nothing_is_there(body: object) -> None:
    asked = answering(body)

    assert asked.read_security_defaults(TOKEN) is None
    assert asked.read_created_at(TOKEN) is None
    assert asked.read_remember_mfa_days(TOKEN) is None
    assert asked.read_user_id(TOKEN, "partner-integration@contoso.com") is None
    assert asked.read_conditional_access(TOKEN, ASKED) is None


def test_another_refusal_is_raised_as_one() -> None:
    with pytest.raises(ServiceRefusal, match="InvalidAuthenticationToken"):
        answering({"error": {"code": "InvalidAuthenticationToken"}}, 401).read_security_defaults(TOKEN)


def test_a_tenant_without_policies_has_none() -> None:
    assert page_of() == PolicyPage((), "")


@pytest.mark.parametrize(
    "odd",
    [{"state": "sometimes"}, {"conditions": None}, {"conditions": []}, {"grantControls": "block"}],
)
def test_one_policy_of_an_odd_shape_leaves_the_whole_list_untold(odd: dict[str, Any]) -> None:
    good, bad = raw(), raw()
    assert page_of(good, bad | odd) is None


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


def test_the_next_page_is_followed_on_graph() -> None:
    path = Canned({"value": [raw()], "@odata.nextLink": f"{LIST}?$skiptoken=2"})
    graph = TenantPolicies(cast(Http, path))

    page = graph.read_conditional_access(TOKEN, ASKED)
    assert page
    assert page.next_link == f"{LIST}?$skiptoken=2"
    graph.read_conditional_access(TOKEN, ASKED, page.next_link)
    assert [url for url, _ in path.asked] == [LIST, f"{LIST}?$skiptoken=2"]


@pytest.mark.parametrize(
    "link",
    [
        "https://graph.fabrikam.com/v1.0/identity/conditionalAccess/policies",
        "https://graph.microsoft.com@fabrikam.com/v1.0/identity/conditionalAccess/policies",
        "https://user:word@graph.microsoft.com/v1.0/identity/conditionalAccess/policies",
        "http://graph.microsoft.com/v1.0/identity/conditionalAccess/policies",
        "https://graph.microsoft.com/v1.0/me/messages",
        "https://[graph.microsoft.com/v1.0/identity/conditionalAccess/policies",
        7,
    ],
)
def test_a_link_that_leads_elsewhere_leaves_the_list_untold(link: object) -> None:
    assert answering({"value": [raw()], "@odata.nextLink": link}).read_conditional_access(TOKEN, ASKED) is None


def test_a_users_id_is_read_only_where_it_is_one() -> None:
    assert answering({"id": USER.upper()}).read_user_id(TOKEN, "partner-integration@contoso.com") == USER
    assert answering({"id": "adele"}).read_user_id(TOKEN, "partner-integration@contoso.com") is None


def test_a_busy_list_is_busy_without_a_time_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """429 without Retry-After (protocol 11.9), through the real path."""
    import requests

    from wizard.core.waiting import Cancel, SystemClock

    http = Http(built_in_clouds()["global"], SystemClock(), Cancel())
    answer = requests.Response()
    answer.status_code, answer.url, answer._content = 429, LIST, b"{}"
    monkeypatch.setattr(http.session, "request", lambda *_names, **_options: answer)

    with pytest.raises(Busy) as busy:
        TenantPolicies(http).read_conditional_access(TOKEN, ASKED)
    assert busy.value.retry_after is None
