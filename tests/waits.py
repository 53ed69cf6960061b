"""What is still waited for once a run was cancelled, in the seconds that were asked for, not in those that passed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tests.helpers_outside import wait_for
from wizard.core.waiting import Cancel


@contextmanager
def waits_after(cancel: Cancel) -> Iterator[list[float]]:
    """The waits of this thread for others that end after the signal: how long each may take, at most."""
    here, waits, join = threading.current_thread(), list[float](), threading.Thread.join

    def joined(thread: threading.Thread, timeout: float | None = None) -> Any:
        join(thread, timeout)
        if threading.current_thread() is here and cancel.is_set:
            waits.append(float("inf") if timeout is None else timeout)

    with patch.object(threading.Thread, "join", joined):
        yield waits


def cancel_once(condition: Callable[[], object], cancel: Cancel) -> None:
    """Give the signal as soon as something is so."""

    def watch() -> None:
        wait_for(condition, "what is to be cancelled")
        cancel.set()

    threading.Thread(target=watch, daemon=True).start()
