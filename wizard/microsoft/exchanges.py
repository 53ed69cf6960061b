"""The record of what was asked: every request that left, how long it took, and what a refusal said, without secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from wizard.core.findings import SupportIds
from wizard.core.timestamps import timestamp

KEPT: Final = 200
"""Exchanges that are kept with a journey, the latest."""
MOST_KEPT: Final = 400_000
"""Bytes they may take there, as JSON."""
LONGEST_ERROR: Final = 2_000
"""Characters of an error body that are kept."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that left.

    Args:
        method: "GET", "POST", "PUT".
        host: with a port unless it is 443.
        path: without query; of a vault's, with the secret's name.
        status: of the answer, 0 without one.
        reason: the id of the check it was made for, or a few words.
        at: when it left (aware, UTC).
        seconds: until the answer was read, or given up.
        error: the body of a refusal, or what went wrong on the way; cleaned, without secrets, "" for a success.
        ids: of the answer, for support.
    """

    method: str
    host: str
    path: str
    status: int
    reason: str
    at: datetime
    seconds: float = 0.0
    error: str = ""
    ids: SupportIds = field(default_factory=SupportIds)

    def as_json(self) -> dict[str, Any]:
        """Return the exchange as a line of `exchanges.jsonl`."""
        return {
            "at": timestamp(self.at, "milliseconds"),
            "method": self.method,
            "host": self.host,
            "path": self.path,
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "check": self.reason,
            "error": self.error,
            "ids": self.ids.present(),
        }


def read_exchange(item: Mapping[str, Any]) -> Exchange:
    """Return the exchange of a line written by `as_json`.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is none.
    """
    at = datetime.fromisoformat(str(item["at"]))
    if at.tzinfo is None:
        raise ValueError("no zone")
    ids = {name: str(value) for name, value in item["ids"].items() if name in asdict(SupportIds())}
    return Exchange(
        str(item["method"]),
        str(item["host"]),
        str(item["path"]),
        int(item["status"]),
        str(item["check"]),
        at,
        float(item["seconds"]),
        str(item["error"])[:LONGEST_ERROR],
        SupportIds(**ids),
    )


def latest_exchanges(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Return those that are kept: the last 200, or fewer if they would take more than 400 kB."""
    room, kept = MOST_KEPT, 0
    for exchange in reversed(exchanges[-KEPT:]):
        room -= _room_of(exchange)
        if room < 0:
            break
        kept += 1
    return tuple(exchanges[len(exchanges) - kept :])


@lru_cache(maxsize=2 * KEPT)
def _room_of(exchange: Exchange) -> int:
    """Return the bytes that an exchange takes as JSON in a list."""
    return len(json.dumps(exchange.as_json())) + 2
