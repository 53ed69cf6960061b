"""Settings of the requests that one thread makes: cancel signal, time limit, and who observes the answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests

    from wizard.core.waiting import Cancel


class RequestScope(threading.local):
    """Settings of the present thread's requests; each thread begins with the defaults."""

    cancel: Cancel | None = None
    """The signal that ends them, whatever signal the next run has; None: the run's."""
    time_limit: float | None = None
    """Seconds after which each is given up; None: the usual."""
    observer: Callable[[requests.Response], None] | None = None
    """Is given each answer while its connection is open."""

    @contextmanager
    def limited_to(self, seconds: float) -> Iterator[None]:
        """Abandon each request made inside after `seconds`."""
        self.time_limit = seconds
        try:
            yield
        finally:
            self.time_limit = None

    @contextmanager
    def observed_by(self, observer: Callable[[requests.Response], None]) -> Iterator[None]:
        """Show `observer` the answer to each request made inside, while its connection is open."""
        self.observer = observer
        try:
            yield
        finally:
            self.observer = None
