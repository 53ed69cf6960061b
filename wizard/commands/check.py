"""`partner-wizard check`: every check that can be made of a stored journey, without a person and without writing.

It takes no lock: the saved journey is read once, whole, and never written, so that it may run beside the wizard.
The stored token is redeemed once, as a renewal does, and what that gives is dropped: the stored one stays good
(protocol 8).
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from wizard.core.answers import Answers
from wizard.core.errors import BadInput, Cancelled
from wizard.journeys.saved_journey import JourneyFile, SavedJourney, default_path
from wizard.journeys.session import Session
from wizard.onboarding.health import HealthCheck
from wizard.onboarding.journey import Journey
from wizard.onboarding.probes.identity import INTERACTIVE_IDENTITIES
from wizard.onboarding.sign_in.methods import require_known_flow
from wizard.plain.answers_file import key_of, read_answers
from wizard.plain.unattended import EXITS, Lines
from wizard.reporting.journey_report import endings

CREDENTIAL: Final = ("credential", "client_secret", "certificate", "passphrase", "credential_name")
IDENTITIES: Final = ("vault_identity", "graph_identity")
AT_HAND: Final = (*CREDENTIAL, *IDENTITIES)
"""What an answers file gives here: the machine that checks need not be the one that onboarded."""
SAME: Final = ("cloud", "tenant", "client_id", "integration_user", "vault_url", "vault_secret")
"""What an answers file must not say otherwise than the journey."""


def main(options: argparse.Namespace) -> int:
    """Check as the command line says; gives the exit code."""
    from wizard.commands.run import clouds_of, ending_on_signals

    file = JourneyFile(Path(options.journey or default_path(os.environ)))
    saved = file.read()
    if saved is None:
        raise BadInput(
            "check", f"there is no journey in {file.path}; partner-wizard, or partner-wizard run, begins one"
        )
    session = Session(clouds_of(options))
    if options.answers:
        answers, given = read_answers(options.answers, os.environ)
        require_known_flow(answers.sign_in_flow)  # nobody signs in here, and a mistake in the file is told all the same
        session.profile(answers.profile)
        saved = replace(saved, answers=with_what_is_at_hand(saved.answers, answers, given))
    with ending_on_signals(session):
        return check_stored(session, saved, Lines(as_json=options.json))


def with_what_is_at_hand(stored: Answers, answers: Answers, given: set[str]) -> Answers:
    """The stored answers, with the credential and the identities of an answers file.

    Args:
        given: the answers that the file gives.

    Raises:
        BadInput: the file is of another journey.
    """
    for name in SAME:
        theirs, ours = str(getattr(answers, name)), str(getattr(stored, name))
        if name in given and theirs.lower().rstrip("/") != ours.lower().rstrip("/"):
            raise BadInput(key_of(name), f"is {theirs} in the answers file, and {ours} in the saved journey")
    changed = {name: getattr(answers, name) for name in AT_HAND if name in given}
    if "credential" in given:
        changed |= {name: getattr(answers, name) for name in CREDENTIAL}
    return replace(stored, **changed)


def refuse_a_person(answers: Answers) -> None:
    """Raise `BadInput` where the vault or Graph would be opened by somebody who signs in: nobody is here."""
    for name in IDENTITIES:
        if (chosen := getattr(answers, name)) in INTERACTIVE_IDENTITIES:
            others = "environment, cli, managed, workload or default"
            raise BadInput(
                key_of(name),
                f"is {chosen}, by which a person signs in, and check asks nobody; name {others} by --answers FILE",
            )


def check_stored(session: Session, saved: SavedJourney, lines: Lines) -> int:
    """Ask a stored journey's checks, and write what they find; gives the exit code.

    Raises:
        BadInput: an identity of the answers takes a person.
    """
    refuse_a_person(saved.answers)
    journey = session.as_saved(saved, lines.emit)
    health = HealthCheck(journey)
    lines.say(f"Checking what is stored for {saved.answers.tenant or 'this journey'}, saved {saved.saved_at}.")
    try:
        health.run_checks()
    except Cancelled:
        lines.summary(journey, "cancelled", health.states, not_asked=health.not_asked, ends=[])
        raise
    is_alive = journey.onboarding.facts.secret_version and health.outcome != "failed"
    ends = endings(journey) if is_alive else []
    for line in ends:
        lines.note(f"ends: {line}")
    for why, checks in health.missing_input.items():
        number = "1 check" if len(checks) == 1 else f"{len(checks)} checks"
        lines.note(f"not known: {number} could not be asked, because {why}.")
    if open_step := _open_step(journey):
        lines.note(open_step)
    lines.summary(journey, health.outcome, health.states, not_asked=health.not_asked, ends=ends)
    return EXITS[health.outcome]


def _open_step(journey: Journey) -> str:
    """The first step that was never passed and how its last try ended, "" where there is none."""
    for step in journey.profile.steps:
        if step.fields and not journey.is_passed(step.id):
            stopped = journey.blocking(step.id)
            last = f" The last try ended at {stopped.check}: {stopped.message}" if stopped else ""
            return f"not done yet: {step.title}. partner-wizard, or partner-wizard run, goes on there.{last}"
    return ""
