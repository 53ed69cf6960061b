"""What stands around a place of a text: the service that is named near by, and what was asked and answered."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from wizard.explain.reading.error_bodies import ServiceMentions
from wizard.explain.reading.http_answers import HttpAnswer, find_last_status
from wizard.explain.reading.log_records import RECORD_START
from wizard.explain.reading.marks import BOUNDARY, strip_marks

NEAR: Final = 600
"""Characters beside a finding in which its own words stand."""
REACH: Final = 1_500
"""Characters before it in which what was asked, or an answer's head, stands."""


@dataclass(frozen=True, slots=True)
class Near:
    """What stands near an object in the same record: the service that is named there, and the rest as it is wanted."""

    text: str
    before: tuple[int, int]
    after: tuple[int, int]
    service: str
    answer: HttpAnswer | None

    @property
    def words(self) -> str:
        """What stands there, and what was asked and answered."""
        before, after = self.text[slice(*self.before)], self.text[slice(*self.after)]
        if self.answer:
            asked = self.text[max(0, self.answer.start - REACH) : self.answer.start]
            before = f"{asked}\n{self.text[self.answer.start : self.answer.head_end]}{before}"
        return strip_marks(f"{before}\n{after}")

    @property
    def status(self) -> int:
        """The HTTP status of the answer, else the one named last before, else 0."""
        return self.answer.status if self.answer else find_last_status(self.text[slice(*self.before)])

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the answer."""
        return self.answer.headers if self.answer else {}


class Surroundings:
    """What stands around places of one text, in time that does not depend on how many are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.services = ServiceMentions(text)

    def near(self, start: int, end: int, answer: HttpAnswer | None) -> Near:
        """Return what stands around an object, as far as the same record goes, and the head of its HTTP answer."""
        at = bisect_right(self._borders, start)
        first = max(0, start - NEAR, self._borders[at - 1] if at else 0)
        at = bisect_right(self._borders, end)
        last = min(end + NEAR // 2, self._borders[at] if at < len(self._borders) else len(self._text))
        before, after = (first, start), (end, max(end, last))
        spans = [before, (max(0, answer.start - REACH), answer.head_end)] if answer else [before]
        is_a_proxys = answer is not None and answer.is_a_proxys
        service = "" if is_a_proxys else self.services.near(spans, after)
        return Near(self._text, before, after, service, answer)

    @cached_property
    def _borders(self) -> list[int]:
        starts = [found.start() for found in RECORD_START.finditer(self._text)]
        return sorted([*starts, *(found.start() for found in re.finditer(BOUNDARY, self._text))])
