"""Ports of this machine: one that somebody has, and one that nobody has."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def taken(address: str = "127.0.0.1") -> Iterator[int]:
    """A port that another program listens at."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as holder:
        holder.bind((address, 0))
        holder.listen()
        yield holder.getsockname()[1]


def free_port() -> int:
    """A port that nobody listens at now."""
    with taken() as port:
        return port
