"""A browser, and whoever else, at the door of a loopback listener."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

import requests

from tests.patience import PATIENCE
from wizard.microsoft.landing import Landing
from wizard.microsoft.loopback import RedirectListener

STATE = "the-state"
RIGHT = f"/?code=1.AcodeB&state={STATE}&session_state=x<script>"


class RedirectHandler:
    """Takes the redirect with the right state once, and knows it again."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.taken: list[str] = []

    def __call__(self, target: str) -> Landing | None:
        self.asked.append(target)
        if parse_qs(urlsplit(target).query).get("state") != [STATE]:
            return None
        if target not in self.taken:
            self.taken.append(target)
        return Landing.SIGNED_IN


def get(url: str, headers: Mapping[str, str] | None = None, *, follow: bool = False) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, headers=headers, timeout=PATIENCE, allow_redirects=follow)


def connect(listener: RedirectListener) -> socket.socket:
    return socket.create_connection(("127.0.0.1", listener.port), timeout=PATIENCE)


def said_to(listener: RedirectListener, sent: bytes) -> bytes:
    """All that is answered to bytes as they are; b"" where the connection is dropped."""
    received = bytearray()
    with connect(listener) as connection, contextlib.suppress(ConnectionError):
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
        while piece := connection.recv(65_536):
            received += piece
    return bytes(received)


def lines(listener: RedirectListener, *headers: str, first: str = f"GET {RIGHT} HTTP/1.1") -> bytes:
    return "\r\n".join((first, f"Host: localhost:{listener.port}", *headers, "", "")).encode("latin-1")


def takes_the_right_one(listener: RedirectListener, handler: RedirectHandler) -> bool:
    handler.taken.clear()
    answer = get(listener.uri + RIGHT, follow=True)
    return answer.status_code == 200 and len(handler.taken) == 1


@contextlib.contextmanager
def listening(handler: RedirectHandler, uri: str = "http://localhost") -> Iterator[RedirectListener]:
    """A listener that is closed in the end."""
    listener = RedirectListener(uri, handler)
    try:
        yield listener
    finally:
        listener.close()
