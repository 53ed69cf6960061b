"""Reads the lines of a run, and of the report, pasted back: quoted, indented, or broken by a terminal or a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Final

from wizard.catalogue.check_titles import check_question
from wizard.catalogue.diagnosis import Diagnosis, diagnose_finding
from wizard.core.findings import Finding, Outcome, SupportIds, Who
from wizard.core.text import clean_line
from wizard.core.wording import OUTCOME_SIGNS, OUTCOME_WORDS
from wizard.explain.own_output.pasted_words import (
    CODE,
    Piece,
    check_pattern,
    code_or_nothing,
    is_unreachable,
    needs_action,
    people_named,
    safe_words,
    with_entry,
)

_OUTCOMES: Final = {sign: outcome for outcome, sign in OUTCOME_SIGNS.items()}
_SIGNS: Final = f"[{re.escape(''.join(_OUTCOMES))}]"
_WORDS: Final = "|".join((*OUTCOME_WORDS.values(), "settled later"))
_WHO: Final = r"(?: \(([A-Za-z ]{1,80})\))?"
# Lines that go with a finding: of a run, and of a report.
_FIELD: Final = re.compile(rf"(?P<name>to do|What to do|send to|Send this to){_WHO}: ?(?P<value>.*)", re.DOTALL)
_ID: Final = re.compile(r"\b(correlation_id|trace_id|request_id) ([A-Za-z0-9._:-]{1,120})")
_TIME: Final = re.compile(r"\btimestamp ([^·]{1,60})")
_OTHER_LINES: Final = re.compile(
    r"(?:proven|provisional|failed|unreachable|cancelled): |token: |hosts asked: |Waiting for |Sign in (?:as|with) "
    rf"|An administrator has to open |The code or link shown before |partner-wizard: |(?:{_SIGNS}|[·▸]) |\{{|[$#] |```"
    r"|[-*•◦] |#"
)
_LONGEST_TEXT: Final = 40_000
_SEPARATE: Final = 79
"""Columns from which a terminal may have broken a line in the middle of a word; mail breaks earlier, between words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Record:
    """A finding as it is being read: whose check, how it ended, and the texts that stand below it, by name."""

    check: str
    outcome: Outcome
    question: str
    start: int
    end: int
    texts: dict[str, str] = field(default_factory=dict)
    who: tuple[Who, ...] = ()


def split_lines(text: str) -> list[Line]:
    """Return the lines of a text."""
    lines, at = [], 0
    for each in text.split("\n"):
        lines.append(Line(each.rstrip("\r"), at, at + len(each)))
        at += len(each) + 1
    return lines


@cache
def first_lines() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return how a finding begins: in a run, and in the report."""
    check = check_pattern()
    return (
        re.compile(rf"({_SIGNS})[ \t]{{1,3}}({check}):[ \t]?(.*)"),
        re.compile(rf"({_SIGNS}) (?:{_WORDS}): (.{{1,200}}?) \(`?({check})`?\)"),
    )


def find_lines(lines: list[Line]) -> Iterator[Piece]:
    """Yield each finding in lines of a run or of the report."""
    width = max((len(line.text) for line in lines), default=0)
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        opened = _open(line)
        if opened is None:
            continue
        record, prefix = opened
        at = _follow(record, lines, at, prefix, width)
        read = partial(_diagnose, record) if needs_action(record.outcome, record.texts.get("remedy", "")) else None
        yield Piece(record.start, record.end, read, is_failure=record.outcome is Outcome.FAILS)


def _open(line: Line) -> tuple[_Record, str] | None:
    """Return the finding that begins in a line, and what stands before it there."""
    if not any(sign in line.text for sign in _OUTCOMES):
        return None
    in_run, in_report = first_lines()
    if found := in_run.search(line.text):
        sign, check, message = found.groups()
        record = _Record(check, _OUTCOMES[sign], check_question(check), line.start, line.end)
        record.texts["message"] = message
    elif found := in_report.search(line.text):
        sign, question, check = found.groups()
        record = _Record(check, _OUTCOMES[sign], question, line.start, line.end)
    else:
        return None
    return record, line.text[: found.start()].rstrip("-*•◦ ")


def _follow(record: _Record, lines: list[Line], at: int, prefix: str, width: int) -> int:
    """Read the lines that go with a finding; return the number of the first that does not.

    Args:
        record: the finding; its texts are added to it.
        lines: all of the text.
        at: the number of the line below the finding's first.
        prefix: what stands before each line, such as a mail's quote mark.
        width: characters of the longest line: where a line was broken.
    """
    current = "message"
    while at < len(lines):
        line = lines[at]
        body = _without_prefix(line.text, prefix)
        stripped = body.strip()
        if not stripped or _open(line):
            return at
        is_below = body.startswith("  ")
        content = body.lstrip("-*•◦ \t")  # a blank at the end may be where a terminal broke the line
        if is_below and (found := _FIELD.match(content)):
            current = "remedy" if "do" in found["name"] else "send_to"
            record.texts[current] = found["value"]
            record.who = people_named(tuple((found[2] or "").split(" or "))) or record.who
        elif is_below and content.startswith("in an answers file: "):
            current = "hint"
            record.texts[current] = content
        elif is_below and (_ID.match(content) or _TIME.match(content) or CODE.match(content)):
            current = "ids"
            record.texts[current] = content
        elif is_below and "message" not in record.texts:
            current = "message"
            record.texts[current] = content
        elif (is_below and not stripped.startswith(("-", "*", "•", "◦"))) or _goes_on(lines[at - 1], line, body, width):
            record.texts[current] = _join(record.texts.get(current, ""), body, lines[at - 1], width)
        else:
            return at
        record.end = line.end
        at += 1
    return at


def _without_prefix(line: str, prefix: str) -> str:
    """Return a line without the quote marks, or the time stamp of a log, that stand before every line."""
    if not prefix:
        return line
    if line.startswith(prefix):
        return _unindent(line[len(prefix) :], prefix)
    is_time_stamp = len(line) > len(prefix) and any(each.isdigit() for each in prefix)
    return _unindent(line[len(prefix) :], prefix) if is_time_stamp else line


def _unindent(rest: str, prefix: str) -> str:
    """Return a line without the one blank that stands between a prefix and it; the prefix was kept without it."""
    return rest[1:] if prefix.strip() and rest.startswith(" ") else rest


def _goes_on(before: Line, line: Line, body: str, width: int) -> bool:
    """Return whether a line was broken off the one before: its first word had no room there."""
    if _OTHER_LINES.match(body) or body.startswith("  "):
        return False
    return len(before.text) + 1 + len(body.split(maxsplit=1)[0]) + (len(line.text) - len(body)) > width


def _join(text: str, body: str, before: Line, width: int) -> str:
    if len(text) > _LONGEST_TEXT:
        return text
    is_in_a_word = len(before.text) == width >= _SEPARATE and not body.startswith("  ")
    return f"{text}{body}" if is_in_a_word else f"{text} {body.strip()}"


def _diagnose(record: _Record) -> Diagnosis:
    texts = record.texts
    ids_line = texts.get("ids", "")
    code = CODE.match(ids_line)
    ids = dict(_ID.findall(clean_line(ids_line)))
    time = _TIME.search(clean_line(ids_line))
    finding = Finding(
        record.check,
        record.outcome,
        safe_words(texts.get("message", "")),
        {},
        safe_words(texts.get("remedy", "")),
        record.who,
        code_or_nothing(code[1]) if code else "",
        SupportIds(**ids, timestamp=time[1].strip() if time else ""),
        unreachable=is_unreachable(record.outcome, texts.get("message", "")),
    )
    question = safe_words(record.question) or record.check
    return replace(diagnose_finding(with_entry(finding), question), send_to=safe_words(texts.get("send_to", "")))
