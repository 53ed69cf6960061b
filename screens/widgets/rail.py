"""The rail: the steps of the journey, each with its state in a sign and a word."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from screens.drawing import plain
from screens.messages import DONE, StepSelected
from screens.step_words import CHECKING, STATE_WORDS
from wizard.onboarding.gate import State
from wizard.onboarding.profile import Profile
from wizard.onboarding.view import JourneyView


class RailLine(Static):
    """One step in the rail."""

    ALLOW_SELECT = False

    def __init__(self, step: str, text: str, classes: str) -> None:
        super().__init__(plain(text), id=f"rail-{step}", markup=False, classes=classes)
        self.step = step


class Rail(Vertical, can_focus=True):
    """The steps, one above the other; Enter or a click chooses one.

    Args:
        profile: gives the steps.
        view: the open journey, None where none is.
        shown: the page beside the rail.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Step above", show=False),
        Binding("down", "move(1)", "Step below", show=False),
        Binding("enter", "choose", "Show the step", show=False),
    ]

    focus_hint = "Up and Down choose a step; Enter goes there."

    def __init__(self, profile: Profile, view: JourneyView | None, shown: str) -> None:
        super().__init__(id="rail")
        self._profile = profile
        self._view = view
        self._pointed = 0
        self._shown = shown
        self._texts: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """A line a step, and one for the end."""
        for step in (*(each.id for each in self._profile.steps), DONE):
            self._texts[step], classes = self._drawn(self._view, step, self._shown, "")
            yield RailLine(step, self._texts[step], classes)

    def show(self, view: JourneyView | None, shown: str, running: str) -> None:
        """Draw the states; `shown` is the step beside the rail, `running` the one being checked, "" where none."""
        for line in self.query(RailLine):
            text, classes = self._drawn(view, line.step, shown, running)
            if self._texts.get(line.step) != text:
                self._texts[line.step] = text
                line.update(plain(text))
            line.set_classes(classes + (" -pointed" if line.has_class("-pointed") else ""))
        if shown != self._shown:
            self._shown = shown
            ids = [line.step for line in self.query(RailLine)]
            self._pointed = ids.index(shown) if shown in ids else 0
            self._draw_pointer()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The pointer comes and goes with the focus."""
        super().watch_has_focus(has_focus)
        self._draw_pointer()

    def on_click(self, event: events.Click) -> None:
        """A click chooses the line under it."""
        if isinstance(event.widget, RailLine):
            self.post_message(StepSelected(event.widget.step))

    def action_move(self, by: int) -> None:
        """Point to a neighbour."""
        lines = list(self.query(RailLine))
        self._pointed = max(0, min(len(lines) - 1, self._pointed + by))
        self._draw_pointer()

    def action_choose(self) -> None:
        """Choose the line pointed to."""
        self.post_message(StepSelected(list(self.query(RailLine))[self._pointed].step))

    def _draw_pointer(self) -> None:
        for index, line in enumerate(self.query(RailLine)):
            line.set_class(self.has_focus and index == self._pointed, "-pointed")

    def _drawn(self, view: JourneyView | None, step: str, shown: str, running: str) -> tuple[str, str]:
        """Return the text and the classes of a line."""
        title, word, state = self._line(view, step, step == running and running != "")
        mark = "›" if step == shown else " "
        return f"{mark}{title}\n   {word}", f"-{state.value}{' -shown' if step == shown else ''}"

    def _line(self, view: JourneyView | None, step_id: str, is_running: bool) -> tuple[str, str, State]:
        if step_id == DONE:
            proven = view is not None and view.is_proven
            return "  Done", "✓ all proven" if proven else "· not yet", State.PROVEN if proven else State.LOCKED
        title = f"{self._profile.number_of(step_id)} {self._profile.step(step_id).title}"
        if view is None:
            return title, "·", State.LOCKED
        state = view.state(step_id)
        return title, CHECKING if is_running else STATE_WORDS[state], state
