"""Finds what a text holds besides: further errors, in blocks of their own, of which nothing was understood."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from wizard.core.late_pattern import late_pattern
from wizard.explain.reading.marks import strip_marks
from wizard.explain.reading.unknown_text import quote_line
from wizard.explain.reading.wordings import find_messages

_PART: Final = 30_000
"""Characters at the beginning that are read."""
_MOST: Final = 2
_MOST_BLOCKS: Final = 20
_MOST_LINES: Final = 16
"""Lines of a block of PowerShell before the one with the error's category."""
_CATEGORY: Final = "+ CategoryInfo"
_LAST: Final = "FullyQualifiedErrorId"
_HEAD = late_pattern(r"[> ]{0,4}(?:[A-Za-z]:\\[^\n:]{1,120}|[A-Za-z][\w.-]{1,80}) : (?=\S)")
_A_STATUS = late_pattern(
    r"\b(?:status code does not indicate success|returned an error|returned error is):? ?\(?[45][0-9]{2}\b",
    needs=("status code does not indicate", "returned "),
)


def find_unread(text: str, places: Sequence[int]) -> tuple[str, ...]:
    """Return the words of further errors, as they may be shown.

    Args:
        text: that is left when all layers are undone.
        places: where something was found, in order; () where nothing was.
    """
    if not places or (_CATEGORY not in text and not _A_STATUS.search(text)):
        return ()
    unread = (block for block in islice(_blocks(text[:_PART]), _MOST_BLOCKS) if not _is_read(block, places))
    quotes = (quote_line(strip_marks(text[start:end])) for start, end in unread if not _is_known(text[start:end]))
    return tuple(islice(dict.fromkeys(filter(None, quotes)), _MOST))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the errors of PowerShell begin and end, and paragraphs that only tell a status."""
    at, head, since, is_open = 0, -1, 0, False
    for line in text.splitlines(keepends=True):
        if is_open and _LAST in line:
            yield head, at + len(line)
            head, is_open = -1, False
        elif _HEAD.match(line):
            head, since, is_open = at, 0, False
        elif _CATEGORY in line:
            is_open = head >= 0
        elif _A_STATUS.search(line):
            begins, ends = text.rfind("\n\n", 0, at), text.find("\n\n", at)
            yield max(begins, 0), ends if ends >= 0 else len(text)
        since += 1
        if since > _MOST_LINES and not is_open:
            head = -1
        at += len(line)


def _is_read(block: tuple[int, int], places: Sequence[int]) -> bool:
    at = bisect_left(places, block[0])
    return at < len(places) and places[at] < block[1]


def _is_known(words: str) -> bool:
    """Return whether words are known, and were left out because what was found says more."""
    return next(find_messages(words), None) is not None
