"""Reads what Entra ID answers when it refuses: bodies of its endpoints, and redirects of consent and sign-in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from wizard.catalogue.lookup import most_specific
from wizard.catalogue.members import (
    as_identifier,
    as_list,
    as_object,
    as_text,
    first_identifier,
    read_header,
    read_plain_answer,
)
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import SupportIds
from wizard.core.late_pattern import late_pattern
from wizard.core.text import LONGEST, clean

_CODE = late_pattern(r"AADSTS([1-9][0-9]{3,9})(?![0-9])", re.IGNORECASE, needs=("aadsts",))
# The parts are separated by CR LF in older answers, by single spaces in newer ones (protocol 1.2). A terminal or a mail
# may have broken a label or an id in two.
_BREAK: Final = r"(?:\n\s{0,8})?"


def _label(words: str) -> str:
    """Return a label, whether a line break stands in it or not."""
    return r"\s{1,9}".join(_BREAK.join(word) for word in words.split())


_BROKEN_GUID: Final = rf"{_BREAK}-{_BREAK}".join(
    rf"[0-9A-Fa-f](?:{_BREAK}[0-9A-Fa-f]){{{digits - 1}}}" for digits in (8, 4, 4, 4, 12)
)
_TRACES: Final = {
    "trace_id": late_pattern(rf"\s{{0,9}}{_label('Trace ID:')}\s*({_BROKEN_GUID})", re.IGNORECASE, needs=(":",)),
    "correlation_id": late_pattern(
        rf"\s{{0,9}}{_label('Correlation ID:')}\s*({_BROKEN_GUID})", re.IGNORECASE, needs=(":",)
    ),
    "timestamp": late_pattern(
        rf"\s{{0,9}}{_label('Timestamp:')}\s*(\d{{4}}-\d\d-\d\d[T\s]\s{{0,8}}\d\d:\d\d:\d\d(?:\.\d{{1,7}})?Z?)",
        re.IGNORECASE,
        needs=(":",),
    ),
}
_TRACES_TAKEN_OUT = late_pattern(
    r"\s{1,9}(?:Trace|Correlation|Request) ID:", re.IGNORECASE, needs=("trace id:", "correlation id:", "request id:")
)
"""Where labels begin whose ids somebody replaced by something else."""
_OF_MSAL_NODE = late_pattern(
    r"^Error\(s\): [0-9, ]{4,60}- [^\n]{0,40}?Description: |(?:\s-){1,4}$", needs=("Error(s)",)
)
"""What MSAL Node puts around a description."""
_OF_MSAL_JS = late_pattern(r"^[0-9]{4,10} - \[[0-9T:. -]{10,30}Z?\]: (?=AADSTS)|(?:\s-){1,4}$", needs=(" -",))
"""What MSAL.js puts around a description, without the ids behind it."""
_LONGEST_CLAIMS = 4_000


def read_entra_error(body: object, status: int, headers: Mapping[str, str]) -> ServiceRefusal:
    """Return the refusal in an answer of the token, devicecode or discovery endpoint.

    Args:
        body: the parsed JSON, of any shape; a text where the answer was none.
        status: the HTTP status.
        headers: of the answer, in any case.

    Source: protocol 1.2.
    """
    members = as_object(body)
    inner = as_object(members.get("error"))
    raw = _first_text(members.get("error_description"), inner.get("message"), members.get("message"))
    text, traces = _split_traces(raw or read_plain_answer(body))
    code = _code([as_identifier(value) for value in as_list(members.get("error_codes"))], text)
    request_id = read_header(headers, "x-ms-request-id")
    # A library's object has the correlation ID of its own request alone: that of Entra stands beside the trace ID.
    own = traces if traces["trace_id"] and "trace_id" not in members else {}
    return ServiceRefusal(
        "entra",
        code,
        first_identifier(members.get("error"), inner.get("code")),
        _without_code(text, code),
        status=status,
        ids=SupportIds(
            correlation_id=first_identifier(
                *(own.get("correlation_id"), members.get("correlation_id"), traces["correlation_id"]),
                read_header(headers, "client-request-id"),
            ),
            trace_id=first_identifier(own.get("trace_id"), members.get("trace_id"), request_id),
            request_id=request_id,
            timestamp=first_identifier(members.get("timestamp"), traces["timestamp"], read_header(headers, "date")),
        ),
        claims=_claims(members.get("claims")),
        suberror=as_identifier(members.get("suberror")),
    )


def read_consent_error(query: Mapping[str, str]) -> ServiceRefusal | None:
    """Return the refusal in the query of a redirect (admin consent, authorization code), None if there is none.

    `error` is read before anything else: a refused consent says `admin_consent=True` as well (protocol 1.6).
    """
    from wizard.redaction.secret_patterns import redact_patterns  # dozens of patterns, and the first page needs none

    members = {name: next(iter(as_list(value)), "") for name, value in as_object(query).items()}
    error = as_identifier(members.get("error"))
    raw = as_text(members.get("error_description"), LONGEST * 3)
    if raw and not re.search(r"\s", raw) and re.search(r"\+|%[0-9A-Fa-f]{2}", raw):
        from urllib.parse import unquote_plus

        raw = clean(unquote_plus(raw), LONGEST * 3)
    if not error and not raw:
        return None
    text, traces = _split_traces(raw)
    named = re.search(r"[?&]code=(\d{4,10})(?!\d)", as_text(members.get("error_uri")))
    code = _code([named.group(1)] if named else [], text)
    return ServiceRefusal(
        "entra",
        code,
        error,
        redact_patterns(_without_code(text, code)),  # a person pasted it, perhaps with more than the answer
        ids=SupportIds(
            correlation_id=first_identifier(members.get("correlation_id"), traces["correlation_id"]),
            trace_id=first_identifier(members.get("trace_id"), traces["trace_id"]),
            timestamp=first_identifier(members.get("timestamp"), traces["timestamp"]),
        ),
        suberror=first_identifier(members.get("error_subcode"), members.get("suberror")),
    )


def _first_text(*values: object) -> str:
    """Return the first of `values` that is a text with something in it, cleaned, long enough for its trace lines."""
    return next((text for text in (as_text(value, LONGEST * 3) for value in values) if text), "")


def _split_traces(text: str) -> tuple[str, dict[str, str]]:
    """Return a description without its trace lines, and what those say, by name."""
    traces = {}
    for name, pattern in _TRACES.items():
        found = pattern.search(text)
        between = " " if name == "timestamp" else ""
        traces[name] = between.join(found.group(1).split()) if found else ""
        text = pattern.sub("", text)
    rest = _TRACES_TAKEN_OUT.search(text)
    text = clean(text[: rest.start()] if rest else text).strip()
    return (_OF_MSAL_NODE if text.startswith("Error(s)") else _OF_MSAL_JS).sub("", text), traces


def _code(listed: list[str], text: str) -> str:
    """Return the most specific code of `error_codes`; of the text, if those say nothing specific."""
    numbers = [number for name in listed if re.fullmatch(r"[1-9]\d{3,9}", number := name.removeprefix("AADSTS"))]
    number = most_specific(numbers, _CODE.findall(text))
    return f"AADSTS{number}" if number else ""


def _without_code(text: str, code: str) -> str:
    """Return the description without its own code in front, which is shown beside it."""
    return text[len(code) + 1 :].strip() if code and text.upper().startswith(f"{code}:") else text


def _claims(value: object) -> str:
    """Return the claims challenge, a text that holds JSON; "" if it was cut, because then it is of no use."""
    claims = as_text(value, _LONGEST_CLAIMS)
    return claims if claims.startswith("{") and not claims.endswith("…") else ""
