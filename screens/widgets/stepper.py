"""The stepper: where the journey stands, and what its half sign means, in one line."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widgets import Static

from screens.drawing import plain
from screens.messages import StepSelected
from screens.step_words import CHECKING_SIGN, SHOWN_SIGN, STATE_SIGNS, STATE_STYLES, STATE_WORDS, progress_of
from wizard.onboarding.gate import State
from wizard.onboarding.profile import Profile
from wizard.onboarding.view import JourneyView

_LONG_ENOUGH = 70
"""Columns from which each step has its name."""


class Stepper(Static):
    """A sign and a word for each step, and how far it is; where there is little room the signs alone.

    What the sign of a step to confirm means stands beside it wherever it is drawn and there is room.
    """

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(id="stepper", markup=False)
        self._ids: tuple[str, ...] = ()
        self._drawn: tuple[tuple[str, str, str], ...] = ()
        self._progress = ""

    def show(self, profile: Profile, view: JourneyView | None, shown: str, running: str) -> None:
        """Draw the states of a profile's steps; arguments as for `Rail.show`."""
        self._ids = tuple(step.id for step in profile.steps)
        self._drawn = tuple(_drawn(profile, view, step_id, shown, running) for step_id in self._ids)
        self._progress = progress_of(profile, shown)
        self.refresh()

    @property
    def words(self) -> str:
        """What it says where it has room."""
        return "  ".join(f"{sign} {name}" for sign, name, _ in self._drawn)

    def render(self) -> Content:
        """Return the line for the width there is."""
        width = self.content_size.width
        if width < _LONG_ENOUGH:
            signs = Content("").join([plain(sign).stylize(style) for sign, _, style in self._drawn])
            steps = Content.assemble(f"Step {self._progress}  " if self._progress else "", signs)
            return _with_aside(steps, width, self._legend, "")
        between = Content("  ").stylize("$quiet")  # the same colour on both sides goes over the wire once
        steps = between.join([plain(f"{sign} {name}").stylize(style) for sign, name, style in self._drawn])
        return _with_aside(steps, width, self._legend, self._progress)

    @property
    def _legend(self) -> str:
        """What the sign of a step that is confirmed later means; "" where none is drawn."""
        is_drawn = any(sign == STATE_SIGNS[State.PROVISIONAL] for sign, _, _ in self._drawn)
        return f"{STATE_SIGNS[State.PROVISIONAL]} {STATE_WORDS[State.PROVISIONAL]}" if is_drawn else ""

    def on_click(self, event: events.Click) -> None:
        """A click chooses the step under it."""
        x = event.x - self.gutter.left
        for step_id, (sign, name, _) in zip(self._ids, self._drawn, strict=True):
            width = len(f"{sign} {name}")
            if 0 <= x < width and self.content_size.width >= _LONG_ENOUGH:
                self.post_message(StepSelected(step_id))
            x -= width + 2


def _with_aside(steps: Content, width: int, legend: str, progress: str) -> Content:
    """Return the steps, and at the right end what there is room for; how far it is always has."""
    asides = [" · ".join(filter(None, (legend, progress))), progress]
    aside = plain(next((each for each in asides if steps.cell_length + 2 + len(each) <= width), progress))
    return steps + Content(" " * max(2, width - steps.cell_length - aside.cell_length)) + aside.stylize("$quiet")


def _drawn(profile: Profile, view: JourneyView | None, step_id: str, shown: str, running: str) -> tuple[str, str, str]:
    """Return sign, name and style of a step."""
    state = view.state(step_id) if view is not None else State.LOCKED
    sign, style = STATE_SIGNS[state], STATE_STYLES[state]
    if step_id == running:
        sign, style = CHECKING_SIGN, "$accent"
    elif step_id == shown and state in (State.OPEN, State.LOCKED):
        sign, style = SHOWN_SIGN, "$accent"
    return sign, profile.step(step_id).short_title, f"bold underline {style}" if step_id == shown else style
