"""A check box whose state is a sign, not a colour: [x] or [ ]. Space ticks it, Enter goes on as in every field."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Checkbox


class TickBox(Checkbox):
    """Yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Next field", show=False)]

    class Submitted(Message):
        """Enter was pressed in the box."""

        def __init__(self, sender: TickBox) -> None:
            super().__init__()
            self.sender = sender

    @property
    def _button(self) -> Content:
        # Textual 8.2: the box is drawn from this property, in colours alone.
        return Content("[x]" if self.value else "[ ]")

    def action_submit(self) -> None:
        """Go on."""
        self.post_message(self.Submitted(self))
