"""How an onboarding has ended so far, in a word; and until when its stored token can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.tokens.ends import next_end

if TYPE_CHECKING:
    from wizard.onboarding.gate import Gate
    from wizard.onboarding.view import JourneyView
    from wizard.tokens.ends import End


def outcome_of(gate: Gate) -> str:
    """Return "proven", "failed", "unreachable" or "provisional", as a summary line says it."""
    if gate.is_proven:
        return "proven"
    blocking = [finding for step in gate.profile.steps if (finding := gate.blocking(step.id))]
    if any(finding.unreachable for finding in blocking):
        return "unreachable"
    return "failed" if blocking else "provisional"


def next_end_of(view: JourneyView) -> End | None:
    """Return what ends the stored token, or the access without one, next; None where no date is known."""
    return next_end(view.answers, view.facts, has_user=view.profile.spec.has("user"))
