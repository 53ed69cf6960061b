"""Where a text does not say which cause it is, each likely one is told, with what to do; where it does, that one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue import Diagnosis, send_to
from wizard.core.findings import Who
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
NO_ROLE = "Get-PartnerInvoice : The supplied role does not have the rights to do this."
SERVER_ERROR = "The request for a token met a server error"
WRONG_SECRET = "The client secret is not valid"


def told(text: str) -> list[Diagnosis]:
    """The diagnoses of a text."""
    return list(explain_text(text, NOW).diagnoses)


def only(text: str) -> Diagnosis:
    """The one diagnosis of a text."""
    (diagnosis,) = told(text)
    return diagnosis


def test_a_call_without_rights_may_be_the_user_s_or_the_app_s() -> None:
    diagnosis = only(NO_ROLE)

    assert "Admin agent" in diagnosis.remedy
    assert "client_credentials" in diagnosis.remedy
    assert diagnosis.who == (Who.ADMIN, Who.OPERATOR)


@pytest.mark.parametrize("caller", ["Connect-PartnerCenter -ServicePrincipal", "we use grant_type=client_credentials"])
def test_an_app_alone_is_not_given_a_user_s_role(caller: str) -> None:
    assert "Admin agent" not in only(f"{caller}\n{NO_ROLE}").remedy


def test_an_app_that_redeems_a_user_s_refresh_token_is_no_app_alone() -> None:
    assert "Admin agent" in only(f"New-PartnerAccessToken -ServicePrincipal -RefreshToken $t\n{NO_ROLE}").remedy


def test_a_401_of_the_ingestion_api_may_be_the_app_s_place_in_partner_center_or_its_token() -> None:
    diagnosis = only("PUT https://api.partner.microsoft.com/v1.0/ingestion/submissions\n401 (Unauthorized)")

    assert "Microsoft Entra applications" in diagnosis.remedy
    assert "`aud`" in diagnosis.remedy
    assert send_to(diagnosis) == "An account admin in Partner Center"


@pytest.mark.parametrize(
    "text",
    [
        "FAILED: [Requesting an access token]\nMake sure that your client id/secret are valid.\nstatus code: 503",
        "Get-StoreAccessToken : could not get the token\nThe remote server returned an error: (500)",
    ],
)
def test_a_5xx_below_a_token_step_that_failed_is_of_that_step_and_advice_is_no_refusal(text: str) -> None:
    assert only(text).title == SERVER_ERROR


def test_a_5xx_of_another_host_after_the_token_is_of_that_host() -> None:
    text = "Failed once to get a token, then got it.\nGET https://graph.microsoft.com/v1.0/users\nstatus code: 500"

    assert only(text).service == "graph"


@pytest.mark.parametrize("advice", ["it has been configured for the wrong app type", "another app may be meant"])
def test_what_a_library_says_in_front_of_each_error_of_a_class_chooses_no_cause(advice: str) -> None:
    error = "AADSTS7000215: Invalid client secret is provided."

    assert only(f"MsalServiceException: A class. {advice}. Original exception: {error}").title == WRONG_SECRET


@pytest.mark.parametrize("between", [" ", "\n"])
def test_the_code_of_graph_s_cmdlets_stands_behind_the_status(between: str) -> None:
    diagnosis = only(
        f"Get-MgSite : It was not allowed.{between}Status: 403 (Forbidden){between}ErrorCode: accessDenied"
    )

    assert diagnosis.code == "accessDenied"
    assert diagnosis.service_text == "It was not allowed."


def test_what_another_command_printed_is_an_error_of_its_own() -> None:
    text = (
        "Set-AzKeyVaultSecret : Secret a is currently in a deleted but recoverable state.\n"
        "Remove-AzKeyVaultSecret : Purge protection is enabled for this vault."
    )

    assert [each.service for each in told(text)] == ["key_vault", "key_vault"]


def test_a_command_that_gives_permissions_names_the_one_that_was_missing() -> None:
    text = "The user 'appid=x;oid=y' does not have secrets backup permission on key vault 'kv-a;location=b'."

    assert "get list set recover backup`" in only(text).remedy


def test_an_issuer_that_does_not_answer_is_no_second_factor() -> None:
    diagnosis = only(
        "az login --service-principal --federated-token x\nAADSTS50166: Request to the OIDC endpoint failed."
    )

    assert "openid-configuration" in diagnosis.remedy
    assert diagnosis.who == (Who.OPERATOR,)


@pytest.mark.parametrize("caller", ["a runbook with a system-assigned identity", "ManagedIdentityCredential"])
def test_a_managed_identity_is_told_of_its_own_service_principal_and_connects_with_no_scopes(caller: str) -> None:
    remedy = only(f"{caller}\nGet-MgUser : Insufficient privileges to complete the operation.").remedy

    assert "service principal" in remedy
    assert "-Scopes" not in remedy


def test_a_first_sentence_of_two_words_is_quoted_with_the_one_that_says_what() -> None:
    said = "Invalid request. The value 'x' of the parameter y is not valid."

    assert only(f"We see AADSTS901001: {said} We do not know why.").service_text == said
