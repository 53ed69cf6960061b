"""Reads the JSON Lines of `run --json` and `check --json`, pasted back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from wizard.catalogue.check_titles import check_question
from wizard.catalogue.diagnosis import Diagnosis, diagnose_finding
from wizard.catalogue.members import as_identifier, as_list, as_object, as_text
from wizard.core.findings import SUPPORT_IDS, Finding, Outcome, Retry, SupportIds
from wizard.explain.foreign_links import is_microsoft_address
from wizard.explain.own_output.pasted_words import (
    Piece,
    code_or_nothing,
    is_check,
    is_unreachable,
    needs_action,
    people_named,
    safe_words,
)

OBJECT: Final = re.compile(
    r'\{\s{0,40}"type"\s{0,8}:\s{0,8}"(finding|consent_link|sign_in|submission_rejected|summary)"'
)
"""How a line of JSON of ours begins."""
_MEMBERS: Final = {
    "finding": {"step", "check", "outcome", "message"},
    "consent_link": {"url"},
    "sign_in": {"user_code", "verification_uri", "for"},
    "submission_rejected": {"for", "message"},
    "summary": {"outcome", "steps", "hosts"},
}
"""What a line of JSON of ours has, by its type."""
_LONGEST_OBJECT: Final = 40_000
_MOST_OBJECTS: Final = 2_000
_MOST_EVIDENCE: Final = 30
_LINE_END: Final = re.compile(r"\r?\n")


def find_json(text: str) -> Iterator[Piece]:
    """Yield each JSON object of our own output in a text."""
    decoder = json.JSONDecoder()
    at = 0
    for number, begins in enumerate(OBJECT.finditer(text)):
        if number >= _MOST_OBJECTS:
            return
        if begins.start() < at:
            continue
        value, length = _decode(decoder, text[begins.start() : begins.start() + _LONGEST_OBJECT])
        members = as_object(value)
        is_finding = begins[1] == "finding"
        if not members.keys() >= _MEMBERS[begins[1]] or (is_finding and not is_check(as_identifier(members["check"]))):
            continue
        at = begins.start() + length
        outcome = _outcome(members) if is_finding else Outcome.HOLDS
        read = partial(_read_finding, members) if needs_action(outcome, as_text(members.get("remedy"))) else None
        yield Piece(begins.start(), at, read, is_failure=outcome is Outcome.FAILS)


def _decode(decoder: json.JSONDecoder, text: str) -> tuple[object, int]:
    """Return the value that `text` begins with, and its length there; a terminal may have broken its line anywhere."""
    try:
        return decoder.raw_decode(text)
    except (ValueError, RecursionError):
        parts = _LINE_END.split(text)
    if len(parts) == 1:
        return None, 0
    try:
        value, length = decoder.raw_decode("".join(parts))
    except (ValueError, RecursionError):
        return None, 0
    at = 0
    for end in _LINE_END.finditer(text):
        if end.start() - at >= length:
            break
        at += len(end[0])
    return value, length + at


def _outcome(members: Mapping[str, object]) -> Outcome:
    return next((each for each in Outcome if each.value == members.get("outcome")), Outcome.HOLDS)


def _read_finding(members: Mapping[str, object]) -> Diagnosis:
    check = as_identifier(members.get("check"))
    outcome = _outcome(members)
    message = safe_words(as_text(members.get("message")))
    ids = as_object(members.get("ids"))
    link = as_text(members.get("link"))
    evidence = {
        as_identifier(name): safe_words(as_text(value)) if isinstance(value, str) else value
        for name, value in [*as_object(members.get("evidence")).items()][:_MOST_EVIDENCE]
        if isinstance(value, (str, int))
    }
    finding = Finding(
        check,
        outcome,
        message,
        evidence,
        safe_words(as_text(members.get("remedy"))),
        people_named(tuple(as_identifier(each) for each in as_list(members.get("who")))),
        code_or_nothing(as_identifier(members.get("code"))),
        SupportIds(**{name: as_identifier(ids.get(name)) for name in SUPPORT_IDS}),
        title=safe_words(as_text(members.get("title"))),
        retry=next((each for each in Retry if each.value == members.get("retry")), None),
        link=link if is_microsoft_address(link) else "",
        unreachable=is_unreachable(outcome, message),
    )
    return diagnose_finding(finding, check_question(check) or check)
