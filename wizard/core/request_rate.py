"""A limit on requests a second that several threads keep together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.core.waiting import Cancel, Clock


class RequestRate:
    """Gives each request its turn, evenly spaced.

    Args:
        a_second: how many may leave in a second.
        clock: measures it.
    """

    def __init__(self, a_second: float, clock: Clock) -> None:
        self._between, self._clock = 1 / a_second, clock
        self._lock = threading.Lock()
        self._next = clock.monotonic()

    def wait_for_turn(self, cancel: Cancel) -> None:
        """Return when a request may leave; raise `Cancelled` when `cancel` is set."""
        with self._lock:
            now = self._clock.monotonic()
            at = max(now, self._next)
            self._next = at + self._between
        if at > now:
            self._clock.wait(at - now, cancel)
