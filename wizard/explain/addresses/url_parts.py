"""Finds addresses in a text, and splits them: host, path, and the fields behind ? and #."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from wizard.core.late_pattern import late_pattern
from wizard.explain.token_reader.token_claims import safe_line

_MOST_FIELDS: Final = 60
_MOST_LINES: Final = 400
_MOST_MARKS: Final = 60
_URL = r"[^\s\"'<>\\`|^]"
_ADDRESS = late_pattern(rf"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{{1,60}}://(?:{_URL}|\\u0026)+", needs=("://",))
# A form or a query without the address before it, beginning with a name that an answer has.
_NAMES: Final = (
    r"(?:error(?:_description|_subcode|_uri)?|admin_consent|code|session_state|state|tenant|id_token|client_info)"
)
_BODY = late_pattern(
    rf"(?<![A-Za-z0-9_=&?#/.%-])[?#&]?{_NAMES}=(?:{_URL}|\\u0026)+",
    re.IGNORECASE,
    needs=(
        "error=",
        "error_description=",
        "error_subcode=",
        "error_uri=",
        "consent=",
        "code=",
        "state=",
        "tenant=",
        "id_token=",
        "client_info=",
    ),
)
_WRAPPED = late_pattern(rf"[ \t]{{0,4}}\r?\n[ \t>]{{0,20}}({_URL}{{2,}})(?=[ \t]{{0,4}}(?:[\r\n\"'<>]|\Z))")
# Browsers and logs leave a quotation mark in a description as it is: one that begins or ends a name there, or stands in
# a word, does not end the address.
_OPENS_A_NAME = late_pattern(r"(?:\+|%20|%0A|\(|%28|=)\Z", re.IGNORECASE)
_BEHIND_A_NAME = late_pattern(r"[.,;:!?)]{0,3}(?:\+|%[0-9A-Fa-f]{2}|&[A-Za-z_]|\s|\Z)")
_MORE_OF_IT = late_pattern(rf"(?:{_URL}|\\u0026)*")
_OF_ITS_OWN = late_pattern(r"[\w./-]{1,80}\?[A-Za-z_]{2,30}=")
_REST_OF_LINE = late_pattern(
    r"[^\r\n\"<]{0,2000}(?:\s{0,4}(?:Trace ID|Correlation ID|Timestamp):[^\r\n\"<]{0,80}){0,3}"
)
_INPUT = late_pattern(r"<input\b[^<>]{0,60000}>", re.IGNORECASE, needs=("<input",))
_INPUT_NAME = late_pattern(r"\bname\s{0,4}=\s{0,4}[\"']?([A-Za-z_]{1,40})", re.IGNORECASE)
_INPUT_VALUE = late_pattern(r"\bvalue\s{0,4}=\s{0,4}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_OF_AN_ERROR = late_pattern(r"error_?uri[\"'\\\s:=]{0,8}\Z", re.IGNORECASE)
_TAIL: Final = ".,;:!?)]}"


@dataclass(frozen=True, slots=True)
class Address:
    """An address, or a form without one, as it stands in a text.

    Args:
        host: with its port where it names one; "" for a form.
        path: without what stands behind it.
        fields: what stands behind ? and #, decoded; the first of each name.
        has_fragment: whether the answer stands behind #.
        start: where it begins in the text; `end` where it ends.
    """

    scheme: str
    host: str
    path: str
    fields: Mapping[str, str]
    has_fragment: bool
    start: int
    end: int

    @property
    def without_query(self) -> str:
        """The address without what stands behind it, as a person may see it."""
        return safe_line(f"{self.scheme}://{self.host}{self.path}") if self.host or self.scheme else ""

    @property
    def hostname(self) -> str:
        """The host without its port."""
        return self.host.rpartition(":")[0] if self.host.rpartition(":")[2].isdecimal() else self.host

    @property
    def is_loopback(self) -> bool:
        """Whether it leads to the machine of the browser itself."""
        return self.hostname in ("localhost", "127.0.0.1", "[::1]")


def find_addresses(text: str) -> Iterator[Address]:
    """Yield the addresses in a text, then the forms that stand without one; both may go over line breaks."""
    plain, position = [], 0
    for url in _ADDRESS.finditer(text):
        if url.start() < position:
            continue  # a part of the one before, which went over a line break
        value, end = _join_lines(text, url.group(), url.end())
        plain += [text[position : url.start()], " " * (end - url.start())]
        position = end
        if not _OF_AN_ERROR.search(text, max(0, url.start() - 24), url.start()):
            yield from _address(value, url.start(), end)
    without = "".join((*plain, text[position:]))
    position = 0
    while match := _BODY.search(without, position):
        value, position = _join_lines(without, match.group(), match.end())
        yield from _form(value, match.start(), position)
    yield from _hidden_form(text)


def _join_lines(text: str, value: str, end: int) -> tuple[str, int]:
    """Follow an address over line breaks, and an error description that is not encoded to the end of its line."""
    if "=" not in value and not value.endswith("?"):
        bare = value.rstrip(_TAIL)
        return bare, end - (len(value) - len(bare))
    value, end = _over_quotation_marks(text, value, end)
    for _ in range(_MOST_LINES):
        gap = _WRAPPED.match(text, end)
        if gap is None or not _continues(gap.group(1)):
            break
        value, end = _over_quotation_marks(text, value + gap.group(1), gap.end())
    last = value.rpartition("&")[2]
    if "error_description=" in last and not re.search(r"\+|%[0-9A-Fa-f]{2}", last) and text[end : end + 1] in " \t":
        rest = _REST_OF_LINE.match(text, end)
        return value + (rest.group() if rest else ""), rest.end() if rest else end
    bare = value.rstrip(_TAIL)
    return bare, end - (len(value) - len(bare))


def _over_quotation_marks(text: str, value: str, end: int) -> tuple[str, int]:
    """Follow an encoded error description over the quotation marks in it: it ends at a blank, or with its address."""
    for _ in range(_MOST_MARKS):
        mark, described = text[end : end + 1], value.rpartition("error_description=")[2]
        if mark not in ("'", '"') or described == value or "&" in described:
            break
        if not _goes_on_behind(text, end, mark, described):
            break
        more = _MORE_OF_IT.match(text, end + 1)
        value, end = f"{value}{mark}{more.group() if more else ''}", more.end() if more else end + 1
    return value, end


def _goes_on_behind(text: str, end: int, mark: str, described: str) -> bool:
    """Return whether a quotation mark is one of the description: of a name in it, or of a word."""
    following = text[end + 1 : end + 2]
    if described[-1:].isalnum() and following.isalnum():
        return True
    if described.count(mark) % 2:
        return _BEHIND_A_NAME.match(text, end + 1) is not None
    return _OPENS_A_NAME.search(described) is not None and (following.isalnum() or following in (mark, "%", "<", "{"))


def _continues(line: str) -> bool:
    """Return whether a line is the rest of an address: it begins with a mark of one, or is too long for a word."""
    if _OF_ITS_OWN.match(line):
        return False
    return "://" not in line[:40] and (line[0] in "?&#%=" or "&" in line or len(line) >= 40)


def _address(value: str, start: int, end: int) -> Iterator[Address]:
    try:
        parts = urlsplit(_unescaped(value))
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return
    yield Address(
        parts.scheme.lower(),
        f"[{parts.hostname}]{host.removeprefix(parts.hostname or '')}" if ":" in (parts.hostname or "") else host,
        parts.path,
        {**_fields(parts.fragment), **_fields(parts.query)},
        "=" in parts.fragment,
        start,
        end,
    )


def _form(value: str, start: int, end: int) -> Iterator[Address]:
    fields = _fields(_unescaped(value).lstrip("?#&"))
    if not {"grant_type", "response_type"} & fields.keys():  # those are questions, not answers
        yield Address("", "", "", fields, value.startswith("#"), start, end)


def _hidden_form(text: str) -> Iterator[Address]:
    """Yield what a page posts back (response_mode=form_post): the hidden fields of its form."""
    fields: dict[str, str] = {}
    start = end = -1
    for found in _INPUT.finditer(text):
        name, value = _INPUT_NAME.search(found.group()), _INPUT_VALUE.search(found.group())
        if name and value and len(fields) < _MOST_FIELDS:
            start, end = found.start() if start < 0 else start, found.end()
            fields.setdefault(name.group(1), html.unescape(next(filter(None, value.groups()), "")))
    if fields:
        yield Address("", "", "", fields, False, start, end)


def _fields(query: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return fields
    for name, value in pairs:
        fields.setdefault(name.strip().lower()[:60], value)
    return fields


def _unescaped(value: str) -> str:
    return value.replace("\\u0026", "&").replace("&amp;", "&")
