"""What a text names decides: who answered, which address, whose application, and which of several ids."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.each import for_each
from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.recipients import send_to
from wizard.core.findings import Retry, Who
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CORRELATION = "0a0b0c0d-1111-4222-8333-00000000000a"


def only(text: str) -> Diagnosis:
    """The one thing that is found in a text."""
    (found,) = explain_text(text, NOW).diagnoses
    return found


OF_RESOURCE_MANAGER = [
    "PUT https://management.azure.com/subscriptions/x/providers/Microsoft.KeyVault/vaults/kv1\n"
    '{"error":{"code":"Odd7","message":"No."}}',
    "az keyvault list --subscription x\n(OddAnswer) Not now.\nCode: OddAnswer\nMessage: Not now.",
    '{"error":{"code":"OddAnswer","message":"Microsoft.KeyVault/vaults is busy."}}',
    "Get-AzKeyVault -VaultName kv1\n(OddAnswer) Not now.\nCode: OddAnswer\nMessage: Not now.",
]


@for_each(OF_RESOURCE_MANAGER)
def test_what_manages_a_vault_is_resource_manager_and_not_the_vault(text: str) -> None:
    assert only(text).service == "resource_manager"


def test_a_vaults_own_refusal_stays_its_own_though_it_names_the_action_by_the_providers_name() -> None:
    text = (
        "https://kv1.vault.azure.net/secrets/a\n(Forbidden) Caller is not authorized.\n"
        "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\n"
        "Code: Forbidden\nMessage: Caller is not authorized"
    )

    assert only(text).service == "key_vault"


def test_a_gateway_without_an_answer_is_a_matter_of_time_and_of_no_right() -> None:
    told = only("az keyvault list\n(GatewayTimeout) No response.\nCode: GatewayTimeout\nMessage: No response.\n```\n")

    assert told.retry is Retry.WAIT
    assert told.service_text.endswith(".")


def test_a_gateway_of_another_service_is_not_resource_managers() -> None:
    text = 'GET https://graph.microsoft.com/v1.0/users\n{"error":{"code":"GatewayTimeout","message":"Too late."}}'

    assert only(text).service == "graph"


def test_who_assigns_a_role_of_entra_is_named_beside_who_runs_exchange() -> None:
    assert "Privileged Role Administrator" in send_to(only("User is not allowed to call Get-Mailbox."))


@for_each(
    [
        "HTTP status 403 (Forbidden): compare the plan with what stands in Partner Center.",
        "Status: 403 (Forbidden)\nOpen Partner Center and look at the plan.",
        "Status: 403 (Forbidden)\nx-ms-correlationid: REDACTED",
    ]
)
def test_a_place_to_look_at_is_not_who_answered(text: str) -> None:
    assert "Admin agent" not in only(text).remedy


def test_partner_center_that_answered_is_read_as_before() -> None:
    assert only("Partner Center answered 403.").service == "partner_center"


@pytest.mark.parametrize("address", ["localhost:50999", "127.0.0.1:41000"])
def test_the_identity_endpoint_is_the_one_that_the_text_names(address: str) -> None:
    told = only(f"ManagedIdentityCredential authentication failed: Connection refused ({address})")

    assert address in told.cause
    assert "169.254.169.254" not in f"{told.cause} {told.remedy}"


def test_a_redirect_uri_is_told_for_a_web_app_as_well_as_for_a_program() -> None:
    remedy = only("Sign-in at the shop's page: AADSTS900971: No reply address provided.").remedy

    assert "CallbackPath" in remedy
    assert "Web" in remedy
    assert "the link" not in remedy


@for_each(
    [
        "The user or administrator has not consented to use the application 'Microsoft Graph'.",
        "AADSTS65001: The user or administrator has not consented to use the application with ID "
        "'00000003-0000-0000-c000-000000000000' named 'Microsoft Graph'.",
    ]
)
def test_a_service_of_microsofts_is_nobodys_own_app(text: str) -> None:
    told = only(text)

    assert "Microsoft's own service" in told.title
    assert "Grant admin consent" not in told.remedy
    assert "App registrations" not in told.remedy


def test_an_app_of_somebodys_own_gets_its_consent_as_before() -> None:
    assert "Grant admin consent" in only("AADSTS65001: has not consented to use the application 'Contoso Sync'.").remedy


def test_a_module_whose_sign_in_stands_above_is_not_told_to_sign_in_first() -> None:
    failed = "Get-PartnerUser : No account or login hint was passed to the AcquireTokenSilent call."

    assert "ran before" in only(failed).cause
    assert "ran before" not in only(f"PS> Connect-PartnerCenter\nPS> Get-PartnerUser\n{failed}").cause


def test_a_pipelines_error_line_is_read_as_a_status_with_its_own_id() -> None:
    other = "99999999-1111-4222-8333-00000000000a"
    told = only(
        f"2024-01-01T00:00:00Z Obtaining app information...\n"
        f"2024-01-01T00:00:01Z ##[debug]Starting with correlation id: {other}"
        f"\n2024-01-01T00:00:02Z ##[error]Status 403: CorrelationId: {CORRELATION}"
    )

    assert told.ids.correlation_id == CORRELATION
    assert "no role in Partner Center" in told.title
    assert Who.ADMIN in told.who


def test_of_several_ids_in_an_unknown_text_the_one_on_the_errors_line_is_given() -> None:
    other = "99999999-1111-4222-8333-00000000000a"
    notes = explain_text(
        f"Sorry, my error is below\nrequest: correlation id: {other}\n"
        f"##[error]Upload stopped: correlation id: {CORRELATION}",
        NOW,
    ).notes

    assert CORRELATION in " ".join(notes)
    assert other not in " ".join(notes)
    assert "Upload stopped" in " ".join(notes)
