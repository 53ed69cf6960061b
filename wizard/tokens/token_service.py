"""A small HTTP service for the programs of this machine, on a Unix socket or on loopback, that gives access tokens.

On a Unix socket the file's mode, 0600, says who may ask. On loopback every program of the machine can connect, so that
each request needs the service's own key in a header. That header, and the answer to a request with `api-version`, are
those of a managed identity of Azure App Service: an Azure SDK takes the service for one, by two variables of its
environment.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import socket
import socketserver
import stat
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from wizard.core.errors import BadInput, place_of
from wizard.core.own_files import is_own
from wizard.core.secret import Secret

PATH: Final = "/token"
KEY_HEADER: Final = "X-IDENTITY-HEADER"
QUIET_LIMIT: Final = 5.0
"""Seconds a connection may say nothing."""
HAS_SOCKET_FILES: Final = hasattr(socket, "AF_UNIX")
"""Python on Windows has no such sockets."""
MOST_AT_ONCE: Final = 16
"""Connections that are answered at the same time; for one more, the oldest that has shown no key yet is closed."""
ROOM_LIMIT: Final = 1.0
"""Seconds until that one has made room."""
LONGEST_QUERY: Final = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with.

    Args:
        status: of HTTP.
        body: a JSON object; it may hold a token.
        retry_after: seconds, 0 for none.
    """

    status: int
    body: Mapping[str, object]
    retry_after: int = 0


Answerer = Callable[[Mapping[str, str]], Answer]
"""Is given the parameters of a request; called from several threads."""


class TokenService:
    """Listens until `close`; a request is taken while `serve_once` runs, and answered by a thread of its own.

    Args:
        place: the path of a Unix socket, or the number of a port of 127.0.0.1, 0 for any free one.
        answer: gives the answer to a request that may ask.

    Raises:
        BadInput: the place cannot be used.
    """

    def __init__(self, place: str, answer: Answerer) -> None:
        self.key = Secret("" if not place.isdecimal() else secrets.token_urlsafe(32))
        self._socket_file: Path | None = None
        self._answer = answer
        if place.isdecimal():
            self._server: _Server = self._listen(int(place))
            self._server.host = "{}:{}".format(*self._server.server_address)
            self.address = f"http://{self._server.host}{PATH}"
        else:
            self._socket_file = Path(place).expanduser()
            self._server = self._listen_on_file(self._socket_file)
            self.address = str(self._socket_file)
        self._server.timeout = 0.2

    def serve_once(self) -> None:
        """Take a request if one comes within a fifth of a second."""
        self._server.handle_request()

    def close(self) -> None:
        """Stop listening, and remove the socket's file."""
        self._server.server_close()
        if self._socket_file is not None:
            self._socket_file.unlink(missing_ok=True)

    def _listen(self, port: int) -> _OnLoopback:
        if port > 65_535:
            raise BadInput("--serve", "expected a port from 1 to 65535, or the path of a socket")
        try:
            return _OnLoopback(("127.0.0.1", port), self._answer, self.key)
        except OSError as error:
            raise BadInput("--serve", f"port {port} cannot be listened on: {error.strerror}") from None

    def _listen_on_file(self, path: Path) -> _OnUnixSocket:
        if not HAS_SOCKET_FILES:
            raise BadInput("--serve", "this system has no such sockets for Python; name a port")
        _remove_abandoned(path)
        before = os.umask(0o177)
        try:
            return _OnUnixSocket(str(path), self._answer, self.key)
        except OSError as error:
            raise BadInput("--serve", f"{path} cannot be listened on: {error.strerror or error}") from None
        finally:
            os.umask(before)


def _remove_abandoned(path: Path) -> None:
    """Remove a socket of ours at which nobody listens any more; raise `BadInput` for anything else that is there."""
    try:
        found = path.lstat()
    except OSError:
        return
    if not stat.S_ISSOCK(found.st_mode) or not is_own(found):
        raise BadInput("--serve", f"{path} is there already, and is no socket of yours")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError as error:
            raise BadInput("--serve", f"{path} cannot be used: {error.strerror or error}") from None
    raise BadInput("--serve", f"another program listens at {path}")


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Answers each connection in a thread, `MOST_AT_ONCE` at the most.

    Every account of the machine can connect to loopback: those that only hold connections open keep nobody out.

    `host` is what a request has to name, "" on a socket: a page in a browser that was made to connect here names its
    own (DNS rebinding).
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = MOST_AT_ONCE

    def __init__(self, place: Any, answer: Answerer, key: Secret) -> None:
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._strangers: dict[Any, None] = {}
        self._turn = threading.Lock()
        self.answer, self.key, self.host = answer, key, ""
        super().__init__(place, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin to answer a connection."""
        if self._free.acquire(blocking=False) or (self._make_room() and self._free.acquire(timeout=ROOM_LIMIT)):
            with self._turn:
                self._strangers[request] = None
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def may_stay(self, request: Any) -> None:
        """Let a connection be answered, however many others come."""
        with self._turn:
            self._strangers.pop(request, None)

    def _make_room(self) -> bool:
        """End the oldest connection that has shown no key yet; return whether there is one."""
        with self._turn:
            oldest = next(iter(self._strangers), None)
            if oldest is not None:
                del self._strangers[oldest]
                with suppress(OSError):  # it has just ended by itself
                    oldest.shutdown(socket.SHUT_RDWR)
        return oldest is not None

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.may_stay(request)
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # those of the base class
        """Say where an answer ended unexpectedly, and no more: a traceback could show a token (T2)."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):  # else the program that asked has gone away
            print(f"partner-wizard: an answer ended unexpectedly ({place_of(error)})", file=sys.stderr)


class _OnLoopback(_Server):
    allow_reuse_address = True


class _OnUnixSocket(_Server):
    address_family = socket.AF_UNIX if HAS_SOCKET_FILES else socket.AF_INET


class _Handler(BaseHTTPRequestHandler):
    """Takes GET /token; whatever else comes gets a 4xx, and no word about tokens."""

    server: _Server
    timeout = QUIET_LIMIT
    server_version = "partner-wizard"
    sys_version = ""
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d\n"

    def do_GET(self) -> None:
        parts = urlsplit(self.path[:LONGEST_QUERY])
        host, key = self.server.host, self.server.key
        if host and (self.headers.get("Host", "") != host or "Origin" in self.headers):
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        given = self.headers.get(KEY_HEADER, "")
        if key and not hmac.compare_digest(given.encode(), key.reveal().encode()):
            self.send_error(HTTPStatus.UNAUTHORIZED)
            return
        self.server.may_stay(self.connection)
        if parts.path != PATH:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            asked = {name: values[-1] for name, values in parse_qs(parts.query, max_num_fields=10).items()}
        except ValueError:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        self._send(self.server.answer(asked))

    def _send(self, answer: Answer) -> None:
        body = json.dumps(answer.body).encode() + b"\n"
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        if answer.retry_after:
            self.send_header("Retry-After", str(answer.retry_after))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        """Return who asks; on a Unix socket there is no address."""
        return "local"

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the name is that of the base class
        """Write nothing: a request's address may hold what a program sent by mistake."""
