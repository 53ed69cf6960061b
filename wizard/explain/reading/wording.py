"""The words around a code: its line, its clause, the service's own sentence; without the marks of what was found."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.prose import is_prose
from wizard.core.text import clean, clean_line
from wizard.explain.reading.codes import Code
from wizard.redaction.secret_patterns import redact_patterns

REACH: Final = 1_500
"""Characters before a code that may belong to its line."""
MARK = re.compile("\ue000([0-9]{1,7})\ue001")
"""Stands where something was found and taken out; with its number."""
_OURS = re.compile("\ue000[0-9]{0,7}\ue001|[\ue000-\ue002]")
_AFTER_A_SENTENCE = re.compile(
    r"\"[,}]|'[,}]|\n\s{0,8}(?:at |File |Traceback|\+ |>>>)|\s(?:Trace|Correlation|Request)\s{1,9}ID:", re.IGNORECASE
)
_CLAUSE_STARTS = re.compile(
    r"[.;!?][\"')\]]{0,3}\s{1,8}|\s[|–—-]{1,2}\s{1,8}|[({][\"']?|\[[\"']|,\s{0,8}[\"']|\"\s{0,8}:\s{0,8}\""
    r"|(?<![\w.-])\w[\w.-]{0,60}=[^\s=]*+\s{0,8}|(?<![0-9:.,+Z])[0-9][0-9:.,+Z]{4,30}\]?\s{1,8}"
    r"|\b(?:TRACE|DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL|SEVERE)\b:?\s{1,8}"
)
_CLAUSE_ENDS = re.compile(r"[;!?](?=\s)|\.(?=\s|$)|[\"')\]}]{2,}|\s[|–—]\s|\s\w[\w.-]{0,60}=\S|[({]")
_MOST_OF_A_LINE: Final = 300


def bare(text: str) -> str:
    """Give `text` cleaned, without the marks of what was found in it."""
    return clean(_OURS.sub(" ", text))


def until_mark(text: str) -> str:
    """Give `text` up to what was found next."""
    return bare(text[: match.start()] if (match := MARK.search(text)) else text)


def line_of(text: str, code: Code) -> str:
    """Give the line that a code stands in, "" where there is nothing beside it."""
    before, rest = _line_around(text, code)
    line = clean_line(bare(before[-_MOST_OF_A_LINE:] + rest))
    return "" if line == text[code.start : code.end] else line


def clause_of(text: str, code: Code) -> str:
    """Give the clause that a sign or a status stands in: of the rest of its line nobody knows what it tells."""
    before, rest = _line_around(text, code)
    if starts := list(_CLAUSE_STARTS.finditer(before)):
        before = before[starts[-1].end() :]
    end = _CLAUSE_ENDS.search(rest, code.end - code.start)
    return clean_line(bare(before[-_MOST_OF_A_LINE:] + (rest[: end.start()] if end else rest)))


def _line_around(text: str, code: Code) -> tuple[str, str]:
    """Give the line of a code up to it, and from it on; masked before it is cut, while names stand before secrets."""
    before = text[max(0, code.start - REACH) : code.start].rpartition("\n")[2]
    after = text[code.end : code.end + _MOST_OF_A_LINE].partition("\n")[0]
    return redact_patterns(before), redact_patterns(text[code.start : code.end] + after)


def saying(diagnosis: Diagnosis, said: str) -> Diagnosis:
    """Give a diagnosis with the words that came with it, where they are words."""
    return replace(diagnosis, said=said if is_prose(said) else "")


def sentence(text: str) -> str:
    """Give the service's own words, without what stands after them in a log or in code."""
    return _AFTER_A_SENTENCE.split(text, maxsplit=1)[0].strip()
