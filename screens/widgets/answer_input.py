"""A one-line input that takes pastes as people make them."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message

from screens.widgets.quiet_input import QuietInput
from wizard.core.answers import LONGEST_VALUE
from wizard.core.text import clean, clean_line, without_quoting


class AnswerInput(QuietInput):
    """The field of an answer.

    A paste is cleaned; of several lines the parts are joined where `joins_lines`, else the first that is not empty is
    taken. Behind dots they stay apart: whoever reads them tells by their ends what a mail put there. A paste too long
    for any answer is refused with `PasteRefused`, and so is what `no_value` has a word for.
    """

    class PasteRefused(Message):
        """A paste was too long, or `looks_like` something that is no value; "" where it was too long."""

        def __init__(self, sender: AnswerInput, length: int, looks_like: str = "") -> None:
            super().__init__()
            self.sender = sender
            self.length = length
            self.looks_like = looks_like

    def __init__(
        self,
        value: str,
        name: str,
        *,
        is_secret: bool = False,
        joins_lines: bool = False,
        no_value: Callable[[str], str] = lambda _pasted: "",
    ) -> None:
        shown = value if is_secret else clean_line(value)
        super().__init__(shown, name, password=is_secret, select_on_focus=is_secret)
        self._joins_lines = joins_lines
        self._no_value = no_value

    def take_paste(self, event: events.Paste) -> None:
        """Take a paste as people make them, or refuse it."""
        event.stop()
        if len(event.text) > LONGEST_VALUE:
            self.post_message(self.PasteRefused(self, len(event.text)))
            return
        if looks_like := self._no_value(event.text):
            self.post_message(self.PasteRefused(self, len(event.text), looks_like))
            return
        cleaned = clean(event.text, LONGEST_VALUE)
        if self._joins_lines:
            cleaned = without_quoting(cleaned)
        lines = [line.strip() for line in cleaned.split("\n") if line.strip()]
        if not lines:
            return
        text = ("\n" if self.password else "").join(lines) if self._joins_lines else lines[0]
        self.insert_at_selection(text)
