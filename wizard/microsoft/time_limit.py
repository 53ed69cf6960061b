"""A call that waits for no more than a given time, and not past the cancel signal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from wizard.core.waiting import Cancel

Result = TypeVar("Result")


def call_within(call: Callable[[], Result], seconds: float, cancel: Cancel) -> Result | None:
    """Return what `call` returns; None if it raises OSError or ValueError, or takes longer.

    Args:
        call: made in a thread of its own, which is left behind where it takes longer.
        seconds: how long it may take.
        cancel: ends the wait.

    Raises:
        Cancelled: the cancel signal was set.
    """
    results: list[Result] = []

    def go() -> None:
        try:
            results.append(call())
        except (OSError, ValueError):
            return

    thread = threading.Thread(target=go, name="limited", daemon=True)
    thread.start()
    waited = 0.0
    while thread.is_alive() and waited < seconds:
        cancel.check()
        thread.join(0.05)
        waited += 0.05
    cancel.check()
    return results[0] if results else None
