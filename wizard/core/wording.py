"""Signs and words of outcomes, people and times, as every face of the program shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from wizard.core.findings import Outcome, Retry, Who
from wizard.core.timestamps import read_timestamp

OUTCOME_SIGNS: Final = {Outcome.HOLDS: "✓", Outcome.FAILS: "✗", Outcome.WARNS: "!", Outcome.UNKNOWN: "?"}
OUTCOME_WORDS: Final = {
    Outcome.HOLDS: "holds",
    Outcome.FAILS: "fails",
    Outcome.WARNS: "warns",
    Outcome.UNKNOWN: "could not tell",
}
PEOPLE: Final = {
    Who.OPERATOR: "you",
    Who.ADMIN: "an administrator",
    Who.INTEGRATION_USER: "the integration user",
    Who.MICROSOFT: "Microsoft",
}
_RETRIES: Final = {
    Retry.YES: "yes, as it is",
    Retry.WAIT: "yes, after a pause",
    Retry.AFTER_FIX: "only once this is done",
    Retry.NO: "not with this token or code: it takes a new one",
    None: "nobody knows yet",
}

OPERATOR: Final = "the operator"
"""The one who runs the wizard, in texts that others read."""


def people(who: Iterable[Who], *, operator: str = PEOPLE[Who.OPERATOR]) -> str:
    """Return who can fix something, in words; "" where nobody is named.

    Args:
        operator: the word for the one who runs the wizard: `OPERATOR` in texts that others read.
    """
    return " or ".join(operator if each is Who.OPERATOR else PEOPLE[each] for each in who)


def retry_in_words(retry: Retry | None) -> str:
    """Return whether trying again helps, in words."""
    return _RETRIES[retry]


def clock_time(moment: datetime) -> str:
    """Return a moment as a clock on the wall shows it here: 14:05:00."""
    return f"{moment.astimezone():%H:%M:%S}"


def time_left(seconds: float) -> str:
    """Return seconds as a kitchen timer shows them: 14:32, 0:09, 1:02:00."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def day_and_time(stamp: str) -> str:
    """Return an ISO stamp as day and time here; the stamp itself where it is none."""
    moment = read_timestamp(stamp)
    return f"{moment.astimezone():%d %b %Y, %H:%M}" if moment else stamp


def lower_first(sentence: str) -> str:
    """Return a sentence so that it can follow on another's beginning."""
    return sentence[:1].lower() + sentence[1:]
