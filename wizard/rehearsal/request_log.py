"""Every request that the cloud answered, for people and tests to look at."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request, and the status of its answer.

    Args:
        method: its HTTP method.
        host: its Host header.
        path: without the query.
        query: names of the query's parameters; their values may be secret.
        form: names of the form's fields.
        status: HTTP status of the answer; 0 if the connection was broken off.
        at: the cloud's time.
    """

    method: str
    host: str
    path: str
    query: tuple[str, ...]
    form: tuple[str, ...]
    status: int
    at: datetime


class RequestLog:
    """The requests answered so far; may be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[LoggedRequest] = []

    def add(self, request: LoggedRequest) -> None:
        """Add a request."""
        with self._lock:
            self._requests.append(request)

    def all(self) -> list[LoggedRequest]:
        """Return a copy of the list."""
        with self._lock:
            return list(self._requests)
