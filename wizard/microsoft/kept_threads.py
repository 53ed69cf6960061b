"""Threads that are kept for the next request: to start one for each costs as much as the request itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeVar

Result = TypeVar("Result")

KEPT_FOR: Final = 1.0
"""Seconds that a thread waits for something to do before it ends."""


class Work(Generic[Result]):
    """A call under way in another thread."""

    def __init__(self, call: Callable[[], Result]) -> None:
        self._call = call
        self._under_way = threading.Lock()
        self._under_way.acquire()
        self._outcome: tuple[Result | None, BaseException | None] = None, None

    def has_ended_within(self, seconds: float) -> bool:
        """Wait, and return whether the call has ended."""
        if not self._under_way.acquire(timeout=seconds):
            return False
        self._under_way.release()
        return True

    def result(self) -> Result:
        """Return what the call returned, or raise what it raised; it has ended."""
        result, error = self._outcome
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # which may be None where the call returns that

    def _run(self) -> None:
        try:
            self._outcome = self._call(), None
        except BaseException as error:  # noqa: BLE001  # carried over to whoever waits
            self._outcome = None, error
        finally:
            self._under_way.release()


class KeptThreads:
    """Daemon threads, as many as there are calls at once; the end of the program waits for none of them."""

    def __init__(self) -> None:
        self._idle: list[SimpleQueue[Work[Any]]] = []  # whose `pop`, `append` and `remove` are atomic

    def begin(self, call: Callable[[], Result]) -> Work[Result]:
        """Make a call in a thread that is idle, or in a new one."""
        work = Work(call)
        try:
            to_do = self._idle.pop()
        except IndexError:
            to_do = SimpleQueue()
            threading.Thread(target=self._serve, args=(to_do,), name="http", daemon=True).start()
        to_do.put(work)
        return work

    def _serve(self, to_do: SimpleQueue[Work[Any]]) -> None:
        while True:
            try:
                to_do.get(timeout=KEPT_FOR)._run()
            except Empty:
                try:
                    self._idle.remove(to_do)
                except ValueError:  # taken just now: its work is about to come
                    continue
                return
            self._idle.append(to_do)
