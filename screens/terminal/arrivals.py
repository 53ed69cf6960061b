"""What a terminal sends, whatever bytes are in it: keys, and pastes whole, even those that are no UTF-8."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Final

from textual import events

from screens.terminal.paste_bytes import as_text

PASTE_BEGINS: Final = b"\x1b[200~"
PASTE_ENDS: Final = b"\x1b[201~"


class Arrivals:
    """Parts what arrives into text for Textual's parser and the pastes in it.

    Textual decodes strictly, and takes an escape sequence within a paste for keys: a picture would press some.
    """

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._last = b""
        self._paste: bytearray | None = None

    def take(self, octets: bytes) -> Iterator[str | events.Paste]:
        """Yield what the next bytes bring, in their order; the marks of a paste are texts of their own."""
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
