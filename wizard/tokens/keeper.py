"""Keeps access tokens in memory for the programs of this machine, so that Entra is asked for each of them once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from wizard.tokens.access_token import AccessToken
from wizard.tokens.pace import PAUSE

NEARLY_OVER: Final = timedelta(minutes=5)
"""Before its end a token is replaced: whoever gets it has to be able to use it."""
Refusal = TypeVar("Refusal")
Subject = tuple[str, str]
"""The audience of an API, and a tenant."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Refusal]):
    answer: AccessToken | Refusal
    asked_at: datetime


class TokenKeeper(Generic[Refusal]):
    """Gives each token until five minutes before its end; what was refused is not asked for again within a minute.

    Args:
        redeem: returns a new token for an API and a tenant, or why there is none.
        now: the clock.
    """

    def __init__(self, redeem: Callable[[str, str], AccessToken | Refusal], now: Callable[[], datetime]) -> None:
        self._redeem = redeem
        self._now = now
        self._kept: dict[Subject, _Kept[Refusal]] = {}
        self._lock = threading.Lock()

    def give(self, audience: str, tenant_id: str) -> AccessToken | Refusal:
        """Return a token, or why there is none; who asks meanwhile waits, and gets the same.

        Raises:
            WizardError: what `redeem` raises; nothing is kept of it.
        """
        subject = (audience, tenant_id.lower())
        with self._lock:
            kept, now = self._kept.get(subject), self._now()
            if kept is None or not self._is_good(kept, now):
                kept = self._kept[subject] = _Kept(self._redeem(audience, tenant_id), now)
            return kept.answer

    def _is_good(self, kept: _Kept[Refusal], now: datetime) -> bool:
        """Return whether what is kept is given again: a token that lasts, or whatever came within the last minute."""
        is_recent = timedelta(0) <= now - kept.asked_at < timedelta(seconds=PAUSE)
        if isinstance(kept.answer, AccessToken):
            left = kept.answer.expires_at - now
            return left > NEARLY_OVER or (is_recent and left > timedelta(0))
        return is_recent
