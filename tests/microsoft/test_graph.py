"""Graph's answers: an object, a list page by page, or why it could not be read; and what they say of an app."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

import pytest

from wizard.core.secret import Secret
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.graph import Graph, Page, Question, Unread, Why
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import HttpResponse
from wizard.microsoft.principals import delegated_grant_in, principal_in, role_grant_in
from wizard.microsoft.registration import (
    AppCertificate,
    Audience,
    PermissionKind,
    RequestedPermission,
    registration_in,
    thumbprint_in,
)

TOKEN = Secret("graph-token-c4n4ry")
QUESTION = Question("the list", "/v1.0/list", "Application.Read.All", "in the portal")
NEXT = "https://graph.microsoft.com/v1.0/list?$skiptoken=2"
DIGITS = "52ED9B5038A47B9E2E2190715CC238359D4F8F73"
IN_BASE64 = "Uu2bUDike54uIZBxXMI4NZ1Pj3M="


class Canned:
    """A path that answers what it is told, and keeps what was asked."""

    def __init__(self, body: object = None, status: int = 200) -> None:
        self.cloud = built_in_clouds()["global"]
        self.body, self.status = body, status
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def request(self, _method: str, url: str, *, headers: Mapping[str, str]) -> HttpResponse:
        self.asked.append((url, headers))
        return HttpResponse(self.status, {}, self.body)


def page_of(body: object, status: int = 200) -> Page | Unread:
    return Graph(cast(Http, Canned(body, status))).read_page(TOKEN, QUESTION)


def test_an_object_is_asked_for_with_the_token() -> None:
    path = Canned({"id": "1"})

    assert Graph(cast(Http, path)).read_object(TOKEN, QUESTION) == {"id": "1"}
    assert path.asked == [
        ("https://graph.microsoft.com/v1.0/list", {"Authorization": "Bearer graph-token-c4n4ry"}),
    ]


@pytest.mark.parametrize(
    ("status", "why"), [(403, Why.FORBIDDEN), (404, Why.NOT_THERE), (400, Why.REFUSED), (401, Why.REFUSED)]
)
def test_a_refusal_says_why_and_is_never_an_empty_list(status: int, why: Why) -> None:
    answer = page_of({"error": {"code": "Authorization_RequestDenied", "message": "no"}}, status)

    assert isinstance(answer, Unread)
    assert answer.why is why
    assert answer.error is not None
    assert str(answer.error).startswith("graph: Authorization_RequestDenied")


@pytest.mark.parametrize("body", [None, [], "text", {}, {"value": None}, {"value": "all"}, {"value": [1]}])
def test_an_odd_answer_is_no_list(body: object) -> None:
    answer = page_of(body)

    assert isinstance(answer, Unread)
    assert answer.why is Why.MALFORMED


def test_the_next_page_is_followed_on_graph() -> None:
    path = Canned({"value": [{"id": "1"}], "@odata.nextLink": NEXT})
    graph = Graph(cast(Http, path))

    assert graph.read_page(TOKEN, QUESTION) == Page(({"id": "1"},), NEXT)
    graph.read_page(TOKEN, QUESTION, NEXT)
    assert path.asked[-1][0] == NEXT


@pytest.mark.parametrize(
    "link",
    [
        "https://graph.fabrikam.com/v1.0/list",
        "https://graph.microsoft.com@fabrikam.com/v1.0/list",
        "https://user:word@graph.microsoft.com/v1.0/list",
        "https://graph.microsoft.com:8443/v1.0/list",
        "http://graph.microsoft.com/v1.0/list",
        "https://[graph.microsoft.com/v1.0/list",
        7,
    ],
)
def test_a_link_that_leads_elsewhere_gets_no_token(link: object) -> None:
    answer = page_of({"value": [{"id": "1"}], "@odata.nextLink": link})

    assert isinstance(answer, Unread)
    assert answer.why is Why.MALFORMED


@pytest.mark.parametrize("text", [DIGITS, DIGITS.lower(), f" {DIGITS} ", IN_BASE64])
def test_a_thumbprint_is_read_as_hexadecimal_digits_first_then_as_base64(text: str) -> None:
    """40 digits are valid base64 as well, of 30 other bytes (protocol 11.0)."""
    assert thumbprint_in(text) == DIGITS
    assert AppCertificate("", "", thumbprint_in(text), None, None).thumbprint_base64 == IN_BASE64


@pytest.mark.parametrize("text", ["", "AAAA", DIGITS[:-1], f"{DIGITS}00", "Ünïcode", "x" * 40])
def test_what_is_no_thumbprint_matches_none(text: str) -> None:
    assert thumbprint_in(text) == ""


def raw(**parts: object) -> dict[str, object]:
    return {"id": "33333333-cccc-4ccc-8ccc-000000000033", "displayName": "Ours", **parts}


def test_a_registration_is_read_whole() -> None:
    found = registration_in(
        raw(
            signInAudience="AzureADMultipleOrgs",
            isFallbackPublicClient=True,
            requiredResourceAccess=[
                {
                    "resourceAppId": "AAAA",
                    "resourceAccess": [{"id": "B1", "type": "Scope"}, {"id": "B2", "type": "Role"}],
                },
                {
                    "resourceAppId": "AAAA",
                    "resourceAccess": [{"id": "b1", "type": "Scope"}, {"id": "b3", "type": "Odd"}],
                },
            ],
            web={"redirectUris": ["https://a.example"]},
            publicClient={"redirectUris": ["http://localhost"]},
            spa={"redirectUris": []},
            passwordCredentials=[
                {"keyId": "k", "displayName": "one", "hint": "aBc", "endDateTime": "2027-01-01T00:00:00Z"}
            ],
            keyCredentials=[{"keyId": "c", "displayName": "two", "customKeyIdentifier": DIGITS}],
            servicePrincipalLockConfiguration={"isEnabled": True},
        )
    )

    assert found
    assert (found.name, found.audience, found.is_public, found.locks_properties) == (
        "Ours", Audience.ANY_TENANT, True, True,
    )  # fmt: skip
    assert found.requested == (
        RequestedPermission("aaaa", "b1", PermissionKind.DELEGATED),
        RequestedPermission("aaaa", "b2", PermissionKind.APPLICATION),
    )
    assert found.platform_of("http://localhost:8400/") == "desktop"
    assert (found.secrets[0].hint, found.secrets[0].expires_at) == ("aBc", datetime(2027, 1, 1, tzinfo=UTC))
    assert (found.certificates[0].thumbprint, found.certificates[0].expires_at) == (DIGITS, None)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-01T00:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2027-01-01T00:00:00", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2027-01-01T00:00:00.1234567Z", datetime(2027, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)),
        ("1601-01-01T00:00:00Z", datetime(1601, 1, 1, tzinfo=UTC)),
        ("soon", None),
        (None, None),
        (17, None),
    ],
)
def test_an_end_without_a_zone_is_utc_and_one_that_is_none_is_not_told(text: object, moment: datetime | None) -> None:
    found = registration_in(raw(passwordCredentials=[{"keyId": "k", "endDateTime": text}]))

    assert found
    assert found.secrets[0].expires_at == moment


ODD_REGISTRATIONS: list[dict[str, object]] = [
    {},
    {"requiredResourceAccess": "all", "web": [], "passwordCredentials": {"a": 1}, "keyCredentials": [7]},
    {"requiredResourceAccess": [{"resourceAccess": None}], "spa": {"redirectUris": [1, None]}, "signInAudience": 3},
    {"servicePrincipalLockConfiguration": "on", "displayName": None, "isFallbackPublicClient": "true"},
]


@pytest.mark.parametrize("parts", ODD_REGISTRATIONS)
def test_odd_members_of_a_registration_are_left_out(parts: dict[str, object]) -> None:
    found = registration_in(raw(**parts))

    assert found
    assert (found.requested, found.redirect_uris, found.secrets, found.certificates) == ((), (), (), ())
    assert (found.audience, found.is_public, found.locks_properties) == (None, False, None)


def test_what_has_no_id_is_neither_a_registration_nor_a_service_principal() -> None:
    assert registration_in({"displayName": "Ours"}) is None
    assert principal_in({"id": "1"}) is None
    assert principal_in({"appId": "1"}) is None


def test_a_service_principal_is_read_with_what_it_offers() -> None:
    found = principal_in(
        {
            "id": "sp",
            "appId": "AB",
            "accountEnabled": False,
            "appRoleAssignmentRequired": True,
            "oauth2PermissionScopes": [{"id": "S", "value": "User.Read"}],
            "appRoles": [{"id": "R", "value": "User.Read"}],
        }
    )

    assert found
    assert (found.app_id, found.is_enabled, found.needs_assignment) == ("ab", False, True)
    assert [(each.permission_id, each.name, each.kind) for each in found.permissions] == [
        ("s", "User.Read", PermissionKind.DELEGATED),
        ("r", "User.Read", PermissionKind.APPLICATION),
    ]


def test_a_grant_is_for_everybody_or_for_the_user_it_names() -> None:
    every = delegated_grant_in({"resourceId": "api", "consentType": "AllPrincipals", "scope": " A  B"})
    one = delegated_grant_in({"resourceId": "api", "consentType": "Principal", "principalId": "u", "scope": "A"})

    assert every
    assert one
    assert (every.scopes, every.user_id) == (("A", "B"), "")
    assert (one.scopes, one.user_id) == (("A",), "u")


@pytest.mark.parametrize(
    "odd",
    [
        {"consentType": "AllPrincipals", "scope": "A"},
        {"resourceId": "api", "consentType": "Principal", "principalId": None, "scope": "A"},
        {"resourceId": "api", "consentType": "Sometimes", "scope": "A"},
        {"resourceId": "api", "consentType": "AllPrincipals", "scope": ["A"]},
    ],
)
def test_a_grant_of_an_odd_form_is_none_and_none_for_everybody(odd: dict[str, object]) -> None:
    assert delegated_grant_in(odd) is None
    assert role_grant_in(odd) is None
