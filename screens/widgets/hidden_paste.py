"""A field whose pastes are never drawn, because tokens and secrets may be in them."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.message import Message

from screens.widgets.quiet_input import QuietInput

LONGEST_DRAWN: Final = 100
"""Characters of a typed line that are drawn; a longer one is a paste that a terminal sent as keys."""


class HiddenPaste(QuietInput):
    """A field for a short typed text. A paste is left to whoever holds the field.

    A long line is drawn as dots, and so is what is left of it while characters are deleted.

    Args:
        name: its id.
        words: what stands in it while it is empty.
    """

    class Cleared(Message):
        """Delete was pressed in the empty field."""

    line_began = float("-inf")
    """When the first key of the line arrived, in seconds of the clock that events have."""
    last_key = float("-inf")
    """When the last key arrived."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__("", name, placeholder=words)

    def on_key(self, event: events.Key) -> None:
        """Note when a key arrived: it may have waited for its turn."""
        self.last_key = event.time
        if not self.value:
            self.line_began = event.time

    def watch_value(self, value: str) -> None:
        """Draw a long line as dots at once: no key that copies can come between."""
        self.password = len(value) > LONGEST_DRAWN or (self.password and bool(value))

    def take_paste(self, event: events.Paste) -> None:
        """Leave it to whoever holds the field."""

    def action_paste(self) -> None:
        """What was copied in the wizard itself comes in as every other paste."""
        self.post_message(events.Paste(self.app.clipboard))

    def action_delete_right(self) -> None:
        """Delete a character; in an empty field, what was submitted before."""
        if self.value:
            super().action_delete_right()
        else:
            self.post_message(self.Cleared())
