"""Answers of services, and pages, as values; and the answers that are refused before any library reads them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

import requests

from wizard.core.errors import Busy, Unreachable
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble

BUSY: Final = frozenset({408, 429})
LONGEST_RETRY_AFTER: Final = 300.0
"""Seconds a Retry-After is believed."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer, read whole. `body` is its JSON, None where it is none. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: object


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page as a browser gets it. `location`: where it is sent on to, "" where it stays. `text` is not cleaned."""

    status: int
    location: str
    text: str


def url_host(url: str) -> str:
    """Return the host of `url`, lower case, with its port if it is not the scheme's own."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    host = (parts.hostname or "").lower()
    return host if port in (None, 443) or (port == 80 and parts.scheme == "http") else f"{host}:{port}"


def read_json(response: requests.Response) -> object:
    """Return the JSON of a body, None where it is none; takes a BOM (protocol 4.1), keeps no copy in an error (T4)."""
    try:
        return json.loads(response.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def is_busy(status: int) -> bool:
    """Return whether a status says nothing of the request itself: 429, 5xx, and 408, by which a gateway gives up."""
    return status in BUSY or status >= 500


def raise_if_busy(response: requests.Response) -> None:
    """Raise `Busy` for 408, 429 and 5xx, before any library makes something else of it (T5)."""
    if is_busy(response.status_code):
        raise Busy(url_host(response.url or ""), response.status_code, retry_after(response.headers.get("Retry-After")))


def raise_if_redirected(response: requests.Response) -> None:
    """Raise `Unreachable` for a redirect: none of these services redirects a request, and none is followed."""
    if 300 <= response.status_code < 400:
        target = redirect_target(response)
        where = f", to {target}" if target else ""
        detail = f"answered with a redirect (HTTP {response.status_code}{where}), which is not followed"
        raise Unreachable(url_host(response.url or ""), Trouble.REDIRECT, detail)


def redirect_target(response: requests.Response) -> str:
    """Return the host and path that a redirect names; "" if it names none that can be read."""
    try:
        target = urlsplit(urljoin(response.url or "", response.headers.get("Location", "")))
        return clean_line((target.hostname or "") + target.path, 120) if response.headers.get("Location") else ""
    except ValueError:
        return ""


def retry_after(header: str | None) -> float | None:
    """Return the seconds that a Retry-After asks for, which may hold a number or a date (RFC 9110, 10.2.3)."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_RETRY_AFTER)
