"""A listener on this machine for the redirect of a browser (RFC 8252, 7.3, 8.3): loopback addresses, one path.

One thread serves all connections, so that many or slow ones cost nothing and `close` waits for none of them.
"""

from __future__ import annotations

import errno
import ipaddress
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from wizard.core.errors import BadInput
from wizard.microsoft.browser_request import BrowserRequest, RequestRefused, check_sender, read_request
from wizard.microsoft.landing import ICON_PATH, Landing, icon, page_of, redirect_to, refusal

NO_SUCH_ADDRESS: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
ADDRESSES: Final = {"localhost": ("127.0.0.1", "::1"), "127.0.0.1": ("127.0.0.1",), "::1": ("::1",)}
"""What is listened on, by the host of the URI: a browser takes either for localhost."""
QUIET_LIMIT: Final = 5.0
"""Seconds a connection may say nothing."""
WHOLE_LIMIT: Final = 10.0
"""Seconds a connection may take from first to last."""
SEEN_LIMIT: Final = 2.0
"""Seconds a browser has to load the page that it was sent to."""
ICON_LIMIT: Final = 0.5
"""Seconds it has, after the page, to ask for the page's sign. Not every browser does."""
CLOSE_LIMIT: Final = 1.5
"""Seconds `close` waits for a handler that is at work."""
MOST_CONNECTIONS: Final = 32
MOST_DISCARDED: Final = 4_000_000
"""Bytes that are read and dropped after an answer, so that a browser that still sends gets to read it."""


@dataclass(slots=True, eq=False)
class _Connection:
    """A connection, of a browser or of any other program."""

    socket: socket.socket
    since: float
    heard: float
    received: bytearray = field(default_factory=bytearray)
    to_send: bytes = b""
    shows: str = ""
    """The path of the page it is being sent, "" for any other answer."""
    is_answered: bool = False
    discarded: int = 0


class RedirectListener:
    """Takes the redirect to `uri`, sends the browser on to a page that says so, and takes nothing else.

    A stray request (another path, host or method, a fetch by a foreign page, one that the handler does not know) gets
    a 4xx and ends nothing.

    Args:
        uri: http://localhost, http://127.0.0.1 or http://[::1], with or without port and path.
        handler: called from a thread, once a request, with its path and query. Returns the page for an awaited answer,
            which it has then submitted; None for a stray one.
        port: the one to listen on; 0 for that of `uri`, or any free one.
        field: the field that `BadInput` names.

    Raises:
        BadInput: the port cannot be listened on.
    """

    def __init__(
        self,
        uri: str,
        handler: Callable[[str], Landing | None],
        *,
        port: int = 0,
        field: str = "consent_redirect_uri",
    ) -> None:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        self._sockets = _open_sockets(ADDRESSES[host], port or parts.port or 0, field)
        self.port: int = self._sockets[0].getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        self.uri = f"http://{shown}:{self.port}{parts.path}"
        self._hosts = {f"{shown}:{self.port}"} | ({shown} if self.port == 80 else set())
        self._path = parts.path or "/"
        self._handler = handler
        self._is_over = threading.Event()
        self._is_leaving = threading.Event()
        self._landings: dict[str, Landing] = {}
        self._unseen: set[str] = set()
        self._see_until = 0.0
        self._connections: list[_Connection] = []
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._waking = threading.Lock()
        self._waker.setblocking(False)
        for each in (*self._sockets, self._woken):
            each.setblocking(False)
            self._selector.register(each, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name="loopback", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening at once. Any thread may call it, any number of times."""
        self._is_over.set()
        self._wake()
        if threading.current_thread() is not self._thread:
            self._thread.join(CLOSE_LIMIT)
            for each in self._sockets:
                each.close()  # a handler that still works must not keep the port

    def close_when_seen(self) -> None:
        """Stop listening as soon as the browser has loaded the page it was sent to, or 2 s after it was sent there.

        Returns at once. If no browser was sent anywhere, it closes at once. A program that ends waits for it.
        """
        if self._is_leaving.is_set():
            return
        self._is_leaving.set()
        with _leaving_lock:
            _leaving.add(self)
        self._wake()
        threading.Thread(target=self._leave, name="loopback-leaving", daemon=False).start()

    def _leave(self) -> None:
        self._thread.join(SEEN_LIMIT + CLOSE_LIMIT)
        self.close()
        with _leaving_lock:
            _leaving.discard(self)

    def _wake(self) -> None:
        with self._waking, suppress(OSError):  # it is closed already, or has been woken many times
            self._waker.send(b"\0")

    # --- the thread that serves -------------------------------------------------------------------------------------

    def _serve(self) -> None:
        try:
            while not self._is_done():
                for key, events in self._selector.select(self._next_timeout()):
                    if key.fileobj is self._woken:
                        self._woken.recv(4096)
                    elif isinstance(key.data, _Connection):
                        with self._dropping(key.data):
                            self._handle_event(key.data, events)
                    elif isinstance(key.fileobj, socket.socket):
                        self._accept(key.fileobj)
                self._drop_expired()
        finally:
            with self._waking:
                for each in (*(each.socket for each in self._connections), *self._sockets, self._woken, self._waker):
                    each.close()
            self._selector.close()

    def _is_done(self) -> bool:
        is_seen = not self._unseen or time.monotonic() >= self._see_until
        return self._is_over.is_set() or (self._is_leaving.is_set() and is_seen)

    def _next_timeout(self) -> float | None:
        """Return the seconds until a limit ends; None if there is none."""
        ends = [_expiry(each) for each in self._connections]
        if self._is_leaving.is_set():
            ends.append(self._see_until)
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _accept(self, listening: socket.socket) -> None:
        try:
            connection, address = listening.accept()
        except OSError:  # gone again, or no descriptor is left
            if self._connections:
                self._drop(self._connections[0])
            self._is_over.wait(0.01)
            return
        if not is_this_machine(address[0]):
            connection.close()
            return
        if len(self._connections) >= MOST_CONNECTIONS:
            self._drop(min(self._connections, key=lambda each: each.heard))
        now = time.monotonic()
        connection.setblocking(False)
        new = _Connection(connection, now, now)
        self._connections.append(new)
        self._selector.register(connection, selectors.EVENT_READ, new)

    def _handle_event(self, connection: _Connection, events: int) -> None:
        if events & selectors.EVENT_READ:
            received = connection.socket.recv(65_536)
            if not received:
                if connection.to_send:
                    self._selector.modify(connection.socket, selectors.EVENT_WRITE, connection)
                else:
                    self._drop(connection)
                    return
            connection.heard = time.monotonic()
            if connection.is_answered:
                connection.discarded += len(received)
                if connection.discarded > MOST_DISCARDED:
                    self._drop(connection)
                    return
            elif received:
                connection.received += received
                self._answer(connection)
        if connection.to_send:
            self._send(connection)

    def _answer(self, connection: _Connection) -> None:
        """Send the answer as soon as the request is whole, or is seen to be none."""
        try:
            request = read_request(bytes(connection.received))
            if request is None:
                return
            connection.to_send, connection.shows = self._answer_to(request)
        except RequestRefused as refused:
            connection.to_send = refusal(refused.status)
        connection.received.clear()
        connection.is_answered = True

    def _answer_to(self, request: BrowserRequest) -> tuple[bytes, str]:
        is_icon = request.target == ICON_PATH and bool(self._landings)
        check_sender(request, self._hosts, is_icon)
        if is_icon:
            return icon(), ICON_PATH
        if landing := self._landings.get(request.target):
            return page_of(landing), landing.path
        landing = self._call_handler(request.target) if request.path == self._path else None
        if landing is None:
            raise RequestRefused(HTTPStatus.NOT_FOUND)
        self._landings[landing.path] = landing
        self._unseen = {landing.path, ICON_PATH}
        self._see_until = time.monotonic() + SEEN_LIMIT
        return redirect_to(landing), ""

    def _call_handler(self, target: str) -> Landing | None:
        try:
            return self._handler(target)
        except Exception:  # noqa: BLE001  # a handler that fails on a strange request has not taken it
            return None

    def _send(self, connection: _Connection) -> None:
        with suppress(BlockingIOError):
            connection.to_send = connection.to_send[connection.socket.send(connection.to_send) :]
        if connection.to_send:
            self._selector.modify(connection.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, connection)
            return
        self._selector.modify(connection.socket, selectors.EVENT_READ, connection)
        connection.socket.shutdown(socket.SHUT_WR)
        if connection.shows:
            self._unseen.discard(connection.shows)
            if connection.shows != ICON_PATH:
                self._see_until = min(self._see_until, time.monotonic() + ICON_LIMIT)

    def _drop_expired(self) -> None:
        now = time.monotonic()
        for each in [each for each in self._connections if now >= _expiry(each)]:
            self._drop(each)

    @contextmanager
    def _dropping(self, connection: _Connection) -> Iterator[None]:
        """Drop a connection that breaks: that is the browser's affair, and nothing for the screen."""
        try:
            yield
        except BlockingIOError:  # nothing to read after all
            return
        except OSError:
            self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            self._selector.unregister(connection.socket)
            connection.socket.close()


_leaving: set[RedirectListener] = set()
"""Listeners that only show their last page: a new one that needs their port gets it."""
_leaving_lock = threading.Lock()


def require_free_port(port: int, field: str) -> None:
    """Raise `BadInput` for `field` if a port of this machine cannot be listened on now."""
    for each in _open_sockets(ADDRESSES["localhost"], port, field):
        each.close()


def is_this_machine(address: str) -> bool:
    """Return whether an address is this machine's own."""
    return ipaddress.ip_address(address).is_loopback


def _expiry(connection: _Connection) -> float:
    return min(connection.heard + QUIET_LIMIT, connection.since + WHOLE_LIMIT)


def _open_sockets(addresses: tuple[str, ...], port: int, field: str, tries: int = 4) -> list[socket.socket]:
    """Return a listening socket for each address, all on the same port.

    Args:
        addresses: loopback addresses.
        port: 0 for any free one.
        field: the field that `BadInput` names.
        tries: how often a free port is looked for.

    Raises:
        BadInput: the port cannot be listened on.
    """
    if not 0 <= port <= 65_535:
        raise BadInput(field, f"there is no port {port}; expected one from 1 to 65535, or 0 for any that is free")
    with _leaving_lock:
        leaving = [each for each in _leaving if each.port == port]
    for each in leaving:
        each.close()
    try:
        return _bind_all(addresses, port)
    except OSError as error:
        is_taken = error.errno == errno.EADDRINUSE
        if is_taken and port == 0 and tries > 1:  # what is free on one address may be taken on the other
            return _open_sockets(addresses, port, field, tries - 1)
        why = "is taken by another program; free it" if is_taken else f"cannot be used ({error.strerror})"
        raise BadInput(field, f"port {port} of this machine {why}, or choose another") from None


def _bind_all(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    bound: list[socket.socket] = []
    try:
        for address in addresses:
            try:
                bound.append(_bound(address, bound[0].getsockname()[1] if bound else port))
            except OSError as error:
                if error.errno not in NO_SUCH_ADDRESS or not bound:  # else a machine without IPv6
                    raise
    except OSError:
        for each in bound:
            each.close()
        raise
    return bound


def _bound(address: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # earlier connections must not keep the port
        bound.bind((address, port))
        bound.listen(128)
    except OSError:
        bound.close()
        raise
    return bound
