"""The rail of a wide window: the steps of the journey, a line each, with its state in a sign and a word."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from screens.drawing import plain, pointed
from screens.messages import DONE, StepSelected
from screens.step_words import CHECKING_SIGN, CHECKING_WORD, SHOWN_SIGN, STATE_SIGNS, STATE_STYLES, STATE_WORDS
from wizard.onboarding.gate import State
from wizard.onboarding.profile import Profile
from wizard.onboarding.view import JourneyView


class Rail(Static, can_focus=True):
    """The steps, one above the other; Enter or a click chooses one."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Step above", show=False),
        Binding("down", "move(1)", "Step below", show=False),
        Binding("enter", "choose", "Show the step", show=False),
    ]

    focus_hint = "Up and Down choose a step; Enter goes there."

    def __init__(self) -> None:
        super().__init__(id="rail", markup=False)
        self._ids: tuple[str, ...] = (DONE,)
        self._lines: tuple[tuple[str, str, str, str], ...] = ()
        self._shown = ""
        self._pointed = 0

    def show(self, profile: Profile, view: JourneyView | None, shown: str, running: str) -> None:
        """Draw the states of a profile's steps.

        Args:
            profile: gives the steps.
            view: the journey, None before one is begun.
            shown: the page.
            running: the step that is checked now, "" where none is.
        """
        self._ids = (*(each.id for each in profile.steps), DONE)
        self._lines = tuple(_line(profile, view, step_id, shown, running) for step_id in self._ids)
        if shown != self._shown:
            self._shown = shown
            self._pointed = self._ids.index(shown) if shown in self._ids else 0
        self.refresh()

    @property
    def pointed_at(self) -> str:
        """The step, or `DONE`, that the arrows point to."""
        return self._ids[self._pointed]

    @property
    def words(self) -> str:
        """What it says, in one line."""
        return " ".join(f"{sign} {name} {word}" for sign, name, word, _ in self._lines)

    def render(self) -> Content:
        """Return a line a step."""
        width, lines = self.content_size.width, []
        for at, (sign, name, word, style) in enumerate(self._lines):
            gap = " " * max(1, width - len(sign) - len(name) - len(word) - 1)
            line = plain(f"{sign} {name}{gap}").stylize(style) + plain(word).stylize("$quiet")
            is_pointed = self.has_focus and at == self._pointed
            lines.append(pointed(line, has_colour=not self.app.no_color) if is_pointed else line)
        return Content("\n").join(lines)

    def on_click(self, event: events.Click) -> None:
        """A click chooses the line under it."""
        at = event.y - self.gutter.top
        if 0 <= at < len(self._ids):
            self.post_message(StepSelected(self._ids[at]))

    def action_move(self, by: int) -> None:
        """Point to a neighbour."""
        self._pointed = max(0, min(len(self._ids) - 1, self._pointed + by))
        self.refresh()

    def action_choose(self) -> None:
        """Choose the line pointed to."""
        self.post_message(StepSelected(self._ids[self._pointed]))


def _line(
    profile: Profile, view: JourneyView | None, step_id: str, shown: str, running: str
) -> tuple[str, str, str, str]:
    """Return sign, name, word and style of a line."""
    state = _state(view, step_id)
    name = "Done" if step_id == DONE else profile.step(step_id).short_title
    sign, word, style = STATE_SIGNS[state], STATE_WORDS[state], STATE_STYLES[state]
    if view is None or state is State.LOCKED:
        word = ""
    if step_id == running:
        sign, word, style = CHECKING_SIGN, CHECKING_WORD, "$accent"
    elif step_id == shown and state in (State.OPEN, State.LOCKED):
        sign, style = SHOWN_SIGN, "$accent"
    return sign, name, word, f"bold {style}" if step_id == shown else style


def _state(view: JourneyView | None, step_id: str) -> State:
    if view is None:
        return State.LOCKED
    if step_id == DONE:
        return State.PROVEN if view.is_proven else State.LOCKED
    return view.state(step_id)
