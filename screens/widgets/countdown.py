"""Who is waited for, and how long still: a line of which the mark and the digits change, once a second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from textual.timer import Timer
from textual.widgets import Static

from screens.drawing import plain
from wizard.core.wording import time_left

MARKS: Final = "⠂⠐"
"""What takes turns while something is waited for."""


def mark_at(seconds: float) -> str:
    """Return the mark that stands before a wait so many seconds after it began, or before it ends."""
    return MARKS[max(0, round(seconds)) % len(MARKS)]


class Countdown(Static):
    """Who is waited for until the end of a code or a link.

    Args:
        awaited: who.
        now: the clock.
        until: the end, None where it is not known yet.
        tail: what else is said.
        over: called once it is over.
        acts: what whoever is waited for does then, where a rehearsal says when.
    """

    def __init__(
        self,
        awaited: str,
        now: Callable[[], datetime],
        *,
        id: str,  # noqa: A002  # Textual's name
        until: datetime | None = None,
        tail: str = "",
        over: Callable[[], object] | None = None,
        acts: str = "signs in",
    ) -> None:
        super().__init__(id=id, markup=False, classes="countdown")
        self.until = until
        self.tail = tail
        self._awaited = awaited
        self._now = now
        self._over = over
        self._acts = acts
        self._acts_at: datetime | None = None
        self._timer: Timer | None = None
        self._shape: tuple[int, ...] = ()

    def on_mount(self) -> None:
        """Begin to count."""
        self.tick()
        self._timer = self.set_interval(1.0, self.tick)

    def promise(self, seconds: float) -> None:
        """Say from now on in how many seconds it is answered."""
        self._acts_at = self._now() + timedelta(seconds=seconds)

    def tick(self) -> None:
        """Draw how long still."""
        if self.until is None:
            self._draw(self._said(MARKS[0], ""))
            return
        left = (self.until - self._now()).total_seconds()
        if left <= 0 and self._over is not None:
            self.stop()
            self._over()
            return
        self._draw(self._said(mark_at(left), f"{time_left(left)} left"))

    def stop(self) -> None:
        """Nothing is waited for any more."""
        self.display = False
        if self._timer is not None:
            self._timer.stop()

    def _draw(self, said: str) -> None:
        """Draw a line; the page is arranged again only if its words, and so its lines, have other lengths."""
        before, self._shape = self._shape, tuple(map(len, said.split(" ")))
        self.update(plain(said), layout=self._shape != before)

    def _said(self, mark: str, left: str) -> str:
        return " · ".join(filter(None, (f"{mark} waiting for {self._awaited}", left, self._promised or self.tail)))

    @property
    def _promised(self) -> str:
        left = round((self._acts_at - self._now()).total_seconds()) if self._acts_at else 0
        return f"{self._acts} in {left} s" if left > 0 else ""
