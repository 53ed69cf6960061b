"""What a terminal sends, whatever bytes are in it: keys, and pastes whole, even those that are no UTF-8."""

from __future__ import annotations

import os
import select
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Final

from textual import events
from textual._xterm_parser import XTermParser  # Textual gives it no other name
from textual.drivers.linux_driver import LinuxDriver

from screens.pasted import as_text

PASTE_BEGINS: Final = b"\x1b[200~"
PASTE_ENDS: Final = b"\x1b[201~"
AT_ONCE: Final = 65_536
"""Bytes read at once."""
PATIENCE: Final = 0.1
"""Seconds after which a key that may have more bytes to come is looked at again."""


class Arrivals:
    """Parts what arrives into text for Textual's parser and the pastes in it.

    Textual decodes strictly, and takes an escape sequence within a paste for keys: a picture would press some.
    """

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._last = b""
        self._paste: bytearray | None = None

    def take(self, octets: bytes) -> Iterator[str | events.Paste]:
        """Give what the next bytes bring, in their order; the marks of a paste are texts of their own."""
        while octets:
            if self._paste is None:
                text, octets = self._up_to_paste(octets)
                if decoded := self._decode(text):
                    yield decoded
            else:
                searched_from = max(0, len(self._paste) - len(PASTE_ENDS))
                self._paste += octets
                end = self._paste.find(PASTE_ENDS, searched_from)
                if end < 0:
                    return
                octets = bytes(self._paste[end + len(PASTE_ENDS) :])
                pasted, self._paste = bytes(self._paste[:end]), None
                yield events.Paste(as_text(pasted))
                yield PASTE_ENDS.decode()

    def _up_to_paste(self, octets: bytes) -> tuple[bytes, bytes]:
        """Part what stands before a paste from the paste; the mark may have begun in the bytes before."""
        seen = self._last + octets
        begins = seen.find(PASTE_BEGINS)
        if begins < 0:
            self._last = seen[1 - len(PASTE_BEGINS) :]
            return octets, b""
        at = begins + len(PASTE_BEGINS) - len(self._last)
        self._last, self._paste = b"", bytearray()
        return octets[:at], octets[at:]


class TerminalInput(LinuxDriver):
    """Textual's driver for Linux and macOS, which no byte can end."""

    def run_input_thread(self) -> None:
        """Post keys and pastes as they arrive, until the driver ends, or the terminal is gone."""
        parser, arrivals = XTermParser(self._debug), Arrivals()
        while not self.exit_event.is_set():
            ready, _, _ = select.select([self.fileno], [], [], PATIENCE)
            octets = os.read(self.fileno, AT_ONCE) if ready else b""
            if ready and not octets:
                return  # the signal that comes with it ends the wizard
            for arrived in arrivals.take(octets):
                if isinstance(arrived, events.Paste):
                    self.process_message(arrived)
                    continue
                for message in parser.feed(arrived):
                    if not isinstance(message, events.Paste):  # the marks alone make an empty one
                        self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _sigcont_application(self, *arguments: object) -> None:
        """Go on after a suspension alone.

        A hang-up brings a SIGCONT along, and anybody may send one: Textual would start a second thread that reads keys
        beside the first one, and take the terminal's raw state for the one to be restored.
        """
        if self._must_signal_resume:
            super()._sigcont_application(*arguments)

    def _run_input_thread(self) -> None:
        """Let the application end with kind and place of an error; Textual would hand it a drawing of it."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001  # handed on to the drawing thread
            self._app.call_later(self._app._handle_exception, error)
