"""What Graph has answered in a journey, so that no two checks ask it the same; gone once a person checks again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wizard.microsoft.graph import Unread, Why

if TYPE_CHECKING:
    from wizard.microsoft.graph import JsonObject

MAY_PASS: Final = frozenset({Why.NOT_THERE, Why.THROTTLED, Why.UNREACHABLE})
"""Why a question had no answer that a later step may get: consent makes service principals, and Graph comes back."""


@dataclass(slots=True)
class GraphCache:
    """Answers of Graph in one journey; `probes.graph_reading` writes them.

    Args:
        answers: by tenant and path.
        is_down: why Graph could not be reached in this run, None while it could: the next question waits for it no
            more.
        steps: that were run since it was empty.
    """

    answers: dict[tuple[str, str], JsonObject | tuple[JsonObject, ...] | Unread] = field(default_factory=dict)
    is_down: Unread | None = None
    steps: set[str] = field(default_factory=set)

    def begin_step(self, step_id: str) -> None:
        """Forget what may have changed: everything where the step was run before, as somebody checks it again."""
        if step_id in self.steps:
            self.clear()
        self.steps.add(step_id)
        self.is_down = None
        self.answers = {
            key: answer
            for key, answer in self.answers.items()
            if not (isinstance(answer, Unread) and answer.why in MAY_PASS)
        }

    def clear(self) -> None:
        """Forget everything, so that each question is asked again: somebody has changed something."""
        self.answers, self.is_down, self.steps = {}, None, set()
