"""`partner-wizard check`: every check that can be made of a stored journey, without a person and without writing.

It takes no lock: the saved journey is read once, whole, and never written, so that it may run beside the wizard. Alerts
that tags are to remember are the one thing that it writes (`alert_tags`).
The stored token is redeemed once, as a renewal does, and the new one is dropped: the stored one stays valid
(protocol 8).
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from functools import partial
from pathlib import Path

from wizard.commands.context import (
    EXIT_CODES,
    journey_file,
    name_of,
    read_clouds,
    read_saved_journey,
    stop_on_signals,
)
from wizard.commands.stored_answers import refuse_a_person, with_credential_of
from wizard.commands.telling import Telling
from wizard.core.errors import Cancelled
from wizard.core.wording import counted
from wizard.journeys.saved_journey import SavedJourney
from wizard.journeys.session import Session
from wizard.onboarding.health import HealthCheck
from wizard.onboarding.journey import Journey
from wizard.onboarding.sign_in.methods import require_known_flow
from wizard.plain.answers_file import read_answers
from wizard.plain.line_writer import LineWriter
from wizard.plain.page_width import page_width_of
from wizard.reporting.journey_report import expiry_reasons


def main(options: argparse.Namespace) -> int:
    """Check the stored journey, or with --all every one of this machine; return the exit code."""
    if options.all:
        from wizard.commands import all_onboardings

        return all_onboardings.main(options, check_stored)
    saved, name = read_saved_journey(options), name_of(journey_file(options).path)
    session = Session(read_clouds(options))
    if options.answers:
        answers, given = read_answers(Path(options.answers), os.environ)
        require_known_flow(
            answers.sign_in_flow
        )  # nobody signs in here, but a mistake in the file is reported all the same
        session.profile(answers.profile)
        saved = replace(saved, answers=with_credential_of(saved.answers, answers, given))
    telling = Telling(options, name, session)
    width_of = partial(page_width_of, no_color=options.no_color)
    lines = LineWriter(as_json=options.json, width_of=width_of, watch=telling.watch)
    with stop_on_signals(session), telling.errors_of_one(name, saved, lines):
        return telling.end_of_one(check_stored(session, saved, lines), name, saved, lines)


def check_stored(session: Session, saved: SavedJourney, lines: LineWriter) -> int:
    """Ask a stored journey's checks, and write what they find.

    Args:
        session: opens the journey; its cancel signal ends the checks.
        saved: the stored journey, with the answers to use.
        lines: where findings and the summary are written.

    Returns:
        The exit code.

    Raises:
        BadInput: an identity of the answers takes a person.
        Cancelled: the session was stopped; the summary is written.
    """
    refuse_a_person(saved.answers)
    journey = session.load(saved, lines.emit)
    health = HealthCheck(journey, is_of_vault=not saved.saved_at)
    since = f", saved {saved.saved_at}" if saved.saved_at else ""
    lines.say(f"Checking what is stored for {saved.answers.tenant or 'this journey'}{since}.")
    try:
        health.run_checks()
    except Cancelled:
        lines.summary(journey, "cancelled", health.states, not_asked=health.not_asked, expires_when=[])
        raise
    is_token_good = journey.onboarding.facts.secret_version and health.outcome != "failed"
    expires_when = expiry_reasons(journey.view()) if is_token_good else []
    for reason in expires_when:
        lines.note(f"expires: {reason}")
    for why, checks in health.missing_input.items():
        lines.note(f"not known: {counted(len(checks), 'check')} could not be asked, because {why}.")
    if saved.saved_at and (open_step := _open_step(journey)):
        lines.note(open_step)
    lines.summary(journey, health.outcome, health.states, not_asked=health.not_asked, expires_when=expires_when)
    return EXIT_CODES[health.outcome]


def _open_step(journey: Journey) -> str:
    """Return the first step that was never passed and how its last try ended, "" if there is none."""
    for step in journey.profile.steps:
        if step.fields and not journey.is_passed(step.id):
            stopped = journey.blocking(step.id)
            last = f" The last try ended at {stopped.check}: {stopped.message}" if stopped else ""
            return f"not done yet: {step.title}. partner-wizard, or partner-wizard run, continues there.{last}"
    return ""
