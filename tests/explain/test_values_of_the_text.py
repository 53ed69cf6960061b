"""What stands in a text is used: the cloud of its host, the audiences, the program's language, the redirect URI."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue import Diagnosis
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TENANT = "33333333-cccc-4ccc-8ccc-000000000003"


def first(text: str) -> Diagnosis:
    """The first diagnosis of a text."""
    return explain_text(text, NOW).diagnoses[0]


@pytest.mark.parametrize(
    ("host", "cloud"),
    [
        ("login.microsoftonline.us", "US Government's cloud"),
        ("login.partner.microsoftonline.cn", "China's cloud"),
    ],
)
def test_the_cloud_of_the_host_in_the_text_is_named_and_its_address_is_given(host: str, cloud: str) -> None:
    found = first(f"ValueError: Unable to get authority configuration for https://{host}/{TENANT}.")

    assert found.title == f"{cloud} does not know this tenant"
    assert f"https://{host}/{TENANT}/v2.0/.well-known/openid-configuration" in found.remedy
    assert "az cloud set --name AzureCloud" in found.remedy


def test_the_audiences_that_a_vault_found_and_expected_are_repeated() -> None:
    found = first("AKV10022: Invalid audience. Expected https://vault.azure.cn, found: https://graph.microsoft.com/")

    assert (
        "issued for https://graph.microsoft.com, and the vault takes tokens for https://vault.azure.cn" in found.cause
    )


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("java.net.UnknownHostException: graph.microsoft.com", "-Dhttps.proxyHost=<proxy>"),
        ("java.net.ConnectException: Connection refused (graph.microsoft.com)", "-Dhttps.proxyHost=<proxy>"),
        ("java.net.SocketTimeoutException: Read timed out", "-Dhttps.proxyHost=<proxy>"),
        ("Error: getaddrinfo ENOTFOUND graph.microsoft.com", "NODE_USE_ENV_PROXY"),
        ("Error: connect ETIMEDOUT 192.0.2.7:443", "NODE_USE_ENV_PROXY"),
        ("The remote name could not be resolved: 'graph.microsoft.com'", "Windows's settings"),
        ("requests.exceptions.ConnectTimeout: graph.microsoft.com", "(HTTPS_PROXY)"),
    ],
)
def test_the_proxy_is_set_where_the_programs_language_reads_it(text: str, act: str) -> None:
    found = first(text)

    assert act in found.remedy
    assert "network" in found.administrator


@pytest.mark.parametrize("code", ["AADSTS50011", "AADSTS500113"])
def test_the_redirect_uri_to_add_is_the_one_that_the_program_sends(code: str) -> None:
    found = first(f"{code}: No reply address is registered for the application.")

    assert "the program sends" in found.remedy
    assert "> http://localhost" not in found.remedy


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            '{"error":{"code":"conflict","message":"The resource already exists."}}',
            "What should be created is there already",
        ),
        (
            "The relationship of Contoso already exists, says the accessAssignments page.",
            "The security group has this access",
        ),
        (
            "Sorry: no authorization code found in this request. Open the link again.",
            "The browser came back without a code",
        ),
        (
            "contoso.mail: refresh token failed: Padding is invalid and cannot be removed.",
            "The token kept on this machine",
        ),
    ],
)
def test_a_sentence_that_explains_itself_is_explained(text: str, title: str) -> None:
    assert first(text).title.startswith(title)


def test_the_lines_of_a_printed_error_fill_its_acts_from_the_first_character_on() -> None:
    caller = f"Caller: appid={TENANT};oid={TENANT};iss=x\nAction: 'Microsoft.KeyVault/vaults/secrets/setSecret/action'"
    found = first(
        f"(Forbidden) Caller is not authorized to perform action on resource.\n{caller}\n"
        "Vault: contoso-kv;location=x\n\nCode: Forbidden\nMessage: Caller is not authorized."
    )

    assert f"--assignee {TENANT} --scope $(az keyvault show --name contoso-kv" in found.remedy


def test_the_words_around_the_name_of_an_error_fill_its_acts() -> None:
    found = first("RestError: A secret with (name/id) widget7 was deleted recently.\n{ name: x,\n code: SecretNotFound")

    assert "secret recover --vault-name <vault> --name widget7" not in found.remedy
    assert "recover" not in found.remedy
    found = first(
        "RestError: A secret with (name/id) widget7 was not found. If you recently deleted it you can recover it.\n"
        "{ name: x,\n code: SecretNotFound"
    )
    assert "secret recover --vault-name <vault> --name widget7" in found.remedy


def test_a_name_behind_an_escaped_line_end_and_far_behind_the_words_is_found() -> None:
    found = first(
        "Caller is not authorized to perform action on resource.\\r\\nCaller: appid=x"
        f"\\r\\nAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'{' x' * 320}"
        "\\r\\nVault: contoso-kv;location=x"
    )

    assert "--name contoso-kv" in found.remedy


def test_the_scope_of_azure_powershell_stands_in_the_act() -> None:
    found = first(
        "User interaction is required. This may be due to the conditional access policy settings such as MFA. "
        "Please rerun 'Connect-AzAccount' with additional parameter '-AuthScope ContosoResourceId'."
    )

    assert "Connect-AzAccount -AuthScope ContosoResourceId`" in found.remedy


def test_a_host_that_the_text_does_not_name_is_left_to_the_reader() -> None:
    assert "`nslookup <host>`" in first("request to redacted:url failed, reason: getaddrinfo ENOTFOUND").remedy


def test_an_audience_ends_before_the_full_stop_behind_it() -> None:
    found = first('"AKV10022: Invalid audience. Expected https://vault.azure.cn, found: https://vault.azure.net."')

    assert "issued for https://vault.azure.net, and" in found.cause
