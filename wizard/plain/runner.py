"""Runs a journey in plain lines to its end: unattended, or with somebody at the terminal who is asked for the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields, replace
from pathlib import Path
from typing import Final, TypeAlias

from wizard.core.answers import Answers
from wizard.core.errors import BadInput, Cancelled
from wizard.core.findings import Finding
from wizard.journeys.session import Session
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import Profile
from wizard.plain.answers_file import key_of
from wizard.plain.line_writer import LineWriter
from wizard.reporting.journey_report import outcome_of

Ask: TypeAlias = Callable[[Journey, Finding | None], bool]
"""Asks a person before a step (no finding) or after one that failed; returns whether to go on."""
EVERY_ANSWER: Final = frozenset(each.name for each in fields(Answers))


def run_journey(
    session: Session,
    answers: Answers,
    lines: LineWriter,
    ask: Ask | None = None,
    given: Collection[str] = EVERY_ANSWER,
) -> str:
    """Run the journey to its end, or to the first gate that stays closed.

    Args:
        session: opens the journey, or resumes the saved one.
        answers: what is known beforehand.
        lines: where events and the summary are written.
        ask: completes the answers of a step, and says what to do after a failure. None: nobody is there.
        given: the names of the answers that replace those of a resumed journey.

    Returns:
        The outcome, as `outcome_of` names it.

    Raises:
        BadInput: nobody is there, and an answer is missing or wrong; an option of the command line is.
        Cancelled: the session was stopped; the summary is written.
    """
    if ask is None:
        require_all(answers, session.profile(answers.profile))
    journey = _open(session, answers, lines, given)
    try:
        outcome = _run_steps(journey, ask)
    except Cancelled:
        lines.summary(journey, "cancelled")
        raise
    lines.summary(journey, outcome)
    return outcome


def require_all(answers: Answers, profile: Profile) -> None:
    """Raise `BadInput` that names every answer without which some step could not run, before anything is asked."""
    mistakes = {
        key_of(field.key): mistake
        for step in profile.steps
        for field in step.asked_fields(answers)
        if (mistake := field.error(getattr(answers, field.key)))
    }
    if len(mistakes) == 1:
        raise BadInput(*mistakes.popitem())
    if mistakes:
        raise BadInput("answers", "; ".join(f"{key}: {mistake}" for key, mistake in mistakes.items()))
    if answers.credential == "certificate":
        from wizard.microsoft.credentials import read_certificate_file

        try:
            read_certificate_file(Path(answers.certificate).expanduser(), answers.passphrase)
        except BadInput as mistake:
            raise BadInput(f"credential.{mistake.field}", mistake.expected) from None


def _open(session: Session, answers: Answers, lines: LineWriter, given: Collection[str]) -> Journey:
    """Resume the saved journey if it is of the same cloud, tenant and app; otherwise begin a new one."""
    saved = session.saved()
    if saved is None or _subject(saved.answers) != _subject(answers):
        return session.begin(answers, lines.emit)
    journey = session.resume(saved, lines.emit)
    if journey.is_proven:
        lines.say(f"Already proven, saved {saved.saved_at}; add --restart to do it again.")
        return journey
    sign_in = journey.profile.sign_in
    if sign_in and session.lost_sign_in(saved):
        number = journey.profile.number_of(sign_in.id)
        lines.say(f"The token of the last sign-in was only in memory and is gone; step {number} begins a new sign-in.")
    lines.say(f"Resuming the journey of {saved.saved_at}.")
    _change_answers(journey, answers, given)
    return journey


def _subject(answers: Answers) -> tuple[str, str, str]:
    return answers.cloud, answers.tenant, answers.client_id


def _change_answers(journey: Journey, answers: Answers, given: Collection[str]) -> None:
    """Put the given answers in the place of the resumed journey's; what stood on another value is open again."""
    asked = set(journey.profile.fields)
    for each in fields(Answers):
        if each.name not in given:
            continue
        value = getattr(answers, each.name)
        if each.name not in asked:
            journey.onboarding.answers = replace(journey.onboarding.answers, **{each.name: value})
        elif value != getattr(journey.onboarding.answers, each.name):
            journey.change(each.name, value)


def _run_steps(journey: Journey, ask: Ask | None) -> str:
    """Run step after step; return the outcome where no step can go on."""
    asked: set[str] = set()
    while True:
        step = journey.open_step
        if journey.state(step.id) in PASSABLE:
            return outcome_of(journey.view())
        if ask is not None and step.id not in asked:
            asked.add(step.id)
            ask(journey, None)
        try:
            journey.run(step.id)
        except BadInput as mistake:
            if ask is None or mistake.field.startswith("--"):
                raise BadInput(key_of(mistake.field), mistake.expected) from None
            asked.discard(step.id)
            continue
        journey.onboarding.cancel.check()
        if journey.state(step.id) in PASSABLE:
            continue
        if ask is None or not ask(journey, journey.blocking(step.id)):
            return outcome_of(journey.view())
