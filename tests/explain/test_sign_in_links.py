"""A link to the consent or sign-in page, pasted instead of the answer: it is the question, and its faults are said."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.made_tokens import CLIENT, CONTOSO, NOW
from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.findings import Retry, Who
from wizard.explain import explain_text
from wizard.explain.addresses.browser_addresses import find_browser_addresses

LOGIN = "https://login.microsoftonline.com"
CONSENT_LINK = {
    "client_id": CLIENT,
    "scope": "https://api.partnercenter.microsoft.com/.default",
    "redirect_uri": "http://localhost:8400/",
    "state": "s",
}
SIGN_IN_LINK = {
    "client_id": CLIENT,
    "response_type": "code",
    "redirect_uri": "http://localhost",
    "scope": "https://api.partnercenter.microsoft.com/user_impersonation offline_access openid profile",
    "state": "s",
    "code_challenge": "c" * 43,
}


def _asked(place: str, **fields: str) -> Diagnosis:
    [located] = find_browser_addresses(f"{place}?{urlencode(fields)}", NOW)
    return located.diagnosis


def test_a_consent_link_is_the_question_and_what_it_asks_is_said() -> None:
    diagnosis = _asked(f"{LOGIN}/{CONTOSO}/v2.0/adminconsent", **CONSENT_LINK)
    assert diagnosis.title == "A link to the consent page, not its answer"
    assert diagnosis.cause == (
        "This address is the question. The answer is the address the browser ends on after the consent."
    )
    assert dict(diagnosis.evidence) == {
        "kind": "link to the consent page, v2.0",
        "host": "login.microsoftonline.com",
        "cloud": "Global (also GCC)",
        "tenant": CONTOSO,
        "client id": CLIENT,
        "scope": "https://api.partnercenter.microsoft.com/.default",
        "redirect URI": "http://localhost:8400/",
        "state": "there",
    }
    assert diagnosis.step == "consent"
    assert "an administrator who may grant consent" in diagnosis.remedy
    assert diagnosis.retry is Retry.AFTER_FIX


def test_a_sign_in_link_is_the_question_too() -> None:
    diagnosis = _asked(f"{LOGIN}/contoso.com/oauth2/v2.0/authorize", **SIGN_IN_LINK)
    assert diagnosis.title == "A link to the sign-in page, not its answer"
    assert diagnosis.cause.endswith("after the sign-in.")
    assert diagnosis.step == "user"
    assert Who.INTEGRATION_USER in diagnosis.who


WRONG_IN_CONSENT: dict[str, tuple[str, dict[str, str | None], str, str]] = {
    "common": ("common/v2.0", {}, "which this page does not take", "tenant's id or domain"),
    "organizations": ("organizations/v2.0", {}, "names no tenant (organizations)", "tenant's id or domain"),
    "consumers": ("consumers/v2.0", {}, "personal accounts", "tenant's id or domain"),
    "a placeholder": ("{tenant}/v2.0", {}, "The place of the tenant holds a placeholder", "tenant's id or domain"),
    "no client id": (f"{CONTOSO}/v2.0", {"client_id": None}, "AADSTS900144", "App registrations"),
    "a client's name": (f"{CONTOSO}/v2.0", {"client_id": "my app"}, "client id", "App registrations"),
    "Microsoft's client": (
        f"{CONTOSO}/v2.0",
        {"client_id": "04b07795-8ddb-461a-bbee-02f9e1bf7b46"},
        "Microsoft's own client Azure CLI",
        "App registrations",
    ),
    "no redirect URI": (f"{CONTOSO}/v2.0", {"redirect_uri": None}, "AADSTS900971", "letter for letter"),
    "http elsewhere": (f"{CONTOSO}/v2.0", {"redirect_uri": "http://contoso.com/"}, "AADSTS50011", "Use https"),
    "a broken redirect URI": (f"{CONTOSO}/v2.0", {"redirect_uri": "https://[x"}, "redirect URI", "letter for letter"),
    "no scope": (f"{CONTOSO}/v2.0", {"scope": None}, "It names no scope", "/.default"),
    "another scope": (f"{CONTOSO}/v2.0", {"scope": "User.Read"}, "does not ask for Partner Center", "/.default"),
    "no state": (f"{CONTOSO}/v2.0", {"state": None}, "It has no state", "random state"),
}


@pytest.mark.parametrize("name", WRONG_IN_CONSENT)
def test_what_is_wrong_in_a_consent_link_is_said(name: str) -> None:
    tenant, changed, cause, remedy = WRONG_IN_CONSENT[name]
    fields = {key: value for key, value in (CONSENT_LINK | changed).items() if value is not None}
    diagnosis = _asked(f"{LOGIN}/{tenant}/adminconsent", **fields)
    assert cause in diagnosis.cause
    assert remedy in diagnosis.remedy


def test_the_older_consent_link_needs_neither_scope_nor_redirect_uri_and_takes_common() -> None:
    diagnosis = _asked(f"{LOGIN}/common/adminconsent", client_id=CLIENT, state="s")
    assert "whoever opens it answers for the tenant of that account" in diagnosis.cause
    assert "does not take" not in diagnosis.cause
    assert "redirect_uri" not in diagnosis.cause
    assert "scope" not in diagnosis.cause


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"scope": "https://api.partnercenter.microsoft.com/user_impersonation"}, "no refresh token comes back"),
        (
            {"scope": "https://api.partnercenter.microsoft.com/user_impersonation User.Read offline_access"},
            "AADSTS700022",
        ),
        ({"response_type": "token"}, "response type token, so no authorization code"),
        ({"response_type": None}, "names no response type"),
        ({"code_challenge": None}, "no PKCE challenge"),
    ],
)
def test_what_is_wrong_in_a_sign_in_link_is_said(changed: dict[str, str | None], cause: str) -> None:
    fields = {key: value for key, value in (SIGN_IN_LINK | changed).items() if value is not None}
    assert cause in _asked(f"{LOGIN}/contoso.com/oauth2/v2.0/authorize", **fields).cause


def test_a_link_on_a_host_that_is_not_microsofts_is_warned_of() -> None:
    diagnosis = _asked(f"https://login.contoso.com/{CONTOSO}/adminconsent", **CONSENT_LINK)
    assert "no sign-in host of Microsoft's clouds" in diagnosis.cause
    assert diagnosis.remedy.startswith("Do not open it")


CODE = "1.AXo" + "Cq9_x-Z7" * 60
ANSWER = f"http://localhost:8400/?code={CODE}&state=kU3vQzTq5nWb8xYd"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AADSTS50011", "http://localhost"),
        ("AADSTS500113", "http://localhost"),
        ("AADSTS900971", "http://localhost"),
        ("AADSTS9002325", "Mobile and desktop applications"),
        ("AADSTS9002327", "Mobile and desktop applications"),
    ],
)
@pytest.mark.parametrize("more", ["", f"\n\n{ANSWER}"], ids=["alone", "with an address"])
def test_the_text_of_a_page_that_ends_a_sign_in_is_explained(code: str, words: str, more: str) -> None:
    page = f"Sorry, but we're having trouble signing you in.\n\n{code}: it says why.\nTrace ID: {CLIENT}{more}"
    explanation = explain_text(page, NOW)
    diagnosis = explanation.diagnoses[0]
    assert diagnosis.code == code
    assert words in diagnosis.remedy
    assert "Authentication" in diagnosis.remedy
    assert Who.ADMIN in diagnosis.who
    assert diagnosis.step in {"consent", "user"}
    assert "Cq9_x-Z7" not in repr(explanation)


@pytest.mark.parametrize("pasted", [ANSWER, f'"{ANSWER}"', f"> {ANSWER[:70]}\n> {ANSWER[70:]}", CODE], ids=repr)
def test_nothing_of_a_code_is_repeated_where_an_answer_is_explained(pasted: str) -> None:
    explanation = explain_text(pasted, NOW)
    assert explanation.diagnoses
    assert "Cq9_x-Z7" not in repr(explanation)
