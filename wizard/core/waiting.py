"""Time and the end of waiting: the clock comes in as an argument, and every wait listens to a cancel signal."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final, Protocol

from wizard.core.errors import Cancelled

POLL_INTERVAL: Final = 0.1
"""Seconds between two looks at the signal."""


class Cancel:
    """A signal, set once, that ends every wait within its reach.

    A plain flag that waits look at: a signal handler may set it at any moment, which the lock of a `threading.Event`
    does not survive when the handler interrupts that event's own wait.
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
    """What the product knows of time."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow, for measuring waits."""
        ...

    def wait(self, seconds: float, cancel: Cancel) -> None:
        """Let `seconds` pass; raise `Cancelled` when `cancel` is set."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def wait(self, seconds: float, cancel: Cancel) -> None:
        """Let `seconds` pass; raise `Cancelled` when `cancel` is set."""
        cancel.wait(seconds)
