"""What lines and JSON of our own output have in common, and how words of a paste are made fit to be shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from wizard.catalogue.check_titles import check_service, step_titles
from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.lookup import explain, look_up
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.text import clean_line
from wizard.core.wording import OPERATOR, PEOPLE
from wizard.explain.foreign_links import remove_foreign_links
from wizard.redaction.secret_patterns import redact_patterns

CODE: Final = re.compile(
    r"(?!(?:correlation_id|trace_id|request_id|timestamp) )(?![a-z]+(?:$|[., ]))([A-Za-z0-9_.-]{2,120})(?=$|, | · )"
)
"""A code, as it stands before the ids of a finding."""
_NOT_REACHED: Final = re.compile(r"\s{0,4}\S{1,255}\s{1,9}could\s{1,9}not\s{1,9}be\s{1,9}used:")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of our own output: where it stands, and what reads it; None if nothing is to be done about it."""

    start: int
    end: int
    read: Callable[[], Diagnosis] | None
    is_failure: bool


@cache
def check_pattern() -> str:
    """Return the pattern of a check's id."""
    return rf"(?:{'|'.join(map(re.escape, step_titles()))})\.[a-z][a-z_]{{1,40}}"


def is_check(text: str) -> bool:
    """Return whether a text can be the id of a check."""
    return re.fullmatch(check_pattern(), text) is not None


def needs_action(outcome: Outcome, remedy: str) -> bool:
    """Return whether somebody has something to do: a check that a later one settles by itself asks for nothing."""
    return outcome is Outcome.FAILS or (outcome is not Outcome.HOLDS and bool(remedy.strip()))


def is_unreachable(outcome: Outcome, message: str) -> bool:
    """Return whether a check could not tell because a host was not reached: the words are those of its message."""
    return outcome is Outcome.UNKNOWN and _NOT_REACHED.match(message) is not None


def safe_words(text: str) -> str:
    """Return a text of the paste as it may be shown: one line, without secrets and foreign addresses."""
    return remove_foreign_links(redact_patterns(clean_line(text)))


def people_named(words: tuple[str, ...]) -> tuple[Who, ...]:
    """Return the people who are named by our own words for them; others are left out."""
    by_word = {who.value: who for who in Who} | {word: who for who, word in PEOPLE.items()} | {OPERATOR: Who.OPERATOR}
    named = (by_word.get(word.strip()) for word in words)
    return tuple(dict.fromkeys(who for who in named if who))


def code_or_nothing(text: str) -> str:
    """Return a code, "" for what does not have the form of one."""
    return text if CODE.fullmatch(text) and redact_patterns(text) == text else ""


def with_entry(finding: Finding) -> Finding:
    """Return a finding with what lines do not say of its code: where the title ends, Microsoft's page, and retry."""
    if not finding.code:
        return finding
    likeliest = check_service(finding.check, finding.code)
    services = (likeliest, "entra", "key_vault", "partner_center", "graph")
    entry = explain(next((each for each in services if look_up(each, finding.code)), likeliest), finding.code)
    title, separator, _ = finding.message.partition(". ")
    if not separator and not finding.message.startswith(entry.title):
        return finding
    if finding.message.startswith(f"{entry.title}. "):
        title = entry.title
    return replace(finding, title=title if separator else "", link=entry.link, retry=entry.retry)
