"""Tokens of an identity of this machine, asked for once for all onboardings: Entra slows down who asks for each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Final

from wizard.core.waiting import POLL_INTERVAL

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken

    from wizard.core.waiting import Cancel, Clock

NEEDED: Final = 360.0
"""Seconds that a token has to be good for; azure-core asks for another one five minutes before the end."""


class IdentityTokens:
    """Tokens by what they are for. May be used from several threads: one asks, and the others wait for its answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, AccessToken] = {}
        self._turns: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, ask: Callable[[], AccessToken], clock: Clock, cancel: Cancel) -> AccessToken:
        """Return a token that is good for a while, from Entra where there is none yet.

        Args:
            key: identity, tenant, scope: whatever makes it another token.
            ask: asks for it. What it raises is for this caller alone; the next one asks once more.
            clock: says which is good.
            cancel: ends the wait for the answer of another.

        Raises:
            Cancelled: the cancel signal was set.
        """
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        while not turn.acquire(timeout=POLL_INTERVAL):
            cancel.check()
        try:
            kept = self._kept.get(key)
            if kept is None or kept.expires_on - clock.now().timestamp() < NEEDED:
                kept = self._kept[key] = ask()
            return kept
        finally:
            turn.release()
