"""A line in the place of what is folded away; Enter or a click brings it back."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static


class FoldLine(Static, can_focus=True):
    """How many fields are folded away."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "open", "Show the fields", show=False)]
    focus_title = "Fields"
    focus_hint = "Shows every field of this step."
    enter_word = "Show fields"

    class Opened(Message):
        """The fields are wanted back."""

    def __init__(self) -> None:
        super().__init__(markup=False, classes="fold-line")

    def show(self, folded: int, asked: int) -> None:
        """Say how many of the fields are folded away; nothing where none is."""
        self.display = folded > 0
        more = "more " if folded < asked else ""
        self.update(f"▸ {folded} {more}field{'s' if folded > 1 else ''}")

    def action_open(self) -> None:
        """Bring them back."""
        self.post_message(self.Opened())

    def on_click(self) -> None:
        """A click does, too."""
        self.action_open()
