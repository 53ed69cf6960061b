"""The consent address, and the ten ways its answer can come back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from wizard.core.errors import BadInput, ServiceRefusal
from wizard.microsoft.admin_consent import admin_consent_link, consent_response_handler, read_consent_response
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.landing import Landing

CLOUD = built_in_clouds()["global"]
AUDIENCE = "https://api.partnercenter.microsoft.com"
TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"


def test_without_a_redirect_uri_none_is_sent() -> None:
    link = urlsplit(admin_consent_link(CLOUD, TENANT, "client", AUDIENCE, "", "state"))

    assert (link.scheme, link.netloc, link.path) == ("https", CLOUD.login, f"/{TENANT}/adminconsent")
    assert parse_qs(link.query) == {"client_id": ["client"], "state": ["state"]}


def test_with_a_redirect_uri_all_of_partner_center_is_asked_for() -> None:
    link = urlsplit(admin_consent_link(CLOUD, TENANT, "client", AUDIENCE, "http://localhost:8400", "state"))

    assert link.path == f"/{TENANT}/v2.0/adminconsent"
    assert parse_qs(link.query)["scope"] == ["https://api.partnercenter.microsoft.com/.default"]
    assert parse_qs(link.query)["redirect_uri"] == ["http://localhost:8400"]


@pytest.mark.parametrize(
    "pasted",
    [
        "https://contoso.com/?admin_consent=True&tenant=T&state=s",
        "?admin_consent=True&tenant=T&state=s",
        "admin_consent=True&tenant=T&state=s",
        "  <http://localhost/?admin_consent=TRUE&tenant=T&state=s>  ",
        "https://contoso.com/#admin_consent=true&tenant=T&state=s",
    ],
)
def test_an_answer_is_read_from_whatever_was_copied(pasted: str) -> None:
    answer = read_consent_response(pasted)

    assert (answer.consented, answer.tenant, answer.state) == (True, "t", "s")


def test_an_error_is_looked_at_before_admin_consent() -> None:
    with pytest.raises(ServiceRefusal) as refused:
        read_consent_response(
            "https://x/?error=consent_required&error_description=AADSTS65004%3A+declined&admin_consent=True&state=s"
        )

    assert refused.value.code == "AADSTS65004"


def test_admin_consent_false_is_no_consent() -> None:
    assert not read_consent_response("?admin_consent=False&state=s").consented


@pytest.mark.parametrize(
    "pasted",
    ["", "   ", "https://contoso.com/", "hello", "https://[broken", "?state=s", "&" * 500, "\x00\x1b[2J"],
)
def test_anything_else_is_refused_in_words(pasted: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_consent_response(pasted)

    assert refused.value.field == "consent_answer"
    assert "admin_consent" in refused.value.expected


@pytest.mark.parametrize(
    ("target", "landing"),
    [
        ("/?admin_consent=True&tenant=T&state=s", Landing.CONSENTED),
        ("/?admin_consent=true&state=s", Landing.CONSENTED),
        ("/?error=access_denied&error_description=AADSTS65004&admin_consent=True&state=s", Landing.CONSENT_REFUSED),
        ("/?error=&admin_consent=True&state=s", Landing.CONSENTED),
        ("/?admin_consent=False&state=s", Landing.CONSENT_REFUSED),
        ("/?state=s", Landing.CONSENT_REFUSED),
        ("/?admin_consent=True&state=S", None),
        ("/?admin_consent=True&state=s&state=s", None),
        ("/?admin_consent=True", None),
        ("/", None),
    ],
)
def test_an_answer_with_our_state_is_submitted_and_gets_the_page_of_what_it_says(
    target: str, landing: Landing | None
) -> None:
    submitted: list[str] = []
    handler = consent_response_handler("s", submitted.append)

    assert handler(target) is landing
    assert handler(target) is landing
    assert submitted == ([target] if landing else [])


def test_a_refusal_and_then_a_grant_are_both_submitted() -> None:
    submitted: list[str] = []
    handler = consent_response_handler("s", submitted.append)

    assert handler("/?error=access_denied&state=s") is Landing.CONSENT_REFUSED
    assert handler("/?admin_consent=True&state=s") is Landing.CONSENTED
    assert len(submitted) == 2
