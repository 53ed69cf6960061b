"""Reads what a person types or pastes at a terminal while a check waits; what is a secret is not shown."""

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
from wizard.plain.hidden_input import hidden_input

LONGEST: Final = 200_000
"""Characters of a paste that are kept; the check says that it is too long."""
_ESCAPE_SEQUENCE: Final = re.compile(r"\x1b(?:\[[0-9;:<=>?]{0,30}[ -/]{0,3}[@-~]|O[@-~])?")
"""What a key such as an arrow sends, and the marks around a bracketed paste (ECMA-48, 5.4)."""
_UNFINISHED_SEQUENCE: Final = re.compile(r"\x1b(?:O|\[[0-9;:<=>?]{0,30}[ -/]{0,3})?\Z")


class InputReader:
    """Reads standard input in a thread until it is closed.

    Args:
        submit: called from that thread with each line, stripped, that is not empty.
        ask: writes the question; called again when the program continues after a stop (Ctrl+Z).
        is_hidden: whether nothing is shown, and whole pastes are read: a terminal cuts a line that it edits itself at
            4,095 bytes, and addresses are longer. The reader is then made, and closed, in the main thread.
    """

    def __init__(self, submit: Callable[[str], None], ask: Callable[[], None], *, is_hidden: bool) -> None:
        self._submit = submit
        self._is_closed = threading.Event()
        self._until_closed = ExitStack()
        if is_hidden:
            self._until_closed.enter_context(hidden_input(sys.stdin.fileno(), ask, key_by_key=True))
        else:
            ask()
        read = self._read_keys if is_hidden else self._read_lines
        self._reader = threading.Thread(target=read, name="input reader", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Stop reading; the terminal is as it was before."""
        self._is_closed.set()
        self._reader.join()
        self._until_closed.close()

    def _read_lines(self) -> None:
        while not self._is_closed.is_set():
            if not select.select([sys.stdin], [], [], POLL_INTERVAL)[0]:
                continue
            line = sys.stdin.readline()
            if not line:
                return
            if text := line.strip():
                self._submit(text)

    def _read_keys(self) -> None:
        line = TypedLine()
        while not self._is_closed.is_set():
            if not select.select([sys.stdin], [], [], POLL_INTERVAL)[0]:
                continue
            keys = os.read(sys.stdin.fileno(), 65_536)
            if not keys:
                return
            line.take(keys)
            is_whole = line.ends_with_enter and not select.select([sys.stdin], [], [], POLL_INTERVAL)[0]
            if is_whole and (text := line.pop()):
                self._submit(text)


class TypedLine:
    """A line as a person types or pastes it, with the two editing keys that a terminal otherwise acts on itself."""

    def __init__(self) -> None:
        self._text = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a read may end within a character
        self._unfinished = ""
        self._ends_with_enter = False

    @property
    def ends_with_enter(self) -> bool:
        """Whether Enter was the last key."""
        return self._ends_with_enter

    def take(self, octets: bytes) -> None:
        """Add keys. Backspace deletes one, Ctrl+U all; other control characters and marks of a paste are dropped."""
        keys = self._unfinished + self._decoder.decode(octets)
        sequence = _UNFINISHED_SEQUENCE.search(keys)
        self._unfinished = sequence[0] if sequence else ""
        for key in _ESCAPE_SEQUENCE.sub("", keys.removesuffix(self._unfinished)).replace("\r", "\n"):
            if key in "\x7f\b":
                self._text = self._text[:-1]
            elif key == "\x15":
                self._text = ""
            elif not (key.isprintable() or key in "\n\t"):
                continue
            elif len(self._text) < LONGEST:
                self._text += key
            self._ends_with_enter = key == "\n"

    def pop(self) -> str:
        """Return what was typed, stripped, line ends within a paste kept; nothing of it is left here."""
        text, self._text, self._ends_with_enter = self._text.strip(), "", False
        return text
