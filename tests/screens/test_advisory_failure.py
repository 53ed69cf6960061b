"""A check that fails and closes no gate: counted as a failure on the page of a step that is passed, with what to do."""

from __future__ import annotations

from screens.check_rows import row_of
from screens.step_outcome import success_of
from tests.test_journey import ALL, holding, journey_with
from wizard.core.findings import Finding, Outcome
from wizard.onboarding.profile import CSP

RISK = "user.risk"


def test_it_is_counted_as_failing_and_not_as_untold() -> None:
    journey = journey_with(holding(*ALL) | {RISK: Outcome.FAILS, "user.rights": Outcome.UNKNOWN})

    words, _onward = success_of(journey.view(), CSP.step("user"))

    assert words.endswith("checks passed, 1 fails, 1 could not be told")
    assert journey.is_proven


def test_what_to_do_stands_in_its_row() -> None:
    journey = journey_with(holding(*ALL))
    journey.findings[RISK] = Finding(RISK, Outcome.FAILS, "It is at risk.", actions=("Dismiss the risk.",))

    row = row_of(journey.view(), CSP.checks[RISK])

    assert row.notes == ("It is at risk.", "Dismiss the risk.")
