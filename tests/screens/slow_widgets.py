"""Some widgets get their messages late, as on a machine that has no time: what comes first may come last."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from textual.message import Message
from textual.message_pump import MessagePump

from tests.screens import settling

SLOW_KINDS = 0.35
"""The share of the classes of widgets that are slow."""
LATE_MESSAGES = 0.15
"""The share of their messages that come late."""
DELAYS = (0.001, 0.005, 0.02, 0.04)
"""Seconds; a screen is drawn sixty times a second."""


@contextmanager
def slow_widgets(seed: str) -> Iterator[None]:
    """Make some classes of widgets slow; `seed` decides which, and how slow."""
    chance = random.Random(seed)
    slow: dict[str, bool] = {}
    dispatch = MessagePump._dispatch_message

    async def dispatch_late(self: MessagePump, message: Message) -> None:
        kind = type(self).__name__
        if kind not in slow:
            slow[kind] = chance.random() < SLOW_KINDS
        if slow[kind] and chance.random() < LATE_MESSAGES:
            settling.messages_held += 1
            try:
                await asyncio.sleep(chance.choice(DELAYS))
            finally:
                settling.messages_held -= 1
        await dispatch(self, message)

    with patch.object(MessagePump, "_dispatch_message", dispatch_late):
        yield
