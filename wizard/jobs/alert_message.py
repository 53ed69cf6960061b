"""The text of an alert: what is new, what is still there, what is over; without secrets, and without names of persons.

It is plain text. Each service that it goes to wants another form, and apprise escapes it for that form; what would call
people together in a chat, wherever it stands in a service's words, is broken here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wizard.catalogue.diagnosis import diagnose_finding
from wizard.catalogue.outgoing_message import write_message
from wizard.catalogue.prose import wrap_prose
from wizard.core.text import clean, clean_line
from wizard.core.wording import counted
from wizard.jobs.alert_causes import Cause, Found, Kind
from wizard.jobs.alerting import News
from wizard.journeys.saved_journey import read_finding
from wizard.redaction.redactor import Redactor

WIDTH: Final = 76
MOST_IN_FULL: Final = 3
"""New causes whose whole message is in an alert; of the others there is a line."""
MOST_LINES: Final = 60
"""Causes of a kind that have a line."""
LONGEST: Final = 12_000
"""Characters: what mail, chats and pagers take, whole or in few parts."""
_MENTIONS: Final = re.compile(r"(?<=@)(?=(?:everyone|here|channel|all)\b)|(?<=<)(?=[@!#&])", re.IGNORECASE)
"""Where a mark goes that nobody sees: behind it, "@everyone" and "<!channel>" are words and nothing else."""
_BREAK: Final = "\u2060"
ENDINGS: Final = {
    Kind.STOPPED: "fails",
    Kind.REFUSED: "is refused",
    Kind.EXPIRES: "ends soon",
    Kind.UNREACHABLE: "could not be reached",
}


@dataclass(frozen=True, slots=True)
class Alert:
    """What goes to an address.

    Args:
        subject: one line.
        text: the message, plain.
        level: "failure", "warning", "success" or "info".
    """

    subject: str
    text: str
    level: str


def write_alert(news: News, command: str, redactor: Redactor, *, names: bool) -> Alert:
    """Return the alert that tells some news.

    Args:
        news: at least one.
        command: that found it.
        redactor: knows secrets, and which persons it has met.
        names: whether names of persons are told.
    """
    text = "\n".join(_lines(news, command)).rstrip()
    subject = _subject(news)
    text, subject = (redactor.redact(each) for each in (text, subject))
    if not names:
        text, subject = (redactor.replace_user_names(each) for each in (text, subject))
    text, subject = clean(text, LONGEST), clean_line(subject, 160)
    return Alert(_MENTIONS.sub(_BREAK, subject), _MENTIONS.sub(_BREAK, text), _level(news))


def write_test() -> Alert:
    """Return what `partner-wizard alerts test` sends."""
    return Alert(
        "partner-wizard: a test of alerts",
        "This is a test, sent by partner-wizard. Here you are told what stops, what is refused,\n"
        "what ends soon, and when it is over. Nothing is to be done.",
        "info",
    )


def _subject(news: News) -> str:
    if len(news.new) == 1 and not news.again:
        cause, found = news.new[0]
        return f"Partner Center onboarding of {found.tenant or found.onboarding}: {cause.title}"
    whose = {found.onboarding for _, found in (*news.new, *news.again)}
    if not whose:
        gone = news.gone[0]
        if len(news.gone) == 1:
            return f"All clear: {gone.title}"
        return f"All clear for {counted(len({each.onboarding for each in news.gone}), 'Partner Center onboarding')}"
    what = f"{len(news.new)} new" if news.new else "still there"
    return f"{counted(len(whose), 'Partner Center onboarding')} to look at: {what}"


def _level(news: News) -> str:
    kinds = {cause.kind for cause, _ in (*news.new, *news.again)}
    if kinds & {Kind.STOPPED, Kind.REFUSED}:
        return "failure"
    return "warning" if kinds else "success"


def _lines(news: News, command: str) -> Iterator[str]:
    for cause, found in news.new[:MOST_IN_FULL]:
        yield from _in_full(cause, found)
        yield ""
    if more := news.new[MOST_IN_FULL:]:
        yield f"Also new ({len(more)})"
        yield from _listed(more)
    if news.again:
        yield f"Told before, and still there ({len(news.again)})"
        yield from _listed(news.again)
    if news.gone:
        yield f"Over ({len(news.gone)})"
        for gone in news.gone[:MOST_LINES]:
            yield from wrap_prose(f"{gone.title} (cause {gone.id})", WIDTH, "  ", "    ")
        yield from _left_out(len(news.gone))
    yield f"Found by partner-wizard {command.replace('-', ' --')}."
    if news.new or news.again:
        yield "Not to be told of a cause: partner-wizard alerts mute CAUSE --until YYYY-MM-DD"


def _in_full(cause: Cause, found: Found) -> Iterator[str]:
    whose = found.tenant or found.onboarding
    yield f"{whose} {ENDINGS[cause.kind]} (cause {cause.id})"
    yield ""
    if cause.line:
        diagnosis = diagnose_finding(read_finding(cause.line))
        yield from write_message(diagnosis, found.about, is_set_up=True).text.splitlines()
        return
    yield from wrap_prose(f"{cause.title}.", WIDTH, "  ", "  ")
    yield ""
    if cause.kind is Kind.EXPIRES:
        act = "partner-wizard renew, or partner-wizard renew --credential for the app's own credential, in time."
        yield from wrap_prose(f"What to do: {act} partner-wizard status says what ends, and when.", WIDTH, "  ", "  ")
    else:
        yield from wrap_prose("What to do: run it for this onboarding alone, and read what it says.", WIDTH, "  ", "  ")
    yield ""
    yield from (f"  {name}: {value}" for name, value in found.about.items())


def _listed(causes: list[tuple[Cause, Found]]) -> Iterator[str]:
    for cause, found in causes[:MOST_LINES]:
        said = f"{found.tenant or found.onboarding}: {cause.title} (cause {cause.id})"
        yield from wrap_prose(said, WIDTH, "  ", "    ")
    yield from _left_out(len(causes))
    yield ""


def _left_out(number: int) -> Iterator[str]:
    if number > MOST_LINES:
        yield f"  and {number - MOST_LINES} more: partner-wizard alerts list names each"
