"""The cloud's clock: real time plus an offset that tests and rehearsals can move."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def iso_timestamp(moment: datetime) -> str:
    """Return a time in UTC as Graph writes it, in whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class RehearsalClock:
    """Real time plus an offset. Whoever subscribed is called, in the mover's thread, after every move."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._watchers: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The time in the cloud, aware, UTC."""
        with self._lock:
            return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> None:
        """Moves the clock on by `seconds` and lets people whose time has come act before it returns."""
        with self._lock:
            self._offset += timedelta(seconds=seconds)
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher()

    def subscribe(self, watcher: Callable[[], None]) -> None:
        """Calls `watcher` after every move."""
        with self._lock:
            self._watchers.append(watcher)

    def unsubscribe(self, watcher: Callable[[], None]) -> None:
        """Ends a subscription; nothing happens where there is none."""
        with self._lock:
            if watcher in self._watchers:
                self._watchers.remove(watcher)
