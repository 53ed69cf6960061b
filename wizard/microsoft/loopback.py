"""A listener on this machine for one redirect of a browser (RFC 8252, 7.3, 8.3): loopback, one path, one state."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from importlib import resources
from typing import Final
from urllib.parse import parse_qs, urlsplit

from wizard.errors import BadInput

LONGEST_TARGET: Final = 8_192
NO_SUCH_ADDRESS: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
QUIET_LIMIT: Final = 5.0
"""Seconds a connection may say nothing."""


class RedirectListener:
    """Catches the redirect to `uri`, and hands its address to `caught`.

    A stray request (other path, other host, other method, other state) gets a 4xx and ends nothing.

    Args:
        uri: http://localhost, http://127.0.0.1 or http://[::1], with or without port and path.
        state: the value the redirect has to carry.
        caught: called with the whole address, from a thread.

    Raises:
        BadInput: the port is taken.
    """

    def __init__(self, uri: str, state: str, caught: Callable[[str], None]) -> None:
        parts = urlsplit(uri)
        self._path = parts.path or "/"
        self._servers: list[HTTPServer] = []
        self._is_serving = False
        port = parts.port or 0
        addresses = {"localhost": ("127.0.0.1", "::1"), "127.0.0.1": ("127.0.0.1",), "::1": ("::1",)}
        for address in addresses[parts.hostname or ""]:
            try:
                server = self._listen(address, port)
            except OSError as error:
                if error.errno in NO_SUCH_ADDRESS and self._servers:
                    continue  # a machine without IPv6
                self.close()
                why = (
                    "is taken by another program"
                    if error.errno == errno.EADDRINUSE
                    else f"cannot be used ({error.strerror})"
                )
                raise BadInput("consent_redirect_uri", f"port {port} of this machine {why}; free it") from None
            port = server.server_address[1]
            self._servers.append(server)
        shown = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        self.uri = f"http://{shown}:{port}{parts.path}"
        self.hosts = {f"{shown}:{port}".lower()}
        self._state = state
        self._caught = caught
        self._is_serving = True
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.5,), name="loopback", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        if self._is_serving:
            ending = [threading.Thread(target=server.shutdown) for server in self._servers]
            for thread in ending:
                thread.start()
            for server in self._servers:
                _wake(server)
            for thread in ending:
                thread.join()
        for server in self._servers:
            server.server_close()
        self._servers = []

    def accept(self, host: str, target: str) -> bool:
        """Whether a request is the redirect that is waited for; if so it is handed on."""
        parts = urlsplit(target)
        if len(target) > LONGEST_TARGET or host.lower() not in self.hosts or (parts.path or "/") != self._path:
            return False
        if parse_qs(parts.query).get("state") != [self._state]:
            return False
        self._caught(target)
        return True

    def _listen(self, address: str, port: int) -> HTTPServer:
        listener = self

        class Handler(_Handler):
            def redirected(self) -> bool:
                return listener.accept(self.headers.get("Host", ""), self.path)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            address_family = socket.AF_INET6 if ":" in address else socket.AF_INET

            def handle_error(self, request: object, client_address: object) -> None:
                """A broken connection is the browser's affair, and nothing for the screen."""

        return Server((address, port), Handler)


def _wake(server: HTTPServer) -> None:
    """Let a server's loop look whether it is to end, instead of sleeping on."""
    with suppress(OSError), socket.socket(server.address_family) as knock:
        knock.settimeout(0.2)
        knock.connect(server.server_address[:2])


class _Handler(BaseHTTPRequestHandler):
    """Answers one request; the page it gives holds nothing of what came in."""

    timeout = QUIET_LIMIT
    server_version = "partner-wizard"
    sys_version = ""

    def redirected(self) -> bool:
        """Whether this request is the awaited one."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """The redirect of the browser, or a stray request."""
        is_it = self.redirected()
        name = "landed.html" if is_it else "stray.html"
        page = resources.files("assets").joinpath("pages", name).read_bytes()
        self.send_response(200 if is_it else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name http.server gives it
        """Nothing: an address here may hold a state."""
