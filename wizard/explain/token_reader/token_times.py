"""Points in time as a person reads them: in UTC, and how far they are from now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_LAST: Final = 253_370_764_800  # the year 9999: what a datetime can hold
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def read_epoch(value: object) -> datetime | None:
    """Return a time of a token (seconds since 1970, as a number or its digits), None for what is none."""
    if isinstance(value, str) and 0 < len(value) < 13 and value.isascii() and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _LAST:
        return None
    return datetime.fromtimestamp(float(value), UTC)


def format_duration(seconds: float) -> str:
    """Return a length of time, without sign: "37 minutes", "90 minutes", "3 hours", "2 days"."""
    for length, unit in _UNITS:
        if abs(seconds) >= 2 * length:
            return f"{int(abs(seconds) // length)} {unit}s"
    return "1 minute" if abs(seconds) >= 60 else "less than a minute"


def format_relative(when: datetime, now: datetime) -> str:
    """Return how far a time is: "in 37 minutes", "3 hours ago"."""
    seconds = (when - now).total_seconds()
    return f"in {format_duration(seconds)}" if seconds > 0 else f"{format_duration(seconds)} ago"
