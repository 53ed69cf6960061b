"""What is waited for or what holds it up; below it, counting, when it is tried again and how long is waited still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from screens.check_rows import WAITING
from screens.drawing import bold, plain
from screens.widgets.countdown import mark_at
from screens.widgets.hanging import Hanging
from wizard.core.events import Waiting
from wizard.core.wait_words import headline, schedule, with_times
from wizard.core.wording import time_left

if TYPE_CHECKING:
    from wizard.microsoft.http_adapter import PendingRequest

SLOW: Final = 4.0
"""Seconds after which a service that has not answered is named."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a wait: words that stay, the line that counts, and whether something holds it up."""

    words: tuple[str, ...]
    mark: str
    counted: str
    is_held_up: bool = False


class WaitLine(Hanging):
    """What is waited for; only the last line changes, once a second. While nothing is, a slow service is named.

    Args:
        now: the clock.
        asking: the request under way, None between requests.
        also: told the time once a second; None while this line counts, for one thing counts at a time.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        asking: Callable[[], PendingRequest | None],
        also: Callable[[datetime | None], None] = lambda _now: None,
    ) -> None:
        super().__init__(id="wait")
        self._now = now
        self._asking = asking
        self._also = also
        self._waiting: Waiting | None = None
        self._timer: Timer | None = None
        self._said: Said | None = None

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
            return with_times(self._waiting)
        if asking := self._asking():
            return with_times(Waiting(f"{asking.host} to answer", asking.since, asking.until))
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
        self._draw(None)

    def _tick(self) -> None:
        self._also(None if self._waiting else self._now())
        asking = self._asking()
        if self._waiting:
            self._draw(_said_of(self._waiting, self._now()))
        elif asking is not None and (self._now() - asking.since).total_seconds() >= SLOW:
            self._draw(_slow(asking, self._now()))
        else:
            self._draw(None)

    def _draw(self, said: Said | None) -> None:
        if said == self._said:
            return
        before, self._said = self._said, said
        self.display = said is not None
        self.set_class(is_held_up := said is not None and said.is_held_up, "-held-up")
        if isinstance(page := self.parent, Widget):
            page.set_class(is_held_up, "-held-up")  # which makes room for it
        if said is not None:
            self._items = _items_of(said)
            self.refresh(layout=before is None or before.words != said.words)


def _said_of(waiting: Waiting, now: datetime) -> Said:
    words = tuple(filter(None, (headline(waiting), waiting.advice)))
    return Said(words, _mark(waiting.since, now), schedule(waiting, now), is_held_up=bool(waiting.trouble))


def _slow(asking: PendingRequest, now: datetime) -> Said:
    left = time_left((asking.until - now).total_seconds())
    return Said((f"{asking.host} is slow to answer",), _mark(asking.since, now), f"{left} left")


def _mark(since: datetime, now: datetime) -> str:
    return mark_at((now - since).total_seconds())


def _items_of(said: Said) -> tuple[tuple[Content, Content], ...]:
    """Return what is said, each line behind its sign."""
    first, *more = said.words
    head = plain("!").stylize("bold $warn") if said.is_held_up else plain(WAITING).stylize("bold $accent")
    title = bold(first).stylize("$warn" if said.is_held_up else "")
    counted = (plain(said.mark), plain(said.counted))
    return ((head, title), *((plain(" "), plain(each)) for each in more), counted)
