"""Reads a text layer by layer, and finds in each what is known: bodies, addresses, tokens, codes, names, signs."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, pairwise, zip_longest
from typing import Final

from wizard.catalogue.codes import explain, explain_refusal, known, most_specific, signs
from wizard.catalogue.diagnosis import RECOGNISED_BY, Diagnosis, Sighting
from wizard.catalogue.entra_errors import read_entra_error
from wizard.catalogue.handover import send_to
from wizard.catalogue.service_errors import read_graph_error, read_key_vault_error, read_partner_center_error
from wizard.core.errors import ServiceRefusal
from wizard.core.text import clean
from wizard.core.trouble import Trouble
from wizard.explain.addresses.redirects import find_redirects
from wizard.explain.claims_challenge import find_challenges
from wizard.explain.reading.bodies import laid_out, may_be_body, read_body
from wizard.explain.reading.codes import Code, find_names, find_numbers, find_statuses, is_list
from wizard.explain.reading.http_answers import HttpAnswer, find_answers, find_printed_errors
from wizard.explain.reading.ids import completed, ids_in
from wizard.explain.reading.layers import peeled, unquoted_mail
from wizard.explain.reading.objects import find_objects
from wizard.explain.reading.ours import find_own_findings, without_own_chatter
from wizard.explain.reading.paste import without_private_keys
from wizard.explain.reading.records import Records
from wizard.explain.reading.surroundings import NEAR, REACH, Near, Surroundings
from wizard.explain.reading.wording import MARK, bare, clause_of, line_of, saying, sentence, until_mark
from wizard.explain.tokens.finder import find_tokens

DEEPEST: Final = 6
"""Layers that are undone."""

SIGNS_IN: Final = 100_000
"""Characters at the beginning and at the end, each, in which errors without a code are looked for."""

_HEADS: Final = {
    "entra": read_entra_error,
    "graph": read_graph_error,
    "key_vault": read_key_vault_error,
    "partner_center": read_partner_center_error,
}
# The host that a proxy was asked for answered nothing; what follows must not be taken for its words.
_ASKED_OF_A_PROXY = re.compile(r"(?:^|\n)[>*| \t]{0,4}(?:CONNECT|Host:|[^\n]{0,40} tunnel to) [^\n]*")
_MOST_OF_A_SIGN: Final = 50
_MOST_PRINTED: Final = 500
_MOST_READ: Final = 100
"""Findings of one code that are read each by itself; of more, only the number is kept."""
_MOST_READ_IN_ALL: Final = 1_000
"""Findings of all codes that are read each by itself; after these only the first of each code."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something found in a text.

    Args:
        diagnosis: of it.
        kind: "own", "open" (own, and no failure), "body", "answer" (the HTTP status alone), "redirect", "challenge",
            "token", "code", "name", "status" or "sign".
        place: where, in the text as it is when all layers are undone.
        record: the number of the log record, or of the line, that it stands in.
    """

    diagnosis: Diagnosis
    kind: str
    place: int = 0
    record: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a text: what was found, in its order, and what it looked like."""

    found: tuple[Found, ...]
    is_log: bool
    answers: int
    has_private_key: bool
    has_unread_signs: bool


def read(text: str, now: datetime) -> Read:
    """Give everything that is found in `text`, in its order. Takes time in proportion to its length."""
    reading = _Reading(now)
    final = reading.undo(text)
    is_log = reading.find(final)
    return Read(
        tuple(reading.in_order()),
        is_log,
        reading.answers,
        reading.has_private_key,
        len(final) > 2 * SIGNS_IN,
    )


class _Reading:
    """A text being read: what was found is taken out of it, and a mark left in its place."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.marked: list[Found] = []
        self.found: list[Found] = []
        self.answers = 0
        self.has_private_key = False
        self._places: list[tuple[int, str, str]] = []
        self._number_read = 0
        self._number_with_ids = 0
        self._read: dict[tuple[str, str], list[Diagnosis]] = {}
        self._numbers: Counter[tuple[str, str]] = Counter()

    def undo(self, text: str) -> str:
        """Undo the layers of `text`, taking out what has a form of its own in each; gives what is left."""
        text = without_own_chatter(text)
        text = self._taken_out(text, find_own_findings(text), "own")
        text = unquoted_mail(text)
        for _ in range(DEEPEST):
            text, hidden = without_private_keys(text)
            self.has_private_key |= hidden
            for _ in range(DEEPEST):
                outer, text = text, self._without_bodies(text)
                if text == outer:
                    break
            in_headers = [
                each for each in self._lone_challenges(text) if text[each.start - 1 : each.start] not in ("?", "&")
            ]
            text = self._taken_out(text, in_headers, "challenge")
            text = self._taken_out(text, find_redirects(text, self.now), "redirect")
            text = self._taken_out(text, self._lone_challenges(text), "challenge")
            text = self._taken_out(text, find_tokens(text, self.now), "token")
            inner = peeled(text)
            if inner == text:
                break
            text = inner
        return text

    def find(self, text: str) -> bool:
        """Find in the free `text` what has no form of its own: codes, then names, statuses, and signs at last.

        Gives whether it is a log.
        """
        records = Records(text)
        places = {int(mark[1]): mark.start() for mark in MARK.finditer(text)}
        for number, found in enumerate(self.marked):
            self._add(found.diagnosis, found.kind, places.get(number, len(text)), text, records)
        codes = find_numbers(text)
        for code, following in zip_longest(codes, codes[1:]):
            self._add_number(code, following, text, records)
        are_listed = is_list(text)
        if not are_listed:
            self._drop_vaguer()
        for name in find_names(text):
            if are_listed or not self._is_told(name.start, records, name.service):
                self._add_named(name, "name", text, records)
        for status in islice(find_statuses(text), _MOST_PRINTED):
            if not self._is_told(status.start, records, status.service):
                self._add_named(status, "status", text, records)
        self._find_signs(text, records)
        return records.is_log

    def in_order(self) -> list[Found]:
        """Give what was found, in the order of the text; an answer's status alone only where its body says nothing."""
        ordered = sorted(self.found, key=lambda found: found.place)
        kept: list[Found] = []
        for found, following in zip_longest(ordered, ordered[1:]):
            if found.kind == "answer" and following is not None and _tells_more(found, following):
                continue
            kept.append(found)
        return kept

    # --- what has a form of its own

    def _mark(self, diagnosis: Diagnosis, kind: str) -> str:
        self.marked.append(Found(diagnosis, kind))
        return f"\ue000{len(self.marked) - 1}\ue001"

    def _taken_out(self, text: str, sightings: Sequence[Sighting], kind: str) -> str:
        """Put a mark in the place of each sighting."""
        parts, place = [], 0
        for sighting in sorted(sightings, key=lambda sighting: sighting.start):
            if sighting.start < place:
                continue
            mark = self._mark(sighting.diagnosis, "open" if sighting.is_open else kind)
            parts += [text[place : sighting.start], " ", mark, " "]
            place = sighting.end
        return "".join([*parts, text[place:]])

    def _lone_challenges(self, text: str) -> list[Sighting]:
        """Give the claims challenges that stand for themselves; one in JSON by an error of Entra is read with it."""
        found = find_challenges(text)
        return [each for each in found if "{" not in text[each.start : each.end] or not self._has_an_error(text, each)]

    def _has_an_error(self, text: str, sighting: Sighting) -> bool:
        """Whether an error of Entra stands near by."""
        near = text[max(0, sighting.start - REACH) : sighting.end + REACH]
        marks = (self.marked[int(mark[1])] for mark in MARK.finditer(near))
        return "AADSTS" in near or any(mark.diagnosis.service == "entra" and mark.kind == "body" for mark in marks)

    def _without_bodies(self, text: str) -> str:
        text = self._without_printed_errors(text)
        answers = find_answers(text)
        around = Surroundings(text)
        self.answers = max(self.answers, len(answers))
        heads = iter(answers)
        head = next(heads, None)
        parts, place = [], 0
        for value, start, end in find_objects(text):
            while head and head.head_end <= start:
                parts += self._head(head, around, text, place)
                place = max(place, head.head_end)
                head = next(heads, None)
            if start < place:
                continue
            number = bisect_right(answers, start, key=lambda each: each.head_end) - 1
            answer = answers[number] if number >= 0 and start < answers[number].end else None
            parts += [text[place:start], self._object(value, around, text, start, end, answer)]
            place = end
        while head:
            if head.start >= place:
                parts += self._head(head, around, text, place)
                place = head.head_end
            head = next(heads, None)
        return "".join([*parts, text[place:]])

    def _without_printed_errors(self, text: str) -> str:
        parts, place = [], 0
        around = Surroundings(text)
        for members, start, end in islice(find_printed_errors(text), _MOST_PRINTED):
            if start < place:
                continue
            if mark := self._body(members, around.near(start, end, None)):
                parts += [text[place:start], mark]
                place = end
        return "".join([*parts, text[place:]])

    def _head(self, answer: HttpAnswer, around: Surroundings, text: str, place: int) -> list[str]:
        """Give what stands before an answer, and its head; in place of the head of a refusal stands a mark."""
        if answer.start < place:
            return []
        head = text[answer.start : answer.head_end]
        if answer.is_a_proxys and answer.status >= 400:
            said = Trouble.PROXY_407 if answer.status == 407 else Trouble.TUNNEL
            before = _ASKED_OF_A_PROXY.sub("\n", text[max(place, answer.start - REACH) : answer.start])
            before = text[place : max(place, answer.start - REACH)] + before
            return [before, "\n", self._mark(explain("network", said), "answer"), "\n"]
        asked = (max(place, answer.start - REACH), answer.start)
        service = around.services.near([asked], (answer.start, answer.head_end))
        if answer.status < 400 or service not in _HEADS or find_challenges(head):
            return [text[place : answer.head_end]]
        refusal = _HEADS[service]({}, answer.status, answer.headers)
        if not known(service, f"http_{answer.status}") and not known(service, refusal.code):
            return [text[place : answer.head_end]]
        key = f"{answer.status} {refusal.code}"
        diagnosis = self._once(service, key, lambda: explain_refusal(refusal, clean(head)))
        return [text[place : answer.start], "\n", self._mark(diagnosis, "answer"), "\n"]

    def _object(
        self, value: object, around: Surroundings, text: str, start: int, end: int, answer: HttpAnswer | None
    ) -> str:
        """Give an object as lines, with marks in place of the error bodies in it."""

        near: list[Near] = []

        def take(members: Mapping[str, object]) -> str | None:
            if not may_be_body(members):
                return None
            if not near:
                near.append(around.near(start, end, answer))
            return self._body(members, near[0])

        # At the beginning of a line it is a record of its own, such as a line of JSON Lines.
        border = "\ue002" if start == 0 or text[start - 1] == "\n" else " "
        return f"{border}{laid_out(value, take)}{border}"

    def _body(self, members: Mapping[str, object], near: Near) -> str | None:
        refusal = read_body(members, near.answer.status if near.answer else 0, near.headers, near.service)
        if refusal is None:
            return None
        key = f"{refusal.code}{refusal.suberror}{refusal.error}"

        def explained() -> Diagnosis:
            refusal.status = refusal.status or near.status
            return explain_refusal(refusal, near.words)

        return self._mark(self._once(refusal.service, key, explained), "body")

    # --- free text

    def _add(self, diagnosis: Diagnosis, kind: str, place: int, text: str, records: Records) -> None:
        """Add a finding; ids that it lacks are those of its message or its record."""
        same = self._numbers[diagnosis.service, diagnosis.code] = self._numbers[diagnosis.service, diagnosis.code] + 1
        if kind in ("body", "challenge", "code", "name", "status", "sign") and self._may_read_ids(same):
            start, end = records.span(place)
            near = ids_in(until_mark(text[place + 1 : min(end, place + REACH)]))
            if not near.present() or not completed(diagnosis.ids, near).present():
                near = ids_in(text[max(start, place - REACH) : min(end, place + REACH)])
            diagnosis = replace(diagnosis, ids=completed(diagnosis.ids, near))
        self._append(Found(diagnosis, kind, place, records.message(place)))

    def _may_read_ids(self, same: int) -> bool:
        """Whether ids are looked for beside one more finding, the `same`-th of its code."""
        self._number_with_ids += 1
        return same <= 1 or (same <= _MOST_READ and self._number_with_ids <= _MOST_READ_IN_ALL)

    def _append(self, found: Found) -> None:
        self.found.append(found)
        insort(self._places, (found.place, found.diagnosis.service, found.kind))

    def _add_number(self, code: Code, following: Code | None, text: str, records: Records) -> None:
        diagnosis = self._once(code.service, code.code, lambda: _of_number(code, following, text, records))
        self._add(diagnosis, "code", code.start, text, records)

    def _add_named(self, code: Code, kind: str, text: str, records: Records) -> None:
        line = line_of(text, code)
        refusal = ServiceRefusal(code.service, code.code, code.error, line, status=code.status)
        key = f"{code.code}{code.error}{code.status}"
        diagnosis = self._once(code.service, key, lambda: explain_refusal(refusal, line))
        if kind == "status":
            diagnosis = saying(diagnosis, clause_of(text, code))
        self._add(diagnosis, kind, code.start, text, records)

    def _drop_vaguer(self) -> None:
        """Drop a code that only says "something about the credential" beside the one that says what."""
        ordered = sorted(self.found, key=lambda found: found.place)
        dropped = set()
        for one, other in pairwise(ordered):
            numbers = [each.diagnosis.code.removeprefix("AADSTS") for each in (one, other)]
            is_pair = all(each.kind == "code" and each.diagnosis.service == "entra" for each in (one, other))
            if is_pair and numbers[0] != numbers[1] and other.place - one.place < NEAR:
                for vague, telling, number in ((one, numbers[1], numbers[0]), (other, numbers[0], numbers[1])):
                    if most_specific([number], [telling]) == telling:
                        dropped.add(id(vague))
        self.found = [found for found in self.found if id(found) not in dropped]

    def _find_signs(self, text: str, records: Records) -> None:
        parts = [(0, text)]
        if len(text) > 2 * SIGNS_IN:
            parts = [(0, text[:SIGNS_IN]), (len(text) - SIGNS_IN, text[-SIGNS_IN:])]
        for pattern, service, key in signs():
            for offset, part in parts:
                for number, match in enumerate(pattern.finditer(part)):
                    if number >= _MOST_OF_A_SIGN:
                        break
                    place = offset + match.start()
                    if match.end() > match.start() and not self._is_told(place, records, ""):
                        code = Code(place, offset + match.end(), service, key)
                        told = saying(_of_sign(service, key, line_of(text, code)), clause_of(text, code))
                        self._add(told, "sign", place, text, records)

    def _is_told(self, place: int, records: Records, service: str) -> bool:
        """Whether something of the service ("": of any) was found in the same record near by."""
        number = records.number(place)
        first = bisect_left(self._places, (place - REACH, "", ""))
        last = bisect_right(self._places, (place + REACH, "", ""))
        return any(
            kind != "token" and service in ("", whose) and records.number(where) == number
            for where, whose, kind in self._places[first:last]
        )

    def _once(self, service: str, code: str, read: Callable[[], Diagnosis]) -> Diagnosis:
        """Read a finding, unless there are very many of its kind already: then it is taken for the last of those."""
        same = self._read.setdefault((service, code), [])
        if same and (len(same) >= _MOST_READ or self._number_read >= _MOST_READ_IN_ALL):
            return same[-1]
        same.append(read())
        self._number_read += 1
        return same[-1]


def _tells_more(answer: Found, following: Found) -> bool:
    """Whether what follows the head of an answer is of its body."""
    is_other = following.kind in ("answer", "token", "redirect")
    return not is_other and following.place - answer.place < 4 * REACH


def _of_number(code: Code, following: Code | None, text: str, records: Records) -> Diagnosis:
    """Give what a numbered code means, told from others of its kind by the message it stands in."""
    start, end = records.span(code.start)
    end = min(end, code.end + REACH, following.start if following else len(text))
    message = until_mark(text[code.end : end])
    paragraph = bare(text[max(start, code.start - NEAR) : code.start]).split("\n\n")[-1]
    if code.service == "entra":
        said = message.split("\n\n")[0]
        said = "" if said.startswith(('"', "'", "]", ",")) else said
        refusal = read_entra_error({"error_description": f"{code.code}{said}"}, 0, {})
        refusal.code = code.code
        refusal.description = sentence(refusal.description.removeprefix(code.code).lstrip(" :.-"))
    else:
        refusal = ServiceRefusal(code.service, code.code, "", line_of(text, code))
    ids = ids_in(message)
    diagnosis = explain_refusal(refusal, f"{paragraph}\n{message[:NEAR]}")
    return replace(diagnosis, ids=completed(ids, refusal.ids))


def _of_sign(service: str, key: str, line: str) -> Diagnosis:
    """Give what a sign stands for; its key is the catalogue's own name, and no code that a service gave."""
    diagnosis = explain_refusal(ServiceRefusal(service, key, "", line), line)
    if diagnosis.code.lower() in line.lower():
        return diagnosis
    usual = f", which come with {diagnosis.code}" if diagnosis.code.startswith("AADSTS") else ""
    by_words = (RECOGNISED_BY, f"its words{usual}; no code stands in the text")
    return replace(diagnosis, code="", send_to=send_to(diagnosis), evidence=(*diagnosis.evidence, by_words))
