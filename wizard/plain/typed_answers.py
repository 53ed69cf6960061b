"""What somebody pastes at a terminal while a check waits: read by a thread; not shown where it is a secret."""

from __future__ import annotations

import codecs
import os
import re
import select
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from wizard.core.waiting import POLL_INTERVAL
from wizard.plain.hidden_typing import hidden_typing

LONGEST: Final = 200_000
"""Characters of a paste that are kept; the check says that it is too long."""
_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;:<=>?]{0,30}[ -/]{0,3}[@-~]|O[@-~])?")
"""What a key such as an arrow sends, and the marks around a paste."""
_BEGUN = re.compile(r"\x1b(?:O|\[[0-9;:<=>?]{0,30}[ -/]{0,3})?\Z")
"""Such a sequence, of which the rest is still to be read."""


class TypedAnswers:
    """Reads standard input in a thread until it is closed.

    Args:
        hand_in: called from that thread with each line, stripped, that is not empty.
        ask: writes what is asked for; called again where the program goes on after it was stopped.
        is_hidden: whether nothing is shown, and whole pastes are read: a terminal cuts a line that it edits itself at
            4,095 bytes, and addresses are longer. Then this has to be made, and closed, in the main thread.
    """

    def __init__(self, submit: Callable[[str], None], ask: Callable[[], None], *, is_hidden: bool) -> None:
        self._hand_in = submit
        self._ends = threading.Event()
        self._until_closed = ExitStack()
        if is_hidden:
            self._until_closed.enter_context(hidden_typing(sys.stdin.fileno(), ask, key_by_key=True))
        else:
            ask()
        read = self._read_keys if is_hidden else self._read_lines
        self._reader = threading.Thread(target=read, name="typed answers", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Stop reading; the terminal is as it was before."""
        self._ends.set()
        self._reader.join()
        self._until_closed.close()

    def _read_lines(self) -> None:
        while not self._ends.is_set():
            if not select.select([sys.stdin], [], [], POLL_INTERVAL)[0]:
                continue
            line = sys.stdin.readline()
            if not line:
                return
            if text := line.strip():
                self._hand_in(text)

    def _read_keys(self) -> None:
        typed = Typed()
        while not self._ends.is_set():
            if not select.select([sys.stdin], [], [], POLL_INTERVAL)[0]:
                continue
            keys = os.read(sys.stdin.fileno(), 65_536)
            if not keys:
                return
            typed.take(keys)
            is_whole = typed.ends_with_enter and not select.select([sys.stdin], [], [], POLL_INTERVAL)[0]
            if is_whole and (text := typed.submit()):
                self._hand_in(text)


class Typed:
    """A line as somebody types or pastes it, with the two keys that a terminal would otherwise act on itself."""

    def __init__(self) -> None:
        self._text = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a read may end within a character
        self._begun = ""
        self._ends_with_enter = False

    @property
    def ends_with_enter(self) -> bool:
        """Whether Enter was the last key."""
        return self._ends_with_enter

    def take(self, octets: bytes) -> None:
        """More keys: Backspace takes one back, Ctrl+U all; other control characters and the marks of a paste go."""
        keys = self._begun + self._decoder.decode(octets)
        begun = _BEGUN.search(keys)
        self._begun = begun[0] if begun else ""
        for key in _SEQUENCE.sub("", keys.removesuffix(self._begun)).replace("\r", "\n"):
            if key in "\x7f\b":
                self._text = self._text[:-1]
            elif key == "\x15":
                self._text = ""
            elif not (key.isprintable() or key in "\n\t"):
                continue
            elif len(self._text) < LONGEST:
                self._text += key
            self._ends_with_enter = key == "\n"

    def submit(self) -> str:
        """What was typed, stripped, line ends within a paste kept; nothing is left of it here."""
        text, self._text, self._ends_with_enter = self._text.strip(), "", False
        return text
