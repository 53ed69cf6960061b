"""The run of a step's checks, after the fixes that were confirmed; and where it leads once it has come to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screens.journey_commands import FollowUp
from screens.notices import GoTo
from wizard.core.errors import BadInput, Cancelled, WizardError, place_of
from wizard.core.events import PasswordMade
from wizard.core.findings import Outcome
from wizard.core.wording import HOLDS_SIGN, upper_first
from wizard.onboarding.gate import PASSABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.core.fixes import Fix
    from wizard.onboarding.journey import Journey
    from wizard.onboarding.step import Step
    from wizard.onboarding.view import JourneyView


@dataclass(frozen=True, slots=True)
class StepRun:
    """The run under way: which step's checks, and what follows; `next_step` is for `CONTINUE`."""

    step: str
    follow_up: FollowUp = FollowUp.STAY
    next_step: str = ""

    def destination(self, view: JourneyView) -> GoTo | None:
        """Return what follows the run in the journey as it is after it; None where the page stays."""
        step = view.profile.step(self.step)
        if self.follow_up is FollowUp.CONTINUE and view.state(self.step) in PASSABLE:
            return GoTo(self.next_step, runs=True)
        following = view.step_to_work_on(self.step)
        if self.follow_up is FollowUp.OPEN_NEXT and following is not None and _holds_throughout(view, step):
            return GoTo(
                following.id, f"{HOLDS_SIGN} {step.title}: {step.success_summary}." if step.success_summary else ""
            )
        return None


@dataclass(slots=True)
class RunOutcome:
    """How a run came to its end; each as `RunEnded` has it.

    `fixed` says what the fixes came to, a sentence each; `has_filled` whether one of them has given answers.
    """

    was_stopped: bool = False
    mistake: BadInput | None = None
    unexpected_error: str = ""
    fixed: tuple[str, ...] = ()
    has_filled: bool = False


def run_step(journey: Journey, step: str, fixes: Sequence[Fix] = ()) -> RunOutcome:
    """Make fixes that were confirmed, up to the first that fails; then ask the checks of a step."""
    outcome = RunOutcome()
    try:
        for fix in fixes:
            result = journey.make_fix(fix)
            if result.first_password:
                journey.onboarding.emit(PasswordMade(result.first_password))
            outcome.fixed += (result.message,)
            outcome.has_filled |= bool(result.answers)
            if not result.is_made:
                return outcome
        journey.run(step)
    except Cancelled:
        outcome.was_stopped = True
    except BadInput as mistake:
        outcome.mistake = BadInput(mistake.field, mistake.expected)
    except WizardError as error:
        outcome.unexpected_error = upper_first(str(error))
    except Exception as error:  # noqa: BLE001  # shown on the page, by kind and place alone
        outcome.unexpected_error = f"The run stopped unexpectedly ({place_of(error)})"
    return outcome


def _holds_throughout(view: JourneyView, step: Step) -> bool:
    """Return whether every check of a step that was asked holds, so that nothing has to be read."""
    asked = [view.findings[check.id] for check in step.checks if check.id in view.findings]
    return bool(asked) and all(finding.outcome is Outcome.HOLDS for finding in asked)
