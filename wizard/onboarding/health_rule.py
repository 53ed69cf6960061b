"""How the health check (`partner-wizard check`) asks one check about what is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.core.findings import Finding
    from wizard.onboarding.onboarding_context import Onboarding


@dataclass(frozen=True, slots=True)
class HealthRule:
    """How a check is asked about what is stored: nobody is there, nothing is written, and no gate ends the run.

    Args:
        run: answers it there; None: as in the journey.
        needs: ids of the checks that have to hold before it can be asked.
        skipped_because: "" where it applies there, else why not; nothing is missing then.
        applies_anyway: whether it applies there also where it does not in the journey.
        missing_input: "" or what would be needed to ask it and is not there; whether it holds is not known then.
        covered_by: the id of the check that asks the same about what is stored, and settles what this one settles.
        or_covered_by: ids of those that do in a profile without that one.
        is_covered: whether `covered_by` takes its place with these answers.
        actions: added to those of the check where it fails.
    """

    run: Callable[[Onboarding], Finding] | None = None
    needs: Callable[[Onboarding], tuple[str, ...]] = lambda _onboarding: ()
    skipped_because: Callable[[Onboarding], str] = lambda _onboarding: ""
    applies_anyway: bool = False
    missing_input: Callable[[Onboarding], str] = lambda _onboarding: ""
    covered_by: str = ""
    or_covered_by: tuple[str, ...] = ()
    is_covered: Callable[[Onboarding], bool] = lambda _onboarding: True
    actions: tuple[str, ...] = ()


def needs_checks(*checks: str) -> Callable[[Onboarding], tuple[str, ...]]:
    """Return `needs` that are the same whatever the answers are."""
    return lambda _onboarding: checks


def not_in_health_check(reason: str) -> HealthRule:
    """Return the rule of a check that does not apply to what is stored."""
    return HealthRule(skipped_because=lambda _onboarding: reason)
