"""`partner-wizard alerts`: send a test, list what was told, and mute a cause until a day."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.commands.context import name_of, read_clouds, stop_on_signals
from wizard.commands.stored_answers import refuse_a_person
from wizard.core.errors import BadInput
from wizard.core.text import clean_line
from wizard.core.timestamps import day, read_timestamp, timestamp, utc_time
from wizard.jobs.alert_memory import CAUSE, EVERYBODY, Memory, MemoryFile, Told
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.session import Session
from wizard.journeys.state_folder import state_folder
from wizard.plain.alert_settings import read_alert_settings
from wizard.plain.answers_file import read_answers
from wizard.plain.line_writer import LineWriter

if TYPE_CHECKING:
    import argparse

    from wizard.jobs.alerting import AlertSettings
    from wizard.onboarding.onboarding_context import Onboarding

Kept = tuple[Memory, Callable[[Memory], str]]
"""What is remembered, and what writes it, and returns why it could not."""
LONGEST_MUTE: Final = timedelta(days=366)
"""What is muted for good is found by nobody."""


def main(options: argparse.Namespace) -> int:
    """Do what is asked; return the exit code.

    Raises:
        BadInput: the answers file says nothing of alerts, or an option does not go with what is asked.
    """
    session, lines = Session(), LineWriter(as_json=options.json)
    if (options.action == "mute") != bool(options.cause) or bool(options.cause) != bool(options.until):
        raise BadInput("alerts", "mute takes a CAUSE and --until YYYY-MM-DD; test and list take neither")
    settings = _settings(options)
    with stop_on_signals(session):
        if options.action == "test":
            return _test(options, settings, session, lines)
        kept = _file_of(settings.state, session) if settings.state else _tags_of(options, settings, session)
        with kept as (memory, write):
            if options.action == "list":
                _list(memory, session.clock.now(), lines)
                return 0
            _mute(memory, options.cause, options.until, session.clock.now(), lines)
            if trouble := write(memory):
                raise BadInput("alerts mute", trouble)
    return 0


@contextmanager
def _file_of(path: Path, session: Session) -> Iterator[Kept]:
    """Yield what a file remembers, and what writes it."""
    file = MemoryFile(path, session.clock, session.cancel)
    try:
        yield file.open(), file.write
    finally:
        file.close()


@contextmanager
def _tags_of(options: argparse.Namespace, settings: AlertSettings, session: Session) -> Iterator[Kept]:
    """Yield what the tags of the token of the onboarding that is meant remember, and what writes them."""
    from wizard.jobs.alert_run import key_of
    from wizard.jobs.alert_tags import AlertTags

    onboarding, name = _loaded(options, session)
    tags, memory = AlertTags(lambda: onboarding, name), Memory()
    if not tags.read():
        raise BadInput("alerts", f"what was told of {name} could not be read: partner-wizard check says why")
    tags.put_into(memory, map(key_of, settings.addresses))
    yield memory, tags.write


def _loaded(options: argparse.Namespace, session: Session) -> tuple[Onboarding, str]:
    """Return the onboarding that is meant, and its name; raise `BadInput` where that is not one."""
    from wizard.commands.renew import find_onboarding

    session.clouds, session.folder = read_clouds(options), JourneyFolder(Path(state_folder(os.environ)))
    saved = find_onboarding(options, session, *read_answers(Path(options.answers), os.environ))
    refuse_a_person(saved.answers, "alerts", ("vault_identity",))
    return session.load(saved).onboarding, name_of(session.file.path) if session.file else saved.answers.tenant


def _settings(options: argparse.Namespace) -> AlertSettings:
    if not options.answers:
        raise BadInput("--answers", "name the answers file that says, under [alerts], where alerts go")
    settings = read_alert_settings(Path(options.answers), os.environ)
    if settings is None:
        raise BadInput("alerts", "the answers file has no [alerts]; partner-wizard help alerting shows one")
    return settings


def _test(options: argparse.Namespace, settings: AlertSettings, session: Session, lines: LineWriter) -> int:
    """Send a test to every address, and return 3 where one does not take it."""
    from wizard.jobs.alert_addresses import Addresses
    from wizard.jobs.alert_message import write_test
    from wizard.jobs.alert_run import told_of
    from wizard.jobs.alert_sending import require_apprise, send_alerts
    from wizard.redaction.redactor import Redactor

    require_apprise()
    redactor = Redactor()
    addresses = Addresses(settings.addresses, redactor)
    if any(each.vault_secret for each in settings.addresses):
        addresses.look_into(_loaded(options, session)[0])
    alerts = [(address, write_test()) for address in addresses.all]
    told = told_of(alerts, send_alerts(alerts, os.environ, redactor, session.cancel))
    lines.write(told.as_json(), told.in_words(again=False))
    return 3 if told.failed else 0


def _known(memory: Memory) -> dict[str, tuple[str, Told]]:
    """Return every cause that is remembered, with its command and onboarding, and what is known of it."""
    found: dict[str, tuple[str, Told]] = {}
    for address, runs in memory.of.items():
        for run, causes in runs.items():
            for cause, told in causes.items():
                before = found[cause][1] if cause in found else Told(told.title)
                told_at = max(filter(None, (before.told_at, told.told_at)), default=None)
                muted = told.muted_until if address == EVERYBODY else before.muted_until
                found[cause] = (run, Told(before.title or told.title, told_at, muted))
    return found


def _list(memory: Memory, now: datetime, lines: LineWriter) -> None:
    """Write a line for each cause that is remembered."""
    memory.forget_mutes(now)
    known = _known(memory)
    for cause, (run, told) in sorted(known.items(), key=lambda each: (each[1][0], each[0])):
        said = f"told {utc_time(told.told_at)}" if told.told_at else "seen once"
        muted = f", muted until {day(told.muted_until)}" if told.muted_until else ""
        title = clean_line(told.title) or "a cause of before"
        line = {
            "type": "cause",
            "cause": cause,
            "command": run.partition(" ")[0],
            "onboarding": run.partition(" ")[2],
            "title": told.title,
            "told_at": timestamp(told.told_at) if told.told_at else "",
            "muted_until": timestamp(told.muted_until) if told.muted_until else "",
        }
        lines.write(line, f"{cause}  {title} ({run}): {said}{muted}")
    if not known:
        lines.note("No cause is remembered: nothing was told, or all of it is over.")


def _mute(memory: Memory, cause: str, until: str, now: datetime, lines: LineWriter) -> None:
    """Have nobody told of a cause until the beginning of a day."""
    ends = read_timestamp(until) if len(until) == len("2026-12-31") else None
    if ends is None or not now < ends <= now + LONGEST_MUTE:
        raise BadInput("--until", "expected a day such as 2026-12-31, after today and within a year")
    known = _known(memory)
    if not CAUSE.fullmatch(cause) or cause not in known:
        raise BadInput("CAUSE", "is no cause that is remembered; partner-wizard alerts list names each")
    run, told = known[cause]
    command, _, name = run.partition(" ")
    memory.mute(run, cause, told.title, ends)
    muted = {
        "type": "muted",
        "cause": cause,
        "command": command,
        "onboarding": name,
        "until": timestamp(ends),
    }
    lines.write(muted, f"Muted until {day(ends)}: {clean_line(told.title) or cause} ({run}). It may go on meanwhile.")
