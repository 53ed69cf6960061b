"""Prose in lines of a width, in which a command, an address or an id is never broken."""

from __future__ import annotations

import re
from typing import Final

from wizard.core.text import clean_line

_WORD: Final = re.compile(r"(?:[A-Z]{2,}|[A-Za-z][a-z]+)(?:['-][A-Za-z]+)*")
_UNBREAKABLE: Final = re.compile(r"[^\s`]*`[^`]*`[^\s`]*|\S+")
"""What stays on one line: a command with its marks, and every word."""


def is_prose(text: str) -> bool:
    """Return whether `text` says something in words, and is more than a code, a number or a name."""
    if not text.isascii():
        return len(text.strip()) > 1
    words = [word for word in text.split() if _WORD.fullmatch(word.strip(".,:;!?()[]{}<>\"'`"))]
    return len(words) >= 2


def wrap_prose(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Return `text` in lines of at most `width` characters; one is longer only where a command or a link is.

    Args:
        text: of one paragraph; a command in it stands between backticks.
        width: in characters, with what the lines begin with.
        first: what the first line begins with.
        rest: what the others begin with.
    """
    lines, line = [], first
    is_empty = True
    for unit in _UNBREAKABLE.findall(clean_line(text, 20_000)):
        if not is_empty and len(line) + 1 + len(unit) > width:
            lines.append(line)
            line, is_empty = rest, True
        line += unit if is_empty else f" {unit}"
        is_empty = False
    return lines if is_empty else [*lines, line]
