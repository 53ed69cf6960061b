"""Ports of this machine: one that is taken, and one that is free."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def taken_port(address: str = "127.0.0.1") -> Iterator[int]:
    """Hold a port on which something listens."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as holder:
        holder.bind((address, 0))
        holder.listen()
        yield holder.getsockname()[1]


def free_port() -> int:
    """Return a port on which nothing listens now."""
    with taken_port() as port:
        return port
