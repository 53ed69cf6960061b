"""How often one token may be redeemed: Entra stops a client that repeats a request (AADSTS50196, protocol 11.9)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final, Protocol

PAUSE: Final = 60
"""Seconds between two redemptions for one API in one tenant. Entra's own limit is not published (U)."""


class Pace(Protocol):
    """Knows when what was redeemed last."""

    def seconds_left(self, what: str, now: datetime) -> int:
        """Return how long to wait, in seconds; 0 where it may be redeemed now, which is noted."""


def subject_of(tenant_id: str, client_id: str, audience: str) -> str:
    """Return a name for what is redeemed, that says nothing about it."""
    return hashlib.sha256("\n".join((tenant_id, client_id, audience)).lower().encode()).hexdigest()[:20]


def still_to_wait(last: float, now: float) -> int:
    """Return the whole seconds until `PAUSE` has passed; 0 for a moment that lies ahead: then a clock has jumped."""
    passed = now - last
    return max(1, round(PAUSE - passed)) if 0 <= passed < PAUSE else 0


class PaceInMemory:
    """Notes for the length of a process."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def seconds_left(self, what: str, now: datetime) -> int:
        """Return how long to wait, in seconds; 0 where it may be redeemed now, which is noted."""
        moment = now.timestamp()
        if left := still_to_wait(self._last.get(what, -PAUSE), moment):
            return left
        self._last[what] = moment
        return 0
