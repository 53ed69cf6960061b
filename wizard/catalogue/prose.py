"""Prose in lines of a width, in which a command, an address or an id is never broken."""

from __future__ import annotations

from typing import Final

from wizard.core.columns import fill
from wizard.core.late_pattern import late_pattern
from wizard.core.text import clean_line

_WORD: Final = late_pattern(r"(?:[A-Z]{2,}|[A-Za-z][a-z]+)(?:['-][A-Za-z]+)*")


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
    return fill(first, rest, clean_line(text, 20_000), width)
