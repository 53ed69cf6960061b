"""Waits that a person sees, and that end when the program is to end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from wizard.core.errors import Busy, Unanswered, Unreachable
from wizard.core.events import Emit, WaitEnded, Waiting
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel, Clock

Result = TypeVar("Result")

RETRY_PAUSES: Final = (2.0, 5.0, 10.0, 20.0)
"""Seconds between tries of a request that met a passing trouble."""
TRANSIENT: Final = frozenset({Trouble.BUSY, Trouble.CUT, Trouble.TIMEOUT, Trouble.ANSWER, Trouble.CONNECT})
"""Troubles that may be over at the next try."""


class WaitContext(Protocol):
    """Whoever waits: with which clock, until which signal, and who is told."""

    @property
    def clock(self) -> Clock:
        """What the wait goes by."""

    @property
    def cancel(self) -> Cancel:
        """The signal that ends it."""

    @property
    def emit(self) -> Emit:
        """Who sees it."""


def wait(
    waiter: WaitContext, what: str, seconds: float, until: datetime | None = None, since: datetime | None = None
) -> None:
    """Wait in sight, not past `until`; `since` is when it was waited for first. Raises `Cancelled`."""
    now = waiter.clock.now()
    if until is not None:
        seconds = max(0.0, min(seconds, (until - now).total_seconds()))
    again = now + timedelta(seconds=seconds)
    waiter.emit(Waiting(what, since=since or now, until=until or again, again_at=again))
    try:
        waiter.clock.wait(seconds, waiter.cancel)
    finally:
        waiter.emit(WaitEnded())


def with_retries(waiter: WaitContext, what: str, call: Callable[[], Result]) -> Result:
    """Make `call`, again after a visible wait while its service is busy or the line breaks off.

    A service's own Retry-After is kept to. Raises the last `Unreachable` when patience ends; a refusal at once.
    """
    since = waiter.clock.now()
    for number, pause in enumerate(RETRY_PAUSES, 2):
        try:
            return call()
        except Unreachable as trouble:
            if isinstance(trouble, Unanswered) or trouble.kind not in TRANSIENT:
                raise
            asked = trouble.retry_after if isinstance(trouble, Busy) else None
            tries = f"try {number} of {len(RETRY_PAUSES) + 1}"
            waited_for = f"{trouble.host} ({trouble.detail}), to go on {what}, {tries}"
            wait(waiter, waited_for, max(asked or 0.0, pause), since=since)
    return call()
