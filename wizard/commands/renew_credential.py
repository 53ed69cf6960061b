"""`partner-wizard renew --credential`: a new secret or certificate of the app in time, and the former one removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.commands.context import EXIT_CODES
from wizard.commands.stored_answers import refuse_a_person
from wizard.core.answers import OUTSIDE_TOKENS, vault_host
from wizard.core.errors import Cancelled
from wizard.core.timestamps import timestamp
from wizard.jobs.rotation import Orders, Rotation
from wizard.journeys.index import refresh_index
from wizard.microsoft.changes import hosts_of

if TYPE_CHECKING:
    from wizard.core.answers import Answers
    from wizard.journeys.saved_journey import SavedJourney
    from wizard.journeys.session import Session
    from wizard.plain.line_writer import LineWriter
    from wizard.tokens.renewal_rule import RenewalRule

STATES: Final = {"proven": "proven", "failed": "failed", "unreachable": "failed", "cancelled": "open"}


def renew_credential(
    session: Session, saved: SavedJourney, lines: LineWriter, rule: RenewalRule, orders: Orders
) -> int:
    """Renew the app's credential if it is due, and write what was found and done.

    Args:
        session: opens the journey, and keeps what is learnt; its cancel signal ends the waits.
        saved: the stored journey, with the answers to use.
        lines: where findings, requests and the summary are written.
        rule: when it is due.
        orders: of the command line.

    Returns:
        The exit code.

    Raises:
        BadInput: an identity of the answers takes a person.
        Cancelled: the session was stopped; the summary is written.
    """
    refuse_a_person(saved.answers, "renew --credential")
    journey = session.load(saved, lines.emit)
    rotation = Rotation(journey, rule, orders)
    lines.say(f"Renewing the app's credential for {saved.answers.tenant or 'this journey'}.")
    try:
        rotation.run()
    except Cancelled:
        _end(rotation, "cancelled", lines)
        raise
    found = journey.onboarding
    if (found.facts, found.answers) != (saved.facts, saved.answers) and not orders.is_dry_run:
        _keep(session, rotation, saved, lines)
    _end(rotation, rotation.outcome, lines)
    return EXIT_CODES[rotation.outcome]


def _keep(session: Session, rotation: Rotation, saved: SavedJourney, lines: LineWriter) -> None:
    """Write into the saved journey what was learnt, and where the credential is; say what the answers file needs."""
    answers = rotation.journey.onboarding.answers
    is_moved = _place(answers) != _place(saved.answers)
    if is_moved:
        kind, name = answers.credential, answers.credential_name
        if source := OUTSIDE_TOKENS.get(kind):
            kind, name = "federated", source
        lines.note(f'for the answers file: credential = {{ {kind} = "{name}" }}')
    if not saved.saved_at:
        return
    if session.keep_facts(rotation.journey, saved.facts, credential_of=answers if is_moved else None):
        refresh_index()
    else:
        lines.say("The saved journey could not be changed; partner-wizard check names the newest version.")


def _place(answers: Answers) -> tuple[str, str]:
    return answers.credential, answers.credential_name


def _end(rotation: Rotation, outcome: str, lines: LineWriter) -> None:
    onboarding = rotation.journey.onboarding
    hosts = hosts_of(onboarding.services.cloud, vault_host(onboarding.answers.vault_url))
    for fix, result in rotation.shown:
        if result is None:
            lines.fix(fix, hosts, in_full=True)
        else:
            lines.fix_result(result)
    answers = onboarding.answers
    done = {
        "state": rotation.state.value,
        "due_at": timestamp(rotation.due_at) if rotation.due_at else "",
        "credential": answers.credential,
        "name": answers.credential_name,
        "version": rotation.version,
    }
    lines.summary(rotation.journey, outcome, {"renew": STATES[outcome]}, credential=done)
