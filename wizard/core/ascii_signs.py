"""The signs that the program draws, and their ASCII twins: for terminals, fonts and logs that have no others."""

from __future__ import annotations

import codecs
import unicodedata
from typing import Final

_SIGNS_OF: Final = {
    "+": "✓◇",
    "x": "✗×╳",
    "*": "◆●◉•",
    "o": "○◦□◌",
    "~": "◐◑◒◓≈",
    ">": "▸▶›→",
    "<": "‹←◀↵",
    "^": "▴▲↑",
    "v": "▾▼↓",
    "-": "·–—−\u2010\u2011▔",
    "|": "▌▐▎▏▍▕",
    ".": "…",
    '"': "“”„«»",
    "'": "‘’‚",
    "#": "█▓▀▄▅▆▇▉▊▋■▖▗▘▙▚▛▜▝▞▟",
    "%": "▒",
    ":": "░",
    "_": "▁▂▃",
    "/": "╱",
    "\\": "╲",
    " ": "\u00a0\u202f",
    ": ": "：",
}
SIGNS: Final = {sign: twin for twin, signs in _SIGNS_OF.items() for sign in signs}
"""One sign, and a text of as many cells as the sign takes. Box drawing and Braille have rules beside it."""
_LINES: Final = range(0x2500, 0x2580)
"""Box drawing."""
_HORIZONTAL: Final = "─━┄┅┈┉╌╍═╴╶╸╺╼╾"
_VERTICAL: Final = "│┃┆┇┊┋╎╏║╵╷╹╻╽╿"
_BRAILLE: Final = range(0x2800, 0x2900)
"""Marks that turn while something is waited for."""
_TURNING: Final = ".:'"


def as_ascii(text: str) -> str:
    """Return `text` in ASCII, as many cells wide as it was.

    A letter with an accent loses it. What has no twin becomes a question mark a cell.
    """
    return text if text.isascii() else "".join(map(ascii_twin, text))


def ascii_twin(character: str) -> str:
    """Return the twin of one character: a text of as many cells, "" for one that takes none."""
    if character.isascii():
        return character
    if twin := SIGNS.get(character):
        return twin
    code = ord(character)
    if code in _LINES:
        return "-" if character in _HORIZONTAL else "|" if character in _VERTICAL else "+"
    if code in _BRAILLE:
        return _TURNING[code % len(_TURNING)] if code > _BRAILLE.start else " "
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return ""
    plain = unicodedata.normalize("NFKD", character)[0]
    cells = 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
    return plain.ljust(cells) if plain.isascii() else "?" * cells


def _twins_of_what_cannot_be_encoded(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return as_ascii(error.object[error.start : error.end]), error.end


ASCII_TWIN: Final = "ascii-twin"
"""The way to handle errors of a stream that gives each sign which the encoding lacks its twin."""
codecs.register_error(ASCII_TWIN, _twins_of_what_cannot_be_encoded)
