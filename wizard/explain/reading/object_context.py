"""The context of an object in a text: the service that is named near it, and what was asked and answered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from wizard.explain.reading.http_answers import HttpAnswer, find_last_status
from wizard.explain.reading.log_records import find_record_starts, places_of
from wizard.explain.reading.marks import BOUNDARY, strip_marks
from wizard.explain.reading.service_mentions import ServiceMentions

NEAR: Final = 600
"""Characters beside a finding in which its own words stand."""
REACH: Final = 1_500
"""Characters before it in which what was asked, or an answer's head, stands."""


_NOTHING: Final[tuple[str, int, Mapping[str, str]]] = ("", 0, {})


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
    def beside(self) -> tuple[str, int, Mapping[str, str]]:
        """What decides how an object is read: the service, the status and the headers of its answer."""
        return self.service, self.answer.status if self.answer else 0, self.headers

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
        self.text = text
        self.mentions = ServiceMentions(text)

    def beside(self, start: int, end: int, answer: HttpAnswer | None) -> tuple[str, int, Mapping[str, str]]:
        """Return what decides how an object is read; most texts name no service, and then nothing else is asked."""
        if answer is None and not self.mentions.is_any:
            return _NOTHING
        return self.read(start, end, answer).beside

    def read(self, start: int, end: int, answer: HttpAnswer | None) -> ObjectContext:
        """Return what stands around an object, as far as the same record goes, and the head of its HTTP answer."""
        at = bisect_right(self._borders, start)
        first = max(0, start - NEAR, self._borders[at - 1] if at else 0)
        at = bisect_right(self._borders, end)
        last = min(end + NEAR // 2, self._borders[at] if at < len(self._borders) else len(self.text))
        before, after = (first, start), (end, max(end, last))
        spans = [before, (max(0, answer.start - REACH), answer.head_end)] if answer else [before]
        is_from_proxy = answer is not None and answer.is_from_proxy
        service = "" if is_from_proxy else self.mentions.near(spans, (start, after[1]))
        return ObjectContext(self.text, before, after, service, answer)

    @cached_property
    def _borders(self) -> list[int]:
        return sorted([*find_record_starts(self.text), *places_of(BOUNDARY, self.text)])
