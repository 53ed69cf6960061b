"""What is left of a saved journey once the process that worked on it is gone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.onboarding.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.core.findings import Finding, Skipped
    from wizard.journeys.saved_journey import SavedJourney
    from wizard.onboarding.profile import Profile
    from wizard.onboarding.step import Step


@dataclass(frozen=True, slots=True)
class SavedGate(Gate):
    """What follows from the findings of a saved journey."""

    profile: Profile
    findings: Mapping[str, Finding]
    skipped: Mapping[str, Skipped]


def gate_of(saved: SavedJourney, profile: Profile) -> SavedGate:
    """Return the gate of a saved journey; what its profile has no check for any more counts for nothing."""
    findings = {check: each for check, each in saved.findings.items() if check in profile.checks}
    return SavedGate(profile, findings, dict(saved.skipped))


def as_resumed(saved: SavedJourney, profile: Profile) -> SavedJourney:
    """Return a saved journey without what hung on a process's memory.

    A token that was not stored is gone, and so is the app's credential: the steps that depend on it are open again,
    unless the journey is proven. Consent stays given. What is stored since before one new value is still there, to be
    proven again.
    """
    if gate_of(saved, profile).is_proven:
        return saved
    stays = is_to_be_proven_again(saved, profile)
    reopened = [each for each in profile.steps if each.reopens_on_resume(saved.answers)]
    lost = profile.checks_from(tuple(each.id for each in reopened))
    return replace(
        saved,
        findings={check: each for check, each in saved.findings.items() if check not in lost},
        skipped={check: each for check, each in saved.skipped.items() if check not in lost},
        facts=saved.facts.without(
            name for each in reopened if not (stays and _holds_token(each)) for name in each.facts
        ),
    )


def is_to_be_proven_again(saved: SavedJourney, profile: Profile) -> bool:
    """Return whether a token is stored that was proven once, and nothing has been found about it since."""
    found = [check.id for step in profile.steps if step.stores for check in step.checks if check.id in saved.findings]
    return bool(saved.facts.secret_version) and not found


def _holds_token(step: Step) -> bool:
    """Return whether what a step has learnt is about the token."""
    return step.stores or step.signs_in
