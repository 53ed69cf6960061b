"""Asks before something is stopped or lost."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from screens.drawing import plain
from screens.widgets.action_button import ActionButton


class Confirm(ModalScreen[bool]):
    """Gives whether to do it all the same.

    Args:
        title: the question.
        text: what would be stopped or lost.
        yes: the words of the button that does it, #leave.
        no: the words of the button that leaves all as it is, #stay; Enter and Esc mean this one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Stay"),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, text: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """The question, what it means, and the two ways."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = plain(self._title)
            yield Static(plain(self._text), markup=False)
            with Horizontal(classes="dialog-actions"):
                yield ActionButton(self._no, "stay", is_primary=True)
                yield ActionButton(self._yes, "leave")

    def on_mount(self) -> None:
        """Enter leaves all as it is."""
        self.query_one("#stay").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the two ways."""
        event.stop()
        self.dismiss(event.button.id == "leave")
