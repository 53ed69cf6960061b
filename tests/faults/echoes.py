"""A service that gives back what it was sent: every secret of a request, in every place and form an answer has."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

GUID = "0f9e1c2d-1111-4222-8333-0123456789ab"


@dataclass(frozen=True)
class Reply:
    """An answer: status, reason phrase, headers, body."""

    status: int = 400
    body: str | bytes = ""
    reason: str = "Bad Request"
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else self.body.encode()


def _refused(**members: object) -> Reply:
    words = "AADSTS7000215: Invalid client secret provided."
    body = {"error": "invalid_client", "error_description": words, "error_codes": [7000215], "trace_id": GUID}
    return Reply(401, json.dumps(body | members))


def _header(name: str) -> Callable[[str], Reply]:
    return lambda said: Reply(403, json.dumps({"error": {"code": "Forbidden", "message": "no"}}), headers={name: said})


PLACES: dict[str, Callable[[str], Reply]] = {
    "error_description": lambda said: _refused(
        error_description=f"AADSTS7000215: {said} is wrong.\r\nTrace ID: {GUID}"
    ),
    "error": lambda said: _refused(error=said),
    "suberror": lambda said: _refused(suberror=said),
    "claims": lambda said: _refused(claims=json.dumps({"access_token": {"capolids": {"values": [said]}}})),
    "error_uri": lambda said: _refused(error_uri=f"https://login.microsoftonline.com/error?code=7000215&x={said}"),
    "error_codes": lambda said: _refused(error_codes=[said]),
    "ids": lambda said: _refused(trace_id=said, correlation_id=said, timestamp=said),
    "a name": lambda said: _refused(**{said: 1}),
    "a name twice": lambda said: Reply(400, f'{{"error": {json.dumps(said)}, "error": "invalid_grant"}}'),
    "an inner error": lambda said: Reply(
        403,
        json.dumps({"error": {"code": said, "message": said, "innererror": {"code": said, "innererror": [said]}}}),
    ),
    "JSON in JSON": lambda said: _refused(error_description=json.dumps({"sent": json.dumps({"body": said})})),
    "escapes": lambda said: Reply(
        400, '{"error": "x", "error_description": "' + "".join(f"\\u{ord(each):04x}" for each in said) + '"}'
    ),
    "Partner Center's words": lambda said: Reply(401, json.dumps({"code": said, "description": said})),
    "an id's header": _header("x-ms-request-id"),
    "a challenge": _header("WWW-Authenticate"),
    "an address": _header("Location"),
    "a date": _header("Date"),
    "a cookie": _header("Set-Cookie"),
    "a pause": _header("Retry-After"),
    "a header's own name": lambda said: Reply(403, "{}", headers={re.sub("[^A-Za-z0-9._~%+'&-]", "", said): "x"}),
    "a page": lambda said: Reply(403, f"<html><body>{html.escape(said)}</body></html>", kind="text/html"),
    "plain text": lambda said: Reply(500, f"System.Exception: {said}", kind="text/plain"),
    "torn JSON": lambda said: Reply(400, json.dumps({"error": said})[:-1]),
    "other encoding": lambda said: Reply(400, json.dumps({"error": said}, ensure_ascii=False).encode("utf-16")),
    "behind a mark": lambda said: Reply(400, b"\xef\xbb\xbf" + json.dumps({"message": said}).encode()),
    "a reason phrase": lambda said: Reply(403, "{}", reason=said.replace("\n", " ")),
    "a success that is none": lambda said: Reply(200, json.dumps({"error": "server_error", "error_description": said})),
}  # fmt: skip
"""Where a service could put what it was sent."""

SPOILS = {"a name twice", "a header's own name"}
"""Places that can hold a part of it alone, or that a reader overlooks; it may be gone there without a mask."""

FORMS: dict[str, Callable[[str], str]] = {
    "raw": lambda secret: secret,
    "URL": lambda secret: quote(secret, safe=""),
    "form": quote_plus,
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "HTML": html.escape,
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 of more": lambda secret: base64.b64encode(f"y:{secret};z".encode()).decode(),
    "hex": lambda secret: secret.encode().hex(),
    "beginning": lambda secret: secret[: max(16, len(secret) * 2 // 3)],
}
"""How a service could write it."""


def traces(secret: str) -> set[str]:
    """What must show nowhere: the secret in each form, base64 without the ends that belong to its neighbours."""
    shifted = {base64.b64encode(b"y:" + secret.encode()).decode()[4:-4], FORMS["base64"](secret)[:-4]}
    written = {form(secret) for name, form in FORMS.items() if not name.startswith("base64")}
    return {trace for trace in written | shifted if len(trace) >= 6}


def found(secrets: Mapping[str, str], text: str) -> list[str]:
    """The names of the secrets that show in a text, in any form."""
    return [name for name, secret in secrets.items() if any(trace in text for trace in traces(secret))]
