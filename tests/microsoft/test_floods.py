"""A service that sends far too much: the request ends in words, and takes neither memory nor program with it."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import trustme

from tests.patience import PATIENCE
from wizard.core.errors import WizardError
from wizard.core.text import clean
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.http import Http

MEGABYTE = 1 << 20
MUCH = 64 * MEGABYTE
MOST_MEMORY = 150 * MEGABYTE
"""By which the process may grow meanwhile."""


@cache
def bomb(compress: Callable[[bytes], bytes]) -> bytes:
    return compress(bytes(MUCH))


def whole(body: bytes, *headers: str) -> list[bytes]:
    """A body with its length, and the headers beside it."""
    return ["\r\n".join((*headers, f"Content-Length: {len(body)}", "", "")).encode(), body]


def pieces(of: bytes, number: int) -> Iterator[bytes]:
    return iter([of] * number)


FLOODS: dict[str, Callable[[], list[bytes | Iterator[bytes]]]] = {
    "500 encodings": lambda: [*whole(b"{}", "Content-Encoding: " + ", ".join(["gzip"] * 500))],
    "deep lists": lambda: [*whole(b"[" * 100_000)],
    "deep objects": lambda: [*whole(b'{"a":' * 100_000)],
    "a long body": lambda: [f"Content-Length: {MUCH}\r\n\r\n".encode(), pieces(bytes(MEGABYTE), 64)],
    "a body without an end": lambda: [b"\r\n", pieces(bytes(MEGABYTE), 64)],
    "chunks": lambda: [
        b"Transfer-Encoding: chunked\r\n\r\n",
        pieces(b"100000\r\n" + bytes(MEGABYTE) + b"\r\n", 64),
        b"0\r\n\r\n",
    ],
    "a chunk of a length that no number is": lambda: [b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 60_000 + b"\r\n"],
    "gzip": lambda: [*whole(bomb(gzip.compress), "Content-Encoding: gzip")],
    "gzip in gzip": lambda: [*whole(gzip.compress(bomb(gzip.compress)), "Content-Encoding: gzip, gzip")],
    "deflate": lambda: [*whole(bomb(zlib.compress), "Content-Encoding: deflate")],
    "headers": lambda: [pieces(b"X-A: " + b"a" * 60_000 + b"\r\n", 2_000), b"\r\n"],
    "one header": lambda: [b"X-A: " + b"a" * MEGABYTE + b"\r\n\r\n"],
    "a number": lambda: [*whole(b'{"a":' + b"9" * MEGABYTE + b"}")],
    "members": lambda: [*whole(b"{" + b",".join(b'"%d":0' % each for each in range(100_000)) + b"}")],
    "go on, go on": lambda: [b"\r\n", pieces(b"HTTP/1.1 100 Continue\r\n\r\n", 20_000)],
}


class Flood:
    """A server that answers each request with the same flood; `status` is that of its answers."""

    def __init__(self, authority: trustme.CA, sends: Callable[[], list[bytes | Iterator[bytes]]]) -> None:
        self.sends, self.status, self.sent = sends, 200, 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(self._context)
        self.listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                connection.settimeout(PATIENCE)
                with contextlib.suppress(OSError), self._context.wrap_socket(connection, server_side=True) as tls:
                    self._answer(tls)

    def _answer(self, tls: ssl.SSLSocket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            if not (piece := tls.recv(65_536)):
                return
            received += piece
        begin = 100 if self.sends is FLOODS["go on, go on"] else self.status
        tls.sendall(f"HTTP/1.1 {begin} So\r\nConnection: close\r\n".encode())
        for part in self.sends():
            for each in [part] if isinstance(part, bytes) else part:
                tls.sendall(each)
                self.sent += len(each)


def memory(name: str) -> int:
    """What the kernel says of this process's memory, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def what_is_said(http: Http, method: str, url: str) -> str:
    """The status of the answer, or the error in words; any other error is raised."""
    try:
        return str(http.request(method, url).status)
    except WizardError as error:
        return str(error)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the kernel does not tell of memory")
@pytest.mark.parametrize(
    "kind", [pytest.param(name, marks=pytest.mark.soak if at else ()) for at, name in enumerate(FLOODS)]
)
def test_a_flood_ends_in_words_and_takes_little_memory(
    kind: str, tmp_path: Path, tried: Callable[[str, int], None]
) -> None:
    authority, number = trustme.CA(), 0
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    flood = Flood(authority, FLOODS[kind])
    login = f"localhost:{flood.listening.getsockname()[1]}"
    cloud = replace(built_in_clouds()["global"], login=login, ca_bundle=str(tmp_path / "ca.pem"))
    with contextlib.closing(flood.listening):
        for method, status in ((method, status) for method in ("GET", "POST") for status in (200, 401, 503)):
            flood.status, flood.sent, number = status, 0, number + 1
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the greatest is measured from here on
            before = memory("VmRSS")
            http = Http(cloud, SystemClock(), Cancel())
            said = what_is_said(http, method, f"https://{login}/flood")
            assert clean(said, 10**6) == said
            assert memory("VmHWM") - before < MOST_MEMORY, (kind, method, status)
            assert flood.sent < MUCH or kind == "headers", "all of it was read"
    tried("H5", number)
