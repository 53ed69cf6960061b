"""A reason that the text itself gives decides what is told, and a hint that a program adds to any failure does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue import Diagnosis, send_to
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HINT = (
    "Certificate verification failed. This typically happens when using Azure CLI behind a proxy that intercepts "
    "traffic with a self-signed certificate. Please add this certificate to the trusted CA bundle."
)
STRICT = "A certificate of the chain fails the strict check"
UNTRUSTED = "The certificate is not from a trusted CA"
UNVERIFIED = "The server's certificate could not be verified"
A_CLAIM = " asks for a claim that the token lacks"
CANCELED = "The person canceled the sign-in"
UNDER_WEB = "The redirect URI is under Web, or the credential is missing"
NO_CREDENTIAL = "AADSTS7000218: The request body must contain: 'client_assertion' or 'client_secret'."


def only(text: str) -> Diagnosis:
    """The one diagnosis of a text."""
    (diagnosis,) = explain_text(text, NOW).diagnoses
    return diagnosis


@pytest.mark.parametrize(
    ("reason", "title", "quoted"),
    [
        ("Missing Subject Key Identifier", STRICT, "Missing Subject Key Identifier"),
        ("CA cert does not include key usage extension", STRICT, "CA cert does not include key usage extension"),
        (
            "Basic Constraints of CA cert not marked critical",
            STRICT,
            "Basic Constraints of CA cert not marked critical",
        ),
        ("invalid CA certificate", STRICT, "certificate verify failed: invalid CA certificate"),
        ("EE certificate key too weak", "A certificate's key or signature is too weak", "EE certificate key too weak"),
        (
            "self-signed certificate in certificate chain",
            UNTRUSTED,
            "self-signed certificate in certificate chain",
        ),
        ("unable to get local issuer certificate", UNTRUSTED, "unable to get local issuer certificate"),
        ("certificate has expired", "The server's certificate has expired", "certificate has expired"),
        (
            "Hostname mismatch, certificate is not valid for 'x'.",
            "The certificate is for another host",
            "Hostname mismatch",
        ),
    ],
)
@pytest.mark.parametrize("hint", ["", f"\n{HINT}"], ids=["alone", "with a hint"])
def test_the_reason_behind_the_colon_decides(reason: str, title: str, quoted: str, hint: str) -> None:
    text = f"SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {reason} (_ssl.c:1020)'){hint}"
    told = only(text)

    assert told.title == title
    assert told.service_text == quoted


def test_a_hint_at_self_signed_certificates_alone_is_no_reason() -> None:
    told = only(f"ERROR: {HINT}")

    assert told.title == UNVERIFIED


def test_the_place_in_openssls_wrapper_is_no_part_of_the_reason() -> None:
    told = only(f"certificate verify failed: Missing Authority Key Identifier (_ssl.c:7)')))\n{HINT}")

    assert told.service_text == "Missing Authority Key Identifier"


def test_what_fails_the_strict_check_goes_to_whoever_runs_the_proxy_and_not_into_the_bundle() -> None:
    told = only("certificate verify failed: Path length given without key usage keyCertSign (_ssl.c:1)")

    assert send_to(told) == "Whoever runs the network and the proxy"
    assert "REQUESTS_CA_BUNDLE" not in told.remedy


@pytest.mark.parametrize(
    "text",
    [
        "azd auth login\nGET /?error=access_denied&error_subcode=cancel&state=x 200",
        "http://localhost:8400/?error=access_denied&error_subcode=cancel&state=x",
        "msal.oauth2cli: access_denied, as the user canceled",
        'MsalServiceException: {"error": "access_denied", "error_subcode": "cancel"}',
    ],
)
def test_a_sign_in_that_was_canceled_needs_no_administrator(text: str) -> None:
    for told in explain_text(text, NOW).diagnoses:
        assert "onsent" not in told.remedy + send_to(told)
        assert told.title == CANCELED


@pytest.mark.parametrize(
    "text",
    [
        "https://login.microsoftonline.com/x/adminconsent\nerror=access_denied error_subcode=cancel",
        "admin_consent=True error=access_denied error_subcode=cancel",
    ],
)
def test_a_consent_that_was_canceled_keeps_its_administrator(text: str) -> None:
    assert any("grant consent" in send_to(told) for told in explain_text(text, NOW).diagnoses)


def test_a_consent_that_the_text_names_beside_an_address_that_came_back_keeps_its_administrator() -> None:
    text = "The link for the consent was opened.\nhttp://localhost/?error=access_denied&error_subcode=cancel&state=x"

    assert "grant consent" in send_to(only(text))


def test_the_sub_error_of_a_sign_in_that_msal_for_python_prints_is_read() -> None:
    text = "msal got an answer: {'error': 'access_denied', 'error_subcode': 'cancel', 'state': 'y'}"

    assert only(text).title == CANCELED


@pytest.mark.parametrize(
    "text",
    [
        "Microsoft.Graph.AGS.Contracts.ClaimsChallengeRequiredException",
        "GET https://graph.microsoft.com/v1.0/users answered 401: Exception of type "
        "'Microsoft.Graph.AGS.Contracts.ClaimsChallengeRequiredException' was thrown.",
        "az ad user list\n\nException of type 'Microsoft.Graph.Core.ClaimsChallengeRequiredException' was thrown.\n\n"
        "Response status: 401\n'x-ms-ags-diagnostic': 'x'",
        "The request to the mailbox got a claims challenge, and the module gave up.",
        'HTTP 401, www-authenticate: Bearer error="insufficient_claims"',
    ],
)
def test_a_claims_challenge_is_a_policys_and_no_missing_permission(text: str) -> None:
    told = only(text)

    assert told.title.endswith(A_CLAIM)
    assert "permission" not in told.remedy
    assert "Conditional Access" in send_to(told)


def test_the_azure_clis_own_option_is_told_only_where_the_text_names_it() -> None:
    said = "insufficient_claims: run az login --tenant x --claims-challenge eyJhY2Nlc3M"

    assert "--claims-challenge" in only(said).remedy
    assert "--claims-challenge" not in only("insufficient_claims").remedy


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Public client flows are already turned on: enabled.", UNDER_WEB),
        ("It is registered under the Web platform.", UNDER_WEB),
        ('"isFallbackPublicClient": true', UNDER_WEB),
        ("redirect_uri=http://localhost:8400", UNDER_WEB),
        ("Public client flows are not allowed.", "The app has to send its credential"),
        ("", "The app has to send its credential"),
    ],
)
def test_a_credential_is_asked_for_by_the_platform_of_the_redirect_uri(said: str, title: str) -> None:
    told = only(f"{NO_CREDENTIAL}\n{said}")

    assert told.title == title
    assert ("Mobile and desktop" in told.remedy) is (title == UNDER_WEB)


def test_an_app_that_asks_the_old_endpoint_is_its_makers() -> None:
    assert send_to(only("AADSTS90027: no tokens from this version.")).startswith("Whoever makes the app")
    unknown = only("AADSTS9999123: The application developer has to change this.")
    assert "whoever makes the app" in send_to(unknown)


@pytest.mark.parametrize(
    "text",
    [
        "MsalServiceException: ErrorCode: service_not_available",
        "login failed: Service is unavailable to process the request",
    ],
)
def test_a_service_that_msal_found_unavailable_is_waited_for(text: str) -> None:
    told = only(text)

    assert told.retry is not None
    assert told.retry.value == "wait"
    assert "Wait" in told.actions[0]
