"""`partner-wizard renew`: a new token in the place of the stored one, if it is due. Nobody is asked.

The jobs of one onboarding take turns on a machine. Of two machines the vault itself says who was faster.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from wizard.commands.context import (
    EXIT_CODES,
    journey_file,
    name_of,
    read_clouds,
    read_saved_journey,
    stop_on_signals,
    wanted_onboarding,
)
from wizard.commands.renew_credential import renew_credential
from wizard.commands.stored_answers import refuse_a_person, with_credential_of
from wizard.commands.telling import Telling
from wizard.core.answers import Answers
from wizard.core.errors import BadInput, Cancelled
from wizard.core.facts import Facts
from wizard.core.timestamps import timestamp
from wizard.jobs.fleet import read_shard
from wizard.jobs.fleet_in_vaults import read_places
from wizard.jobs.renewal import Renewal
from wizard.jobs.rotation import Orders
from wizard.jobs.units import Fleet, Job, ready_unit, unit_name
from wizard.journeys.index import refresh_index
from wizard.journeys.job_lock import Turn, job_turn
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.journeys.state_folder import state_folder
from wizard.microsoft.program_output import find_program
from wizard.onboarding.sign_in.methods import require_known_flow
from wizard.plain.answers_file import key_of, read_answers
from wizard.plain.line_writer import LineWriter
from wizard.plain.page_width import page_width_of
from wizard.reporting.journey_report import expiry_reasons
from wizard.tokens.renewal_rule import RenewalRule

RULE: Final = ("renew_after_days", "renew_before_days", "renew_keep")
NEEDED: Final = ("tenant", "client_id", "integration_user", "vault_url")
"""What an answers file has to say where no onboarding is saved on this machine."""
STATES: Final = {"proven": "proven", "failed": "failed", "unreachable": "failed", "cancelled": "open"}


def main(options: argparse.Namespace) -> int:
    """Renew the stored token, with --all of every onboarding, or the app's credential, if it is due.

    Return the exit code.

    Raises:
        BadInput: an option goes with another one, the answers file is wrong, or no onboarding is the one that is meant.
        JourneyInUse: another job of this onboarding does not end.
    """
    for name in ("yes", "dry_run") if options.credential is None else ():
        if getattr(options, name):
            raise BadInput(f"--{name.replace('_', '-')}", "goes with --credential")
    if options.install and options.credential:
        raise BadInput("--install", "goes with --credential alone: a move is made once, and not by a unit")
    if options.metrics and (options.install or options.credential is not None):
        raise BadInput("--metrics", "is for a run that checks or renews the stored token")
    if options.all:
        return _renew_all(options)
    answers, given = read_answers(Path(options.answers), os.environ) if options.answers else (Answers(), set[str]())
    session = Session(read_clouds(options), folder=JourneyFolder(Path(state_folder(os.environ))))
    if options.answers:
        require_known_flow(answers.sign_in_flow)
        session.profile(answers.profile)
    saved = find_onboarding(options, session, answers, given)
    if options.install:
        of_credential = options.credential is not None
        print(installed(options.install, saved.answers, options.answers or "", of_credential=of_credential), end="")
        return 0
    name = name_of(session.file.path) if session.file else saved.answers.tenant
    telling = Telling(options, name, session)
    width_of = partial(page_width_of, no_color=options.no_color)
    lines = LineWriter(as_json=options.json, width_of=width_of, watch=telling.watch)
    place = session.file.path if session.file else JourneyFolder(Path(state_folder(os.environ))).path_of(answers)
    turn = Turn(session.clock, session.cancel, lines.emit)
    with stop_on_signals(session), telling.errors_of_one(name, saved, lines), job_turn(place, turn):
        saved = find_onboarding(options, session, answers, given)  # the job before may have changed it
        keep = options.keep or saved.answers.renew_keep
        saved = replace(saved, answers=replace(saved.answers, renew_keep=keep))
        if options.credential is not None:
            orders = Orders(options.credential, options.force, options.yes, options.dry_run)
            ended = renew_credential(session, saved, lines, rule_of(saved.answers), orders)
        else:
            ended = renew_stored(session, saved, lines, is_forced=options.force)
        return telling.end_of_one(ended, name, saved, lines)


def _renew_all(options: argparse.Namespace) -> int:
    from wizard.commands import all_onboardings

    if options.credential:
        raise BadInput("--credential", "goes with --all without a KIND: move one onboarding at a time")
    if options.install:
        if options.credential is not None:
            raise BadInput("--install", "prints a unit for the credential of one onboarding; leave out --all")
        print(_installed_for_all(options), end="")
        return 0

    return all_onboardings.main(options, partial(_renew_one, options))


def _renew_one(options: argparse.Namespace, session: Session, saved: SavedJourney, lines: LineWriter) -> int:
    """Renew what is stored of one of many; return the exit code."""
    file = session.file
    with job_turn(file.path if file else None, Turn(session.clock, session.cancel, lines.emit)):
        keep = options.keep or saved.answers.renew_keep
        saved = replace(saved, answers=replace(saved.answers, renew_keep=keep))
        if options.credential is not None:
            orders = Orders("", options.force, options.yes, options.dry_run)
            return renew_credential(session, saved, lines, rule_of(saved.answers), orders)
        return renew_stored(session, saved, lines, is_forced=options.force)


def _installed_for_all(options: argparse.Namespace) -> str:
    """Return the ready unit that renews every onboarding; with --shard I/N a cluster has N pods.

    Raises:
        BadInput: the kind needs the vaults' names, or the vaults' identity takes a person.
    """
    answers = read_answers(Path(options.answers), os.environ)[0] if options.answers else Answers()
    refuse_a_person(answers, "renew", ("vault_identity",))
    secrets = str(Path(options.secrets).resolve()) if options.secrets else ""
    vaults = tuple(read_places(options.vault or (), ()))
    pods = {} if options.shard is None else {"pods": read_shard(options.shard, {}).count}
    file, program = _places(options.answers or "", "all")
    job = Job(answers, file, program, fleet=Fleet(vaults, secrets, **pods), variables=_variables(options.answers or ""))
    return ready_unit(options.install, job)


def _variables(file: str) -> tuple[str, ...]:
    """Return the names of the variables from which an answers file takes addresses of alerts."""
    from wizard.plain.alert_settings import alert_variables

    return alert_variables(file)


def _places(file: str, name: str) -> tuple[str, str]:
    """Return the paths of the answers file, where it is still to be written by its name, and of the program."""
    path = str(Path(file).resolve()) if file else f"/etc/partner-wizard/{name}.toml"
    return path, find_program("partner-wizard") or "/usr/local/bin/partner-wizard"


def installed(kind: str, answers: Answers, file: str, *, of_credential: bool = False) -> str:
    """Return the ready unit of a kind that renews the stored token, or the app's credential, every day.

    Args:
        kind: one of `FORMS`.
        answers: of the onboarding.
        file: the answers file of the job; "" where it is still to be written.
        of_credential: whether it is the credential.

    Raises:
        BadInput: the kind is not known, or the vault's identity takes a person.
    """
    refuse_a_person(answers, "renew", ("vault_identity", *(("graph_identity",) if of_credential else ())))
    path, program = _places(file, unit_name(answers.tenant))
    return ready_unit(kind, Job(answers, path, program, of_credential, variables=_variables(file)))


def find_onboarding(options: argparse.Namespace, session: Session, answers: Answers, given: set[str]) -> SavedJourney:
    """Return the onboarding that is meant, with the credential, identities and rule of an answers file.

    Without one on this machine, an answers file that says what it is about stands for it.

    Raises:
        BadInput: there is none, or several; or the file is of another one.
    """
    is_named = bool(options.journey or wanted_onboarding(options))
    path = session.folder.kept(answers) if session.folder and options.answers and not is_named else None
    if not is_named and options.answers and (path is None or not path.exists()) and set(NEEDED) <= given:
        return SavedJourney(answers, Facts(), {}, {}, "")
    session.file = JourneyFile(path) if path and path.exists() else journey_file(options)
    saved = session.file.read() or read_saved_journey(options)
    if not options.answers:
        return saved
    merged = with_credential_of(saved.answers, answers, given)
    rule = {name: getattr(answers, name) for name in RULE if name in given}
    return replace(saved, answers=replace(merged, **rule))


def rule_of(answers: Answers) -> RenewalRule:
    """Return the rule of an onboarding."""
    after, before = (timedelta(days=each) for each in (answers.renew_after_days, answers.renew_before_days))
    return RenewalRule(after, before, answers.renew_keep)


def renew_stored(session: Session, saved: SavedJourney, lines: LineWriter, *, is_forced: bool = False) -> int:
    """Renew the token of a stored journey if it is due, and write what was found and done.

    Args:
        session: opens the journey, and keeps what is learnt; its cancel signal ends the waits.
        saved: the stored journey, with the answers to use.
        lines: where findings, requests and the summary are written.
        is_forced: whether it is due whatever the rule says.

    Returns:
        The exit code.

    Raises:
        BadInput: the kind of onboarding has no token; or the vault's identity takes a person.
        Cancelled: the session was stopped; the summary is written.
    """
    profile = session.profile(saved.answers.profile)
    if not profile.spec.has("user"):
        raise BadInput(key_of("profile"), f"is {profile.name}, which stores no token; there is nothing to renew")
    refuse_a_person(saved.answers, "renew", ("vault_identity",))
    journey = session.load(saved, lines.emit)
    renewal = Renewal(journey, rule_of(saved.answers), is_forced=is_forced)
    lines.say(f"Renewing what is stored for {saved.answers.tenant or 'this journey'}.")
    try:
        renewal.run()
    except Cancelled:
        _end(renewal, "cancelled", lines)
        raise
    if saved.saved_at and journey.onboarding.facts != saved.facts:
        if session.keep_facts(journey, saved.facts):
            refresh_index()
        else:
            lines.say("The saved journey could not be changed; partner-wizard check names the newest version.")
    if renewal.outcome == "proven":
        for reason in expiry_reasons(journey.view()):
            lines.note(f"expires: {reason}")
    _end(renewal, renewal.outcome, lines)
    return EXIT_CODES[renewal.outcome]


def _end(renewal: Renewal, outcome: str, lines: LineWriter) -> None:
    replacement = renewal.replacement
    for action in replacement.log.actions.values() if replacement else ():
        lines.action(action)
    done = {
        "state": renewal.state.value,
        "due_at": timestamp(renewal.due_at) if renewal.due_at else "",
        "rotated_from": replacement.former.version if replacement and renewal.is_due else "",
        "disabled": list(replacement.disabled) if replacement else [],
    }
    lines.summary(renewal.journey, outcome, {"renew": STATES[outcome]}, renewal=done)
