"""A field whose pastes are never drawn, because tokens and secrets may be in them."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.message import Message
from textual.widgets import Input

LONGEST_DRAWN: Final = 100
"""Characters of a typed line that are drawn; a longer one is a paste that a terminal sent as keys."""


class HiddenPaste(Input):
    """A field for a short typed text. A paste is left to whoever holds the field, and a long line is drawn as dots.

    Args:
        name: its id.
        words: what stands in it while it is empty.
    """

    class Cleared(Message):
        """Delete was pressed in the empty field."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__("", placeholder=words, id=name, compact=True)
        self.cursor_blink = False

    def on_input_changed(self) -> None:
        """Draw a long line as dots."""
        self.password = len(self.value) > LONGEST_DRAWN

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()

    def action_paste(self) -> None:
        """What was copied in the wizard itself comes in as every other paste."""
        self.post_message(events.Paste(self.app.clipboard))

    def action_delete_right(self) -> None:
        """Delete a character; in an empty field, what was handed in before."""
        if self.value:
            super().action_delete_right()
        else:
            self.post_message(self.Cleared())
