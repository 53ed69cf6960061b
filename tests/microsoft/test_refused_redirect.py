"""Whether a redirect URI is registered, by what Entra answers to a request without a person: said only where clear."""

from __future__ import annotations

from typing import Any, cast

import pytest

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.authorization_code import AuthorizationCodeGrant
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.entra import Entra
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import WebPage

TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"


def refusal_by(page: WebPage, monkeypatch: pytest.MonkeyPatch) -> ServiceRefusal | None:
    """What Entra has against http://localhost, None for nothing."""
    http = Http(built_in_clouds()["global"], SystemClock(), Cancel())
    monkeypatch.setattr(http, "request_page", cast("Any", lambda _url: page))
    return AuthorizationCodeGrant(http, Entra(http)).probe_redirect_uri(TENANT, "app", "scope", "http://localhost")


def refused_by(page: WebPage, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its code, "" for nothing."""
    refusal = refusal_by(page, monkeypatch)
    return refusal.code if refusal else ""


@pytest.mark.parametrize("code", ["AADSTS50011", "AADSTS500113", "AADSTS900971"])
def test_a_page_that_names_the_redirect_uri_says_that_it_is_not_registered(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused_by(WebPage(400, "", f"<p>{code}: The redirect URI …</p>"), monkeypatch) == code


def test_the_words_of_a_page_are_the_services_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    page = WebPage(400, "", "<p>AADSTS50011: &#x27;http://localhost&#x27; is not registered.</p></main></body>")

    refusal = refusal_by(page, monkeypatch)

    assert refusal
    assert refusal.description == "'http://localhost' is not registered."


@pytest.mark.parametrize("text", ["<p>AADSTS90033: A transient error has occurred.</p>", "<p>Sign in</p>"])
def test_a_page_about_something_else_could_not_tell(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreachable):
        refused_by(WebPage(200, "", text), monkeypatch)


@pytest.mark.parametrize("error", ["login_required", "interaction_required", "temporarily_unavailable", "server_error"])
def test_whoever_is_led_to_the_redirect_uri_has_it_registered(error: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = WebPage(302, f"http://localhost/?error={error}&error_description=AADSTS90033%3a+Try+later", "")
    assert not refused_by(page, monkeypatch)


def test_a_single_page_applications_redirect_uri_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    page = WebPage(
        302, "http://localhost/?error=invalid_request&error_description=AADSTS9002325%3a+PKCE+is+required", ""
    )
    assert refused_by(page, monkeypatch) == "AADSTS9002325"
