"""What a text says beside its code is read: a reason, an object, an account, a flow, a platform, what was done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue import Diagnosis, send_to
from wizard.core.findings import Who
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
WAM = "WAM Error\n Error Message: ApiContractViolation\n Possible causes:\n- Invalid redirect uri"
CHAIN = "ChainedTokenCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n\t"
FORBIDDEN = "Operation returned an invalid status code 'Forbidden'"


BAD_REQUEST = "The remote server returned an error: (400) Bad Request."
NO_SUCCESS = "Response status code does not indicate success:"


def first(text: str) -> Diagnosis:
    """What is said first of a text."""
    return explain_text(text, NOW).diagnoses[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{BAD_REQUEST}\nMissingField : The field 'listing' has to be set.", "The field 'listing' has to be set."),
        (f"{BAD_REQUEST}\n 2  400 88: Price tier 'X9' is not known there.", "Price tier 'X9' is not known there."),
        (
            f'{NO_SUCCESS} 403 (Forbidden).\n{{"message": "The seller is not enrolled."}}',
            "The seller is not enrolled.",
        ),
        (
            f"{NO_SUCCESS} 404 (Not Found).\nFlightNotFound: The flight 7 does not exist.",
            "The flight 7 does not exist.",
        ),
    ],
)
def test_where_a_reason_stands_beside_a_status_it_is_quoted_and_never_said_to_be_missing(
    text: str, reason: str
) -> None:
    told = first(text)

    assert told.service_text == reason
    assert "the text says" in told.title
    assert "client ID" not in told.remedy


@pytest.mark.parametrize(
    "behind",
    ["", "\n    + CategoryInfo          : NotSpecified: (:) [], WebException", "\nAt C:\\jobs\\x.ps1:7 char:1"],
)
def test_where_no_reason_stands_beside_a_status_that_is_said(behind: str) -> None:
    assert first(f"{BAD_REQUEST}{behind}").title == "A request was refused as wrong; how is not said"


@pytest.mark.parametrize(
    "text",
    [
        "Invoke-WebRequest : 400 Bad Request\n0 400 109: Field 'message' on type 'MessageData' is too long.",
        "(400) Bad Request\nPOST https://westeurope-5.in.applicationinsights.azure.com/v2/track returned 400",
    ],
)
def test_telemetry_that_was_refused_is_not_the_failure(text: str) -> None:
    assert first(text).title == "Only the program's telemetry was refused"


def test_telemetry_beside_the_programs_own_error_is_left_out() -> None:
    text = "AADSTS7000215: Invalid client secret provided.\n400: Field 'time' on type 'Envelope' is too old."

    assert [told.code for told in explain_text(text, NOW).diagnoses] == ["AADSTS7000215"]


@pytest.mark.parametrize(
    "text",
    [
        '"code": "ErrorInternalServerError", "message": "The tenant for tenant guid \'f1\' does not exist."',
        '{"error":{"code":"ExtensionError","message":"Exception: [Status Code: Unauthorized; Reason: The Tenant for '
        'tenant guid 0a does not exist.]"}}',
        "OrganizationFromTenantGuidNotFound: The tenant for tenant guid '0a' does not exist.",
    ],
)
def test_a_tenant_that_exchange_does_not_know_is_a_fact_of_its_own(text: str) -> None:
    assert first(text).title == "Exchange Online does not know this tenant"


def test_the_usual_cause_of_a_code_is_said_to_be_usual_beside_a_reason() -> None:
    told = first('"code": "ExtensionError", "message": "[Status Code: Forbidden; Reason: Access to REST is disabled.]"')

    assert told.cause.startswith("Usually ")
    assert told.service_text == "Access to REST is disabled."


@pytest.mark.parametrize(
    ("text", "right", "option"),
    [
        (f"Get-AzKeyVaultCertificate : {FORBIDDEN}", "Key Vault Certificates Officer", "certificate permissions"),
        (f"Add-AzKeyVaultKey : {FORBIDDEN}", "Key Vault Crypto Officer", "key permissions"),
        (f"Set-AzKeyVaultSecret : {FORBIDDEN}", "Key Vault Secrets Officer", "(get, list, set)"),
        (
            "(Forbidden) The user 'oid=x' does not have certificates import permission on key vault 'kv1;location=x'.",
            "--certificate-permissions get list create import",
            "az keyvault set-policy",
        ),
        (
            "az keyvault key create\n(Forbidden) The app does not have keys rotate permission on key vault 'kv1'.",
            "--key-permissions get list create import rotate",
            "az keyvault set-policy",
        ),
    ],
)
def test_the_right_is_of_the_object_that_was_refused(text: str, right: str, option: str) -> None:
    told = first(text)

    assert right in told.remedy
    assert option in told.remedy
    if "Secret" not in text:
        assert "ecret" not in told.remedy + told.cause


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"msstore publish\n{WAM}", "work account"),
        (f"az login\n{WAM}", "az config set core.enable_broker_on_windows=false"),
        (f"Connect-AzAccount\n{WAM}", "Update-AzConfig -EnableLoginByWam $false"),
        (f"{WAM} ms-appx-web://microsoft.aad.brokerplugin/14d82eec-204b-4c2f-b7e8-296a70dab67e", "-UseDeviceCode"),
    ],
)
def test_the_app_of_microsofts_own_tool_is_never_edited(text: str, says: str) -> None:
    told = first(text)

    assert says in told.remedy
    assert "App registrations" not in told.remedy
    assert told.who == (Who.OPERATOR,)


def test_what_a_library_lists_as_possible_is_no_cause() -> None:
    told = first(f"MyTool.exe\n{WAM}")

    assert "only one possible cause" in told.cause
    assert "Only if the app is your own" in told.remedy


@pytest.mark.parametrize("account", ["ann@hotmail.co", "ann@outlook.de", "ann@live.nl", "ann@msn.com"])
def test_a_personal_account_has_no_federation(account: str) -> None:
    told = first(f"MsalClientException: missing_federation_metadata_url\nusername: {account}")

    assert "federation is in it" in told.cause
    assert "work or school account" in told.remedy
    assert "AD FS" not in send_to(told)


def test_a_personal_account_that_a_tenant_lacks_is_called_so() -> None:
    told = first("AADSTS50034: The user account lea@live.fr does not exist in the fabrikam.com directory.")

    assert told.title == "A personal account is not in this tenant"


def test_a_work_account_keeps_its_federation() -> None:
    assert "AD FS" in send_to(first("missing_federation_metadata_url for ann@fabrikam.com"))


@pytest.mark.parametrize(
    "line",
    [
        'ManagedIdentityCredential: Unexpected content type "text/html"',
        'ImdsCredential: Unexpected response "<html>Blocked</html>"',
    ],
)
def test_an_answer_that_is_not_azures_is_a_fact_of_its_own(line: str) -> None:
    told = first(f"{CHAIN}{line}")

    assert told.title == "Something else answered for the managed identity"
    assert "`az login`" not in told.remedy


@pytest.mark.parametrize("done", ["I ran az login.", "After running `az login` it fails.", "az account show works."])
def test_what_was_done_is_not_advised(done: str) -> None:
    told = first(f"{done}\n{CHAIN}EnvironmentCredential: Environment variables are not fully configured.")

    assert "Sign in with an account" not in told.remedy


@pytest.mark.parametrize("hint", ["", "Please run az login.", "Try again after running az login."])
def test_what_a_hint_advises_was_not_done(hint: str) -> None:
    told = first(f"{CHAIN}EnvironmentCredential: Environment variables are not fully configured.\n{hint}")

    assert "az login" in told.remedy


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("PS D:\\app> node index.js", "setx NODE_EXTRA_CA_CERTS"),
        ("Windows Server 2022, Node 20", "setx NODE_EXTRA_CA_CERTS"),
        ("Ubuntu 24.04, Node 20", "export NODE_EXTRA_CA_CERTS"),
        ("Windows 11, WSL, Node 20", "export NODE_EXTRA_CA_CERTS"),
    ],
)
def test_a_command_is_of_the_platform_that_the_text_names(said: str, command: str) -> None:
    assert command in first(f"{said}\nError: unable to get local issuer certificate\n code: 'X' at node:_tls").remedy


@pytest.mark.parametrize(
    ("version", "setting"), [("2.48.1", "core.allow_broker"), ("2.61.0", "core.enable_broker_on_windows")]
)
def test_a_setting_is_that_of_the_version(version: str, setting: str) -> None:
    told = first(f"az login\nazure-cli {version}\nUnexpected exception while waiting for accounts control to finish")

    assert f"az config set {setting}=false" in told.remedy


def test_a_service_that_asks_for_a_user_is_told_no_device_code() -> None:
    told = first("AcquireTokenOnBehalfOf failed: AADSTS53001: Device is not in required device state: domain_joined.")

    assert "device code" not in told.cause + told.remedy
    assert "claims" in told.remedy


def test_a_host_that_is_not_named_is_not_said_to_be() -> None:
    told = first("ProxyError: Tunnel connection failed: 403 Forbidden")

    assert "the text names" not in told.remedy


@pytest.mark.parametrize("client", ["'Visual Studio Code'", "'04b07795-8ddb-461a-bbee-02f9e1bf7b46'"])
def test_microsofts_own_tenant_means_that_none_was_named(client: str) -> None:
    told = first(
        "AADSTS50020: User account 'b@outlook.fr' from identity provider 'live.com' does not exist in tenant "
        f"'Microsoft Services' and cannot access the application {client} in that tenant."
    )

    assert told.title == "No tenant was named, so Microsoft's own was asked"
    assert "guest" not in told.remedy


@pytest.mark.parametrize("told_by", ["We use SN/I.", "-SendX5C is missing?", "trusted by subject name & issuer"])
def test_a_certificate_by_subject_and_issuer_needs_its_chain(told_by: str) -> None:
    thumbprint = "00112233445566778899AABBCCDDEEFF00112233"
    told = first(
        f"{told_by} AADSTS700027: Client assertion failed signature validation. [Reason - The key was not found., "
        f"Thumbprint of key used by client: '{thumbprint}']"
    )

    assert "send_certificate_chain" in told.remedy
    assert dict(told.evidence)["thumbprint"] == thumbprint


@pytest.mark.parametrize(
    "said",
    [
        "Method invocation failed because [System.Object[]] does not contain a method named 'op_Addition'.",
        "The property 'Roles' cannot be found on this object. Verify that the property exists and can be set.",
        "Cannot index into a null array.",
        'Unable to index into an object of type "System.String".',
        "You cannot call a method on a null-valued expression.",
    ],
)
def test_a_scripts_own_fault_goes_to_its_makers(said: str) -> None:
    told = first(f"Sync failed: {said}\nAt /opt/tool/Public/Sync-Tenants.ps1:41 char:9")

    assert told.title == "The script failed by itself, and no service refused"
    assert "makers" in told.remedy


@pytest.mark.parametrize("sentence", ["TermDuration is not supported for this offer.", "Quantity is out of range."])
def test_a_number_before_a_cmdlets_sentence_is_partner_centers_code(sentence: str) -> None:
    told = first(f"Set-PartnerCustomerSubscription : 2999 {sentence}\nAt line:1 char:1")

    assert told.code == "2999"
    assert told.service_text == sentence
    assert told.service == "partner_center"
