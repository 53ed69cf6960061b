"""Asks before quitting would lose a token that is only in memory."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class Leave(ModalScreen[bool]):
    """Gives whether to quit all the same."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Stay"),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def compose(self) -> ComposeResult:
        """What would be lost, and the two ways."""
        with Vertical(classes="dialog"):
            yield Static("Quit now?", classes="dialog-title", markup=False)
            yield Static(
                "The integration user's token is only in memory. If you quit before step 5 has proven it in the "
                "vault, step 4 opens again with a new code and somebody has to sign in again. All else is saved.",
                markup=False,
            )
            with Horizontal(classes="dialog-actions"):
                yield Button("Stay", id="stay", compact=True, variant="primary")
                yield Button("Quit", id="leave", compact=True)

    def on_mount(self) -> None:
        """Enter stays."""
        self.query_one("#stay").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the two ways."""
        event.stop()
        self.dismiss(event.button.id == "leave")
