"""Finds in free text what has no form of its own: codes, names of errors, HTTP statuses, and known messages."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise, zip_longest
from operator import itemgetter
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.entra_refusals import read_entra_error
from wizard.catalogue.lookup import explain, explain_refusal, is_vague, most_specific, tells_a_cause
from wizard.catalogue.placeholders import find_placeholder_values
from wizard.catalogue.prose import is_prose
from wizard.core.errors import ServiceRefusal
from wizard.core.late_pattern import late_pattern
from wizard.core.text import clean_line
from wizard.explain.reading.audiences import compare_audiences
from wizard.explain.reading.code_finder import UNNAMED, Code, find_names, find_numbers, find_statuses, is_list
from wizard.explain.reading.diagnosis_cache import MOST, MOST_OF_A_CODE, DiagnosisCache
from wizard.explain.reading.failed_steps import Commands
from wizard.explain.reading.known_messages import explain_message
from wizard.explain.reading.log_records import Records
from wizard.explain.reading.marks import MARK, strip_marks, text_before_mark
from wizard.explain.reading.nearby_words import (
    class_before,
    line_around,
    message_in,
    quote_match,
    take_deciding_sentence,
)
from wizard.explain.reading.object_context import NEAR, REACH
from wizard.explain.reading.reason_beside import find_reason, find_sentence_of_number
from wizard.explain.reading.service_mentions import ServiceMentions
from wizard.explain.reading.support_ids import find_ids, find_ids_above, find_next_block, merge_ids
from wizard.explain.reading.told_facts import tell_facts
from wizard.explain.reading.wordings import find_messages, is_outer
from wizard.explain.results import Detection, Extracted, Kind, is_only_a_link

PART_WITH_MESSAGES: Final = 100_000
"""Characters at the beginning and at the end, each, in which messages without a code are looked for."""

_PLACE: Final = itemgetter(0)
_PLACE_AND_SERVICE: Final = itemgetter(0, 1)
_MOST_STATUSES: Final = 500
_ONE_PAGE: Final = 1_500
"""Characters of a page of the browser: the number on it is of the words above it, whatever blank lines are between."""
# Of a body that is not whole: an error of its own, whatever stands beside it.
_OF_A_FRAGMENT = late_pattern(r"[\"']\s{0,4},\s{0,9}[\"']message[\"']", re.IGNORECASE)
_OF_A_LIST = late_pattern(r"error_codes\\?[\"']?\s?:\s?\[\s?\Z", needs=("error_codes",))
_MOST_COMPARED: Final = 20_000
_FAULT_OF_A_SERVICE: Final = 500
"""From this HTTP status on it is the service that failed, and nothing of the request is presumed."""
_TELLING: Final = (Kind.BODY, Kind.CODE, Kind.MESSAGE)
"""What says more than the words that a program prints around any failure."""
_WITH_NUMBERS: Final = (Kind.BODY, Kind.CODE)
_WITH_A_REASON: Final = (Kind.NAME, Kind.STATUS)
_MOST_NUMBERS: Final = 100
_CLASSES: Final = ("invalid_grant", "invalid_client", "invalid_request", "unauthorized_client", "access_denied")
"""What OAuth calls very many refusals; the number beside one says which it is."""
_WITH_IDS: Final = (Kind.BODY, Kind.CHALLENGE, Kind.CODE, Kind.NAME, Kind.STATUS, Kind.MESSAGE)
"""What is completed by the ids that stand beside it."""


class FreeText:
    """The text that is left when all layers are undone, and what was found in it."""

    def __init__(self, text: str, cache: DiagnosisCache, cut: Iterable[Kind]) -> None:
        """Take a text.

        Args:
            text: that is left.
            cache: of the whole paste.
            cut: of what was taken out, the kinds of which there was more than is looked at.
        """
        self._text = text
        self._cut = {(kind, "") for kind in cut}
        self._cache = cache
        self._records = Records(text)
        self._mentions = ServiceMentions(text)
        self._commands = Commands(text)
        self._facts = "" if self._records.is_log else tell_facts(text)
        self._found: list[tuple[int, Diagnosis, Kind]] = []
        self._places: list[tuple[int, str, Kind]] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._number_with_ids = 0
        self._complete: dict[int, str] = {}
        """The services of the diagnoses that stand for very many findings, and whose ids are read, by `id`."""

    @property
    def is_log(self) -> bool:
        """Whether the text has records."""
        return self._records.is_log

    def find(self, extracted: Sequence[Extracted]) -> None:
        """Find codes, then names, statuses, and messages at last; each only where nothing better was found near by.

        Args:
            extracted: what was taken out before; marks in the text hold the places.
        """
        places = {int(mark[1]): mark.start() for mark in MARK.finditer(self._text)}
        for number, found in enumerate(extracted):
            self._add(found.diagnosis, found.kind, places.get(number, len(self._text)))
        codes = self._without_the_list_of_a_body(find_numbers(self._text, self._mentions))
        last, settled, service, kind = "", None, None, Kind.CODE
        for code, following in zip_longest(codes, codes[1:]):
            start, _, whose, name, _, _ = code
            if name != last or service is None:
                last, settled = name, self._cache.settled(whose, name)
                service = self._complete.get(id(settled)) if settled else None
            if settled and service is not None and self._places[-1][0] < start:  # one of very many
                self._found.append((start, settled, kind))
                self._places.append((start, service, kind))
            else:
                self._add_number(code, following)
        if len(codes) == 1 and codes[0].end - codes[0].start == len(self._text.strip()):
            return  # a code alone: nothing else can stand in it
        is_list_of_codes = is_list(self._text)
        if not is_list_of_codes:
            self._drop_vaguer()
        cut: set[str] = set()
        for name in find_names(self._text, self._mentions, cut):
            is_told = self._is_told_by_name(name) if name.error else self._is_told_beside(name.start, name.service)
            if is_list_of_codes or not is_told or (name.code and _OF_A_FRAGMENT.match(self._text, name.end)):
                self._add_named(name, Kind.NAME)
        self._cut |= {(Kind.NAME, name) for name in cut}
        self._find_messages()
        unnamed: Code | None = None
        number = 0
        for status in find_statuses(self._text, self._mentions):
            if status.service == UNNAMED:
                unnamed = unnamed or status
                continue
            if number == _MOST_STATUSES or not status.service:
                self._cut.add((Kind.STATUS, ""))
                break
            number += 1
            if not self._is_explained(status.start, status.service):
                self._add_named(status, Kind.STATUS)
        if compared := compare_audiences(self._text[:_MOST_COMPARED]):
            self._add(compared[0], Kind.MESSAGE, compared[1])
        if unnamed and not self._found:
            self._add_named(*self._with_its_service(unnamed))

    def _with_its_service(self, unnamed: Code) -> tuple[Code, Kind]:
        """Return a status with the service that is named nearest to it, if it is a fault of that service's side."""
        around = (unnamed.start - NEAR, unnamed.start), (unnamed.end, unnamed.end + NEAR)
        service = self._mentions.near(around[:1], around[1]) if unnamed.status >= _FAULT_OF_A_SERVICE else ""
        known = (
            status for status in (unnamed.status, _FAULT_OF_A_SERVICE) if explain(service, f"http_{status}").is_known
        )
        status = next(known, 0) if service else 0
        if status:
            return unnamed._replace(service=service, status=status), Kind.STATUS
        told = f"http_{min(unnamed.status, _FAULT_OF_A_SERVICE)}_told"
        if find_reason(self._text, unnamed.end, is_status=True) and explain(UNNAMED, told).is_known:
            return unnamed._replace(code=told), Kind.STATUS
        return unnamed, Kind.UNNAMED_STATUS

    def _without_the_list_of_a_body(self, codes: Sequence[Code]) -> list[Code]:
        """Return the codes without those of `error_codes` in a body that is cut, whose description has them already."""
        return [
            code
            for at, code in enumerate(codes)
            if not at
            or code.code != codes[at - 1].code
            or code.start - codes[at - 1].start > NEAR
            or not _OF_A_LIST.search(self._text, max(0, code.start - 24), code.start)
        ]

    def in_order(self) -> list[Detection]:
        """Return what was found, in the order of the text; an answer's status only if its body says nothing."""
        ordered = sorted(self._found, key=_PLACE)
        numbers: dict[tuple[int, int], list[int]] = {}
        same: list[int] = []
        last, last_kind, answer = None, None, Kind.ANSWER
        for number, (place, diagnosis, kind) in enumerate(ordered):
            if kind is answer and number + 1 < len(ordered) and _tells_more(place, ordered[number + 1]):
                continue
            if diagnosis is not last or kind is not last_kind:
                last, last_kind = diagnosis, kind
                same = numbers.setdefault((id(diagnosis), id(kind)), [])
            same.append(number)
        return [self._detection(ordered, same) for same in numbers.values()]

    def places(self) -> list[int]:
        """Return where something was found, in order."""
        return sorted(place for place, _, _ in self._found)

    def _detection(self, ordered: Sequence[tuple[int, Diagnosis, Kind]], same: Sequence[int]) -> Detection:
        """Return what stands for findings that are the same, by their numbers among all."""
        _, diagnosis, kind = ordered[same[0]]
        is_all = self._cut.isdisjoint({(kind, ""), (kind, diagnosis.code)})
        records = self._records.messages_at([ordered[number][0] for number in same])
        return Detection(diagnosis, kind, same[-1], records, is_all)

    def _add(self, diagnosis: Diagnosis, kind: Kind, place: int) -> None:
        """Add a finding; ids that it lacks are those of its message or its record."""
        service = self._complete.get(id(diagnosis))
        if service is None:
            diagnosis = self._with_ids(diagnosis, kind, place)
            service = "entra" if diagnosis.code.startswith("AADSTS") else diagnosis.service  # whatever it is about
        self._found.append((place, diagnosis, kind))
        if kind is Kind.ADDRESS and is_only_a_link(diagnosis.title):
            return  # what stands beside it says more
        if not self._places or self._places[-1][:2] <= (place, service):
            self._places.append((place, service, kind))
        else:
            insort(self._places, (place, service, kind), key=_PLACE_AND_SERVICE)

    def _with_ids(self, diagnosis: Diagnosis, kind: Kind, place: int) -> Diagnosis:
        """Return a diagnosis with the ids of its message or its record that it lacks."""
        self._counts[diagnosis.service, diagnosis.code] += 1
        if kind in _WITH_IDS and self._may_read_ids(self._counts[diagnosis.service, diagnosis.code]):
            start, end = self._records.span_at(place)
            near = find_ids(text_before_mark(self._text[place + 1 : min(end, place + REACH)]))
            if not near.present() or not merge_ids(diagnosis.ids, near).present():
                near = find_ids(self._text[max(start, place - REACH) : min(end, place + REACH)])
            return replace(diagnosis, ids=merge_ids(diagnosis.ids, near))
        if kind in _WITH_IDS:
            self._complete[id(diagnosis)] = "entra" if diagnosis.code.startswith("AADSTS") else diagnosis.service
        return diagnosis

    def _may_read_ids(self, same: int) -> bool:
        """Return whether ids are looked for beside one more finding, the `same`-th of its code."""
        self._number_with_ids += 1
        return same <= 1 or (same <= MOST_OF_A_CODE and self._number_with_ids <= MOST)

    def _add_number(self, code: Code, following: Code | None) -> None:
        diagnosis = self._cache.settled(code.service, code.code) or self._cache.get(
            code.service, code.code, lambda: self._explain_number(code, following)
        )
        self._add(diagnosis, Kind.CODE, code.start)

    def _add_named(self, code: Code, kind: Kind) -> None:
        line = line_around(self._text, code.start, code.end)
        refusal = ServiceRefusal(code.service, code.code, code.error, line, status=code.status)
        reason = find_reason(self._text, code.end, is_status=kind is Kind.STATUS) if kind in _WITH_A_REASON else ""
        key = f"{code.code}{code.error}{code.status}{reason}"
        diagnosis = self._cache.get(code.service, key, lambda: self._explain_named(refusal, self._around(code), reason))
        self._add(replace(diagnosis, service_text=reason), kind, code.start)

    @staticmethod
    def _explain_named(refusal: ServiceRefusal, around: str, reason: str) -> Diagnosis:
        """Return what a name or a status means; what fills its acts may stand in the lines around it."""
        return explain_refusal(refusal, around, find_placeholder_values(around), sentence=reason)

    def _around(self, code: Code) -> str:
        """Return what stands around a code in its record; of a status without a service, or a pipeline's, in any."""
        is_of_all = code.service == UNNAMED or (code.status and "##[" in self._text)  # a step's log is of one error
        start, end = (0, len(self._text)) if is_of_all else self._records.span_at(code.start)
        return f"{strip_marks(self._text[max(start, code.start - NEAR) : min(end, code.end + NEAR)])}\n{self._facts}"

    def _drop_vaguer(self) -> None:
        """Drop a code that only says "something about the credential" beside the one that says what."""
        vague_codes = {code for _, code in self._counts if is_vague(code.removeprefix("AADSTS"))}
        if not any(("entra", code) in self._counts for code in vague_codes):
            return
        ordered = sorted(self._found, key=_PLACE)
        dropped, of_a_code = set(), Kind.CODE
        for number, ((place, one, kind), (other_place, other, other_kind)) in enumerate(pairwise(ordered)):
            if one is other or kind is not of_a_code or other_kind is not of_a_code:
                continue
            if one.code not in vague_codes and other.code not in vague_codes:
                continue
            codes = [each.code.removeprefix("AADSTS") for each in (one, other)]
            is_of_entra = one.code.startswith("AADSTS") and other.code.startswith("AADSTS")  # whatever they are about
            if is_of_entra and codes[0] != codes[1] and other_place - place < NEAR:
                for vague, telling, code in ((number, codes[1], codes[0]), (number + 1, codes[0], codes[1])):
                    if most_specific([code], [telling]) == telling:
                        dropped.add(vague)
        self._found = [found for number, found in enumerate(ordered) if number not in dropped]

    def _find_messages(self) -> None:
        found_by_entry: dict[tuple[str, str], list[int]] = {}
        for offset, part in self._parts_with_messages():
            if len(part) < len(self._text):
                self._cut.add((Kind.MESSAGE, ""))
            for start, end, service, key in find_messages(part):
                place = offset + start
                if is_outer(service, key) and any(kind in _TELLING for _, _, kind in self._places):
                    continue
                is_of_a_code = bool(explain(service, key).code)
                is_told = self._is_told(place) if is_of_a_code else self._is_said(place, service)
                if not is_told or self._is_of_another_command(place):
                    code = Code(place, offset + end, service, key)
                    line = line_around(self._text, code.start, code.end)
                    rest = self._text[code.end : code.end + REACH].partition("\n\n")[0]
                    diagnosis = explain_message(service, key, line, self._around(code), text_before_mark(rest))
                    found_by_entry.setdefault((service, key), []).append(len(self._found))
                    self._add(quote_match(diagnosis, self._text, code.start, code.end), Kind.MESSAGE, place)
        for (service, key), numbers in found_by_entry.items():
            self._take_finest_cause(explain(service, key).title, numbers)

    def _take_finest_cause(self, general: str, numbers: Sequence[int]) -> None:
        """Let one error, printed again with more around it, have the cause that the fullest text of it tells.

        Args:
            general: the title of its entry.
            numbers: of its findings.
        """
        finest = next((each for at in numbers if (each := self._found[at][1]).title != general), None)
        for at in numbers if finest else ():
            place, diagnosis, kind = self._found[at]
            if finest and diagnosis.title == general:
                self._found[at] = (place, replace(finest, ids=diagnosis.ids), kind)

    def _is_told(self, place: int) -> bool:
        """Return whether words are of an error whose code stands beside them, or on the same short page."""
        is_one_page = len(self._text) <= _ONE_PAGE
        return self._is_told_beside(place, "") or (is_one_page and self._is_explained(place, "entra"))

    def _is_told_by_name(self, name: Code) -> bool:
        """Return whether a name of OAuth is of an error that was found; a class alone is of any number in its text."""
        if self._is_told(name.start):
            return True
        if name.error not in _CLASSES or self.is_log:
            return False
        item = self._records.item_at(name.start)[1]
        numbered = (where for where, whose, kind in self._places if whose == "entra" and kind in _WITH_NUMBERS)
        return any(self._records.item_at(where)[1] == item for where in islice(numbered, _MOST_NUMBERS))

    def _is_said(self, place: int, service: str) -> bool:
        """Return whether words without a code are of an error that was found: beside them, or of the same service."""
        return self._is_told_beside(place, "") or self._is_explained(place, service)

    def _is_of_another_command(self, place: int) -> bool:
        """Return whether the words at a place are another command's than all that was found near by."""
        first = bisect_left(self._places, (place - REACH, ""))
        last = bisect_left(self._places, (place + REACH, "\0"))
        return self._commands.is_another(place, [where for where, _, _ in self._places[first:last]])

    def _is_told_beside(self, place: int, service: str) -> bool:
        """Return whether something of the service ("": of any) was found in the same paragraph: it is of that error."""
        begins = self._text.rfind("\n\n", max(0, place - REACH), place)
        ends = self._text.find("\n\n", place, place + REACH)
        return self._is_any_between(max(begins, place - REACH), ends if ends >= 0 else place + REACH, place, service)

    def _parts_with_messages(self) -> Iterator[tuple[int, str]]:
        """Yield the parts in which messages are looked for, each with where it begins."""
        if len(self._text) <= 2 * PART_WITH_MESSAGES:
            yield 0, self._text
            return
        yield 0, self._text[:PART_WITH_MESSAGES]
        yield len(self._text) - PART_WITH_MESSAGES, self._text[-PART_WITH_MESSAGES:]

    def _is_explained(self, place: int, service: str) -> bool:
        """Return whether something of the service ("": of any) was found near by in the same record."""
        return self._is_any_between(place - REACH, place + REACH, place, service)

    def _is_any_between(self, start: int, end: int, place: int, service: str) -> bool:
        item = self._records.item_at(place)
        first = bisect_left(self._places, (start, ""))
        last = bisect_left(self._places, (end, "\0"))
        return any(
            kind is not Kind.TOKEN and service in ("", whose) and self._records.item_at(where) == item
            for where, whose, kind in self._places[first:last]
        )

    def _explain_number(self, code: Code, following: Code | None) -> Diagnosis:
        """Return what a numbered code means; causes that share it are distinguished by the message it stands in."""
        start, end = self._records.span_at(code.start)
        end = min(end, code.end + REACH, following.start if following else len(self._text))
        message = text_before_mark(self._text[code.end : end])
        above = find_ids_above(self._text, code.start)
        if above.present():
            message = message[: find_next_block(message)]
        before = strip_marks(self._text[max(start, code.start - NEAR) : code.start]).split("\n\n")
        paragraph = "\n".join(before[-2:])  # the command often stands in one of its own
        if code.service == "entra":
            said = message.split("\n\n")[0]
            said = code.code + said if code.code.startswith("AADSTS") else said.lstrip(": ")
            refusal = read_entra_error({"error_description": said}, 0, {})
            refusal.code = code.code
            said = message.lstrip(": ") if message.startswith(":") else ""
            words = message_in(said, refusal.description, has_ids=bool(refusal.ids.present()))
            if self._text[max(0, code.start - 1) : code.start] == '"':  # the text quotes the sentence
                words = words.partition('"')[0]
        else:
            words = find_sentence_of_number(self._text, code.start, code.end, message)
            refusal = ServiceRefusal(code.service, code.code, "", words)
        ids = above if above.present() else find_ids(message)
        words = clean_line(words) if is_prose(words) else ""
        if code.service == "entra":
            refusal.error = class_before(self._text, code.start)
            words = take_deciding_sentence(words, said, lambda each: tells_a_cause("entra", code.code, each))
        diagnosis = explain_refusal(refusal, f"{paragraph}\n{message[:NEAR]}\n{self._facts}", sentence=words)
        return replace(diagnosis, ids=merge_ids(ids, refusal.ids), service_text=words)


def _tells_more(answer: int, following: tuple[int, Diagnosis, Kind]) -> bool:
    """Return whether what follows the head of an answer, at a place, is of its body."""
    place, _, kind = following
    return kind not in (Kind.ANSWER, Kind.TOKEN, Kind.ADDRESS) and place - answer < 4 * REACH
