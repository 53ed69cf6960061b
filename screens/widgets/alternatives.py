"""Alternatives that lead to the same end: a line names each, and what has to be done is shown of one at a time."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from screens.drawing import plain


class AlternativeLine(Static, can_focus=True):
    """The line that names an alternative; Enter or a click opens it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "choose", "Open this alternative", show=False)]
    enter_word = "Choose"

    class Chosen(Message):
        """The alternative of this name is wanted."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, name: str, words: str, hint: str) -> None:
        super().__init__(id=f"alternative-{name}", markup=False, classes="alternative-line")
        self.focus_title, self.focus_hint = words, hint
        self._alternative = name

    def show(self, *, is_open: bool) -> None:
        """Draw whether it is open."""
        self.set_class(is_open, "-open")
        self.update(Content.assemble(("● " if is_open else "○ ", "$accent"), plain(self.focus_title)))

    def action_choose(self) -> None:
        """Open the alternative."""
        self.post_message(self.Chosen(self._alternative))

    def on_click(self) -> None:
        """A click does, too."""
        self.action_choose()


class Alternative:
    """An alternative: the line that names it, and what has to be done.

    Args:
        name: of the alternative.
        words: its name for a person.
        hint: what is said of it.
        *body: what has to be done.
        first: what gets the focus once it is open; None: the first that can in its body.
    """

    def __init__(self, name: str, words: str, hint: str, *body: Widget, first: Widget | None = None) -> None:
        self.name = name
        self._first = first
        self.line = AlternativeLine(name, words, hint)
        self.body = Vertical(*body, classes="alternative-body")

    def show(self, *, is_open: bool) -> None:
        """Open it, or fold it away."""
        self.line.show(is_open=is_open)
        self.body.display = is_open

    def focus_first(self) -> None:
        """Put the focus on the first thing that can be done in it."""
        (self._first or next((each for each in self.body.query("*") if each.focusable), self.line)).focus()


class Alternatives(Vertical):
    """Alternatives of which one is open: the lines of all of them together, then what has to be done.

    Args:
        alternatives: in their order.
        opened: the name of the one that is open at first; "": the first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("up", "go_up", "Line above", show=False)]

    class Opened(Message):
        """The alternative of this name is open now."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *alternatives: Alternative, id: str, opened: str = "") -> None:  # noqa: A002  # Textual's name
        super().__init__(*(each.line for each in alternatives), *(each.body for each in alternatives), id=id)
        self._alternatives = {each.name: each for each in alternatives}
        self._opened = opened or next(iter(self._alternatives))

    def on_mount(self) -> None:
        """Open the one that is open at first."""
        self._show(self._opened)

    def open(self, name: str) -> None:
        """Open an alternative, fold the others away, and put the focus on what has to be done."""
        self._show(name)
        self.call_after_refresh(self._alternatives[name].focus_first)

    def action_go_up(self) -> None:
        """Go to what is above; from what has to be done to the line that names it, not to the last line."""
        opened = self._alternatives[self._opened]
        first = next((each for each in opened.body.query("*") if each.focusable), None)
        if first is not None and first.has_focus:
            opened.line.focus()
        else:
            self.screen.focus_previous()

    def _show(self, name: str) -> None:
        self._opened = name
        for each in self._alternatives.values():
            each.show(is_open=each.name == name)
        self.post_message(self.Opened(name))

    @on(AlternativeLine.Chosen)
    def _chosen(self, event: AlternativeLine.Chosen) -> None:
        event.stop()
        self.open(event.name)
