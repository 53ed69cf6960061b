"""Finds in free text what has no form of its own: codes, names of errors, HTTP statuses, and known messages."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise, zip_longest
from typing import Final

from wizard.catalogue.diagnosis import RECOGNISED_BY, Diagnosis
from wizard.catalogue.entra_refusals import read_entra_error
from wizard.catalogue.lookup import explain_refusal, message_patterns, most_specific
from wizard.catalogue.recipients import send_to
from wizard.core.errors import ServiceRefusal
from wizard.explain.reading.code_finder import Code, find_names, find_numbers, find_statuses, is_list
from wizard.explain.reading.diagnosis_cache import MOST, MOST_OF_A_CODE, DiagnosisCache
from wizard.explain.reading.log_records import Records
from wizard.explain.reading.marks import MARK, strip_marks, text_before_mark
from wizard.explain.reading.nearby_words import clause_around, first_message, line_around, with_service_text
from wizard.explain.reading.object_context import NEAR, REACH
from wizard.explain.reading.support_ids import find_ids, merge_ids
from wizard.explain.results import Detection, Kind

PART_WITH_MESSAGES: Final = 100_000
"""Characters at the beginning and at the end, each, in which messages without a code are looked for."""

_MOST_OF_A_PATTERN: Final = 50
_MOST_STATUSES: Final = 500
_WITH_IDS: Final = frozenset({Kind.BODY, Kind.CHALLENGE, Kind.CODE, Kind.NAME, Kind.STATUS, Kind.MESSAGE})
"""What is completed by the ids that stand beside it."""


class FreeText:
    """The text that is left when all layers are undone, and what was found in it."""

    def __init__(self, text: str, cache: DiagnosisCache) -> None:
        self._text = text
        self._cache = cache
        self._records = Records(text)
        self._detections: list[Detection] = []
        self._places: list[tuple[int, str, Kind]] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._number_with_ids = 0

    @property
    def is_log(self) -> bool:
        """Whether the text has records."""
        return self._records.is_log

    def find(self, extracted: Sequence[Detection]) -> None:
        """Find codes, then names, statuses, and messages at last; each only where nothing better was found near by.

        Args:
            extracted: what was taken out before; marks in the text hold the places.
        """
        places = {int(mark[1]): mark.start() for mark in MARK.finditer(self._text)}
        for number, found in enumerate(extracted):
            self._add(found.diagnosis, found.kind, places.get(number, len(self._text)))
        codes = find_numbers(self._text)
        for code, following in zip_longest(codes, codes[1:]):
            self._add_number(code, following)
        is_list_of_codes = is_list(self._text)
        if not is_list_of_codes:
            self._drop_vaguer()
        for name in find_names(self._text):
            if is_list_of_codes or not self._is_explained(name.start, name.service):
                self._add_named(name, Kind.NAME)
        for status in islice(find_statuses(self._text), _MOST_STATUSES):
            if not self._is_explained(status.start, status.service):
                self._add_named(status, Kind.STATUS)
        self._find_messages()

    def in_order(self) -> list[Detection]:
        """Return what was found, in the order of the text; an answer's status only if its body says nothing."""
        ordered = sorted(self._detections, key=lambda found: found.place)
        return [
            found
            for found, following in zip_longest(ordered, ordered[1:])
            if not (found.kind is Kind.ANSWER and following is not None and _tells_more(found, following))
        ]

    def _add(self, diagnosis: Diagnosis, kind: Kind, place: int) -> None:
        """Add a finding; ids that it lacks are those of its message or its record."""
        self._counts[diagnosis.service, diagnosis.code] += 1
        if kind in _WITH_IDS and self._may_read_ids(self._counts[diagnosis.service, diagnosis.code]):
            start, end = self._records.span_at(place)
            near = find_ids(text_before_mark(self._text[place + 1 : min(end, place + REACH)]))
            if not near.present() or not merge_ids(diagnosis.ids, near).present():
                near = find_ids(self._text[max(start, place - REACH) : min(end, place + REACH)])
            diagnosis = replace(diagnosis, ids=merge_ids(diagnosis.ids, near))
        self._detections.append(Detection(diagnosis, kind, place, self._records.message_at(place)))
        insort(self._places, (place, diagnosis.service, kind), key=_place_and_service)

    def _may_read_ids(self, same: int) -> bool:
        """Return whether ids are looked for beside one more finding, the `same`-th of its code."""
        self._number_with_ids += 1
        return same <= 1 or (same <= MOST_OF_A_CODE and self._number_with_ids <= MOST)

    def _add_number(self, code: Code, following: Code | None) -> None:
        diagnosis = self._cache.get(code.service, code.code, lambda: self._explain_number(code, following))
        self._add(diagnosis, Kind.CODE, code.start)

    def _add_named(self, code: Code, kind: Kind) -> None:
        line = line_around(self._text, code)
        refusal = ServiceRefusal(code.service, code.code, code.error, line, status=code.status)
        key = f"{code.code}{code.error}{code.status}"
        diagnosis = self._cache.get(code.service, key, lambda: explain_refusal(refusal, line))
        if kind is Kind.STATUS:
            diagnosis = with_service_text(diagnosis, clause_around(self._text, code))
        self._add(diagnosis, kind, code.start)

    def _drop_vaguer(self) -> None:
        """Drop a code that only says "something about the credential" beside the one that says what."""
        ordered = sorted(self._detections, key=lambda found: found.place)
        dropped = set()
        for one, other in pairwise(ordered):
            numbers = [each.diagnosis.code.removeprefix("AADSTS") for each in (one, other)]
            is_pair = all(each.kind is Kind.CODE and each.diagnosis.service == "entra" for each in (one, other))
            if is_pair and numbers[0] != numbers[1] and other.place - one.place < NEAR:
                for vague, telling, number in ((one, numbers[1], numbers[0]), (other, numbers[0], numbers[1])):
                    if most_specific([number], [telling]) == telling:
                        dropped.add(id(vague))
        self._detections = [found for found in self._detections if id(found) not in dropped]

    def _find_messages(self) -> None:
        for pattern, service, key in message_patterns():
            for offset, part in self._parts_with_messages():
                for found in islice(pattern.finditer(part), _MOST_OF_A_PATTERN):
                    place = offset + found.start()
                    if found.end() > found.start() and not self._is_explained(place, ""):
                        code = Code(place, offset + found.end(), service, key)
                        diagnosis = _explain_message(service, key, line_around(self._text, code))
                        diagnosis = with_service_text(diagnosis, clause_around(self._text, code))
                        self._add(diagnosis, Kind.MESSAGE, place)

    def _parts_with_messages(self) -> Iterator[tuple[int, str]]:
        """Yield the parts in which messages are looked for, each with where it begins."""
        if len(self._text) <= 2 * PART_WITH_MESSAGES:
            yield 0, self._text
            return
        yield 0, self._text[:PART_WITH_MESSAGES]
        yield len(self._text) - PART_WITH_MESSAGES, self._text[-PART_WITH_MESSAGES:]

    def _is_explained(self, place: int, service: str) -> bool:
        """Return whether something of the service ("": of any) was found near by in the same record."""
        number = self._records.record_at(place)
        first = bisect_left(self._places, (place - REACH, ""), key=_place_and_service)
        last = bisect_right(self._places, (place + REACH, ""), key=_place_and_service)
        return any(
            kind is not Kind.TOKEN and service in ("", whose) and self._records.record_at(where) == number
            for where, whose, kind in self._places[first:last]
        )

    def _explain_number(self, code: Code, following: Code | None) -> Diagnosis:
        """Return what a numbered code means; causes that share it are distinguished by the message it stands in."""
        start, end = self._records.span_at(code.start)
        end = min(end, code.end + REACH, following.start if following else len(self._text))
        message = text_before_mark(self._text[code.end : end])
        paragraph = strip_marks(self._text[max(start, code.start - NEAR) : code.start]).split("\n\n")[-1]
        if code.service == "entra":
            words = message.split("\n\n")[0]
            words = "" if words.startswith(('"', "'", "]", ",")) else words
            refusal = read_entra_error({"error_description": f"{code.code}{words}"}, 0, {})
            refusal.code = code.code
            refusal.description = first_message(refusal.description.removeprefix(code.code).lstrip(" :.-"))
        else:
            refusal = ServiceRefusal(code.service, code.code, "", line_around(self._text, code))
        ids = find_ids(message)
        diagnosis = explain_refusal(refusal, f"{paragraph}\n{message[:NEAR]}")
        return replace(diagnosis, ids=merge_ids(ids, refusal.ids))


def _place_and_service(found: tuple[int, str, Kind]) -> tuple[int, str]:
    return found[:2]


def _tells_more(answer: Detection, following: Detection) -> bool:
    """Return whether what follows the head of an answer is of its body."""
    is_other = following.kind in (Kind.ANSWER, Kind.TOKEN, Kind.ADDRESS)
    return not is_other and following.place - answer.place < 4 * REACH


def _explain_message(service: str, key: str, line: str) -> Diagnosis:
    """Return what a message without a code means.

    Args:
        service: of the catalogue's entry.
        key: the catalogue's own name of the entry, and no code that a service gave.
        line: the line that the message stands in.
    """
    diagnosis = explain_refusal(ServiceRefusal(service, key, "", line), line)
    if diagnosis.code.lower() in line.lower():
        return diagnosis
    usual = f", which come with {diagnosis.code}" if diagnosis.code.startswith("AADSTS") else ""
    by_words = (RECOGNISED_BY, f"its words{usual}; no code stands in the text")
    return replace(diagnosis, code="", send_to=send_to(diagnosis), evidence=(*diagnosis.evidence, by_words))
