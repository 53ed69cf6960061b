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

    words, onward = success_of(journey.view(), CSP.step("user"))

    assert onward.endswith("is open all the same; read below what fails.")
    assert words.endswith("checks passed, 1 fails, 1 could not be told")
    assert journey.is_proven


def test_what_could_not_be_told_says_where_to_look_by_hand() -> None:
    journey = journey_with(holding(*ALL))
    acts = ("Look it up in Entra.", "Or let somebody read it.")
    journey.findings[RISK] = Finding(RISK, Outcome.UNKNOWN, "It could not be read.", actions=acts)

    assert row_of(journey.view(), CSP.checks[RISK]).notes == ("It could not be read.", "Look it up in Entra.")


def test_what_to_do_stands_in_its_row() -> None:
    journey = journey_with(holding(*ALL))
    journey.findings[RISK] = Finding(RISK, Outcome.FAILS, "It is at risk.", actions=("Dismiss the risk.",))

    row = row_of(journey.view(), CSP.checks[RISK])

    assert row.notes == ("It is at risk.", "Dismiss the risk.")
