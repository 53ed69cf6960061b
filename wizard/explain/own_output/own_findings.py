"""Reads partner-wizard's own output, pasted back: lines of a run, JSON Lines, the report. Repeats what they say."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import Final

from wizard.explain.own_output.own_json import OBJECT, find_json
from wizard.explain.own_output.own_lines import Line, find_lines, first_lines, split_lines
from wizard.explain.results import LocatedDiagnosis

NOT_CHECKED_NOTE: Final = (
    "Words of partner-wizard's own output are repeated as they stand in the paste; they were not checked."
)
"""Stands beside what is read here: a paste can be made up."""

MOST_FINDINGS: Final = 500
"""Findings that are read out of one text."""

# What a run and a report say besides findings: people's links and codes, waits, the end, what would end a token.
_ROUTINE: Final = re.compile(
    r"(?:^|[>:\]|] )(?:"
    r"· [a-z]{3,10}\.[a-z_]{2,40}: "
    r"|(?:proven|provisional|failed|unreachable|cancelled): [a-z]+ [a-z_]+, "
    r"|token: https://|hosts asked: |Waiting for .{1,300} UTC\.|The code or link shown before is no longer valid: "
    r"|Sign in (?:as|with) .{1,300}:$|  (?:address|code|until)  "
    r"|- At once, when |- On \d{4}-\d\d-\d\d |- When the app's "
    r"|(?P<link>An administrator has to open this address and accept:))"
)
_NOT_A_LINE_END: Final = re.compile(r"[^\r\n]")
_MOST_LINES_OF_A_LINK: Final = 20


def find_own_findings(text: str) -> list[LocatedDiagnosis]:
    """Return each finding that does not hold in partner-wizard's own output, in the order of the text.

    It repeats the output: message, remedy, who, code and ids are those that stand there, cleaned and without
    what looks like a secret; an address that is not Microsoft's is left out.

    Args:
        text: lines of `run`, `check` or `rehearse`, JSON Lines or the report, as they are or quoted, indented, behind
            the prefix of a log, or broken into lines by a terminal or a mail program.
    """
    if not _may_be_ours(text):
        return []
    found = chain(find_json(text), find_lines(split_lines(text)))
    to_do = islice(((each, each.read) for each in found if each.read), MOST_FINDINGS)
    diagnoses = [LocatedDiagnosis(read(), each.start, each.end, each.is_failure) for each, read in to_do]
    return sorted(diagnoses, key=lambda located: located.start)


def blank_routine_lines(text: str) -> str:
    """Return `text` with blanks, as many, for what our own output says besides findings that need something done.

    Such as what holds, the links and codes it showed, its waits and its last lines: they name codes and addresses
    that are no errors. A text without our output stays as it is.
    """
    if not _may_be_ours(text):
        return text
    lines = split_lines(text)
    pieces = [*find_json(text), *find_lines(lines)]
    if not pieces:
        return text
    spans = [(each.start, each.end) for each in pieces if each.read is None]
    for number, line in enumerate(lines):
        if routine := _ROUTINE.search(line.text):
            last = _end_of_link(lines, number) if routine["link"] else number
            spans.append((line.start, lines[last].end))
    parts, place = [], 0
    for start, end in sorted(spans):
        if end > place:
            begin = max(start, place)
            parts += [text[place:begin], _NOT_A_LINE_END.sub(" ", text[begin:end])]
            place = end
    return "".join([*parts, text[place:]])


def _may_be_ours(text: str) -> bool:
    """Return whether a finding begins anywhere, at a glance: looking at each line of a long log takes seconds."""
    return any(pattern.search(text) for pattern in (OBJECT, *first_lines()))


def _end_of_link(lines: list[Line], at: int) -> int:
    """Return the number of the last line of an address that stands below line `at`, broken into lines or not."""
    last = min(at + 1, len(lines) - 1)
    while (
        last + 1 < len(lines)
        and len(lines[last + 1].text.strip("> |").split()) == 1
        and last - at < _MOST_LINES_OF_A_LINK
    ):
        last += 1
    return last
