"""What is said of a wait: what holds it up or what is waited for, and when it is tried again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from wizard.core.events import Waiting
from wizard.core.timestamps import clock_time, utc_clock_time
from wizard.core.trouble import Trouble
from wizard.core.wording import time_left

_TOO_MANY_REQUESTS: Final = "HTTP 429"


def trouble_of(host: str, kind: Trouble | None, detail: str) -> str:
    """Return what holds up a request: "login.microsoftonline.com is not answering (HTTP 503)".

    Args:
        host: that was asked.
        kind: of the trouble, None where it has none.
        detail: what came back.
    """
    is_busy = kind is Trouble.BUSY and detail.endswith(_TOO_MANY_REQUESTS)
    does = "is busy" if is_busy else "is not answering" + (" as it should" if kind is Trouble.ANSWER else "")
    return f"{host} {does} ({detail.replace('answered HTTP', 'HTTP')})"


def headline(waiting: Waiting) -> str:
    """Return what holds it up, or what is waited for."""
    return waiting.trouble or f"Waiting for {waiting.what}"


def schedule(waiting: Waiting, now: datetime) -> str:
    """Return when it is tried again, which try that is, and how long is waited at most; as the count-down says it."""
    said = []
    if waiting.again_at is not None:
        seconds = round((waiting.again_at - now).total_seconds())
        said.append(f"Trying again in {seconds} s" if seconds > 0 else "Trying again now")
    if waiting.next_try:
        said.append(_try(waiting))
    if waiting.again_at is None or waiting.again_at < waiting.until:
        said.append(f"{time_left((waiting.until - now).total_seconds())} left")
    return " · ".join(said)


def in_a_line(waiting: Waiting) -> str:
    """Return all that is said of it in a line that stays true while it lasts; times are UTC, as in a log."""
    until = utc_clock_time(waiting.until)
    if not waiting.trouble:
        said = [f"{headline(waiting)}, at most until {until}.", waiting.advice]
    elif waiting.next_try and waiting.again_at is not None:
        again = f"Trying again at {utc_clock_time(waiting.again_at)}, {_try(waiting)}: {waiting.what}."
        said = [f"! {waiting.trouble}.", waiting.advice, again]
    else:
        said = [f"! {waiting.trouble}.", waiting.advice, f"Trying again, at most until {until}."]
    return " ".join(filter(None, said))


def with_times(waiting: Waiting) -> str:
    """Return what is waited for and since when, as a sentence that stays true; times are those of a clock here."""
    since = f"{headline(waiting)} since {clock_time(waiting.since)}"
    if waiting.trouble and waiting.again_at is not None:
        return f"{since}; trying again at {clock_time(waiting.again_at)}."
    return f"{since}, until {clock_time(waiting.until)} at most."


def _try(waiting: Waiting) -> str:
    return f"try {waiting.next_try} of {waiting.tries}"
