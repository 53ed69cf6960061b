"""The records of a log: where one begins, and which parts of a text belong together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate, count
from operator import add
from typing import Final

from wizard.core.late_pattern import late_pattern
from wizard.explain.reading.marks import BOUNDARY

_MONTH: Final = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_HEAD: Final = (
    r"[ \t]{0,8}(?:<\d{1,3}>\d?\s?)?[\[(]?(?:"
    r"\d{4}[-/.]\d\d[-/.]\d\d[T ,]{1,2}\d\d:\d\d"
    r"|\d\d?[-/.]\d\d?[-/.]\d{2,4}[T ,]{1,2}\d\d?:\d\d"
    r"|\d\d:\d\d:\d\d(?=[\s,.\])])"
    rf"|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?{_MONTH} {{1,2}}\d\d? \d\d:\d\d"
    rf"|\d\d?[/ ]{_MONTH}[/ ]\d{{4}}[: ]\d\d:\d\d"
    r"|(?:TRACE|DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL|SEVERE)\b(?!:? *\()"
    r"|time=|ts=|level="
    r")"
)
_ITEM = late_pattern(r"\n[ \t>]{0,8}[0-9]{1,2}[.)][ \t]")
_FIRST: Final = late_pattern(_HEAD)
_FOLLOWING: Final = late_pattern(r"\n(?=[ \t<\[(\dA-Ztl])" + _HEAD)


def find_record_starts(text: str) -> list[int]:
    """Return where the records of a log begin: a date, a time or a level at the beginning of a line."""
    first = _FIRST.match(text)
    following = _FOLLOWING.finditer(text, first.end() if first else 0)
    return [*([0] if first else []), *(found.start() for found in following)]


def places_of(character: str, text: str) -> list[int]:
    """Return where a character stands in a text; a log has many lines, and a pattern takes three times as long."""
    if character not in text:
        return []
    ends = accumulate(map(len, text.split(character)))
    return list(map(add, ends, count()))[:-1]


class Records:
    """The parts of a text that belong together: the records of a log, or all of another text."""

    def __init__(self, text: str) -> None:
        starts = find_record_starts(text)
        self.is_log = len(starts) >= 2
        self._starts = sorted({0, *places_of(BOUNDARY, text), *(starts if self.is_log else ())})
        self._text = text
        self._end = len(text)

    @cached_property
    def _lines(self) -> list[int]:
        return places_of("\n", self._text)

    def record_at(self, place: int) -> int:
        """Return the number of the record that `place` is in."""
        return bisect_right(self._starts, place) - 1

    def messages_at(self, places: Iterable[int]) -> set[int]:
        """Return the numbers of the records of a log, or of the lines of another text, that `places` are in."""
        starts = self._starts if self.is_log else self._lines
        return {bisect_right(starts, place) for place in places}

    def item_at(self, place: int) -> tuple[int, int]:
        """Return the number of the record that `place` is in, and of the item of a numbered list."""
        return self.record_at(place), bisect_right(self._items, place)

    @cached_property
    def _items(self) -> list[int]:
        return [found.start() for found in _ITEM.finditer(self._text)]

    def span_at(self, place: int) -> tuple[int, int]:
        """Return where the record that `place` is in starts and ends."""
        number = self.record_at(place)
        end = self._starts[number + 1] if number + 1 < len(self._starts) else self._end
        return self._starts[number], end
