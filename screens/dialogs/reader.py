"""A text to read, scroll, select and copy: help, the details of a finding, a message to send."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from screens.dialogs.sheet import Sheet, SheetTitle, show_keys
from screens.drawing import COPIED, plain
from screens.widgets.action_button import ActionButton
from screens.widgets.hanging_text import Prose
from screens.widgets.key_footer import KeyFooter
from screens.widgets.page_scroll import PageScroll


class Reader(ModalScreen[None]):
    """Shows a text from edge to edge, without a frame, so that a terminal's own selection takes nothing else.

    Args:
        title: its heading.
        text: what is read.
        copied: what the copy key sends to the terminal's clipboard, "" where nothing is to be copied.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        Binding("enter", "dismiss", "Close", show=False),
        Binding("f1", "close_help", "Close", show=False, priority=True),
        Binding("f2", "copy", "Copy", show=False),
        Binding("c", "copy", "Copy", show=False),
        Binding("left", "app.focus_previous", "Button at the left", show=False),
        Binding("right", "app.focus_next", "Button at the right", show=False),
    ]

    def __init__(self, title: str, text: str | Content, copied: str = "") -> None:
        super().__init__()
        self._title = title
        self._text = text if isinstance(text, Content) else plain(text)
        self._copied = copied

    def compose(self) -> ComposeResult:
        """Heading, text, and how to leave."""
        with Sheet():
            yield SheetTitle(self._title, "reader-title")
            with PageScroll(id="reader-scroll"):
                yield Prose(self._text, id="reader-text")
            yield Static(markup=False, id="reader-hint")
            with Horizontal(classes="sheet-actions"):
                yield ActionButton("Close", "close", is_primary=True)
                if self._copied:
                    yield ActionButton("Copy", "reader-copy")
            yield KeyFooter()

    def on_mount(self) -> None:
        """The arrows scroll at once."""
        copy = [("F2", "Copy", "copy")] if self._copied else []
        keys = [("Enter", "Close", "dismiss"), *copy, ("PgDn", "More", "page_down"), ("Esc", "Close", "dismiss")]
        show_keys(self.query_one(KeyFooter), keys)
        self.query_one("#reader-scroll").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Close, or copy."""
        event.stop()
        if event.button.id == "close":
            self.dismiss()
        else:
            self.action_copy()

    def action_page_down(self) -> None:
        """Scroll by a page."""
        self.query_one("#reader-scroll").scroll_page_down(animate=False)

    def action_close_help(self) -> None:
        """The key that opened a help closes it; what can be copied is no help, and stays."""
        if not self._copied:
            self.dismiss()

    def action_copy(self) -> None:
        """Send the text to the terminal's clipboard."""
        if self._copied:
            self.app.copy_to_clipboard(self._copied)
            self.query_one("#reader-hint", Static).update(COPIED)
