"""The cloud's clock: real time plus an offset that tests and rehearsals can move."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def iso_timestamp(moment: datetime) -> str:
    """Return a time in UTC as Graph writes it, in whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class RehearsalClock:
    """Real time plus an offset. Subscribers are called after every move, in the thread that moved it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._subscribers: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Return the cloud's time, aware, in UTC."""
        with self._lock:
            return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> None:
        """Move the clock on by `seconds`; people whose acts are due have acted when this returns."""
        with self._lock:
            self._offset += timedelta(seconds=seconds)
            subscribers = list(self._subscribers)
        for subscriber in subscribers:
            subscriber()

    def subscribe(self, subscriber: Callable[[], None]) -> None:
        """Call `subscriber` after every move."""
        with self._lock:
            self._subscribers.append(subscriber)

    def unsubscribe(self, subscriber: Callable[[], None]) -> None:
        """End a subscription, if there is one."""
        with self._lock:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)
