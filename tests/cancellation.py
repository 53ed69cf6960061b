"""Cancelling a run in tests, and what it still waits for then: in the seconds it asks for, not in those that pass."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tests.harness import wait_for
from wizard.core.waiting import Cancel
from wizard.microsoft.kept_threads import Work


@contextmanager
def waits_after_cancel(cancel: Cancel) -> Iterator[list[float]]:
    """Record how long this thread waits for others after the signal: the limit of each wait, in seconds."""
    here, waits = threading.current_thread(), list[float]()
    join, has_ended_within = threading.Thread.join, Work.has_ended_within

    def note(seconds: float | None) -> None:
        if threading.current_thread() is here and cancel.is_set:
            waits.append(float("inf") if seconds is None else seconds)

    def joined(thread: threading.Thread, timeout: float | None = None) -> None:
        join(thread, timeout)
        note(timeout)

    def ended(work: Work[Any], seconds: float) -> bool:
        has_ended = has_ended_within(work, seconds)
        note(seconds)
        return has_ended

    with patch.object(threading.Thread, "join", joined), patch.object(Work, "has_ended_within", ended):
        yield waits


def cancel_when(condition: Callable[[], object], cancel: Cancel) -> None:
    """Cancel as soon as `condition` is true, in a thread of its own."""

    def watch() -> None:
        wait_for(condition, "what is to be cancelled")
        cancel.set()

    threading.Thread(target=watch, daemon=True).start()
