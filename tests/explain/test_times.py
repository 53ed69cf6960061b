"""How often something was found is right, or is said to be the least that it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.catalogue import Diagnosis
from wizard.catalogue.diagnosis_words import times
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LINE = "2026-11-21 10:00:00 ERROR "


def first_of(text: str) -> Diagnosis:
    """What is found first."""
    return explain_text(text, NOW).diagnoses[0]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("AADSTS50076: no\n", 5_000),
        ('{"error":"invalid_grant","error_description":"AADSTS50076: no"}\n', 5_000),
        ("✗ user.account: The account is another one\n  [user.account]\n", 3_000),
        ("ForbiddenByRbac\n", 900),
    ],
)
def test_it_is_counted_however_often_it_stands_there(line: str, number: int) -> None:
    diagnosis = first_of((LINE + line) * number)

    assert (diagnosis.count, times(diagnosis)) == (number, f"{number} times")
    assert "at_least" not in diagnosis.as_json()


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("ForbiddenByRbac\n", 1_500),
        ("Key Vault answered 403\n", 1_000),
        ("Host: api.partnercenter.microsoft.com\nHTTP/1.1 403 Forbidden\nContent-Length: 0\n\n", 2_500),
        ("refresh_token: 0.A" + "Ab1_" * 40 + "\n", 2_500),
        ("Selected user account does not exist in tenant\n" + "x " * 400, 600),
    ],
)
def test_what_is_not_counted_to_the_end_is_said_to_be_the_least(line: str, number: int) -> None:
    diagnosis = first_of((LINE + line) * number)

    assert 1 < diagnosis.count < number
    assert times(diagnosis) == f"at least {diagnosis.count:,} times"
    assert diagnosis.as_json()["at_least"] is True


def test_the_others_of_such_a_text_are_counted() -> None:
    found = explain_text(f"{LINE}ForbiddenByRbac\n" * 1_500 + f"{LINE}AADSTS50076\n" * 7, NOW).diagnoses

    assert {each.code: times(each) for each in found} == {
        "ForbiddenByRbac": "at least 1,000 times",
        "AADSTS50076": "7 times",
    }
