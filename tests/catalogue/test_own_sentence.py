"""Of a code without guidance, what is said follows the service's own sentence, and the sentence is quoted whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue.lookup import explain
from wizard.catalogue.own_sentence import tell_by_sentence
from wizard.core.findings import Retry, Who
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
UNKNOWN = "AADSTS7999991"
TRACE = "33333333-cccc-4ccc-8ccc-000000000003"
SUPPORT = "Microsoft support"


@pytest.mark.parametrize(
    ("sentence", "who", "retry", "says"),
    [
        ("'flux' or 'flow' is required for this grant.", Who.OPERATOR, Retry.AFTER_FIX, "the request lacks"),
        ("The request body must contain the flow.", Who.OPERATOR, Retry.AFTER_FIX, "the request lacks"),
        ("The flux is not supported here.", Who.OPERATOR, Retry.AFTER_FIX, "is not accepted"),
        ("The flux must have at most nine parts.", Who.OPERATOR, Retry.AFTER_FIX, "is not accepted"),
        ("The flux must have a name.", Who.OPERATOR, Retry.AFTER_FIX, "the request lacks"),
        (
            "Flux failed. Please contact the application vendor.",
            Who.OPERATOR,
            Retry.AFTER_FIX,
            "program has to be changed",
        ),
        ("Flux is off. Please contact your administrator.", Who.ADMIN, Retry.AFTER_FIX, "an administrator has to act"),
        ("The flux has an internal error. Try again later.", Who.OPERATOR, Retry.WAIT, "may pass"),
        ("The session of the flux has expired. Sign in again.", Who.INTEGRATION_USER, Retry.NO, "not valid any more"),
    ],
)
def test_the_sentence_says_who_acts_and_whether_trying_again_helps(
    sentence: str, who: Who, retry: Retry, says: str
) -> None:
    found = explain_text(f"{UNKNOWN}: {sentence}", NOW).diagnoses[0]

    assert (found.who[0], found.retry) == (who, retry)
    assert says in found.cause
    assert "not in this catalogue" in found.cause
    assert found.service_text == sentence
    assert (SUPPORT in found.remedy) is (retry is Retry.WAIT)


def test_a_code_known_by_its_name_alone_is_read_by_its_sentence_as_well() -> None:
    found = explain_text("AADSTS50032: A longer key is required but missing.", NOW).diagnoses[0]

    assert "Its own sentence says what the request lacks" in found.cause
    assert SUPPORT not in found.remedy


def test_a_sentence_that_says_nothing_to_do_leaves_support() -> None:
    unknown = explain("entra", UNKNOWN)

    assert tell_by_sentence(unknown, "The flux flows upwards in this place.") == unknown
    assert SUPPORT in unknown.remedy


def test_a_code_of_conditional_access_stays_with_its_administrator() -> None:
    found = explain_text("AADSTS530999: The flux is not supported here.", NOW).diagnoses[0]

    assert found.administrator == "policies"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (
            "We cannot do it for this account. Please contact the\napplication vendor, as 2.0 is needed.\n\nSo.",
            "We cannot do it for this account. Please contact the application vendor, as 2.0 is needed.",
        ),
        ("'a', 'b' or 'c' is required for 'd'\nerror_codes: 5", "'a', 'b' or 'c' is required for 'd'"),
        ("The flux is not valid. I have tried it twice.", "The flux is not valid."),
        ("The flux is not valid. Please help me, it is urgent.", "The flux is not valid."),
    ],
)
def test_the_sentence_is_quoted_whole_with_what_it_says_to_do_and_nothing_else(text: str, quoted: str) -> None:
    assert explain_text(f"{UNKNOWN}: {text}", NOW).diagnoses[0].service_text == quoted


def test_a_message_that_stands_in_a_quoted_value_ends_with_it() -> None:
    text = f"{{'error_description': '{UNKNOWN}: The flux is not valid', 'flow': 'up'}}"

    assert "flow" not in explain_text(text, NOW).diagnoses[0].service_text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("AADSTS70011: The scopes '' are not valid.", "The request asked for no scope"),
        ("AADSTS700016: Application with identifier '' was not found.", "The client ID is empty or a placeholder"),
        (
            "AADSTS900023: Specified tenant identifier '' is neither valid.",
            "The tenant is empty or an unfilled placeholder",
        ),
        ("AADSTS90002: Tenant '' not found.", "The tenant in the request is empty or a placeholder"),
        ("AADSTS500011: The resource principal named '' was not found.", "The request names no API"),
    ],
)
def test_an_empty_value_in_the_sentence_is_the_cause(text: str, title: str) -> None:
    assert explain_text(text, NOW).diagnoses[0].title == title


@pytest.mark.parametrize(
    "sentence",
    [
        "The tenant is missing what the flux needs.",
        "The device is not registered.",
        "The user's account is disabled.",
        "The subscription is not found.",
    ],
)
def test_a_sentence_about_a_tenant_an_account_or_a_device_names_nothing_of_the_request(sentence: str) -> None:
    found = explain_text(f"invalid_request: {UNKNOWN}: {sentence}", NOW).diagnoses[0]

    assert found.actions[0].startswith("Open the link")
    assert "Its own sentence" not in found.cause
    assert found.service_text == sentence


def test_a_missing_service_principal_is_an_administrators_whatever_the_code() -> None:
    app = "22222222-bbbb-4bbb-8bbb-000000000002"
    found = explain_text(f"{UNKNOWN}: The application {app} is missing service principal in the tenant x.", NOW)

    assert found.diagnoses[0].who == (Who.ADMIN,)
    assert f"`az ad sp create --id {app}`" in found.diagnoses[0].remedy


def test_what_has_to_be_done_first_is_quoted_with_the_sentence() -> None:
    text = f"{UNKNOWN}: The account is elsewhere. It needs to be invited to the tenant first. I tried all."

    quoted = explain_text(text, NOW).diagnoses[0].service_text

    assert quoted.endswith("first.")


@pytest.mark.parametrize("kind", ["invalid_grant", "invalid_client", "invalid_request", "unauthorized_client"])
def test_of_a_code_that_is_not_known_the_class_of_oauth_tells_no_cause_and_no_retry(kind: str) -> None:
    ids = f'"trace_id":"{TRACE}"'
    found = explain_text(f'{{"error":"{kind}","error_description":"{UNKNOWN}: The flux did not arrive.",{ids}}}', NOW)

    assert found.diagnoses[0].cause.endswith(f"It came as {kind}, which alone does not say why.")
    assert found.diagnoses[0].retry is None
    assert found.diagnoses[0].actions == explain("entra", UNKNOWN).actions
