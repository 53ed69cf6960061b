"""The line that says what is waited for, how long already, and how long at most."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from textual.timer import Timer
from textual.widgets import Static

from screens.drawing import plain
from wizard.core.events import Waiting
from wizard.core.wording import clock_time, time_left

if TYPE_CHECKING:
    from wizard.microsoft.http_adapter import PendingRequest

SLOW: Final = 4.0
"""Seconds after which a service that has not answered is named."""


class WaitLine(Static):
    """What is waited for; only digits change, once a second. While nothing is, a service that is slow is named.

    Args:
        now: the clock.
        asking: the request under way, None between requests.
    """

    def __init__(self, now: Callable[[], datetime], asking: Callable[[], PendingRequest | None]) -> None:
        super().__init__(id="wait", markup=False)
        self._now = now
        self._asking = asking
        self._waiting: Waiting | None = None
        self._timer: Timer | None = None
        self._text = ""

    def on_mount(self) -> None:
        """Nothing is waited for yet."""
        self.display = False
        self._timer = self.set_interval(1.0, self._tick, pause=True)

    def begin(self) -> None:
        """Checks run: from now on look once a second."""
        if self._timer:
            self._timer.resume()

    def show(self, waiting: Waiting) -> None:
        """Say what is waited for."""
        self._waiting = waiting
        self._tick()

    @property
    def words(self) -> str:
        """What is waited for and since when, as a sentence that stays true; "" where nothing is."""
        if self._waiting:
            return f"Waiting for {self._waiting.what}{_times(self._waiting.since, self._waiting.until)}."
        if asking := self._asking():
            return f"Waiting for {asking.host} to answer{_times(asking.since, asking.until)}."
        return ""

    def clear(self) -> None:
        """This is not waited for any more."""
        self._waiting = None
        self._tick()

    def end(self) -> None:
        """No checks run any more."""
        if self._timer:
            self._timer.pause()
        self._waiting = None
        self._draw("")

    def _tick(self) -> None:
        if self._waiting:
            self._draw(_wait(self._waiting, self._now()))
        else:
            asking = self._asking()
            is_slow = asking is not None and (self._now() - asking.since).total_seconds() >= SLOW
            self._draw(_slow(asking, self._now()) if asking and is_slow else "")

    def _draw(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.update(plain(text))
            self.display = bool(text)


def _wait(waiting: Waiting, now: datetime) -> str:
    so_far = time_left((now - waiting.since).total_seconds())
    longest = time_left((waiting.until - waiting.since).total_seconds())
    again_at = waiting.again_at
    if again_at is None:
        how_long = f"{so_far} of at most {longest}"
    elif again_at < waiting.until:
        how_long = f"{so_far} of at most {longest}, next try {clock_time(again_at)}"
    else:
        how_long = f"{so_far} so far, next try {clock_time(again_at)}"
    return f"▸ Waiting for {waiting.what} · {how_long} · Esc stops"


def _times(since: datetime, until: datetime) -> str:
    return f" since {clock_time(since)}, until {clock_time(until)} at most"


def _slow(asking: PendingRequest, now: datetime) -> str:
    so_far = time_left((now - asking.since).total_seconds())
    longest = time_left((asking.until - asking.since).total_seconds())
    return f"▸ {asking.host} is slow to answer · {so_far} of at most {longest} · Esc stops"
