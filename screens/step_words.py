"""Signs and words of the states of steps."""

from __future__ import annotations

from typing import Final

from wizard.onboarding.gate import State
from wizard.onboarding.profile import Profile
from wizard.onboarding.step import Step

STATE_WORDS: Final = {
    State.LOCKED: "· locked",
    State.OPEN: "· open",
    State.PROVEN: "✓ proven",
    State.PROVISIONAL: "? to be confirmed",
    State.FAILED: "✗ failed",
    State.NOT_NEEDED: "· not needed",
}
CHECKING: Final = "▸ checking"


def heading_of(profile: Profile, step: Step) -> str:
    """Return "Step 1 of 5 · Tenant association"; what comes before the first has a number alone."""
    number, last = profile.number_of(step.id), len(profile.steps) - 1
    return f"Step {number} of {last} · {step.title}" if number else f"Step {number} · {step.title}"
