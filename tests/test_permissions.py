"""Wanted permissions against granted ones, and the checks that read an app from Graph, one cause at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.made_tokens import made
from tests.test_step_0 import StillClock
from wizard.core.answers import Answers
from wizard.core.errors import ServiceRefusal
from wizard.core.facts import Facts
from wizard.core.findings import Finding, ItemKind, Outcome, SupportIds, Who
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel
from wizard.core.wording import item_in_words
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.credentials import ClientSecret, FederatedCredential
from wizard.microsoft.graph import JsonObject, Page, Question, Unread, Why
from wizard.microsoft.partner_api import PARTNER_CENTER
from wizard.microsoft.services import Services, SignInPrompts
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes import app_keys, trust_in_graph
from wizard.onboarding.probes.app_in_graph import RETIRED_API, check_registration
from wizard.onboarding.probes.app_keys import check_keys
from wizard.onboarding.probes.grants_check import check_grants
from wizard.onboarding.probes.principal_check import check_principal
from wizard.onboarding.profile_spec import built_in_profiles

TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
CLIENT = "33333333-cccc-4ccc-8ccc-000000000003"
USER = "55555555-eeee-4eee-8eee-000000000002"
GRAPH_API = "00000003-0000-0000-c000-000000000000"
DENIED = ServiceRefusal("graph", "Authorization_RequestDenied", "", "no", status=403)
GONE = ServiceRefusal("graph", "Request_ResourceNotFound", "", "gone", status=404)
SP = "/v1.0/servicePrincipals"
REGISTRATION = f"/v1.0/applications(appId='{CLIENT}')"
DIGITS = "52ED9B5038A47B9E2E2190715CC238359D4F8F73"
NOW = StillClock().now()
Json = dict[str, object]


class StubGraph(Services):
    """Graph by path, without its query; what is not named is not there."""

    def __init__(self, answers: Mapping[str, Json | int]) -> None:
        self.cloud = built_in_clouds()["global"]
        self.known = answers
        self.asked: list[str] = []
        self.graph = self  # type: ignore[assignment]

    def graph_token(self, identity: str, tenant_id: str, prompts: SignInPrompts | None = None) -> Secret:
        return Secret("token")

    def read_object(self, _token: Secret, question: Question) -> JsonObject | Unread:
        path = question.path.partition("?")[0]
        self.asked.append(path)
        answer = self.known.get(path, 404)
        if isinstance(answer, int):
            why, error = (Why.NOT_THERE, GONE) if answer == 404 else (Why.FORBIDDEN, DENIED)
            return Unread(question, why, error)
        return answer

    def read_page(self, token: Secret, question: Question, _link: str = "") -> Page | Unread:
        answer = self.read_object(token, question)
        return answer if isinstance(answer, Unread) else Page(tuple(answer["value"]), "")  # type: ignore[arg-type]


def registration(*requested: tuple[str, str, str], **more: object) -> Json:
    apis: dict[str, list[Json]] = {}
    for api, permission, kind in requested:
        apis.setdefault(api, []).append({"id": permission, "type": kind})
    required = [{"resourceAppId": api, "resourceAccess": access} for api, access in apis.items()]
    return {
        "id": "object", "displayName": "Ours", "signInAudience": "AzureADMyOrg", "requiredResourceAccess": required,
        "publicClient": {"redirectUris": ["http://localhost"]},
    } | more  # fmt: skip


def api(object_id: str, app_id: str, name: str, scopes: str = "", roles: str = "") -> Json:
    """An API whose permissions have their name in lower case for an id."""
    return {
        "id": object_id, "appId": app_id, "displayName": name,
        "oauth2PermissionScopes": [{"id": each.lower(), "value": each} for each in scopes.split()],
        "appRoles": [{"id": each.lower(), "value": each} for each in roles.split()],
    }  # fmt: skip


def for_all(api_object_id: str, scope: str) -> Json:
    return {"resourceId": api_object_id, "consentType": "AllPrincipals", "scope": scope}


def for_one(api_object_id: str, scope: str, user: str = USER) -> Json:
    return {"resourceId": api_object_id, "consentType": "Principal", "principalId": user, "scope": scope}


def role(api_object_id: str, name: str) -> Json:
    return {"resourceId": api_object_id, "appRoleId": name.lower(), "resourceDisplayName": "x"}


def tenant(**parts: Any) -> dict[str, Json | int]:
    """A tenant in which the app requests one permission, which is granted."""
    return {
        REGISTRATION: registration((GRAPH_API, "user.read", "Scope")),
        f"{SP}(appId='{GRAPH_API}')": api("graph", GRAPH_API, "Microsoft Graph", "User.Read Mail.Read", "User.Read"),
        f"{SP}(appId='{CLIENT}')": {"id": "app", "appId": CLIENT, "displayName": "Ours", "accountEnabled": True,
                                    "appRoleAssignmentRequired": False},
        f"{SP}(appId='{CLIENT}')/oauth2PermissionGrants": {"value": [for_all("graph", "User.Read")]},
        f"{SP}(appId='{CLIENT}')/appRoleAssignments": {"value": []},
    }  # fmt: skip


def onboarding(answers: Mapping[str, Json | int], profile: str = "csp", **facts: Any) -> Onboarding:
    given = Answers(client_id=CLIENT, graph_identity="cli", credential="none")
    made = Onboarding(given, StubGraph(answers), StillClock(), Cancel(), spec=built_in_profiles()[profile])
    made.facts = Facts(tenant_id=TENANT, **facts)
    return made


def told(finding: Finding) -> list[str]:
    return [item_in_words(item) for item in finding.open_items]


def grants(**parts: Any) -> tuple[Finding, StubGraph]:
    """What the check finds where some answers differ: `registration`, `delegated`, `roles`, `apis`, and facts."""
    answers = tenant()
    if requested := parts.pop("registration", None):
        answers[REGISTRATION] = requested
    for name, path in (("delegated", "oauth2PermissionGrants"), ("roles", "appRoleAssignments")):
        if (given := parts.pop(name, None)) is not None:
            answers[f"{SP}(appId='{CLIENT}')/{path}"] = given if isinstance(given, int) else {"value": given}
    answers |= parts.pop("apis", {})
    here = onboarding(answers, **parts)
    return check_grants(here), here.services  # type: ignore[return-value]


# --- permissions ------------------------------------------------------------------------------------------------------


def test_what_is_requested_and_granted_holds() -> None:
    finding, _graph = grants()

    assert (finding.outcome, finding.message) == (Outcome.HOLDS, "The registration requests 1 permission: 1 granted.")


def test_what_is_requested_and_granted_to_nobody_is_missing() -> None:
    finding, _graph = grants(delegated=[])

    assert finding.outcome is Outcome.FAILS
    assert told(finding) == ["✗ Missing: User.Read of Microsoft Graph — not granted"]


def test_what_users_can_consent_to_themselves_only_warns() -> None:
    offered = api("graph", GRAPH_API, "Microsoft Graph", "User.Read")
    offered["oauth2PermissionScopes"] = [{"id": "user.read", "value": "User.Read", "type": "User"}]
    finding, _graph = grants(delegated=[], apis={f"{SP}(appId='{GRAPH_API}')": offered})

    assert finding.outcome is Outcome.WARNS
    assert finding.items[0].id == f"{GRAPH_API}/user.read"


def test_of_the_retired_api_nothing_is_missing() -> None:
    wanted = registration((GRAPH_API, "user.read", "Scope"), (RETIRED_API, "a", "Scope"))

    assert grants(registration=wanted)[0].outcome is Outcome.HOLDS


def test_a_delegated_permission_does_not_stand_for_an_application_permission_of_the_same_name() -> None:
    finding, _graph = grants(registration=registration((GRAPH_API, "user.read", "Role")), delegated=[])

    assert told(finding) == ["✗ Missing: User.Read of Microsoft Graph (application) — not granted"]


def test_an_application_permission_is_looked_for_by_its_id() -> None:
    finding, _graph = grants(
        registration=registration((GRAPH_API, "user.read", "Role")), roles=[role("graph", "User.Read")], delegated=[]
    )

    assert finding.outcome is Outcome.HOLDS


@pytest.mark.parametrize(
    ("user_id", "sign", "words"),
    [
        ("", "✗", f"granted for user {USER}"),
        ("other", "✗", f"granted for user {USER}, who is not the integration user"),
        (USER, "!", "granted for the integration user, not for everybody"),
    ],
)
def test_a_grant_for_one_user_is_said_of_whom(user_id: str, sign: str, words: str) -> None:
    finding, _graph = grants(delegated=[for_one("graph", "User.Read")], user_id=user_id)

    assert told(finding) == [f"{sign} For one user only: User.Read of Microsoft Graph — {words}"]


def test_a_grant_for_everybody_makes_one_for_a_user_of_no_account() -> None:
    finding, _graph = grants(delegated=[for_one("graph", "User.Read"), for_all("graph", "User.Read")])

    assert finding.outcome is Outcome.HOLDS


def test_what_is_granted_and_not_requested_is_extra_but_what_every_sign_in_has_is_not() -> None:
    delegated = [for_all("graph", "User.Read Mail.Read openid offline_access"), for_one("graph", "Mail.Send")]
    finding, _graph = grants(delegated=delegated, roles=[role("graph", "User.Read")])

    assert finding.outcome is Outcome.WARNS
    assert told(finding) == [
        "! Extra: Mail.Read of Microsoft Graph — granted for everybody",
        "! Extra: Mail.Send of Microsoft Graph — granted for single users",
        "! Extra: User.Read of Microsoft Graph (application) — granted",
    ]


def test_what_the_wizard_itself_asks_for_is_not_extra() -> None:
    app_id = PARTNER_CENTER.app_id
    finding, _graph = grants(
        delegated=[for_all("graph", "User.Read"), for_all("pc", "user_impersonation")],
        apis={f"{SP}/pc": api("pc", app_id, "Microsoft Partner Center", "user_impersonation")},
    )

    assert finding.outcome is Outcome.HOLDS


@pytest.mark.parametrize(
    ("refused", "still_told"),
    [
        ("roles", ["✗ Missing: User.Read of Microsoft Graph — not granted"]),
        ("delegated", ["✗ Missing: User.Read of Microsoft Graph (application) — not granted"]),
    ],
)
def test_of_a_read_that_is_refused_nothing_is_missing_and_the_rest_is_told(refused: str, still_told: list[str]) -> None:
    both = registration((GRAPH_API, "user.read", "Scope"), (GRAPH_API, "user.read", "Role"))
    finding, _graph = grants(registration=both, **({"delegated": [], "roles": []} | {refused: 403}))

    assert told(finding)[:-1] == still_told
    assert finding.items[-1].kind is ItemKind.UNREAD
    assert "Directory.Read.All" in told(finding)[-1] or "Application.Read.All" in told(finding)[-1]


def test_where_both_reads_are_refused_it_could_not_tell() -> None:
    finding, _graph = grants(delegated=403, roles=403)

    assert finding.outcome is Outcome.UNKNOWN
    assert [item.outcome for item in finding.items] == [Outcome.UNKNOWN] * 2


def test_without_a_service_principal_nothing_is_granted() -> None:
    finding, _graph = grants(delegated=404, roles=404)

    assert told(finding) == ["✗ Missing: User.Read of Microsoft Graph — not granted"]


def test_a_grant_of_an_api_that_is_gone_is_extra() -> None:
    finding, _graph = grants(delegated=[for_all("graph", "User.Read"), for_all("gone", "A B")])

    assert told(finding) == [
        "! Extra: service principal gone — something is granted on it, but the API is not in this tenant any more"
    ]


def test_an_api_that_is_requested_and_not_in_the_tenant_is_missing_once() -> None:
    wanted = registration((GRAPH_API, "user.read", "Scope"), ("absent", "a", "Scope"), ("absent", "b", "Role"))
    finding, _graph = grants(registration=wanted)

    assert told(finding) == ["✗ Missing: API absent — not in this tenant, so none of its 2 permissions can be granted"]


def test_an_api_that_may_not_be_read_could_not_be_told() -> None:
    finding, _graph = grants(apis={f"{SP}(appId='{GRAPH_API}')": 403, f"{SP}/graph": 403})

    assert finding.outcome is Outcome.UNKNOWN
    assert [item.kind for item in finding.items] == [ItemKind.UNREAD]


def test_two_apis_of_one_name_are_told_apart_by_their_app_ids() -> None:
    """A second Microsoft Partner Center is asked for by marketplace publishers (protocol 11.6)."""
    second = "fabfbdc4-5751-471c-ac43-3826fa1afc31"
    wanted = registration((PARTNER_CENTER.app_id, "a", "Scope"), (second, "a", "Scope"))
    apis = {
        f"{SP}(appId='{PARTNER_CENTER.app_id}')": api("one", PARTNER_CENTER.app_id, "Microsoft Partner Center", "A"),
        f"{SP}(appId='{second}')": api("two", second, "Microsoft Partner Center", "A"),
    }
    finding, _graph = grants(registration=wanted, delegated=[for_all("one", "A")], apis=apis)

    assert told(finding) == [f"✗ Missing: A of Microsoft Partner Center ({second}) — not granted"]


def test_a_permission_that_the_api_does_not_offer_is_told_by_its_id() -> None:
    finding, _graph = grants(registration=registration((GRAPH_API, "retired-id", "Scope")), delegated=[])

    assert told(finding) == [
        "✗ Missing: retired-id of Microsoft Graph — requested, but the API offers no permission of this id"
    ]


def test_each_resource_is_asked_once_whatever_checks_ask() -> None:
    here = onboarding(tenant())

    for check in (check_registration, check_keys, check_principal, check_grants, check_grants, check_registration):
        check(here)

    asked = here.services.asked  # type: ignore[attr-defined]
    assert len(asked) == len(set(asked)) == 6


# --- registration -----------------------------------------------------------------------------------------------------


def registered(profile: str = "csp", **parts: Any) -> Finding:
    asked = ((PARTNER_CENTER.app_id, "1cebfa2a", "Scope"),)
    body = registration(*parts.pop("requested", asked), **parts)
    return check_registration(onboarding({REGISTRATION: body}, profile))


def test_a_registration_that_fits_is_shown_by_its_name() -> None:
    finding = registered()

    assert finding.outcome is Outcome.HOLDS
    assert finding.message == "Graph shows the app as “Ours”. Its registration fits."
    assert finding.evidence["redirect_uris"] == "Mobile and desktop: http://localhost"


@pytest.mark.parametrize(
    ("profile", "audience", "outcome"),
    [
        ("csp", "AzureADMyOrg", Outcome.HOLDS),
        ("csp", "AzureADMultipleOrgs", Outcome.HOLDS),
        ("csp", "AzureADandPersonalMicrosoftAccount", Outcome.WARNS),
        ("csp", "PersonalMicrosoftAccount", Outcome.FAILS),
        ("csp", "EverybodyOnMars", Outcome.UNKNOWN),
        ("cpv", "AzureADMyOrg", Outcome.FAILS),
        ("cpv", "AzureADMultipleOrgs", Outcome.HOLDS),
    ],
)
def test_who_may_sign_in_has_to_fit_the_kind_of_onboarding(profile: str, audience: str, outcome: Outcome) -> None:
    lock = {"isEnabled": True}
    finding = check_registration(
        onboarding(
            {
                REGISTRATION: registration(
                    (PARTNER_CENTER.app_id, "a", "Scope"),
                    signInAudience=audience,
                    servicePrincipalLockConfiguration=lock,
                )
            },
            profile,
        )
    )

    assert finding.outcome is outcome


def test_the_api_that_is_not_requested_is_missing_and_the_other_one_is_named() -> None:
    finding = registered(requested=(("4990cffe-04e8-4e8b-808a-1175604b879f", "a", "Scope"),))

    assert told(finding) == [
        f"✗ Missing: Microsoft Partner Center ({PARTNER_CENTER.app_id}) — not among the API permissions; Microsoft "
        "Partner, or Microsoft Dev Center is, which is another API"
    ]


def test_a_retired_api_that_is_still_requested_is_extra() -> None:
    finding = registered(requested=((PARTNER_CENTER.app_id, "a", "Scope"), (RETIRED_API, "b", "Scope")))

    assert [item.kind for item in finding.open_items] == [ItemKind.EXTRA]
    assert finding.outcome is Outcome.WARNS


def test_redirect_uris_that_a_program_cannot_use_are_told() -> None:
    alone = registered(publicClient={"redirectUris": []}, spa={"redirectUris": ["https://a.example"]})
    none = registered(publicClient=None)

    assert "Single-page application" in told(alone)[0]
    assert told(none) == ["! Missing: redirect URIs — none: a sign-in in a browser stays on its page (AADSTS500113)"]


# --- credentials ------------------------------------------------------------------------------------------------------


def in_days(days: float) -> str:
    return (NOW + timedelta(days=days)).isoformat()


def keys(
    *secrets: Json,
    credential: object = None,
    certificates: tuple[Json, ...] = (),
    trusts: list[Json] | int = 404,
    entra: str = "",
) -> Finding:
    """What is found with a credential that Entra refuses with a code; "": it accepts it."""
    body = registration(passwordCredentials=list(secrets), keyCredentials=list(certificates))
    listed: Json | int = trusts if isinstance(trusts, int) else {"value": trusts}
    ids = SupportIds("correlation")
    refusal = ServiceRefusal("entra", entra, "invalid_client", "no", ids=ids) if entra else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_keys, "client_credential", lambda _onboarding: credential)
        for module in (app_keys, trust_in_graph):
            patch.setattr(module, "refusal_of_app_at_home", lambda _onboarding: refusal)
        patch.setattr(app_keys, "credential_fixes", lambda *_known: ())
        return check_keys(onboarding({REGISTRATION: body, f"{REGISTRATION}/federatedIdentityCredentials": listed}))


def secret(hint: str | None = "aBc", **more: object) -> Json:
    return {"keyId": f"key {hint}", "displayName": "one", "hint": hint, "endDateTime": in_days(90)} | more


@pytest.mark.parametrize(
    ("end", "outcome", "words"),
    [
        (in_days(90), Outcome.HOLDS, "in 90 days"),
        (in_days(29), Outcome.WARNS, "in 29 days"),
        (in_days(-1), Outcome.WARNS, "expired on"),
        ((NOW + timedelta(days=90)).replace(tzinfo=None).isoformat(), Outcome.HOLDS, "in 90 days"),
        ("soon", Outcome.UNKNOWN, "no end that can be read"),
        (None, Outcome.UNKNOWN, "no end that can be read"),
    ],
)
def test_each_secret_is_told_with_its_end(end: str | None, outcome: Outcome, words: str) -> None:
    finding = keys(secret(endDateTime=end))

    assert finding.outcome is outcome
    assert words in finding.items[0].message


ENTERED = ClientSecret(Secret("aBc8Q~rest"))
EXPIRED = {"endDateTime": in_days(-1)}


def test_the_secret_that_is_entered_is_found_by_its_first_characters() -> None:
    finding = keys(secret(), secret("xYz"), credential=ENTERED)

    assert finding.outcome is Outcome.HOLDS
    assert [item.message.endswith("in use here") for item in finding.items] == [True, False]


@pytest.mark.parametrize(
    ("secrets", "entra", "said"),
    [
        ([], "AADSTS7000215", "no client secret of this app"),
        ([secret("xYz")], "AADSTS7000215", "1 client secret of this app: secret “one”, xYz…, until"),
        ([secret("xYz"), secret(None, **EXPIRED)], "AADSTS7000215", "The one entered begins otherwise."),
        ([secret(**EXPIRED)], "AADSTS7000222", "expired on"),
        ([secret(**EXPIRED), secret("xYz")], "AADSTS7000222", "Valid: secret “one”, xYz…, until"),
        ([secret(startDateTime=in_days(1))], "AADSTS7000215", "not valid before"),
    ],
)
def test_a_secret_that_is_none_of_the_valid_ones_fails_where_entra_refuses_it_too(
    secrets: list[Json], entra: str, said: str
) -> None:
    finding = keys(*secrets, credential=ENTERED, entra=entra)

    assert (finding.outcome, finding.code) == (Outcome.FAILS, entra)
    assert said in finding.message
    assert finding.ids.correlation_id == "correlation"
    assert Who.OPERATOR in finding.who
    assert ("last minutes" in finding.actions[-1]) is ("that is entered, secret" not in finding.message)


@pytest.mark.parametrize("entra", ["", "AADSTS7000112"])
@pytest.mark.parametrize("secrets", [[], [secret("xYz")], [secret(**EXPIRED)]])
def test_what_is_not_on_the_list_only_warns_unless_entra_says_the_same(secrets: list[Json], entra: str) -> None:
    """A service principal has secrets of its own, and Graph may be behind."""
    finding = keys(*secrets, credential=ENTERED, entra=entra)

    assert finding.outcome is Outcome.WARNS
    assert ("accepts it all the same" in finding.items[0].message) is (entra == "")


@pytest.mark.parametrize(
    ("secrets", "outcome"),
    [
        ([secret(**EXPIRED), secret()], Outcome.WARNS),
        ([secret("xYz"), secret(None)], Outcome.UNKNOWN),
        ([secret(endDateTime=None)], Outcome.UNKNOWN),
        ([secret(startDateTime=in_days(0.002))], Outcome.WARNS),
    ],
)
def test_a_secret_that_may_be_one_of_the_apps_never_fails_whatever_entra_says(
    secrets: list[Json], outcome: Outcome
) -> None:
    """Two begin alike, one shows no beginning or no end, or another clock made it: Entra's own answer comes next."""
    assert keys(*secrets, credential=ENTERED, entra="AADSTS7000215").outcome is outcome


class Certificate:
    """Stands for one that was entered; only its thumbprint is looked at."""

    thumbprint = DIGITS


@pytest.mark.parametrize(
    ("identifier", "outcome"),
    [
        (DIGITS, Outcome.HOLDS),
        (DIGITS.lower(), Outcome.HOLDS),
        ("Uu2bUDike54uIZBxXMI4NZ1Pj3M=", Outcome.HOLDS),
        ("0" * 40, Outcome.FAILS),
        (None, Outcome.UNKNOWN),
    ],
)
def test_a_certificate_is_known_by_its_thumbprint_in_either_form(
    identifier: str | None, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.microsoft.credentials.ClientCertificate", Certificate)
    certificate: Json = {"keyId": "c", "customKeyIdentifier": identifier, "endDateTime": in_days(90)}

    finding = keys(credential=Certificate(), certificates=(certificate,), entra="AADSTS700027")

    assert finding.outcome is outcome
    assert outcome is not Outcome.FAILS or "Upload its public part" in finding.actions[0]


@pytest.mark.parametrize("dates", [EXPIRED, {"startDateTime": in_days(2)}], ids=["expired", "not valid yet"])
def test_a_certificate_whose_entry_is_out_of_its_time_fails(dates: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.microsoft.credentials.ClientCertificate", Certificate)
    certificate: Json = {"keyId": "c", "customKeyIdentifier": DIGITS, "endDateTime": in_days(90)} | dates

    finding = keys(credential=Certificate(), certificates=(certificate,), entra="AADSTS700027")

    assert finding.outcome is Outcome.FAILS
    assert "Make a new one, and upload" in finding.actions[0]


TRUSTED = {"issuer": "https://issuer.example/", "subject": "repo:us/ours", "audience": "api://AzureADTokenExchange"}


def trust(**more: object) -> Json:
    own = {"id": "f", "name": "build", "issuer": TRUSTED["issuer"], "subject": TRUSTED["subject"]}
    return own | {"audiences": [TRUSTED["audience"]]} | more


def federated(trusts: list[Json] | int, entra: str = "") -> Finding:
    claims = {"iss": TRUSTED["issuer"], "sub": TRUSTED["subject"], "aud": TRUSTED["audience"]}
    credential = FederatedCredential("file", "token", lambda: Secret(made(claims)))
    return keys(credential=credential, trusts=trusts, entra=entra)


def test_the_federated_credential_that_fits_is_the_one_in_use() -> None:
    finding = federated([trust(id="other", subject="repo:us/theirs"), trust()])

    assert finding.outcome is Outcome.HOLDS
    assert [item.message for item in finding.items] == [
        "for another token: subject repo:us/theirs", "fits the token; in use here",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("trusts", "code", "said"),
    [
        ([], "AADSTS70025", "no federated credential"),
        ([trust(issuer="https://issuer.example")], "AADSTS700211", "“build” has another issuer"),
        ([trust(subject="repo:us/Ours")], "AADSTS7002138", "“build” has another subject"),
        ([trust(audiences=["api://other"])], "AADSTS700212", "“build” has another audience"),
        ([trust(issuer="x", subject="y"), trust(name="near", subject="y")], "AADSTS700213", "“near” has another sub"),
    ],
)
def test_a_token_that_nothing_fits_fails_and_says_what_the_app_has_to_trust(
    trusts: list[Json], code: str, said: str
) -> None:
    finding = federated(trusts, code)

    assert (finding.outcome, finding.code) == (Outcome.FAILS, code)
    assert said in finding.message
    assert any(all(each in act for each in TRUSTED.values()) for act in finding.actions)
    assert finding.evidence["subject"] == TRUSTED["subject"]
    assert "last minutes" in finding.actions[-1]
    assert federated(trusts).outcome is Outcome.WARNS, "Entra accepts it"


@pytest.mark.parametrize(("entra", "outcome"), [("", Outcome.HOLDS), ("AADSTS700213", Outcome.UNKNOWN)])
def test_a_credential_that_compares_by_an_expression_is_entras_to_judge(entra: str, outcome: Outcome) -> None:
    assert federated([trust(subject=None)], entra).outcome is outcome


@pytest.mark.parametrize("trusts", [403, [{"name": "of an odd form"}]])
def test_federated_credentials_that_cannot_be_read_could_not_be_told(trusts: list[Json] | int) -> None:
    finding = federated(trusts, "AADSTS700213")

    assert finding.outcome is Outcome.UNKNOWN
    assert "Federated credentials" in finding.items[0].message


def test_an_end_in_another_century_is_no_error() -> None:
    assert "expired on 1601-01-01" in keys(secret(endDateTime="1601-01-01T00:00:00Z")).items[0].message
    assert datetime.max.replace(tzinfo=UTC) > NOW
    assert keys(secret(endDateTime="9999-12-31T23:59:59Z")).outcome is Outcome.HOLDS


# --- service principal ------------------------------------------------------------------------------------------------


def principal(assigned: list[Json] | int = 404, user_id: str = "", **more: object) -> Finding:
    answers = tenant()
    body = answers[f"{SP}(appId='{CLIENT}')"]
    assert isinstance(body, dict)
    answers[f"{SP}(appId='{CLIENT}')"] = body | more
    answers[f"{SP}(appId='{CLIENT}')/appRoleAssignedTo"] = (
        assigned if isinstance(assigned, int) else {"value": assigned}
    )
    return check_principal(onboarding(answers, user_id=user_id))


def assignee(holder_id: str, name: str, kind: str = "User") -> Json:
    return {
        "resourceId": "app", "appRoleId": "0", "principalId": holder_id, "principalDisplayName": name,
        "principalType": kind,
    }  # fmt: skip


def test_an_app_that_is_on_and_open_holds() -> None:
    assert principal().outcome is Outcome.HOLDS


def test_an_app_that_is_switched_off_fails() -> None:
    assert told(principal(accountEnabled=False)) == [
        "✗ Setting: sign-in to the app — switched off for everybody (AADSTS7000112)"
    ]


def test_what_graph_does_not_say_could_not_be_told() -> None:
    assert principal(accountEnabled=None).outcome is Outcome.UNKNOWN
    assert principal(appRoleAssignmentRequired="no").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("assigned", "user_id", "outcome", "words"),
    [
        ([], USER, Outcome.FAILS, "nobody is assigned"),
        ([], "", Outcome.UNKNOWN, "Name the integration user in step 4"),
        ([assignee(USER, "Partner")], USER, Outcome.HOLDS, ""),
        ([assignee("other", "Adele")], USER, Outcome.FAILS, "the integration user is not assigned (AADSTS50105)"),
        ([assignee("other", "Adele")], "", Outcome.UNKNOWN, "user Adele. Whether the integration user"),
        ([assignee("g", "Partners", "Group")], USER, Outcome.UNKNOWN, "group Partners"),
        (403, USER, Outcome.UNKNOWN, "Application.Read.All"),
    ],
)
def test_where_assignment_is_required_the_integration_user_has_to_be_assigned(
    assigned: list[Json] | int, user_id: str, outcome: Outcome, words: str
) -> None:
    finding = principal(assigned, user_id, appRoleAssignmentRequired=True)

    assert finding.outcome is outcome
    assert words in " ".join(told(finding))


def test_an_app_without_a_service_principal_fails() -> None:
    finding = check_principal(onboarding({}))

    assert finding.outcome is Outcome.FAILS
    assert finding.items[0].kind is ItemKind.MISSING


@pytest.mark.parametrize("check", [check_registration, check_keys, check_principal, check_grants])
def test_what_may_not_be_read_could_not_be_told_by_any_check(check: Any) -> None:
    finding = check(onboarding({REGISTRATION: 403, f"{SP}(appId='{CLIENT}')": 403}))

    assert finding.outcome is Outcome.UNKNOWN
    assert finding.actions[0].startswith("Look it up in entra.microsoft.com > ")
