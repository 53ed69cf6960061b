"""What is said of a step whose checks let the next one open."""

from __future__ import annotations

from screens.check_rows import CONFIRMED_LATER, is_confirmed_later
from wizard.core.findings import Outcome
from wizard.onboarding.step import Step
from wizard.onboarding.view import JourneyView


def success_of(view: JourneyView, step: Step) -> tuple[str, str]:
    """Return how it stands with a passed step, in a few words, and where it goes on."""
    asked = [view.findings[check.id] for check in step.checks if check.id in view.findings]
    later = [found for found in asked if is_confirmed_later(view, found)]
    warns = [found for found in asked if found.outcome is Outcome.WARNS]
    held = [found for found in asked if found.outcome is Outcome.HOLDS or view.is_settled(found.check)]
    fails = [found for found in asked if found.outcome is Outcome.FAILS]
    unknown = len(asked) - len(held) - len(later) - len(warns) - len(fails)
    count = (
        f"All {len(held)} checks passed" if len(held) == len(asked) else f"{len(held)} of {len(asked)} checks passed"
    )
    words = [count]
    if later:
        settlers = {view.profile.checks[found.check].settled_by for found in later}
        steps = " and ".join(sorted({str(view.profile.number_of(check)) for check in settlers}))
        words.append(f"{CONFIRMED_LATER} {len(later)} to confirm in step {steps}")
    if fails:
        words.append(f"{len(fails)} {'fails' if len(fails) == 1 else 'fail'}")
    if unknown:
        words.append(f"{unknown} could not be told")
    if warns:
        words.append(f"{len(warns)} {'warns' if len(warns) == 1 else 'warn'}")
    return ", ".join(words), _onward(view, step, fails_below=bool(fails))


def _onward(view: JourneyView, step: Step, *, fails_below: bool) -> str:
    following = view.profile.step_after(step.id)
    if following is None:
        known = f"{step.success_summary[:1].upper()}{step.success_summary[1:]}. " if step.success_summary else ""
        return f"{known}Next shows all that was proven."
    number = view.profile.number_of(following.id)
    if step.signs_in and view.has_token:
        return f"The token is only in memory yet. Go on to step {number} now: it is stored there."
    if fails_below:
        return f"Step {number}, {following.title}, is open all the same; read below what fails."
    return f"Nothing stands in the way of step {number}, {following.title}."
