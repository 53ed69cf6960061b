"""The words around a code: its line, its clause, and the service's own message."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.prose import is_prose
from wizard.core.text import clean_line
from wizard.explain.reading.code_finder import Code
from wizard.explain.reading.marks import strip_marks
from wizard.redaction.secret_patterns import redact_patterns

REACH: Final = 1_500
"""Characters before a code that may belong to its line."""
_AFTER_A_MESSAGE = re.compile(
    r"\"[,}]|'[,}]|\n\s{0,8}(?:at |File |Traceback|\+ |>>>)|\s(?:Trace|Correlation|Request)\s{1,9}ID:", re.IGNORECASE
)
_CLAUSE_STARTS = re.compile(
    r"[.;!?][\"')\]]{0,3}\s{1,8}|\s[|–—-]{1,2}\s{1,8}|[({][\"']?|\[[\"']|,\s{0,8}[\"']|\"\s{0,8}:\s{0,8}\""
    r"|(?<![\w.-])\w[\w.-]{0,60}=[^\s=]*+\s{0,8}|(?<![0-9:.,+Z])[0-9][0-9:.,+Z]{4,30}\]?\s{1,8}"
    r"|\b(?:TRACE|DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL|SEVERE)\b:?\s{1,8}"
)
_CLAUSE_ENDS = re.compile(r"[;!?](?=\s)|\.(?=\s|$)|[\"')\]}]{2,}|\s[|–—]\s|\s\w[\w.-]{0,60}=\S|[({]")
_MOST_OF_A_LINE: Final = 300


def line_around(text: str, code: Code) -> str:
    """Return the line that a code stands in, "" if nothing stands beside it."""
    before, rest = _split_line(text, code)
    line = clean_line(strip_marks(before[-_MOST_OF_A_LINE:] + rest))
    return "" if line == text[code.start : code.end] else line


def clause_around(text: str, code: Code) -> str:
    """Return the clause that a message or a status stands in: the rest of its line may be about something else."""
    before, rest = _split_line(text, code)
    if starts := list(_CLAUSE_STARTS.finditer(before)):
        before = before[starts[-1].end() :]
    end = _CLAUSE_ENDS.search(rest, code.end - code.start)
    return clean_line(strip_marks(before[-_MOST_OF_A_LINE:] + (rest[: end.start()] if end else rest)))


def _split_line(text: str, code: Code) -> tuple[str, str]:
    """Return the line of a code up to it, and from it on; masked before it is cut, while names stand before secrets."""
    before = text[max(0, code.start - REACH) : code.start].rpartition("\n")[2]
    after = text[code.end : code.end + _MOST_OF_A_LINE].partition("\n")[0]
    return redact_patterns(before), redact_patterns(text[code.start : code.end] + after)


def with_service_text(diagnosis: Diagnosis, words: str) -> Diagnosis:
    """Return a diagnosis with the words that came with it, if they are prose."""
    return replace(diagnosis, service_text=words if is_prose(words) else "")


def first_message(text: str) -> str:
    """Return the service's own message, without what stands behind it in a log or in code."""
    return _AFTER_A_MESSAGE.split(text, maxsplit=1)[0].strip()
