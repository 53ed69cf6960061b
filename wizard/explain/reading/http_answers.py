"""Finds HTTP answers with their headers in a text, and the errors as the Azure libraries print them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Final

from wizard.core.late_pattern import late_pattern
from wizard.core.text import clean_line
from wizard.explain.reading.json_objects import find_objects, unescape

_STATUS_LINE = late_pattern(r"(?:^|\n)[<*| \t]{0,4}HTTP/[0-9.]{1,3} ([1-5][0-9]{2})\b[^\n]*", needs=("HTTP/",))
_HEADER = late_pattern(r"\n[<| \t]{0,3}([A-Za-z][A-Za-z0-9-]{1,60}) ?: ?([^\n]*)")
_BLANK = late_pattern(r"\n[<| \t]{0,3}(?=\n|$)")
_METHOD = late_pattern(r"(?:^|\n)[>*| \t]{0,4}(CONNECT|DELETE|GET|HEAD|PATCH|POST|PUT) ")
_NO_TUNNEL = late_pattern(
    r"CONNECT tunnel failed|Received HTTP code \d{3} from proxy", needs=("CONNECT tunnel", "Received HTTP")
)
MOST_ANSWERS: Final = 2_000
"""Answers that are read with their headers; of more, only codes and bodies are found."""
_REQUEST: Final = 1_500
"""Characters of a request that are read."""
_CODE_LINE = late_pattern(
    r"\n[ \t]*Code: ([A-Za-z][\w.]{2,60})[ \t]*\n[ \t]*Message: "
    r"([^\n]*(?:\n(?!\s*(?:Inner ?[Ee]rror|Target|Exception Details|Additional Information|Code|RequestId|DateTimeStamp"
    r"|Http\w+|At)\b)[^\n]+){0,30})",
    needs=("Code: ",),
)
# As autorest for Go prints them, and Terraform, kubectl and sops with it.
_OF_AUTOREST = late_pattern(
    r"\bCode=\"(?!Unknown\")([A-Za-z][\w.]{2,60})\" Message=\"([^\"]{1,3000})\"(?: InnerError=(?=\{))?",
    needs=('" Message="',),
)
# As the cmdlets of Microsoft Graph PowerShell print them, the message before it: each in a line, or all in one.
_OF_GRAPHS_CMDLETS = late_pattern(
    r"[ \t\n]{1,9}Status: [45][0-9]{2} \(\w{2,40}\)[ \t]{0,9}\n?[ \t]{0,9}ErrorCode: ([A-Za-z][\w.]{2,60})",
    needs=("ErrorCode: ",),
)
_OF_A_CMDLET = late_pattern(r".*\b[A-Z][a-z]+-[A-Z]\w{2,60} ?: ")
_LONGEST_MESSAGE: Final = 600
_REACH: Final = 4_000
_INNER = late_pattern(r"\s*Inner error: (?=\{)")
_STATUS_SAID = late_pattern(
    r"\b(?:status(?:[ _-]?code)?|HTTP(?:/[\d.]{1,3})?)[\"']?\s?[:=]?\s?[\"']?([1-5]\d\d)\b"
    r"|\(([45]\d\d)\)|\b([45]\d\d),? (?:(?:Client |Server )?Error|Unauthorized|Forbidden|Bad Request|Not Found)\b",
    re.IGNORECASE,
    needs=("status", "http", "(4", "(5", " error", "unauthorized", "forbidden", "bad request", "not found"),
)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer with its headers: where its head starts and ends, and where its body ends at the latest.

    A proxy's own is one to CONNECT: the host that is named beside it was not reached.
    """

    start: int
    head_end: int
    end: int
    status: int
    headers: Mapping[str, str]
    is_from_proxy: bool = False


def find_answers(text: str) -> list[HttpAnswer]:
    """Return the HTTP answers in `text`, as `curl -i`, `curl -v` or a browser's tools show them."""
    lines = list(islice(_STATUS_LINE.finditer(text), MOST_ANSWERS + 1))
    answers = []
    asked = 0
    for line, following in zip_longest(lines[:MOST_ANSWERS], lines[1:]):
        end = following.start() if following else len(text)
        headers: dict[str, str] = {}
        place = line.end()
        while (found := _HEADER.match(text, place)) and place < end:
            headers.setdefault(found[1].lower(), clean_line(found[2]))
            place = found.end()
        if blank := _BLANK.match(text, place):
            place = blank.end()
        before = text[max(asked, line.start() - _REQUEST) : line.start()]
        methods = _METHOD.findall(before)
        is_from_proxy = (
            methods[-1:] == ["CONNECT"] or _NO_TUNNEL.search(text, place, min(end, place + _REQUEST)) is not None
        )
        answers.append(HttpAnswer(line.start(), place, max(end, place), int(line[1]), headers, is_from_proxy))
        asked = place
    return answers


def find_last_status(text: str) -> int:
    """Return the HTTP status that a text names last, 0 if it names none."""
    found = list(_STATUS_SAID.finditer(text))
    return int(next(group for group in found[-1].groups() if group)) if found else 0


def find_printed_errors(text: str) -> Iterator[tuple[dict[str, object], int, int]]:
    """Yield the errors that libraries print as bodies, and where each stands.

    The forms are `(Forbidden) … Code: Forbidden Message: … Inner error: {…}` of Python,
    `Code="Forbidden" Message="…" InnerError={…}` of Go, and `… Status: 403 (Forbidden) ErrorCode: …` of the cmdlets.
    """
    for found in _OF_AUTOREST.finditer(text):
        inner, end = _inner_at(text, found.end()) if found[0].endswith("=") else ({}, found.end())
        yield (
            {"error": {"code": found[1], "message": unescape(found[2]).strip(), "innererror": inner}},
            found.start(),
            end,
        )
    for found in _OF_GRAPHS_CMDLETS.finditer(text):
        line = text[max(0, found.start() - _LONGEST_MESSAGE) : found.start()].rpartition("\n")[2]
        cmdlet = _OF_A_CMDLET.match(line)
        message = line[cmdlet.end() if cmdlet else 0 :]
        # Only Graph names a request so: what the form is known by stands in for the id, which follows with the headers.
        of_graph = {"client-request-id": ""}
        yield (
            {"error": {"code": found[1], "message": message.strip(" \t\"'`_*>|"), "innererror": of_graph}},
            found.start() - len(message),
            found.end(),
        )
    for found in _CODE_LINE.finditer(text):
        named = text.rfind(f"({found[1]})", max(0, found.start() - _REACH), found.start())
        start = named if named >= 0 else found.start()
        end, inner = found.end(), {}
        if label := _INNER.match(text, end):
            inner, end = _inner_at(text, label.end())
        outer = text[start + len(found[1]) + 2 : found.start()].strip()  # the same message, with more lines
        message = max(outer, found[2].strip(), key=len).rstrip("` \n")
        yield {"error": {"code": found[1], "message": message, "innererror": inner}}, start, end


def _inner_at(text: str, place: int) -> tuple[Mapping[str, object], int]:
    """Return the object that begins at a place, {} if none does, and where it ends."""
    value, first, last = next(find_objects(text[place : place + _REACH]), (None, 0, 0))
    return (value, place + last) if isinstance(value, dict) and first == 0 else ({}, place)
