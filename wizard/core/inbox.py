"""What a person says or pastes, or a listener receives, while a check waits for it; by purpose."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class Purpose(StrEnum):
    """What is waited for."""

    CONSENT = "consent"
    INTEGRATION_USER = "integration_user"
    VAULT = "vault"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class RedirectResponse:
    """The answer of a page: the address a browser ended on, received by a listener or pasted.

    It may hold a code that signs somebody in, and is never shown.
    """

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AlreadyGranted:
    """A person says that consent is granted, and has no address to paste."""


@dataclass(frozen=True, slots=True)
class NewLink:
    """A person asks for a new link: the one shown is too old, or was opened in the wrong browser."""


Message: TypeAlias = RedirectResponse | AlreadyGranted | NewLink


class Inbox:
    """Messages by purpose, from any thread, each taken once."""

    def __init__(self) -> None:
        self._queues: dict[Purpose, queue.SimpleQueue[Message]] = {each: queue.SimpleQueue() for each in Purpose}

    def put(self, purpose: Purpose, message: Message) -> None:
        """Add a message."""
        self._queues[purpose].put(message)

    def take(self, purpose: Purpose) -> Message | None:
        """Remove and return the oldest message; None while there is none."""
        try:
            return self._queues[purpose].get_nowait()
        except queue.Empty:
            return None

    def receiver(self, purpose: Purpose) -> Callable[[str], None]:
        """Return what a listener calls with an address; after the next `clear` its calls have no effect."""
        present = self._queues[purpose]
        return lambda text: present.put(RedirectResponse(text))

    def clear(self, purpose: Purpose) -> None:
        """Drop what nobody has taken, and what an earlier listener adds from now on."""
        self._queues[purpose] = queue.SimpleQueue()
