"""Secrets on the wire: learnt from requests and from what is granted, and taken out of every refusal."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from wizard.catalogue.members import as_object, first_identifier
from wizard.core.findings import SupportIds
from wizard.core.secret import MASK
from wizard.core.text import clean
from wizard.microsoft.exchanges import LONGEST_ERROR
from wizard.redaction.redactor import Redactor
from wizard.redaction.secret_patterns import is_secret_name

SENT: Final = frozenset(
    {"client_secret", "client_assertion", "refresh_token", "device_code", "code", "password", "assertion"}
    | {"code_verifier", "value"}
)
"""Members of a form, or of a JSON body, that are secrets; `value` is a vault's."""
GRANTED: Final = ("access_token", "refresh_token", "id_token", "device_code", "user_code", "value")
"""Members of a success that are secrets."""
LONGEST_REFUSAL: Final = 200_000
"""Characters of a refusal that are read; a longer one is cut, and is then no longer JSON."""


def remember_request_secrets(redactor: Redactor, request: requests.PreparedRequest, proxies: object) -> None:
    """Remember the secrets of a request that is about to leave: of its body, its Authorization, its proxy."""
    body = request.body
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body if isinstance(body, str) else ""
    for name, value in _members(text, str(request.headers.get("Content-Type", ""))):
        if name in SENT:
            redactor.remember(value)
    for name in ("Authorization", "Proxy-Authorization"):
        _remember_header(redactor, str(request.headers.get(name) or ""))
    for address in as_object(proxies).values():
        _remember_proxy(redactor, str(address))


def _members(text: str, kind: str) -> list[tuple[str, str]]:
    if "json" in kind:
        return [(name, value) for name, value in as_object(_json(text)).items() if isinstance(value, str)]
    return parse_qsl(text) if "form" in kind else []


def _remember_header(redactor: Redactor, value: str) -> None:
    scheme, _, proof = value.partition(" ")
    redactor.remember(proof)
    if scheme.lower() == "basic":
        try:
            redactor.remember(base64.b64decode(proof).decode().partition(":")[2])
        except ValueError:
            return


def _remember_proxy(redactor: Redactor, address: str) -> None:
    try:
        password = urlsplit(address).password
    except ValueError:
        return
    if password:
        redactor.remember(unquote(password))
        redactor.remember(password)


def redact_answer(redactor: Redactor, response: requests.Response) -> tuple[str, SupportIds]:
    """Remember the secrets of a success, and take known ones out of a refusal, before anybody reads it.

    Returns:
        The refusal's text, cleaned, at most 2,000 characters, "" for a success; and the answer's ids.
    """
    text = decode_body(response.content)
    body = _json(text)
    members = as_object(body)
    granted: dict[str, str] = {}
    if 200 <= response.status_code < 300:
        granted = {name: value for name in GRANTED if isinstance(value := members.get(name), str)}
        for value in granted.values():
            redactor.remember(value)
        if "error" not in members:
            return "", read_support_ids(body, response.headers)
    refusal = _redact_body(redactor, response, text[:LONGEST_REFUSAL], granted)
    response.headers = CaseInsensitiveDict(
        {
            redactor.redact(name): MASK if is_secret_name(name) else redactor.redact(value)
            for name, value in response.headers.items()
        }
    )
    response.reason = redactor.redact(str(response.reason or ""))
    return clean(refusal, LONGEST_ERROR).strip(), read_support_ids(_json(refusal), response.headers)


def _redact_body(redactor: Redactor, response: requests.Response, text: str, granted: Mapping[str, str]) -> str:
    """Replace the body by the redacted one, with what it grants beside an error; return it without that."""
    body = _json(text)
    refusal = replacement = redactor.redact(text)
    if body is not None:
        known = redactor.redact_json(body)
        refusal = text if known == body and refusal == text else json.dumps(known, ensure_ascii=False)
        replacement = json.dumps({**as_object(known), **granted}, ensure_ascii=False) if granted else refusal
    if replacement != text or len(text) == LONGEST_REFUSAL:
        response._content = replacement.encode("utf-8", "backslashreplace")
        response.encoding = "utf-8"
    return refusal


def read_support_ids(body: object, headers: Mapping[str, str]) -> SupportIds:
    """Return the ids of an answer of any service (protocol 1.2, 2.3, 4.1, 6.1)."""
    members = as_object(body)
    inner = as_object(as_object(members.get("error")).get("innerError"))

    lower = {name.lower(): value for name, value in headers.items()}

    def named(*names: str) -> str:
        return first_identifier(*(lower.get(name) for name in names))

    return SupportIds(
        first_identifier(
            members.get("correlation_id"), named("client-request-id", "ms-correlationid", "x-ms-client-request-id")
        ),
        first_identifier(members.get("trace_id")),
        first_identifier(inner.get("request-id"), named("x-ms-request-id", "ms-requestid", "request-id")),
        first_identifier(members.get("timestamp"), inner.get("date"), named("date")),
    )


def decode_body(content: bytes) -> str:
    """Return the text of a body in whatever encoding; nothing is lost but what no encoding knows."""
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("latin-1" if encoding.startswith("utf-8") else encoding, "replace")


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
