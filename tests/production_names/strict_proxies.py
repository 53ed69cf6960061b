"""A proxy that wants another password than it is given."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.patience import PATIENCE


@contextmanager
def strict_proxy() -> Iterator[str]:
    """Yield its host and port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(10_000)
                connection.sendall(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n"
                    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
                )

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield "{}:{}".format(*listening.getsockname())
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(PATIENCE)
