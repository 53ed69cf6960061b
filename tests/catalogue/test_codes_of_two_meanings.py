"""A code with two meanings is distinguished by the text, or both are said, the likelier first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue import Diagnosis, explain
from wizard.core.findings import Retry, Who
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
IDLE = "AADSTS700082: The refresh token has expired due to inactivity. It was inactive for 90.00:00:00."


def first(text: str) -> Diagnosis:
    """What is said first of a text."""
    return explain_text(text, NOW).diagnoses[0]


def test_a_delegated_administrator_is_risky_where_the_text_says_so() -> None:
    diagnosis = first("AADSTS530034: The delegated admin account was blocked: its home tenant reports a risk.")

    assert diagnosis.title == "The delegated administrator is blocked because of risk"
    assert "dismiss or remediate the risk" in diagnosis.remedy
    assert diagnosis.who == (Who.ADMIN,)


def test_a_delegated_administrator_is_risky_or_blocked_where_it_does_not() -> None:
    diagnosis = first("AADSTS530034: The account was blocked due to suspicious activity.")

    risk, blocked = diagnosis.actions[0], diagnosis.actions[1]
    assert "Risky users" in risk
    assert "Account enabled" in blocked


@pytest.mark.parametrize(
    "told",
    [
        "Our job runs each night, and throws the new refresh token away.",
        "The script redeems it daily.",
        "It always sends the same refresh token, every hour.",
        "We do not store the new refresh token that comes back.",
    ],
)
def test_a_refresh_token_that_was_used_and_never_replaced_is_not_called_idle(told: str) -> None:
    diagnosis = first(f"{told} Since today: {IDLE}")

    assert diagnosis.title == "The refresh token in use was never replaced by the new one"
    assert "Store the refresh token that each answer returns" in diagnosis.remedy
    assert diagnosis.retry is Retry.NO


@pytest.mark.parametrize(
    "told",
    ["", "The job had been switched off since summer.", "Nobody looked at it for months.", "It fails each night."],
)
def test_where_nothing_says_how_it_was_used_both_ways_to_keep_it_are_said(told: str) -> None:
    diagnosis = first(f"{told} {IDLE}")

    assert diagnosis.title == "The refresh token has expired due to inactivity"
    assert "keep the refresh token that each answer returns" in diagnosis.remedy
    assert "at least once a week" in diagnosis.remedy


def test_65005_of_a_service_that_the_tenant_lacks_is_650052() -> None:
    said = 'AADSTS65005: The app needs access to a service ("https://x") that your organization has not subscribed to.'
    listed = "AADSTS65005: The resource is not listed in the requested permissions of the client's registration."

    assert first(said).title == explain("entra", "650052").title
    assert first(said).code == "AADSTS65005"
    assert first(listed).title == "The API is not among the app's permissions"


def test_a_token_request_without_a_device_code_is_sent_back_to_the_request_before_it() -> None:
    said = "AADSTS900144: The request body must contain the following parameter: '%s'."

    assert "Read the answer of the devicecode request" in first(said % "device_code").remedy
    assert "devicecode" not in first(said % "refresh_token").remedy


@pytest.mark.parametrize(
    ("cloud", "title"),
    [
        ("partner.microsoftonline.cn", "The API is of the China cloud (21Vianet), the tenant is not"),
        ("microsoftonline.us", "The API belongs to a cloud that this tenant does not allow"),
    ],
)
def test_the_cloud_of_an_api_that_the_tenant_does_not_allow_is_named(cloud: str, title: str) -> None:
    assert first(f"AADSTS1000104: Resource cloud {cloud} is not allowed on identity tenant x.").title == title


@pytest.mark.parametrize("said", ["Invalid input received from the user.", "The input is not valid."])
def test_90013_blames_a_variable_before_somebody_who_typed(said: str) -> None:
    diagnosis = first(f"AADSTS90013: {said}\nAt C:\\Scripts\\renew.ps1:7 char:1")

    assert "variable" in diagnosis.actions[0]
    assert diagnosis.who[0] is Who.OPERATOR
