"""An error that was copied is explained by the first code in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.diagnosis import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AADSTS65001: The user or administrator has not consented", "AADSTS65001"),
        ('{"error":"invalid_grant","error_description":"aadsts50076: Due to a configuration change"}', "AADSTS50076"),
        ("53003", "AADSTS53003"),
        ("(Forbidden) inner error: ForbiddenByRbac", "ForbiddenByRbac"),
        ("Partner Center answered 900421", "900421"),
        ("expired_token", "expired_token"),
    ],
)
def test_the_code_in_a_text_is_found(text: str, code: str) -> None:
    found = explain_text(text, NOW).diagnoses

    assert found
    assert found[0].code == code


@pytest.mark.parametrize("text", ["", "it does not work", "port 8443 in 2026", "error_description"])
def test_a_text_without_a_code_is_not_explained(text: str) -> None:
    explanation = explain_text(text, NOW)
    assert explanation.diagnoses == ()
    assert explanation.notes
