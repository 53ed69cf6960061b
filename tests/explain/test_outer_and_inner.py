"""Of an outer or a general sentence and a specific one in the same text, the specific one is explained."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
FREQUENCY = "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access."
MAY_NOT_REGISTER = "This account may not register applications"
NOT_RESOLVED = "The host name does not resolve"
CANCELED = "Error Acquiring Token: User canceled authentication."
WRAPPED = """WARNING: Unable to acquire token for tenant 'organizations' with error 'User canceled authentication. '

DEBUG: Unable to acquire token for tenant 'organizations' with error 'User canceled authentication.
   at Microsoft.Identity.Client.Platforms.Features.RuntimeBroker.RuntimeBroker.SignInInteractivelyAsync(Parameters p)
"""
MANY_WORDS = "Insufficient privileges to complete the operation."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            f"Could not get a token. {FREQUENCY} The maximum allowed lifetime is 43200.",
            "The sign-in frequency has run out",
        ),
        (f'{{"error":"x","message":"{FREQUENCY}"}}', "The sign-in frequency has run out"),
        (
            f"Directory permission is needed for the current user to register the application. {MANY_WORDS}",
            MAY_NOT_REGISTER,
        ),
        (
            f"Authorization_RequestDenied: cannot ask the directory to register the application. {MANY_WORDS}",
            MAY_NOT_REGISTER,
        ),
        (f"New-AzureADApplication : {MANY_WORDS}", MAY_NOT_REGISTER),
        (
            f"Unable to acquire token for tenant 'contoso.com' with error '{CANCELED}'",
            "The sign-in was canceled before it ended",
        ),
        (WRAPPED, "Azure PowerShell's sign-in window was closed or never shown"),
        (
            "Unable to acquire token for tenant 'x' with error 'No such host is known. (login.windows.net:443)'",
            NOT_RESOLVED,
        ),
        (
            "Unable to get authority configuration for https://x.\n[Errno -2] Name or service not known",
            NOT_RESOLVED,
        ),
        (
            "IDX20803: Unable to obtain configuration from: 'https://login.microsoftonline.com/x'.\n"
            " ---> No such host is known. (login.microsoftonline.com:443)",
            NOT_RESOLVED,
        ),
        (
            "ClientCertificateCredential authentication failed: Could not use the certificate for signing.",
            "The certificate's private key cannot be used",
        ),
        (
            "no Authorizer could be configured: running Azure CLI: Please run 'az login' to setup account.",
            "Nobody is signed in to the Azure CLI",
        ),
    ],
)
def test_the_specific_sentence_is_explained_and_the_one_around_it_is_not(text: str, title: str) -> None:
    assert [found.title for found in explain_text(text, NOW).diagnoses] == [title]


def test_an_outer_sentence_alone_is_explained() -> None:
    found = explain_text("Unable to acquire token for tenant 'contoso.com'", NOW).diagnoses[0]

    assert found.title == "The tenant asks Azure PowerShell for another sign-in"


def test_a_link_that_a_program_shows_above_its_error_is_not_explained_as_well() -> None:
    link = "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize"
    told = explain_text(f"A browser has been opened at {link}. Go on there.\nAADSTS50105: Not assigned.", NOW)

    assert [found.code for found in told.diagnoses] == ["AADSTS50105"]
    assert "sign-in page" in explain_text(link, NOW).diagnoses[0].title


def test_the_status_before_an_error_in_a_list_of_one_is_of_that_error() -> None:
    details = '[{"odata.error":{"code":"Authorization_RequestDenied","message":{"lang":"en","value":"Insufficient"}}}]'
    told = explain_text(f"graphrbac.GroupsClient#Create: StatusCode=403 -- Original Error: Details={details}", NOW)

    assert [found.code for found in told.diagnoses] == ["Authorization_RequestDenied"]


def test_a_body_that_is_not_whole_and_an_error_below_it_are_both_told() -> None:
    text = (
        'Listing gives "code": "Authorization_IdentityNotFound", "message": "Widgets are not known.",\n'
        "and creating gives\nCode: Request_ResourceNotFound\nMessage: The widget is not there."
    )

    codes = [diagnosis.code for diagnosis in explain_text(text, NOW).diagnoses]
    assert sorted(codes) == ["Authorization_IdentityNotFound", "Request_ResourceNotFound"]


def test_an_oauth_class_beside_its_number_is_not_told_again() -> None:
    text = 'The page ended in "ACCESS_DENIED".\n\nAADSTS65004: User declined to consent to access the app.'

    assert [diagnosis.code for diagnosis in explain_text(text, NOW).diagnoses] == ["AADSTS65004"]


def test_a_body_under_its_label_is_of_the_status_above_it() -> None:
    text = (
        "Widget of the key vault: Service request failed.\nStatus: 403 (Forbidden)\n\nContent:\n"
        '{"error":{"code":"Forbidden","message":"The widget does not have secrets get permission on key vault '
        """'contoso-partner'.","innererror":{"code":"AccessDenied"}}}\n\nHeaders:\nx-ms-keyvault-region: westus\n"""
    )

    assert [diagnosis.code for diagnosis in explain_text(text, NOW).diagnoses] == ["AccessDenied"]


def test_items_of_a_numbered_list_are_errors_of_their_own() -> None:
    wording = "Application 'x' is not supported over the /common or /consumers endpoints."
    listed = explain_text(f"1. First it said: {wording}\n2. Then AADSTS65001: There is no consent.", NOW)
    one = explain_text(f"{wording}\nThen AADSTS90130: It is not supported there.", NOW)

    assert [found.title for found in listed.diagnoses] == [
        "The app has no consent for this API",
        "The app takes no sign-in over /common",
    ]
    assert [found.code for found in one.diagnoses] == ["AADSTS90130"]


def test_an_address_in_the_middle_of_a_sign_in_does_not_hide_what_its_page_says() -> None:
    page = "https://login.microsoftonline.com/common/reprocess?ctx=x\n\nNeed admin approval\nWidgets needs permission"

    assert [found.title for found in explain_text(page, NOW).diagnoses] == ["An administrator has to grant consent"]


def test_what_a_program_prints_around_any_failure_is_told_only_where_nothing_else_is() -> None:
    outer = "DEBUG: 10:51:15 - Exception: Your Azure credentials have not been set up or have expired."
    inner = "AADSTS50105: The user is not assigned.\n"

    assert [found.code for found in explain_text(f"{inner}DEBUG: 10:51:14 - x\n{outer}", NOW).diagnoses] == [
        "AADSTS50105"
    ]
    (alone,) = explain_text(f"Get-AzWidget\n{outer}", NOW).diagnoses
    assert alone.title == "Nobody is signed in to Azure PowerShell"
    assert "`az login`" in alone.remedy, "the Azure CLI keeps its own command"


def test_ids_that_somebody_took_out_of_a_body_are_no_part_of_the_services_text() -> None:
    said = r"AADSTS50058: Nobody is there.\r\nTrace ID: <id>\r\nCorrelation ID: <id>"
    body = f'{{"error":"invalid_grant","error_description":"{said}"}}'

    assert explain_text(body, NOW).diagnoses[0].service_text == "Nobody is there."


def test_what_msal_node_puts_around_a_description_is_no_part_of_it() -> None:
    ids = "Trace ID: 33333333-cccc-4ccc-8ccc-000000000003 Timestamp: 2026-08-19 17:42:03Z"
    said = (
        f"Error(s): 70043 - Timestamp: 2026-08-19 17:42:03Z - Description: AADSTS70043: The token is old. {ids} - {ids}"
    )
    (found,) = explain_text(f'skipping {{"errorCode":"invalid_grant","errorMessage":"{said}"}}', NOW).diagnoses

    assert (found.code, found.service_text) == ("AADSTS70043", "The token is old.")


def test_a_sentence_that_the_text_quotes_ends_at_the_quotation_mark() -> None:
    text = 'For Get-MgWidget I get the Error "403 Forbidden - Insufficient privileges to complete the operation".\n'
    (diagnosis,) = explain_text(text, NOW).diagnoses

    assert diagnosis.service_text == "Insufficient privileges to complete the operation"
    (of_an_issuer,) = explain_text(
        "No matching federated identity record found for presented assertion issuer 'x'.", NOW
    ).diagnoses
    assert of_an_issuer.service_text.startswith("No matching ")


def test_a_program_that_is_not_the_azure_cli_is_not_told_to_sign_in_with_it() -> None:
    text = (
        'Error: Get Token request returned http error: 400 and server response: {"error":"interaction_required",'
        '"error_description":"AADSTS50079: you must enroll in multi-factor authentication.","error_codes":[50079]}'
    )
    (diagnosis,) = explain_text(text, NOW).diagnoses

    assert not any("az login" in action for action in diagnosis.actions)


def test_a_key_that_may_not_be_used_is_not_told_a_role_for_secrets() -> None:
    text = (
        "cannot check existence of resource 'providers/Microsoft.KeyVault/vaults/contoso/keys/key': status code 400, "
        '{"error":{"code":"ForbiddenByRbac","message":"Caller is not authorized to perform action on resource."}}'
    )
    (diagnosis,) = explain_text(text, NOW).diagnoses

    assert not any("Secrets" in action for action in diagnosis.actions)
