"""What all onboardings of a process share: connections, what services have asked of them, tokens of this machine."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wizard.microsoft.identity_tokens import IdentityTokens
from wizard.microsoft.kept_threads import KeptThreads
from wizard.microsoft.transport import FreshConnections

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.core.waiting import Cancel, Clock
    from wizard.microsoft.host_probe import HostProbe

FIRST_PAUSE: Final = 2.0
"""Seconds that a busy host is left in peace if it does not say how long; twice as many each time after that."""
LONGEST_PAUSE: Final = 64.0
LONGEST_ASKED: Final = 600.0
"""Seconds: what a service may ask for at the most."""
SEEN_FOR: Final = 60.0
"""Seconds in which the way to a host is the same for everybody on this machine."""


@dataclass(frozen=True, slots=True)
class HostPause:
    """That a host is to be left in peace, as one process tells it to another.

    Args:
        host: which one.
        left: seconds from now on.
        seconds: the pause that this is, or would be if the host had not said how long; the next is twice as long.
    """

    host: str
    left: float
    seconds: float


@dataclass(frozen=True, slots=True)
class _Pause:
    ends: float
    seconds: float


@dataclass(frozen=True, slots=True)
class _Seen:
    at: float
    probe: HostProbe
    is_asked_again: bool = False


class Wire:
    """Connections, and the hosts that are to be left in peace. May be used from several threads.

    Args:
        is_shared: whether others use it too: then a host that one was told is busy is asked by none until it may be.
            Somebody alone waits in sight, and not here (`core.retries`).
        tell: is called with each new pause, for those who share it in other processes.
    """

    def __init__(self, *, is_shared: bool = False, tell: Callable[[HostPause], None] = lambda _pause: None) -> None:
        self.connections = FreshConnections()
        self.threads = KeptThreads()
        self.identity_tokens = IdentityTokens() if is_shared else None
        self._is_shared, self._tell = is_shared, tell
        self._lock = threading.Lock()
        self._pauses: dict[str, _Pause] = {}
        self._seen: dict[tuple[str, str], _Seen] = {}

    def seen(self, service: str, host: str, clock: Clock) -> HostProbe | None:
        """Return how a host was reached a moment ago, None where nobody has asked it, or where it was in trouble.

        After a minute one asks again, and the others go by what was seen until it has its answer, or another minute.
        """
        with self._lock:
            seen = self._seen.get((service, host))
            age = clock.monotonic() - seen.at if seen else 0.0
            if seen is None or age > 2 * SEEN_FOR:
                return None
            if age > SEEN_FOR and not seen.is_asked_again:
                self._seen[service, host] = replace(seen, is_asked_again=True)
                return None
        return seen.probe

    def saw(self, service: str, probe: HostProbe, clock: Clock) -> None:
        """Take note of how a host was reached, for others who share the wire."""
        if self._is_shared and not probe.trouble:
            with self._lock:
                self._seen[service, probe.host] = _Seen(clock.monotonic(), probe)

    def wait_until_free(self, host: str, clock: Clock, cancel: Cancel) -> None:
        """Return once a host may be asked; raise `Cancelled` when `cancel` is set."""
        while (seconds := self._left(host, clock)) > 0:
            clock.wait(seconds, cancel)

    def answered(self, host: str, clock: Clock, *, is_throttled: bool, retry_after: float | None) -> None:
        """Take note of what a host has answered.

        Args:
            host: that was asked.
            clock: measures the pause.
            is_throttled: whether it asked for a pause.
            retry_after: the seconds that it asks for; None where it does not say.
        """
        if not self._is_shared:
            return
        with self._lock:
            if not is_throttled:
                if host in self._pauses and self._pauses[host].ends <= clock.monotonic():
                    del self._pauses[host]
                return
            now, before = clock.monotonic(), self._pauses.get(host)
            is_told_already = before is not None and before.ends > now
            seconds = before.seconds if before else 0.0
            if not is_told_already:  # each of those who were under way is told; that is one time, and not many
                seconds = min(seconds * 2 or FIRST_PAUSE, LONGEST_PAUSE)
            wanted = seconds if retry_after is None else min(retry_after, LONGEST_ASKED)
            pause = self._pauses[host] = _Pause(max(now + wanted, before.ends if before else 0.0), seconds)
        if pause != before:
            self._tell(HostPause(host, pause.ends - now, pause.seconds))

    def take_up(self, pause: HostPause, clock: Clock) -> None:
        """Leave a host in peace that another process was told is busy; the longer of two pauses holds."""
        with self._lock:
            now, before = clock.monotonic(), self._pauses.get(pause.host)
            ends, seconds = (before.ends, before.seconds) if before else (0.0, 0.0)
            self._pauses[pause.host] = _Pause(max(now + pause.left, ends), max(pause.seconds, seconds))

    def pauses(self, clock: Clock) -> list[HostPause]:
        """Return the hosts that are to be left in peace now."""
        with self._lock:
            now = clock.monotonic()
            return [HostPause(host, each.ends - now, each.seconds) for host, each in self._pauses.items()]

    def _left(self, host: str, clock: Clock) -> float:
        with self._lock:
            pause = self._pauses.get(host)
        return pause.ends - clock.monotonic() if pause else 0.0
