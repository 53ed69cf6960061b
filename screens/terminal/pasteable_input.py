"""An input that hands a paste to whoever knows what to do with it."""

from __future__ import annotations

from textual import events
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class PasteableInput(Input):
    """Textual's input; a subclass says what becomes of a paste."""

    virtual_size = Reactive(Size(0, 0))
    # Textual 8.2: Input sets it with each character, and a Widget's own then lays the whole screen out again: half of
    # what a key costs. How long the text is moves nothing but the text.

    def take_paste(self, event: events.Paste) -> None:
        """Take the first line of a paste, as Textual's input does; `event.stop()` keeps it from the page."""
        event.stop()
        line = next(iter(event.text.splitlines()), "")
        self.insert_at_selection(line)

    def insert_at_selection(self, text: str) -> None:
        """Put `text` in the place of what is selected, else where the cursor stands."""
        if self.selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *self.selection)

    def _on_paste(self, event: events.Paste) -> None:
        # Textual 8.2: Input handles a paste under this name; a public `on_paste` would be called beside it.
        event.prevent_default()
        self.take_paste(event)
