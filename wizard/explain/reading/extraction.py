"""Takes out of a text what has a form of its own, layer by layer, and leaves a mark in its place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.entra_refusals import read_entra_error
from wizard.catalogue.lookup import explain, explain_refusal, look_up
from wizard.catalogue.service_refusals import read_graph_error, read_key_vault_error, read_partner_center_error
from wizard.core.late_pattern import late_pattern
from wizard.core.text import clean
from wizard.core.trouble import Trouble
from wizard.explain.reading.diagnosis_cache import DiagnosisCache
from wizard.explain.reading.error_bodies import may_be_error_body, other_members, read_error_body, render_object
from wizard.explain.reading.http_answers import MOST_ANSWERS, HttpAnswer, find_answers, find_printed_errors
from wizard.explain.reading.json_objects import find_objects
from wizard.explain.reading.layers import undo_layers, undo_mail_quoting
from wizard.explain.reading.marks import BOUNDARY, MARK, mark_of
from wizard.explain.reading.object_context import REACH, ContextReader, ObjectContext
from wizard.explain.reading.paste import remove_private_keys
from wizard.explain.reading.rendered_objects import RenderedObject, keep_rendered
from wizard.explain.reading.special_forms import (
    MOST_TOKENS,
    blank_routine_lines,
    find_browser_addresses,
    find_challenges,
    find_own_findings,
    find_tokens,
)
from wizard.explain.reading.vague_codes import code_of_sentence
from wizard.explain.results import Extracted, Kind, LocatedDiagnosis

DEEPEST: Final = 6
"""Layers that are undone."""

_HEADS: Final = {
    "entra": read_entra_error,
    "graph": read_graph_error,
    "key_vault": read_key_vault_error,
    "partner_center": read_partner_center_error,
}
# The host that a proxy was asked for answered nothing; what follows must not be taken for its words.
_ASKED_OF_A_PROXY = late_pattern(
    r"(?:^|\n)[>*| \t]{0,4}(?:CONNECT|Host:|[^\n]{0,40} tunnel to) [^\n]*", needs=("CONNECT ", "Host: ", " tunnel to ")
)
_MOST_PRINTED: Final = 500


class Extraction:
    """A text from which is taken what has a form of its own: own output, error bodies, addresses, challenges, tokens.

    Attributes:
        extracted: what was taken out; the mark in its place holds its number.
        answers: how many HTTP answers with headers there were.
        has_private_key: whether a private key was taken out.
        cut: the kinds of which there is more than is looked at.
    """

    def __init__(self, now: datetime, cache: DiagnosisCache) -> None:
        self.extracted: list[Extracted] = []
        self.answers = 0
        self.has_private_key = False
        self.cut: set[Kind] = set()
        self._now = now
        self._cache = cache
        self._printed_left = _MOST_PRINTED
        self._rendered: dict[str, RenderedObject] = {}
        self._heads: dict[tuple[str, str], Diagnosis | None] = {}
        self._contexts = ContextReader("")

    def undo(self, text: str) -> str:
        """Undo the layers of `text`, and take out of each what has a form of its own; return what is left."""
        text = blank_routine_lines(text)
        text = self._take_out(text, find_own_findings(text), Kind.OWN_FAILURE)
        text = undo_mail_quoting(text)
        for _ in range(DEEPEST):
            text, hidden = remove_private_keys(text)
            self.has_private_key |= hidden
            for _ in range(DEEPEST):
                outer, text = text, self._take_out_bodies(text)
                if text == outer:
                    break
            in_headers = [
                each for each in self._lone_challenges(text) if text[each.start - 1 : each.start] not in ("?", "&")
            ]
            text = self._take_out(text, in_headers, Kind.CHALLENGE)
            text = self._take_out(text, find_browser_addresses(text, self._now), Kind.ADDRESS)
            text = self._take_out(text, self._lone_challenges(text), Kind.CHALLENGE)
            tokens = find_tokens(text, self._now)
            self._note_cut(Kind.TOKEN, len(tokens), MOST_TOKENS)
            text = self._take_out(text, tokens, Kind.TOKEN)
            inner = undo_layers(text)
            if inner == text:
                break
            text = inner
        return text

    def _note_cut(self, kind: Kind, number: int, most: int) -> None:
        """Remember whether there may be more of a kind than was looked at; the next time looks at the rest."""
        if number >= most:
            self.cut.add(kind)
        else:
            self.cut.discard(kind)

    def _contexts_in(self, text: str) -> ContextReader:
        """Return the reader of a text's contexts, the last one where the text is still the same."""
        if self._contexts.text is not text:
            self._contexts = ContextReader(text)
        return self._contexts

    def _mark(self, diagnosis: Diagnosis, kind: Kind) -> str:
        return self._mark_again(Extracted(diagnosis, kind))

    def _mark_again(self, found: Extracted) -> str:
        self.extracted.append(found)
        return mark_of(len(self.extracted) - 1)

    def _take_out(self, text: str, found: Sequence[LocatedDiagnosis], kind: Kind) -> str:
        """Put a mark in the place of each diagnosis."""
        parts, place = [], 0
        for each in sorted(found, key=lambda located: located.start):
            if each.start < place:
                continue
            mark = self._mark(each.diagnosis, kind if each.is_failure else Kind.OWN_WARNING)
            parts += [text[place : each.start], " ", mark, " "]
            place = each.end
        return "".join([*parts, text[place:]])

    # --- claims challenges

    def _lone_challenges(self, text: str) -> list[LocatedDiagnosis]:
        """Return the claims challenges that stand for themselves; one in JSON by an error of Entra is read with it."""
        found = find_challenges(text)
        return [each for each in found if "{" not in text[each.start : each.end] or not self._has_an_error(text, each)]

    def _has_an_error(self, text: str, challenge: LocatedDiagnosis) -> bool:
        """Return whether an error of Entra stands near a challenge."""
        near = text[max(0, challenge.start - REACH) : challenge.end + REACH]
        marks = (self.extracted[int(mark[1])] for mark in MARK.finditer(near))
        return "AADSTS" in near or any(mark.diagnosis.service == "entra" and mark.kind is Kind.BODY for mark in marks)

    # --- error bodies, and heads of HTTP answers

    def _take_out_bodies(self, text: str) -> str:
        text = self._take_out_printed_errors(text)
        answers = find_answers(text) if self.answers < MOST_ANSWERS else []
        contexts = self._contexts_in(text)
        self.answers = max(self.answers, len(answers))
        self._note_cut(Kind.ANSWER, self.answers, MOST_ANSWERS)
        head_ends = [each.head_end for each in answers]
        heads = iter(answers)
        head = next(heads, None)
        parts, place = [], 0
        for value, start, end in find_objects(text):
            while head and head.head_end <= start:
                parts += self._head(head, contexts, text, place)
                place = max(place, head.head_end)
                head = next(heads, None)
            if start < place:
                continue
            number = bisect_right(head_ends, start) - 1
            answer = answers[number] if number >= 0 and start < answers[number].end else None
            parts += [text[place:start], self._object(value, contexts, text, start, end, answer)]
            place = end
        while head:
            if head.start >= place:
                parts += self._head(head, contexts, text, place)
                place = head.head_end
            head = next(heads, None)
        return "".join([*parts, text[place:]])

    def _take_out_printed_errors(self, text: str) -> str:
        parts, place = [], 0
        contexts = self._contexts_in(text)
        errors = list(islice(find_printed_errors(text), self._printed_left))
        self._printed_left -= len(errors)
        if not self._printed_left:
            self.cut.add(Kind.BODY)
        for members, start, end in errors:
            if start < place:
                continue
            if mark := self._body(members, contexts.read(start, end, None)):
                parts += [text[place:start], mark]
                place = end
        return "".join([*parts, text[place:]])

    def _head(self, answer: HttpAnswer, contexts: ContextReader, text: str, place: int) -> list[str]:
        """Return what stands before an answer, and its head; in place of the head of a refusal stands a mark."""
        if answer.start < place:
            return []
        head = text[answer.start : answer.head_end]
        if answer.is_from_proxy and answer.status >= 400:
            kind = Trouble.PROXY_407 if answer.status == 407 else Trouble.TUNNEL
            before = _ASKED_OF_A_PROXY.sub("\n", text[max(place, answer.start - REACH) : answer.start])
            before = text[place : max(place, answer.start - REACH)] + before
            return [before, "\n", self._mark(explain("network", kind), Kind.ANSWER), "\n"]
        asked = (max(place, answer.start - REACH), answer.start)
        service = contexts.mentions.near([asked], (answer.start, answer.head_end))
        if (head, service) in self._heads:
            diagnosis = self._heads[head, service]
        else:
            number = self._cache.number
            diagnosis = self._diagnose_head(answer, head, service)
            if diagnosis is None or self._cache.number == number:
                self._heads[head, service] = diagnosis
        if diagnosis is None:
            return [text[place : answer.head_end]]
        return [text[place : answer.start], "\n", self._mark(diagnosis, Kind.ANSWER), "\n"]

    def _diagnose_head(self, answer: HttpAnswer, head: str, service: str) -> Diagnosis | None:
        """Return what the head of a service's answer means by its status, None if it is no refusal."""
        if answer.status < 400 or service not in _HEADS or find_challenges(head):
            return None
        refusal = _HEADS[service]({}, answer.status, answer.headers)
        refusal.code = refusal.code or (str(answer.status) if look_up(service, str(answer.status)) else "")
        if not look_up(service, f"http_{answer.status}") and not look_up(service, refusal.code):
            return None
        key = f"{answer.status} {refusal.code}"
        return self._cache.get(service, key, lambda: explain_refusal(refusal, clean(head)))

    def _object(
        self, value: object, contexts: ContextReader, text: str, start: int, end: int, answer: HttpAnswer | None
    ) -> str:
        """Return an object as lines, with marks in place of the error bodies in it."""
        # At the beginning of a line it is a record of its own, such as of JSON Lines, unless a label is above it.
        is_record = start == 0 or (text[start - 1] == "\n" and text[start - 3 : start - 1].rstrip()[-1:] != ":")
        border = BOUNDARY if is_record else " "
        piece = text[start:end]
        known = self._rendered.get(piece)
        if known and (known.beside is None or known.beside == contexts.beside(start, end, answer)):
            return f"{border}{known.again(self._mark_again)}{border}"
        from wizard.explain.own_output import is_own_object

        near: list[ObjectContext] = []
        diagnosed, extracted = self._cache.number, len(self.extracted)

        def replace_object(members: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
            if is_own_object(members):
                return self._own_object(members), {}
            if not may_be_error_body(members):
                return "", members
            if not near:
                near.append(contexts.read(start, end, answer))
            mark = self._body(members, near[0])
            return ("", members) if mark is None else (mark, other_members(members))

        lines = render_object(value, replace_object)
        is_settled = self._cache.number == diagnosed or not near or len(self.extracted) == extracted
        if is_settled and not MARK.search(text, start, end):
            self._rendered[piece] = keep_rendered(lines, near[0] if near else None, self.extracted)
        return f"{border}{lines}{border}"

    def _own_object(self, members: Mapping[str, object]) -> str:
        from wizard.explain.own_output import read_own_object

        read = read_own_object(members)
        if read is None:
            return ""
        diagnosis, is_failure = read
        return self._mark(diagnosis, Kind.OWN_FAILURE if is_failure else Kind.OWN_WARNING)

    def _body(self, members: Mapping[str, object], near: ObjectContext) -> str | None:
        refusal = read_error_body(members, near.answer.status if near.answer else 0, near.headers, near.service)
        if refusal is None:
            return None
        key = f"{refusal.code}{refusal.suberror}{refusal.error}"

        def diagnose() -> Diagnosis:
            refusal.status = refusal.status or near.status
            given = refusal.code
            refusal.code = code_of_sentence(refusal) or given
            diagnosis = explain_refusal(refusal, near.words)
            return diagnosis if refusal.code == given else replace(diagnosis, code=given or refusal.error)

        mark = self._mark(self._cache.get(refusal.service, key, diagnose), Kind.BODY)
        # What another service's error wraps is the cause of it: it stands before it.
        is_wrapped = refusal.service != "entra" and "AADSTS" in refusal.description
        return f"{refusal.description}\n{mark}" if is_wrapped else mark
