"""What Azure's tools, its sign-in log, proxies and drivers print is explained, and no other system's number is."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.each import for_each
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DEVICE_CODE = "AADSTS530033 · Conditional Access: a device code shows no device"


def told(text: str) -> list[str]:
    """The code and the title of each diagnosis of a text."""
    return [f"{each.code} · {each.title}".removeprefix(" · ") for each in explain_text(text, NOW).diagnoses]


TOLD = [
    # The page of an entry of the sign-in log: labels and values below each other.
    ("Sign-in error code\t\n530033\nFailure reason\t\nRemote device flow blocked.", [DEVICE_CODE]),
    (
        "Sign-in error code\n\n53003\n\nFailure reason\n\nAccess has been blocked by Conditional Access policies.",
        ["AADSTS53003 · Conditional Access blocked the sign-in"],
    ),
    ("Error code:\r\n50126\r\nFailure reason:\r\nInvalid username.", ["AADSTS50126 · Wrong user name or password"]),
    (
        "The request is blocked because the device of the policy is not known.\nError Code: 530033\nDevice state: x",
        [DEVICE_CODE],
    ),
    ("<h2>The request is blocked.</h2><p>20260303T091201Z-1b2c3d4e", ["Microsoft's edge blocked the request"]),
    # A proxy's own log, and a proxy that has no address.
    (
        '1772442721.204 3 192.0.2.9 TCP_DENIED/407 4021 CONNECT login.microsoftonline.com:443 - HIER_NONE/- text/html',
        ["The proxy requires authentication"],
    ),
    (
        "net::ERR_TUNNEL_CONNECTION_FAILED\n192.0.2.9 TCP_DENIED 407 300 CONNECT tcp://graph.microsoft.com:443/",
        ["The proxy requires authentication"],
    ),
    (
        "request failed, reason: tunneling socket could not be established, cause=getaddrinfo ENOTFOUND px.contoso.lan",
        ["The proxy's own name does not resolve"],
    ),
    ("curl: (5) Could not resolve proxy: px.contoso.lan", ["The proxy's own name does not resolve"]),
    (
        "ProxyError('Cannot connect to proxy.', NewConnectionError('Failed to establish a new connection: "
        "[Errno -2] Name or service not known'))",
        ["The proxy's own name does not resolve"],
    ),
    ("dial tcp: lookup graph.microsoft.com: getaddrinfow: This is usually a temporary error.",
     ["The host name does not resolve"]),
    # Resource Manager: tokens, subscriptions, linked resources.
    (
        '{"error":{"code":"InvalidAuthenticationTokenTenant","message":"The access token is from the wrong issuer '
        "'https://sts.windows.net/11111111-aaaa-4aaa-8aaa-000000000001/'. It must match the tenant "
        "'https://sts.windows.net/22222222-bbbb-4bbb-8bbb-000000000002/' associated with this subscription.\"}}",
        ["InvalidAuthenticationTokenTenant · The subscription belongs to another tenant"],
    ),
    (
        "GET https://management.azure.com/subscriptions/x\n"
        '{"error":{"code":"AuthenticationFailed","message":"Authentication failed."}}',
        ["AuthenticationFailed · Azure Resource Manager got no token that it can use"],
    ),
    (
        "The subscription 'x' is disabled and therefore marked as read only.",
        ["The Azure subscription is disabled"],
    ),
    (
        '{"code":"LinkedAuthorizationFailed","message":"The client has permission to perform action \'x/y\' on scope '
        "'z', however the current tenant 'a' is not authorized to access linked subscription 'b'.\"}",
        ["LinkedAuthorizationFailed · The linked resource is in another tenant's subscription"],
    ),
    # Identities of pods and machines.
    (
        "ManagedIdentityCredential authentication failed: Service request failed.\nStatus: 500\nContent:\n"
        "pod list is empty",
        ["Pod identity gave the pod no identity"],
    ),
    (
        'token.go:12] "failed to read the service account token from the filesystem" err="open x: no such file"',
        ["The workload identity is not configured"],
    ),
    # SQL, Dataverse, Power BI, device codes of old libraries.
    (
        "Microsoft.Data.SqlClient.SqlException (0x80131904): Login failed for user '<token-identified principal>'.",
        ["Azure SQL has no user for this token"],
    ),
    (
        "('28000', \"[28000] [Microsoft][ODBC Driver 17 for SQL Server]Login failed for user '<token-identified "
        "principal>'. The server is not currently configured to accept this token.\")",
        ["The SQL server does not accept this token"],
    ),
    ("[HYT00] [Microsoft][ODBC Driver 17 for SQL Server]Login timeout expired (0)",
     ["The SQL server did not answer in time"]),
    (
        "Forbidden: The user is not a member of the organization. (https://contoso.crm4.dynamics.com)",
        ["The caller is no user of this Dataverse environment"],
    ),
    ("The user is not a member of the organization. Ask the owner of the repository.", []),
    ('{"error":{"code":"PowerBINotAuthorizedException"}}', ["Power BI does not let this caller in"]),
    (
        "devicetoken: Error occurred while handling response from the Device Endpoint: Error HTTP status != 200",
        ["Entra ID gave no device code"],
    ),
]  # fmt: skip


@for_each(TOLD, names=lambda case: re.sub(r"\s+", " ", case[0])[:40])
def test_a_text_of_azure_is_told(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "pyodbc.Error: ('28000', \"[28000] [Microsoft][ODBC Driver 17 for SQL Server][SQL Server]Login failed\")",
        "PDOException: SQLSTATE[28000]: error 28000 [Microsoft][ODBC Driver 18 for SQL Server] x",
        "- client-credentials token requests fail with HTTP 401",
        "The token request was answered with 401, see below.",
    ],
)
def test_a_number_of_a_driver_and_a_status_of_a_token_request_are_no_code(text: str) -> None:
    assert told(text) == []


def test_the_operation_that_is_refused_is_shown_and_not_the_one_that_is_allowed() -> None:
    text = (
        "LinkedAuthorizationFailed: The client 'x' has permission to perform action 'Contoso.Compute/disks/write' on "
        "scope 'y'; however, it does not have permission to perform action(s) 'Contoso.Vault/keys/read' on the linked "
        "scope(s) 'z'"
    )
    (diagnosis,) = explain_text(text, NOW).diagnoses

    assert ("operation", "Contoso.Vault/keys/read") in diagnosis.evidence

    (diagnosis,) = explain_text(text.partition("; however")[0], NOW).diagnoses
    assert "operation" not in dict(diagnosis.evidence)


def test_the_tenant_to_sign_in_to_is_the_subscriptions_own() -> None:
    text = (
        "The access token is from the wrong issuer 'https://sts.windows.net/11111111-aaaa-4aaa-8aaa-000000000001/'. It "
        "must match the tenant 'https://sts.windows.net/22222222-bbbb-4bbb-8bbb-000000000002/' associated with it."
    )
    (diagnosis,) = explain_text(text, NOW).diagnoses

    assert "`az login --tenant 22222222-bbbb-4bbb-8bbb-000000000002`" in diagnosis.remedy


@pytest.mark.parametrize("refused", ["AADSTS700016: Application with identifier 'x'", "AADSTS7000215: Invalid client"])
def test_nobody_is_told_to_sign_in_by_hand_in_a_workflow(refused: str) -> None:
    (of_a_workflow,) = explain_text(f"Running Azure CLI Login.\n##[error]{refused} was refused.", NOW).diagnoses
    (of_a_console,) = explain_text(f"az login --service-principal\n{refused} was refused.", NOW).diagnoses

    assert "az login" not in of_a_workflow.remedy
    assert of_a_workflow.actions
    assert "`az login`" in of_a_console.remedy


def test_a_name_that_storage_uses_too_is_resource_managers_only_where_that_is_named() -> None:
    assert (
        told("<Error><Code>AuthenticationFailed</Code><Message>The MAC signature is not right.</Message></Error>") == []
    )


def test_a_code_of_b2c_leads_to_its_own_page() -> None:
    (diagnosis,) = explain_text("AADB2C99999: The flux is not there.", NOW).diagnoses

    assert "Azure AD B2C" in diagnosis.title
    assert "active-directory-b2c" in diagnosis.link


def test_a_sentence_of_whoever_reports_is_not_taken_for_the_error_and_a_name_is_listed_once() -> None:
    text = "We encountered below error with the flux.\nStatus: Unauthorized (flux)\ncode: FluxRefusedException"
    notes = " ".join(explain_text(text, NOW).notes)

    assert "“Status: Unauthorized (flux)”" in notes
    assert notes.count("FluxRefusedException") == 1


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
@pytest.mark.parametrize(
    ("address", "is_another"),
    [
        ("https://flow.contoso.example/v1/items", True),
        ("https://api.powerbi.com/v1.0/myorg/groups", True),
        ("https://learn.microsoft.com/x", False),
        ("", False),
    ],
)
def test_a_bare_status_of_a_host_that_the_text_names_is_not_told_as_partner_centers(
    status: str, address: str, is_another: bool
) -> None:
    log = f"2026-03-02T09:12:01Z calling {address}\n2026-03-02T09:12:02Z request failed with status code {status}"
    (diagnosis,) = explain_text(log, NOW).diagnoses

    assert ("Partner Center" in diagnosis.remedy) is not is_another
    assert ("whose address stands in the text" in diagnosis.cause) is is_another


def test_a_code_of_entra_makes_no_answer_of_key_vault() -> None:
    body = '{"error":"invalid_grant","error_description":"AADSTS70008: The refresh token has expired."}'

    assert explain_text(f"az vm list\n{body}", NOW).read_as != "an answer of Key Vault"
    assert explain_text(body, NOW).read_as == "an answer of Microsoft Entra ID"


def test_the_settings_of_the_sign_in_host_that_name_no_tenant_are_no_wrong_tenant() -> None:
    said = "openid_config_error: could not be read from https://login.microsoftonline.com/{}/v2.0/.well-known/x"

    assert told(said.format("common")) == ["The sign-in host's public settings could not be read"]
    assert told(said.format("contoso.com")) == ["The tenant's sign-in settings could not be read"]


@pytest.mark.parametrize(
    ("scope", "is_a_vaults"),
    [
        ("/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/contoso/providers/Microsoft.Authorization/x", True),
        ("/resourceGroups/rg/providers/Microsoft.Compute/disks/contoso/providers/Microsoft.Authorization/x", False),
        ("/providers/Microsoft.Authorization/roleAssignments/x", False),
    ],
)
def test_whoever_may_assign_roles_on_another_resource_is_not_sought_at_a_vault(scope: str, is_a_vaults: bool) -> None:
    text = (
        "(AuthorizationFailed) The client 'x' with object id 'y' does not have authorization to perform action "
        f"'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/1{scope}' or it is invalid."
    )
    (diagnosis,) = explain_text(text, NOW).diagnoses

    assert diagnosis.title == "This account may not assign roles"
    assert ("Key vaults" in diagnosis.remedy) is is_a_vaults
    assert diagnosis.administrator == ("vault" if is_a_vaults else "azure")
