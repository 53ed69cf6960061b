"""The run of a step's checks, and where it leads once it has come to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screens.journey_commands import FollowUp
from screens.notices import GoTo
from wizard.core.findings import Outcome
from wizard.core.wording import HOLDS_SIGN
from wizard.onboarding.gate import PASSABLE

if TYPE_CHECKING:
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


def _holds_throughout(view: JourneyView, step: Step) -> bool:
    """Return whether every check of a step that was asked holds, so that nothing has to be read."""
    asked = [view.findings[check.id] for check in step.checks if check.id in view.findings]
    return bool(asked) and all(finding.outcome is Outcome.HOLDS for finding in asked)
