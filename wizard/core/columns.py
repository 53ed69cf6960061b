"""Paragraphs in lines of a width: how many columns there are, and how words are laid out in them.

Loaded where only an answer that is known is shown, so it imports as little as it can.
"""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Final, TextIO

NARROWEST: Final = 40
WIDEST: Final = 100
"""Columns of prose."""

_UNBREAKABLE: Final = r"[^\s`]*`[^`]*`[^\s`]*|\S+"
"""What stays on one line: a command with its marks, and every word."""

Paragraph = tuple[str, str, str]
"""What stands before the first line, what stands before the others, and the words."""


def columns_of(stream: TextIO | None, environ: Mapping[str, str]) -> int:
    """Return the columns that COLUMNS names, else those of a terminal, 80 if it does not know; at most `WIDEST`.

    Args:
        stream: that is written to, None where it is closed.
        environ: the environment's variables.
    """
    named = environ.get("COLUMNS", "")
    if named.isdecimal() and int(named):
        columns = int(named)
    else:
        try:
            columns = (os.get_terminal_size(stream.fileno()).columns if stream else 0) or 80
        except (OSError, ValueError):
            columns = 80
    return max(NARROWEST, min(WIDEST, columns))


def lay_out(paragraphs: Iterable[Paragraph | str], width: int) -> Iterator[str]:
    """Yield paragraphs in lines of at most `width` characters; a text that is no paragraph is a line as it is."""
    for each in paragraphs:
        if isinstance(each, str):
            yield each
        else:
            yield from fill(*each, width)


def fill(first: str, rest: str, words: str, width: int) -> list[str]:
    """Return words in lines of at most `width` characters; one is longer only where a command or a link is.

    Args:
        first: what the first line begins with.
        rest: what the others begin with.
        words: of one paragraph, cleaned; a command in it stands between backticks.
        width: in characters, with what the lines begin with.
    """
    lines, line = [], first
    is_empty = True
    for unit in re.findall(_UNBREAKABLE, words) if "`" in words else words.split():
        if not is_empty and len(line) + 1 + len(unit) > width:
            lines.append(line)
            line, is_empty = rest, True
        line += unit if is_empty else f" {unit}"
        is_empty = False
    return lines if is_empty else [*lines, line]
