"""What a page and its panels may ask of the controller; what they draw they get as a `JourneyView`."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.notices import GoTo
    from wizard.core.answers import Value
    from wizard.core.fixes import Fix
    from wizard.core.inbox import Message, Purpose
    from wizard.core.pasted_values import Meant
    from wizard.microsoft.http_adapter import PendingRequest


class FollowUp(Enum):
    """What follows a run."""

    STAY = auto()
    OPEN_NEXT = auto()
    """The next step opens by itself if every check holds."""
    CONTINUE = auto()
    """Another step runs if this one is passed."""
    SIGN_IN_AGAIN = auto()
    """The sign-in is dropped, and the same step runs again."""


class Commands(Protocol):
    """The part of the `Controller` that pages see."""

    @property
    def pending_request(self) -> PendingRequest | None:
        """The request under way, None between requests."""

    def as_meant(self, key: str, text: str) -> Meant:
        """Return what a text means for a field, and a sentence on what was changed, "" where nothing was."""

    def change(self, key: str, value: Value) -> tuple[str, ...]:
        """Change an answer; return the ids of the checks that are un-proven by it, or raise `BadInput`."""

    def submit(self, purpose: Purpose, message: Message) -> None:
        """Pass what a person pasted or chose to the check that waits for it."""

    def step_to_run_first(self, step: str) -> GoTo | None:
        """Return the step that has to run before this one, None where this one can run."""

    def start(self, step: str, follow_up: FollowUp = ..., next_step: str = "", fixes: Sequence[Fix] = ()) -> None:
        """Run the checks of a step.

        Args:
            step: its id.
            follow_up: what follows the run.
            next_step: the step that runs where `FollowUp.CONTINUE` follows.
            fixes: that were confirmed, and are made first.
        """

    def stop(self) -> None:
        """End the run under way."""

    def sign_in_again(self) -> bool:
        """Drop the sign-in, for another one. Return whether it is dropped; else that follows the run under way."""

    @property
    def repair_is_open(self) -> bool:
        """Whether this is a rehearsal, and what fails in its scene can be repaired."""

    def rehearse_repair(self) -> str:
        """Let the repair be done, and keep the corrected answers; return who did what, as a sentence."""

    def use_other_flow(self, step: str) -> None:
        """Choose the other flow, which a refusal of this one has offered."""
