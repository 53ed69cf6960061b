"""The line that says what is waited for, until when, and how long that is still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Static

from screens.plain import plain
from screens.words import clock_time, time_left
from wizard.events import Waiting


class WaitLine(Horizontal):
    """What is waited for; only the time that is left is drawn again, once a second."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(id="wait")
        self._now = now
        self._waiting: Waiting | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The sentence, and the time left."""
        yield Static(id="wait-what", markup=False)
        yield Static(id="wait-left", markup=False)

    def on_mount(self) -> None:
        """Nothing is waited for yet."""
        self.display = False
        self._timer = self.set_interval(1.0, self._tick, pause=True)

    def show(self, waiting: Waiting) -> None:
        """Say what is waited for."""
        self._waiting = waiting
        again_at = waiting.again_at
        is_earlier = again_at is not None and again_at < waiting.until
        again = f", tried again at {clock_time(again_at)}" if again_at and is_earlier else ""
        text = f"▸ Waiting for {waiting.what}, until {clock_time(waiting.until)}{again}"
        self.query_one("#wait-what", Static).update(plain(text))
        self.display = True
        self._tick()
        if self._timer:
            self._timer.resume()

    def clear(self) -> None:
        """Nothing is waited for any more."""
        self._waiting = None
        self.display = False
        if self._timer:
            self._timer.pause()

    def _tick(self) -> None:
        if self._waiting:
            left = (self._waiting.until - self._now()).total_seconds()
            self.query_one("#wait-left", Static).update(plain(f"{time_left(left)} left"))
