"""Signs and words of outcomes and states, and times as people read them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from wizard.core.findings import Outcome, Who
from wizard.onboarding.gate import State
from wizard.onboarding.profile import Profile
from wizard.onboarding.step import Step

CHECK_SIGNS: Final = {Outcome.HOLDS: "✓", Outcome.FAILS: "✗", Outcome.WARNS: "!", Outcome.UNKNOWN: "?"}
CHECK_WORDS: Final = {
    Outcome.HOLDS: "holds",
    Outcome.FAILS: "fails",
    Outcome.WARNS: "warns",
    Outcome.UNKNOWN: "could not tell",
}
STATE_WORDS: Final = {
    State.LOCKED: "· locked",
    State.OPEN: "· open",
    State.PROVEN: "✓ proven",
    State.PROVISIONAL: "? to be confirmed",
    State.FAILED: "✗ failed",
    State.NOT_NEEDED: "· not needed",
}
CHECKING: Final = "▸ checking"
COPIED: Final = "Sent to your terminal's clipboard. If not there, select it."
"""What follows a copy; short enough to stand beside two buttons at 80 columns."""
WHO: Final = {
    Who.OPERATOR: "you",
    Who.ADMIN: "an administrator",
    Who.INTEGRATION_USER: "the integration user",
    Who.MICROSOFT: "Microsoft",
}


def heading_of(profile: Profile, step: Step) -> str:
    """ "Step 1 of 5 · Tenant association"; what comes before the first has a number alone."""
    number, last = profile.number_of(step.id), len(profile.steps) - 1
    return f"Step {number} of {last} · {step.title}" if number else f"Step {number} · {step.title}"


def people(who: tuple[Who, ...]) -> str:
    """Who can mend something, in words; "" where nobody is named."""
    return " or ".join(WHO[each] for each in who)


def clock_time(moment: datetime) -> str:
    """A moment as a clock on the wall shows it here: 14:05:00."""
    return f"{moment.astimezone():%H:%M:%S}"


def time_left(seconds: float) -> str:
    """Seconds as a kitchen timer shows them: 14:32, 0:09, 1:02:00."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def day_and_time(stamp: str) -> str:
    """An ISO stamp in UTC as day and time here; the stamp itself where it is none."""
    try:
        return f"{datetime.fromisoformat(stamp).astimezone():%d %b %Y, %H:%M}"
    except ValueError:
        return stamp
