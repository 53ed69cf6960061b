"""A text to read, scroll, select and copy: help, the details of a finding, a message to send."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from screens.drawing import COPIED, bold, in_brackets, plain
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
    ]

    def __init__(self, title: str, text: str | Content, copied: str = "") -> None:
        super().__init__()
        self._title = title
        self._text = text if isinstance(text, Content) else plain(text)
        self._copied = copied

    def compose(self) -> ComposeResult:
        """Heading, text, and how to leave."""
        yield Static(bold(self._title), markup=False, id="reader-title")
        with PageScroll(id="reader-scroll"):
            yield Static(self._text, markup=False, id="reader-text")
        with Horizontal(id="reader-actions"):
            yield Button(in_brackets("Close"), id="close", compact=True)
            if self._copied:
                yield Button(in_brackets("Copy"), id="reader-copy", compact=True)
            yield Static("Esc closes" + (", F2 copies" if self._copied else ""), markup=False, id="reader-hint")

    def on_mount(self) -> None:
        """The arrows scroll at once."""
        self.query_one("#reader-scroll").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Close, or copy."""
        event.stop()
        if event.button.id == "close":
            self.dismiss()
        else:
            self.action_copy()

    def action_close_help(self) -> None:
        """The key that opened a help closes it; what can be copied is no help, and stays."""
        if not self._copied:
            self.dismiss()

    def action_copy(self) -> None:
        """Send the text to the terminal's clipboard."""
        if self._copied:
            self.app.copy_to_clipboard(self._copied)
            self.query_one("#reader-hint", Static).update(COPIED)
