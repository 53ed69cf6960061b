"""What a browser, or any other program, sends to the loopback listener: read strictly, and checked before its use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

LONGEST_TARGET: Final = 16_384
"""Characters of path and query. A code with claims has some thousand."""
LONGEST_HEADER: Final = 65_536
"""Bytes of all header lines; cookies of other programs on localhost come with each request."""

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_TARGET: Final = re.compile(r"/[!-~]*")
_VERSION: Final = re.compile(r"HTTP/1\.[0-9]")
_VALUE: Final = re.compile(r"[\t -~\x80-\xff]*")


class RequestRefused(Exception):
    """A request that gets an HTTP error."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class BrowserRequest:
    """A GET.

    Args:
        target: path and query, as sent.
        headers: by name in lower case; values of one name are joined by commas.
    """

    target: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """Return the target without its query, as sent."""
        return self.target.partition("?")[0]


def read_request(received: bytes) -> BrowserRequest | None:
    """Return the request in what was received so far; None while it is not whole.

    Raises:
        NotServed: it is not a GET that we read.
    """
    text = received.decode("latin-1")
    line, has_line, rest = text.partition("\r\n")
    if not has_line:
        if text and not _TOKEN.match(text):
            raise RequestRefused(HTTPStatus.BAD_REQUEST)  # TLS, most likely: it would wait for us, and we for it
        if len(line) > LONGEST_TARGET + 100:
            raise RequestRefused(HTTPStatus.REQUEST_URI_TOO_LONG)
        return None
    target = _target_of(line)
    head, is_whole, _ = rest.partition("\r\n\r\n") if not rest.startswith("\r\n") else ("", True, "")
    if len(head) > LONGEST_HEADER:
        raise RequestRefused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    return BrowserRequest(target, _headers_of(head)) if is_whole else None


def _target_of(line: str) -> str:
    words = line.split(" ")
    if len(words) != 3 or not _TOKEN.fullmatch(words[0]) or not _VERSION.fullmatch(words[2]):
        raise RequestRefused(HTTPStatus.BAD_REQUEST)
    if words[0] != "GET":
        raise RequestRefused(HTTPStatus.METHOD_NOT_ALLOWED)
    if len(words[1]) > LONGEST_TARGET:
        raise RequestRefused(HTTPStatus.REQUEST_URI_TOO_LONG)
    if not _TARGET.fullmatch(words[1]):
        raise RequestRefused(HTTPStatus.BAD_REQUEST)
    return words[1]


def _headers_of(head: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in head.split("\r\n") if head else ():
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise RequestRefused(HTTPStatus.BAD_REQUEST)
        key, text = name.lower(), value.strip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def check_sender(request: BrowserRequest, hosts: Set[str], is_icon: bool) -> None:
    """Let only a browser pass that was sent here, not one where a foreign page fetches.

    Args:
        request: as it was read.
        hosts: our own, with the port, as a browser names them.
        is_icon: whether it asks for the sign of our page, which a browser fetches by itself.

    Raises:
        NotServed: another host (a name that somebody led to this machine), or a fetch by another page.
    """
    if request.headers.get("host", "").lower() not in hosts:
        raise RequestRefused(HTTPStatus.MISDIRECTED_REQUEST)
    mode = request.headers.get("sec-fetch-mode")
    origin = request.headers.get("origin")
    is_own = origin in {None, *(f"http://{host}" for host in hosts)}
    # Some browsers say null after a form whose answer leads to another host, as the last page of a sign-in does.
    if not is_own and (origin, mode) != ("null", "navigate"):
        raise RequestRefused(HTTPStatus.FORBIDDEN)
    if is_icon:
        if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            raise RequestRefused(HTTPStatus.FORBIDDEN)
    elif mode not in {None, "navigate"}:
        raise RequestRefused(HTTPStatus.FORBIDDEN)
