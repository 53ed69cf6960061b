"""Asks for one line of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from screens.drawing import plain
from screens.widgets.action_button import ActionButton
from screens.widgets.answer_input import AnswerInput
from wizard.core.wording import FAILS_SIGN


class LineDialog(ModalScreen[str]):
    """Gives the line entered, "" when the dialog was left.

    Args:
        title: what is asked.
        text: why, and what happens with it.
        value: what stands in the field at first.
        yes: the words of the button that takes it.
        note: gives a remark on the line as it stands, "" where there is none.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss('')", "Close")]

    def __init__(
        self, title: str, text: str, value: str, yes: str, note: Callable[[str], str] = lambda _line: ""
    ) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._value = value
        self._yes = yes
        self._note = note

    def compose(self) -> ComposeResult:
        """The question, the field, the two ways."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = plain(self._title)
            yield Static(plain(self._text), markup=False)
            yield AnswerInput(self._value, "line", joins_lines=True)
            yield Static(markup=False, id="line-note")
            with Horizontal(classes="dialog-actions"):
                yield ActionButton(self._yes, "take-line", is_primary=True)
                yield ActionButton("Cancel", "leave-line")

    def on_mount(self) -> None:
        """The line can be changed at once; Enter takes it."""
        self.query_one("#line").focus()

    @on(Input.Changed, "#line")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one("#line-note", Static).update(plain(self._note(event.value.strip())))

    @on(Input.Submitted, "#line")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if text := event.value.strip():
            self.dismiss(text)

    @on(AnswerInput.PasteRefused)
    def _refuse_paste(self, event: AnswerInput.PasteRefused) -> None:
        event.stop()
        self.query_one("#line-note", Static).update(
            plain(f"{FAILS_SIGN} {event.length:,} characters are too many here")
        )

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        is_taken = event.button.id == "take-line"
        text = self.query_one("#line", Input).value.strip() if is_taken else ""
        if text or not is_taken:
            self.dismiss(text)
