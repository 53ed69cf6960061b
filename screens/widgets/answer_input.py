"""A one-line input that takes pastes as people make them."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message

from screens.widgets.quiet_input import QuietInput
from wizard.core.answers import LONGEST_VALUE
from wizard.core.pasted_values import Meant
from wizard.core.text import clean, clean_line, without_quoting


def as_it_is(text: str) -> Meant:
    """Return a text unchanged."""
    return Meant(text, "")


class AnswerInput(QuietInput):
    """The field of an answer.

    A paste that takes the place of all that stands there is taken as it is meant, and `PasteTaken` says what was
    changed. Else it is cleaned; of several lines the parts are joined where `joins_lines`, else the first that is not
    empty is taken. Joined behind dots they stay apart: whoever reads them tells by their ends what a mail put there.
    A paste too long for any answer is refused with `PasteRefused`, and so is what `no_value` has a word for, and a
    secret whose inside would have to be changed.
    """

    cleans_pastes = True
    """It has to see what was pasted to say what was changed in it."""

    class PasteRefused(Message):
        """A paste was too long, or `looks_like` something that is no value, or `why` says why it was not taken."""

        def __init__(self, sender: AnswerInput, length: int, looks_like: str = "", why: str = "") -> None:
            super().__init__()
            self.sender = sender
            self.length = length
            self.looks_like = looks_like
            self.why = why

    class PasteTaken(Message):
        """A paste was taken, and `note` says what was changed in it."""

        def __init__(self, sender: AnswerInput, note: str) -> None:
            super().__init__()
            self.sender = sender
            self.note = note

    def __init__(
        self,
        value: str,
        name: str,
        *,
        is_secret: bool = False,
        joins_lines: bool = False,
        no_value: Callable[[str], str] = lambda _pasted: "",
        as_meant: Callable[[str], Meant] = as_it_is,
    ) -> None:
        shown = value if is_secret else clean_line(value)
        super().__init__(shown, name, password=is_secret)
        self._joins_lines = joins_lines
        self._no_value = no_value
        self._as_meant = as_meant

    def take_paste(self, event: events.Paste) -> None:
        """Take a paste as people make them, or refuse it."""
        event.stop()
        pasted = event.text
        if len(pasted) > LONGEST_VALUE:
            self.post_message(self.PasteRefused(self, len(pasted)))
        elif looks_like := self._no_value(pasted):
            self.post_message(self.PasteRefused(self, len(pasted), looks_like))
        elif self._joins_lines:
            lines = _lines(without_quoting(clean(pasted, LONGEST_VALUE)))
            if lines:
                self.insert_at_selection(("\n" if self.password else "").join(lines))
        elif not self._take_as_meant(pasted):
            self._take_first_line(pasted)

    def _take_as_meant(self, pasted: str, note: str = "") -> bool:
        """Put what a paste means in the place of all that stands here; False where it is nothing but what it is."""
        start, end = sorted(self.selection)
        if end - start < len(self.value):
            return False
        found = self._as_meant(pasted)
        if not found.note or clean_line(found.value, LONGEST_VALUE) != found.value:
            return False
        self.replace(found.value, 0, len(self.value))
        self.post_message(self.PasteTaken(self, f"{found.note} {note}".rstrip()))
        return True

    def _take_first_line(self, pasted: str) -> None:
        lines = _lines(clean(pasted, LONGEST_VALUE))
        if not lines:
            return
        if self.password and (why := _would_be_altered(pasted, lines)):
            self.post_message(self.PasteRefused(self, len(pasted), why=why))
            return
        note = f"Only the first of {len(lines)} lines is taken." if len(lines) > 1 else ""
        if self._take_as_meant(lines[0], note):
            return
        self.insert_at_selection(lines[0])
        if note:
            self.post_message(self.PasteTaken(self, note))


def _lines(text: str) -> list[str]:
    """Return the lines of a text that are not empty, without the blanks around them."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def _would_be_altered(pasted: str, lines: list[str]) -> str:
    """Return why a secret cannot be taken as it is: several lines, or an invisible character; "" where it can."""
    if len(lines) > 1:
        return f"that is {len(lines)} lines, and a secret is one; nothing was taken"
    return "" if lines[0] in pasted else "an invisible character is in the middle of that; nothing was taken"
