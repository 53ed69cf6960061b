"""Texts of the tools around Azure: AD FS, certificates, deleted vaults, scopes, .NET and Go, MSAL's local page."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.each import for_each
from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.findings import Who
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
DENIED = (
    'Details=[{"odata.error":{"code":"Authorization_RequestDenied","message":{"lang":"en","value":"Insufficient '
    'privileges to complete the operation."}}}]'
)


def told(text: str) -> Diagnosis:
    """What is said first of a text."""
    return explain_text(text, NOW).diagnoses[0]


TITLES = [
    # The organization's own federation server, by its sentence.
    ("MSIS9605: The client is not allowed to access the requested resource.", "AD FS lets this client not ask for"),
    ("error_description: MSIS9612: The authorization code received is invalid.", "AD FS did not accept the authori"),
    (
        "MSIS9224: Received invalid request. The redirect_uri is not registered.",
        "AD FS does not know this redirect URI",
    ),
    ("MSIS9659: Invalid 'username' or 'password'.", "AD FS did not accept the user name or password"),
    # A tenant that is sought where it cannot be.
    (
        f"https://login.microsoftonline.de/{TENANT}: AADSTS90002: Tenant '{TENANT}' not found.",
        "The sign-in host is of Ger",
    ),
    ("AADSTS700016: Application 'x' was not found in the directory 'Microsoft Services'.", "The request went to Micro"),
    ("az login -u app@contoso.com -p x\nAADSTS50126: Error validating credentials.", "Wrong user name or password, or"),
    ("AADSTS70000: The authorization code is malformed.", "The authorization code is not whole"),
    ("AADSTS70000: The refresh token is malformed.", "The refresh token is not whole"),
    # Certificates that Key Vault is to import.
    ('{"error":{"code":"BadParameter","message":"Property policy is missing a value"}}', "The certificate's policy is"),
    (
        "The specified PEM X.509 certificate content is in an unexpected format: no private key.",
        "The certificate came without its private key",
    ),
    (
        "Import-AzKeyVaultCertificate : The specified network password is not correct.",
        "The cmdlet could not read the certificate file",
    ),
    (
        "System.NullReferenceException: x\n   at NetDesktopCryptographyManager.SignWithCertificate()",
        "The certificate has no private key",
    ),
    ("az login: Key not valid for use in specified state", "Windows cannot decrypt the token cache"),
    # Vaults that were deleted.
    (
        'Status=409 Code="ConflictError" Message="A vault with the same name already exists in deleted state."',
        "A deleted vault still holds this name",
    ),
    ('An existing soft-deleted Key Vault exists with the Name "contoso"', "A deleted vault still holds this name"),
    ('Code="SoftDeletedVaultDoesNotExist" Message="no such vault"', "There is no deleted vault to recover"),
    # What a program prints instead of the reason.
    ("callback: token response did not contain an id_token", "The answer held no ID token"),
    ("authentication failed due to: failed to redeem authorization code", "The code was not redeemed, and the text"),
    (
        "Error obtaining Authorization Token from the Azure CLI: exit status 1",
        "A program got no token from the Azure CLI",
    ),
    (
        "KeyVaultReferenceException: Key vault error. ErrorCode:, Key: x",
        "A Key Vault reference of App Configuration failed",
    ),
    (
        "UnauthorizedAccessException: No key vault credential or secret resolver callback configured",
        "The program names no",
    ),
    ("sh: az: No such file or directory", "The Azure CLI is not installed"),
    ("NodeAuthError: no_loopback_server_exists: none", "The program's local page got no usable call"),
    ('error: oidc: expected audience "a" got ["b"]', "The token is for another app than this one is set to"),
    (
        "An administrator has set a policy that prevents you from granting Wiki the permissions",
        "An administrator has to",
    ),
    ("Login-AzureRmAccount : 'authority' should be in Uri format", "The authority is empty, or no address"),
    ("Max retries exceeded attempting to connect to vault.", "The vault was not found"),
    (
        "AADSTS70011: The scope https://graph.microsoft.com/.default offline_access 1c6fb594 is not valid.",
        "What stands beside .default is not accepted",
    ),
    (
        "Keyset does not exist\nCould not find tenant id for provided tenant domain 'x'.",
        "The certificate's private key cannot be used",
    ),
    ("a1 NO AUTHENTICATE failed.", "Exchange Online refused the sign-in to the mailbox"),
    (
        "Message : Principal 0123456789abcdef0123456789abcdef does not\n     exist in\n     the directory x",
        "The principal do",
    ),
]


@for_each(TITLES, names=lambda case: case[0][:40])
def test_a_text_of_a_tool_of_azure_is_told_by_what_it_says(text: str, title: str) -> None:
    assert told(text).title.startswith(title)


def test_the_reason_beside_a_programs_own_words_is_the_only_one_told() -> None:
    reason = "AADSTS7000222: The provided client secret keys are expired."

    for words in ("failed to redeem authorization code", "token response did not contain an id_token"):
        assert [each.code for each in explain_text(f"{words}\n{reason}", NOW).diagnoses] == ["AADSTS7000222"]


def test_the_azure_cli_cannot_be_given_a_permission_of_graph() -> None:
    refused = '{"error":{"code":"AccessDenied","message":"required scopes are missing in the token."}}'
    of_cli = told(f"az rest --method get --url https://graph.microsoft.com/v1.0/policies/x\n{refused}")
    of_an_app = told(f"GET https://graph.microsoft.com/v1.0/policies/x\n{refused}")

    assert "`Connect-MgGraph -Scopes Policy.Read.All`" in of_cli.remedy
    assert "API permissions" not in of_cli.remedy
    assert "API permissions" in of_an_app.remedy
    assert of_an_app.who[0] is Who.ADMIN


def test_the_permission_is_the_one_that_the_sentence_names() -> None:
    said = "Authorization failed due to missing permission scope Chat.Read, Chat.ReadBasic."
    text = f'POST https://graph.microsoft.com/v1.0/groups\n{{"error":{{"code":"UnknownError","message":"{said}"}}}}'

    assert "Add Chat.Read,Chat.ReadBasic to the app" in told(text).remedy


@for_each(["azurerm_azuread_application.x: #Create denied", "graphrbac.ApplicationsClient#Create: denied"])
def test_the_retired_graph_of_a_provider_is_not_taken_for_the_new_one(called: str) -> None:
    diagnosis = told(f"{called} {DENIED}")

    assert diagnosis.title == "Azure AD Graph: insufficient privileges"
    assert "Application.ReadWrite.All of Microsoft Graph" in diagnosis.remedy


@for_each(
    [
        ("--secret-permissions get", "Key Vault Secrets Officer"),
        ("--certificate-permissions get", "Key Vault Certificates Officer"),
        ("--key-permissions sign", "Key Vault Crypto User"),
    ]
)
def test_a_role_in_place_of_a_policy_is_of_what_the_command_grants(option: str, role: str) -> None:
    said = "Cannot set policies to a vault with '--enable-rbac-authorization' specified"

    assert f'"{role}"' in told(f"az keyvault set-policy -n x {option}\n{said}").remedy


@for_each(
    [
        ("Connect-ExchangeOnline\nThe SSL connection could not be established, see inner exception.", "InnerException"),
        ("System.Net.Http.HttpRequestException: The remote certificate is invalid: UntrustedRoot", "certlm.msc"),
        ("tls: failed to verify certificate: x509: certificate signed by unknown authority", "SSL_CERT_FILE"),
    ]
)
def test_where_a_root_certificate_goes_is_the_programs(text: str, place: str) -> None:
    remedy = told(text).remedy

    assert place in remedy
    assert "REQUESTS_CA_BUNDLE" not in remedy


def test_an_account_without_a_subscription_is_given_a_role_or_needs_none() -> None:
    diagnosis = told("ERROR: No subscriptions were found for 'x@contoso.com'.")

    assert "Add role assignment" in diagnosis.remedy
    assert "--allow-no-subscriptions" in diagnosis.remedy
    assert Who.ADMIN in diagnosis.who
