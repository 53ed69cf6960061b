"""Waits that a person sees and a signal ends, and calls that are tried again after one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from wizard.core.errors import Busy, Unanswered, Unreachable
from wizard.core.events import Emit, WaitEnded, Waiting
from wizard.core.trouble import Trouble
from wizard.core.wait_words import trouble_of
from wizard.core.waiting import Cancel, Clock

Result = TypeVar("Result")

RETRY_PAUSES: Final = (2.0, 5.0, 10.0, 20.0)
"""Seconds between tries of a request."""
TRANSIENT: Final = frozenset({Trouble.BUSY, Trouble.CUT, Trouble.TIMEOUT, Trouble.ANSWER, Trouble.CONNECT})
"""Troubles that may be over at the next try."""


class WaitContext(Protocol):
    """What a wait needs: a clock, the signal that ends it, and where events go."""

    @property
    def clock(self) -> Clock:
        """The clock that measures it."""

    @property
    def cancel(self) -> Cancel:
        """The signal that ends it."""

    @property
    def emit(self) -> Emit:
        """Where its events go."""


def wait(
    waiter: WaitContext,
    what: str,
    seconds: float,
    until: datetime | None = None,
    since: datetime | None = None,
    *,
    trouble: str = "",
    advice: str = "",
    next_try: int = 0,
) -> None:
    """Wait, and say so in an event; what it says of the wait is told there.

    Args:
        waiter: whose clock, signal and events are used.
        what: what is waited for, or tried again.
        seconds: how long.
        until: the wait does not go past it; None for no end.
        since: when the first wait for it began; None for now.
        trouble: what holds it up, "" where all goes as it should.
        advice: what is to be known or done meanwhile.
        next_try: the number of the try that follows, of as many as `RETRY_PAUSES` allow; 0 where they are not counted.

    Raises:
        Cancelled: the cancel signal was set.
    """
    now = waiter.clock.now()
    if until is not None:
        seconds = max(0.0, min(seconds, (until - now).total_seconds()))
    again = now + timedelta(seconds=seconds)
    tries = len(RETRY_PAUSES) + 1 if next_try else 0
    waiter.emit(Waiting(what, since or now, until or again, again, trouble, advice, next_try, tries))
    try:
        waiter.clock.wait(seconds, waiter.cancel)
    finally:
        waiter.emit(WaitEnded())


def with_retries(waiter: WaitContext, what: str, call: Callable[[], Result]) -> Result:
    """Return what `call` returns, trying again after a wait while the trouble may pass (`TRANSIENT`).

    Args:
        waiter: whose clock, signal and events the waits use.
        what: what the call does, such as "reading the vault".
        call: is made up to five times; a service's own Retry-After is honoured.

    Raises:
        Unreachable: at the last try, or at once if it is not transient; any other error at once.
        Cancelled: the cancel signal was set.
    """
    since = waiter.clock.now()
    for number, pause in enumerate(RETRY_PAUSES, 2):
        try:
            return call()
        except Unreachable as trouble:
            if isinstance(trouble, Unanswered) or trouble.kind not in TRANSIENT:
                raise
            seconds = trouble.retry_after if isinstance(trouble, Busy) else None
            held_up = trouble_of(trouble.host, trouble.kind, trouble.detail)
            wait(waiter, what, max(seconds or 0.0, pause), since=since, trouble=held_up, next_try=number)
    return call()
