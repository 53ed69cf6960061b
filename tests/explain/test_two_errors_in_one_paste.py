"""Of several errors in one paste each has its own ids, its own host, and its own answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue import Diagnosis
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TENANT = "33333333-cccc-4ccc-8ccc-000000000003"


def told(text: str) -> tuple[Diagnosis, ...]:
    """The diagnoses of a text."""
    return explain_text(text, NOW).diagnoses


def block(number: int, message: str, label: str = "Message") -> str:
    """What Microsoft's page of an error shows, with the ids above the message."""
    return (
        f"Request Id: {number}0000000-aaaa-4aaa-8aaa-000000000001\n"
        f"Correlation Id: {number}0000000-aaaa-4aaa-8aaa-000000000002\n"
        f"Timestamp: 2026-11-2{number}T10:00:00Z\n{label}: {message}\n"
    )


@pytest.mark.parametrize("between", ["\n", "", "and before that\n\n"])
@pytest.mark.parametrize("label", ["Message", "Nachricht"])
def test_the_ids_above_a_message_are_its_own_and_those_below_are_of_the_next(between: str, label: str) -> None:
    pages = block(1, "AADSTS50105: Not assigned.", label) + between + block(2, "AADSTS65001: Not consented.", label)

    found = {each.code: each.ids for each in told(pages)}

    for code, number in (("AADSTS50105", 1), ("AADSTS65001", 2)):
        assert found[code].request_id.startswith(str(number)), code
        assert found[code].correlation_id.startswith(str(number)), code
        assert found[code].timestamp.startswith(f"2026-11-2{number}"), code


def test_ids_behind_a_message_of_a_library_stay_its_own() -> None:
    ids = "Trace ID: {0}0000000-aaaa-4aaa-8aaa-000000000001 Correlation ID: {0}0000000-aaaa-4aaa-8aaa-000000000002"
    text = f"AADSTS50105: Not assigned. {ids.format(1)}\nMessage: AADSTS65001: Not consented. {ids.format(2)}"

    assert {each.code: each.ids.trace_id[0] for each in told(text)} == {"AADSTS50105": "1", "AADSTS65001": "2"}


def test_a_status_without_a_host_leaves_the_host_and_the_status_of_a_later_line_alone() -> None:
    text = (
        "The report said: (401) Unauthorized\n\nIt now says:\n"
        "GET https://graph.microsoft.com/v1.0/groups failed with status 403 (Forbidden)"
    )

    assert [each.title for each in told(text)] == ["Graph refused the call, and the text does not say why"]


def test_a_status_that_stands_below_what_was_asked_is_still_of_it() -> None:
    text = "GET https://graph.microsoft.com/v1.0/groups\nAccept: */*\nstatus code: 403\n"

    assert "Graph refused" in told(text)[0].title


def test_a_refused_token_request_and_a_refused_call_are_both_told_each_of_its_service() -> None:
    text = (
        "Could not get a Microsoft Graph access token: server answered 401 (Unauthorized)\n\nAn hour later:\n"
        "https://graph.microsoft.com/v1.0/devices: remote server returned an error: (403) Forbidden."
    )

    titles = [(each.service, each.title) for each in told(text)]

    assert ("entra", "The token request was refused, and the text does not say why") in titles
    assert ("graph", "Graph refused the call, and the text does not say why") in titles
    assert len(titles) == 2


def test_one_answer_that_a_program_prints_twice_is_told_once_with_what_the_fuller_text_says() -> None:
    ids = "Trace ID: 10000000-aaaa-4aaa-8aaa-000000000001 Correlation ID: 10000000-aaaa-4aaa-8aaa-000000000002"
    refused = f"AADSTS50076: You must use multi-factor authentication to access 'x'. {ids}"

    found = told(
        f"lib: Refresh failed. {refused}\n\n{'-' * 700}\nAuthentication failed against tenant {TENANT}: {refused}"
    )

    assert len(found) == 1
    assert f"az login --tenant {TENANT}" in found[0].remedy


def test_the_tenant_that_a_program_says_it_asked_fills_the_command_and_of_two_none_does() -> None:
    refused = "AADSTS53003: Access has been blocked by Conditional Access policies."

    assert (
        f"--tenant {TENANT}`" in told(f"az login\nAuthentication failed against tenant {TENANT}: {refused}")[0].remedy
    )
    two = f"az login\nfailed against tenant {TENANT}, failed against tenant {TENANT[:-1]}4: {refused}"
    assert "--tenant <tenant>`" in told(two)[0].remedy


def test_what_lasts_is_said_only_of_a_token_that_is_kept() -> None:
    refused = "AADSTS50076: You must use multi-factor authentication to access 'x'."

    assert "So that it lasts" not in told(refused)[0].remedy
    assert "So that it lasts" in told(f"{refused}\nwhile Partner Center was asked with it")[0].remedy


@pytest.mark.parametrize(
    "text",
    [
        'Partner Center, hardware API: { "statusCode": 401, "message": "No." }',
        'MSStore.API on Partner Center: { "statusCode": 401, "message": "No." }',
    ],
)
def test_an_api_of_partner_center_for_an_app_asks_for_no_user_and_no_partner_tenant(text: str) -> None:
    found = told(text)[0]

    assert "This API of Partner Center" in found.title
    assert "MFA" not in f"{found.cause} {found.remedy}"
    assert [who.value for who in found.who] == ["operator", "admin"]  # the app may have no role in that account


@pytest.mark.parametrize(
    ("host", "title"),
    [
        ("<name>.vault.azure.net", "A vault's name is missing in the host name"),
        ("${VAULT}.vault.azure.net", "A vault's name is missing in the host name"),
        ("contoso-kv.vault.azure.net", "The vault's host name does not resolve"),
        ("contoso.database.windows.net", "The resource's host name does not resolve"),
        ("graph.microsoft.com", "Java found no address for the host"),
    ],
)
def test_the_name_is_looked_at_before_the_network_where_the_host_has_a_name_in_it(host: str, title: str) -> None:
    assert told(f"java.net.UnknownHostException: {host}")[0].title == title


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (
            "AADSTS50126: Invalid username or password I tried it with the other account too",
            "Invalid username or password",
        ),
        ("AADSTS50126: Invalid username or password, but I've typed it right", "Invalid username or password,"),
        ('It says "AADSTS50126: Invalid username or password" for this command:', "Invalid username or password"),
    ],
)
def test_what_a_person_says_behind_it_is_not_quoted_as_the_services_words(text: str, quoted: str) -> None:
    assert told(text)[0].service_text == quoted


@pytest.mark.parametrize(
    "text",
    [
        "org.springframework.vault.VaultException: Status 403 Forbidden [secret/app]: permission denied",
        "vault kv get secret/app: Code: 403. Errors: permission denied",
        "io.kubernetes.client.openapi.ApiException: 403 Forbidden",
    ],
)
def test_a_refusal_of_another_vault_or_of_kubernetes_gets_no_answer_of_microsofts(text: str) -> None:
    assert told(text) == ()


def test_the_id_in_the_address_of_an_api_fills_the_command() -> None:
    text = f"AADSTS500011: The resource principal named api://{TENANT} was not found in the tenant named Fabrikam."

    assert f"az ad sp create --id {TENANT}" in told(text)[0].remedy
