"""Who refused is read: AD FS, Azure AD B2C or the host's own endpoint are taken for no other service."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.recipients import send_to
from wizard.core.findings import Retry, Who
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def only(text: str) -> Diagnosis:
    """The one thing that is found in a text."""
    (found,) = explain_text(text, NOW).diagnoses
    return found


@pytest.mark.parametrize(
    "text",
    [
        "error=access_denied&error_description=MSIS9622%3a+Client+authentication+failed",
        "ServerError: invalid_client: undefined - [undefined]: MSIS9622: Client authentication failed.",
        "MSIS9622: Client authentication failed. Please verify the credential provided.",
    ],
)
def test_a_number_of_ad_fs_is_its_own_refusal_and_no_canceled_page(text: str) -> None:
    told = only(text)

    assert "AD FS" in told.title
    assert "federated sign-in" in send_to(told)
    assert "onsent" not in told.remedy


def test_a_code_of_b2c_is_told_by_its_sentence_and_as_b2cs() -> None:
    told = only("login failed: AADB2C91999: The session was revoked. Sign in again, then try again.")

    assert (told.who[0], told.retry) == (Who.INTEGRATION_USER, Retry.NO)
    assert told.service_text.startswith("The session was revoked.")
    assert "Azure AD B2C" in told.title
    assert "Entra" not in told.title + told.cause


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /msi/token?resource=https://vault.azure.net&api-version=2019-08-01 HTTP/1.1\nHost: 127.0.0.1:41741",
        "GET /metadata/identity/oauth2/token?resource=https://graph.microsoft.com HTTP/1.1\nHost: 169.254.169.254",
    ],
)
def test_the_endpoint_that_hands_out_tokens_is_not_the_service_that_they_are_for(request_line: str) -> None:
    told = only(f"> {request_line}\n> Accept: */*\n\n< HTTP/1.1 403 Forbidden\n< Content-Length: 0\n\n")

    assert told.title == "The host's endpoint for managed identities refused"
    assert "vault" not in told.remedy


@pytest.mark.parametrize(
    "text", ["MsalServiceException: access_denied", "OpenIdConnectProtocolException: Message contains 'access_denied'"]
)
def test_a_denied_sign_in_names_no_consent_that_the_text_does_not_name(text: str) -> None:
    told = only(text)

    assert "onsent" not in told.remedy + send_to(told)
    assert told.who[0] is Who.INTEGRATION_USER


def test_a_denied_consent_keeps_its_administrator() -> None:
    assert "grant consent" in send_to(only("MsalServiceException: access_denied, on the page for admin consent"))


def test_the_brokers_redirect_uri_is_that_of_the_client_that_the_text_names() -> None:
    client = "11111111-aaaa-4aaa-8aaa-000000000001"
    told = only(f"WAM Error: Invalid redirect uri ms-appx-web://microsoft.aad.brokerplugin/{client}")

    assert f"with {client} behind it" in told.remedy


def test_a_credential_of_another_tenant_presumes_no_vault() -> None:
    told = only("The current credential is not configured to acquire tokens for tenant contoso.")

    assert "vault" not in told.cause + told.remedy


def test_a_number_that_is_too_long_for_a_code_is_none() -> None:
    assert not any(
        told.code for told in explain_text(f"https://login.microsoftonline.com/error?code={'9' * 400}", NOW).diagnoses
    )


def test_an_endpoint_that_answered_is_not_told_as_one_that_is_missing() -> None:
    told = only('ManagedIdentityCredential, MSI_ENDPOINT=http://x/msi: 400 "No MSI found for specified ClientId"')

    assert told.title == "That managed identity is not assigned to this machine"
