"""In a client's process: how long it waited for others, and the waits that move the cloud's clock instead."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any

from requests.adapters import HTTPAdapter

SPENT = [0.0]
_send = HTTPAdapter.send


def _timed_send(self: HTTPAdapter, *arguments: Any, **options: Any) -> Any:
    begun = time.perf_counter()
    try:
        return _send(self, *arguments, **options)
    finally:
        SPENT[0] += time.perf_counter() - begun


def time_requests() -> None:
    """Count the time of every request from now on."""
    HTTPAdapter.send = _timed_send  # type: ignore[method-assign]


def say(**line: object) -> None:
    """Write one line for the cloud's process."""
    print(json.dumps(line), flush=True)


def wait(seconds: float) -> None:
    """Let the cloud's clock go on by `seconds`."""
    begun = time.perf_counter()
    say(type="wait", seconds=seconds)
    sys.stdin.readline()
    SPENT[0] += time.perf_counter() - begun


def finish() -> None:
    """Say how long it waited for others: at last for a browser that has not loaded the page it was sent to.

    The listener gives it two seconds, and the program does not end before; the people of the rehearsal load none.
    """
    begun = time.perf_counter()
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join()
    SPENT[0] += time.perf_counter() - begun
    say(type="spent", elsewhere=SPENT[0])
