"""A check box whose state is a sign, not a colour: [x] or [ ]."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class TickBox(Checkbox):
    """Yes or no."""

    @property
    def _button(self) -> Content:
        return Content("[x]" if self.value else "[ ]")
