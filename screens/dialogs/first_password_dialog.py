"""The first password of an account that was made: shown this once, and closed by a press of its own button alone."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from screens.dialogs.sheet import Sheet, SheetTitle, show_keys
from screens.drawing import COPIED, bold, plain
from screens.widgets.action_button import ActionButton
from screens.widgets.hanging_text import Prose
from screens.widgets.key_footer import KeyFooter
from screens.widgets.page_scroll import PageScroll
from wizard.core.first_password import FirstPassword

WHAT_FOLLOWS: Final = (
    "Hand it to whoever signs in as this account. They sign in at https://aka.ms/mfasetup in a private window, choose "
    "another password there, and register a second factor. The sign-in that the wizard asks for next asks for both as "
    "well.\n\nIt is shown this once: it is in no file, no report and no log. If it is lost, an administrator "
    "sets another one: Users > All users > the user > Reset password."
)
NOTE_IT_FIRST: Final = "It is not shown again. Enter once more closes it."


class FirstPasswordDialog(ModalScreen[None]):
    """Shows a first password until somebody says that it is noted.

    Args:
        first: whose, and which.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "noted", "I have noted it"),
        Binding("enter", "noted", "I have noted it", show=False),
        Binding("f2", "copy", "Copy", show=False),
        Binding("left", "app.focus_previous", "Button at the left", show=False),
        Binding("right", "app.focus_next", "Button at the right", show=False),
    ]

    def __init__(self, first: FirstPassword) -> None:
        super().__init__()
        self._first = first

    def compose(self) -> ComposeResult:
        """The account, the password on a line of its own, and what is to be done with it."""
        with Sheet():
            yield SheetTitle("The first password", "first-title")
            with PageScroll(id="first-scroll"):
                yield Static(bold(self._first.account), markup=False, id="first-account")
                box = Static(plain(self._first.value.reveal()), markup=False, classes="command")
                box.border_title = plain("first password · shown once")
                yield box
                yield Prose(plain(WHAT_FOLLOWS), id="first-told")
            yield Static(markup=False, id="first-hint")
            with Horizontal(classes="sheet-actions"):
                yield ActionButton("I have noted it", "first-noted", is_primary=True)
                yield ActionButton("Copy", "first-copy")
            yield KeyFooter()

    def on_mount(self) -> None:
        """No key that was meant for what was here before closes it."""
        show_keys(self.query_one(KeyFooter), [("Enter", "I have noted it", "noted"), ("F2", "Copy", "copy")])
        self.query_one("#first-scroll").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Close it, or copy."""
        event.stop()
        if event.button.id == "first-copy":
            self.action_copy()
        else:
            self.dismiss()

    def action_noted(self) -> None:
        """Go to the button that closes it: it is not shown again."""
        self.query_one("#first-noted").focus()
        self.query_one("#first-hint", Static).update(NOTE_IT_FIRST)

    def action_copy(self) -> None:
        """Send the password to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._first.value.reveal())
        self.query_one("#first-hint", Static).update(COPIED)
