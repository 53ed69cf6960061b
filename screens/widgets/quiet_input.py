"""The input that every field is made of: it costs little on the wire, and what it masks goes to no clipboard."""

from __future__ import annotations

from textual.actions import SkipAction

from screens.terminal.pasteable_input import PasteableInput


class QuietInput(PasteableInput):
    """An input without border or blinking cursor.

    Textual's own gives the value behind the dots to the terminal (OSC 52) on Ctrl+C and Ctrl+X, and a Tab into the
    field selects all of it. A masked one copies and cuts nothing: the key goes on to the page.
    """

    def __init__(
        self, value: str, name: str, *, placeholder: str = "", password: bool = False, select_on_focus: bool = True
    ) -> None:
        super().__init__(value, placeholder, id=name, password=password, compact=True, select_on_focus=select_on_focus)
        self.cursor_blink = False

    @property
    def selected_text(self) -> str:
        """What may be copied of the text that is selected."""
        return "" if self.password else super().selected_text

    def action_cut(self) -> None:
        """Cut what is selected; of a masked value nothing, and nothing of it is deleted."""
        if self.password:
            raise SkipAction
        super().action_cut()
