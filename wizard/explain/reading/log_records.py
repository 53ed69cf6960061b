"""The records of a log: where one begins, and which parts of a text belong together."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

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
RECORD_START = re.compile(r"(?:^|\n)" + _HEAD)
"""Where a record of a log begins: a date, a time or a level at the beginning of a line."""


class Records:
    """The parts of a text that belong together: the records of a log, or all of another text."""

    def __init__(self, text: str) -> None:
        starts = [found.start() for found in RECORD_START.finditer(text)]
        self.is_log = len(starts) >= 2
        borders = [found.start() for found in re.finditer(BOUNDARY, text)]
        self._starts = sorted({0, *borders, *(starts if self.is_log else ())})
        self._lines = [found.start() for found in re.finditer("\n", text)]
        self._end = len(text)

    def record_at(self, place: int) -> int:
        """Return the number of the record that `place` is in."""
        return bisect_right(self._starts, place) - 1

    def message_at(self, place: int) -> int:
        """Return the number of the record of a log, or of the line of another text, that `place` is in."""
        return self.record_at(place) if self.is_log else bisect_right(self._lines, place)

    def span_at(self, place: int) -> tuple[int, int]:
        """Return where the record that `place` is in starts and ends."""
        number = self.record_at(place)
        end = self._starts[number + 1] if number + 1 < len(self._starts) else self._end
        return self._starts[number], end
