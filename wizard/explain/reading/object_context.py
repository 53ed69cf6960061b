"""The context of an object in a text: the service that is named near it, and what was asked and answered."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from wizard.explain.reading.http_answers import HttpAnswer, find_last_status
from wizard.explain.reading.log_records import RECORD_START
from wizard.explain.reading.marks import BOUNDARY, strip_marks
from wizard.explain.reading.service_mentions import ServiceMentions

NEAR: Final = 600
"""Characters beside a finding in which its own words stand."""
REACH: Final = 1_500
"""Characters before it in which what was asked, or an answer's head, stands."""


@dataclass(frozen=True, slots=True)
class ObjectContext:
    """What stands near an object in the same record.

    Args:
        text: all of it.
        before: where the part before the object starts and ends.
        after: where the part behind it starts and ends.
        service: the one that is named there, "" if none is.
        answer: the HTTP answer that the object stands in.
    """

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


class ContextReader:
    """Reads the contexts of objects in one text, in time that does not depend on how many there are."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.mentions = ServiceMentions(text)

    def read(self, start: int, end: int, answer: HttpAnswer | None) -> ObjectContext:
        """Return what stands around an object, as far as the same record goes, and the head of its HTTP answer."""
        at = bisect_right(self._borders, start)
        first = max(0, start - NEAR, self._borders[at - 1] if at else 0)
        at = bisect_right(self._borders, end)
        last = min(end + NEAR // 2, self._borders[at] if at < len(self._borders) else len(self._text))
        before, after = (first, start), (end, max(end, last))
        spans = [before, (max(0, answer.start - REACH), answer.head_end)] if answer else [before]
        is_from_proxy = answer is not None and answer.is_from_proxy
        service = "" if is_from_proxy else self.mentions.near(spans, after)
        return ObjectContext(self._text, before, after, service, answer)

    @cached_property
    def _borders(self) -> list[int]:
        starts = [found.start() for found in RECORD_START.finditer(self._text)]
        return sorted([*starts, *(found.start() for found in re.finditer(BOUNDARY, self._text))])
