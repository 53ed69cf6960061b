"""Clocks, and the signal that ends every wait."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final, Protocol

from wizard.core.errors import Cancelled

POLL_INTERVAL: Final = 0.1
"""Seconds between two readings of the signal."""


class Cancel:
    """A signal, set once, that ends every wait within its reach.

    A plain flag that waits read. A signal handler may set it at any moment; a `threading.Event` would deadlock if the
    handler interrupted that event's own wait.
    """

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """End all waits."""
        self._is_set = True

    @property
    def is_set(self) -> bool:
        """Whether waits are to end."""
        return self._is_set

    def check(self) -> None:
        """Raise `Cancelled` once the signal is set."""
        if self._is_set:
            raise Cancelled("cancelled")

    def wait(self, seconds: float) -> None:
        """Wait in real time; raise `Cancelled` soon after the signal is set."""
        end = time.monotonic() + seconds
        self.check()
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, POLL_INTERVAL))
            self.check()


class Clock(Protocol):
    """Tells the time, and waits."""

    def now(self) -> datetime:
        """Return the wall clock's time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only grow, to measure waits with."""
        ...

    def wait(self, seconds: float, cancel: Cancel) -> None:
        """Return after `seconds`; raise `Cancelled` when `cancel` is set."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the wall clock's time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        return time.monotonic()

    def wait(self, seconds: float, cancel: Cancel) -> None:
        """Return after `seconds`; raise `Cancelled` when `cancel` is set."""
        cancel.wait(seconds)
