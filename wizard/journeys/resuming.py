"""What is left of a saved journey once the process that worked on it is gone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.core.findings import Outcome
from wizard.onboarding.gate import Gate
from wizard.onboarding.token_place import TAKEN_OVER

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
    unless the journey is proven. Consent stays given. What is stored is still there, to be proven: since before one new
    value, or by a process that was killed before it could prove it.
    """
    if gate_of(saved, profile).is_proven:
        return saved
    stays = is_to_be_proven_again(saved, profile) or is_still_to_be_proven(saved, profile)
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


def is_still_to_be_proven(saved: SavedJourney, profile: Profile) -> bool:
    """Return whether the last sign-in's token is stored, its proof is missing, and nothing speaks against it so far."""
    if not saved.facts.secret_version or saved.facts.flow == TAKEN_OVER:
        return False
    found = [
        (check, saved.findings[check.id])
        for step in profile.steps
        if step.stores
        for check in step.checks
        if check.id in saved.findings
    ]
    spoken_against = [check for check, each in found if each.outcome is Outcome.FAILS and not check.opens_gate(each)]
    return bool(found) and not spoken_against


def _holds_token(step: Step) -> bool:
    """Return whether what a step has learnt is about the token."""
    return step.stores or step.signs_in
