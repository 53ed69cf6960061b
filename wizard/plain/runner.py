"""Runs a journey in plain lines to its end: unattended, or with somebody at the terminal who is asked for the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, TypeAlias

from wizard.core.answers import SECRET_FIELDS, Answers
from wizard.core.errors import BadInput, Cancelled
from wizard.core.findings import Finding
from wizard.journeys.last_sign_in import describe_last_sign_in
from wizard.journeys.saved_journey import SavedJourney
from wizard.journeys.session import Session
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.journey import Journey
from wizard.onboarding.outcome import outcome_of
from wizard.onboarding.profile import Profile
from wizard.onboarding.token_place import stays_in_vault
from wizard.plain.answers_file import key_of
from wizard.plain.line_writer import LineWriter
from wizard.tokens.renewal_rule import TYPED_SECRET, reaches_credential

Ask: TypeAlias = Callable[[Journey, Finding | None], bool]
"""Asks a person before a step (no finding) or after one that failed; returns whether to go on."""
AfterFailure: TypeAlias = Callable[[Journey, LineWriter], bool]
"""Is given a journey of which a step failed; returns whether something was done about it, so that it is run again."""
AfterStep: TypeAlias = Callable[[Journey, LineWriter, str], None]
"""Is given a journey of which a step, by its id, has passed, and what its findings offer."""
EVERY_ANSWER: Final = frozenset(each.name for each in fields(Answers))


@dataclass(frozen=True, slots=True)
class Reopening:
    """What opens a journey again that is proven already.

    Args:
        names: of the answers that do, if they differ from those saved. A secret does not: none is saved.
        always: whether it is opened whatever the answers are.
    """

    names: Collection[str] = ()
    always: bool = False


def nothing_done(_journey: Journey, _lines: LineWriter) -> bool:
    """Leave a failed step alone."""
    return False


def nothing_more(_journey: Journey, _lines: LineWriter, _step: str) -> None:
    """Leave a step that has passed alone."""


def run_journey(
    session: Session,
    answers: Answers,
    lines: LineWriter,
    ask: Ask | None = None,
    given: Collection[str] = EVERY_ANSWER,
    *,
    reopening: Reopening = Reopening(),
    enter: Callable[[LineWriter], Journey] | None = None,
    after_failure: AfterFailure = nothing_done,
    after_step: AfterStep = nothing_more,
) -> str:
    """Run the journey to its end, or to the first gate that stays closed.

    Args:
        session: opens the journey, or resumes the saved one.
        answers: what is known beforehand.
        lines: where events and the summary are written.
        ask: completes the answers of a step, and says what to do after a failure. None: nobody is there.
        given: the names of the answers that replace those of a resumed journey.
        reopening: what opens a proven journey again.
        enter: opens the journey to go on with; its events are written from then on. None: one is begun or resumed.
        after_failure: is called where a gate stays closed, before anybody is asked.
        after_step: is called where a step has passed.

    Returns:
        The outcome, as `outcome_of` names it.

    Raises:
        BadInput: nobody is there, and an answer is missing or wrong; an option of the command line is.
        Cancelled: the session was stopped; the summary is written.
    """
    if ask is None:
        require_all(answers, session.profile(answers.profile))
    journey = enter(lines) if enter else _open(session, answers, lines, given, reopening)
    journey.onboarding.emit = lines.emit
    try:
        outcome = _run_steps(
            journey, lines, ask, lambda: after_failure(journey, lines), lambda step: after_step(journey, lines, step)
        )
    except Cancelled:
        lines.summary(journey, "cancelled")
        raise
    if ask is not None and "client_secret" not in given and _is_typed_secret(journey):
        lines.note(TYPED_SECRET)
    lines.summary(journey, outcome)
    return outcome


def _is_typed_secret(journey: Journey) -> bool:
    """Return whether a token was stored that is renewed with a client secret which is kept nowhere."""
    onboarding = journey.onboarding
    is_renewed_here = onboarding.facts.secret_version and not stays_in_vault(onboarding.answers)
    return bool(is_renewed_here) and not reaches_credential(onboarding.answers, onboarding.facts)


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
    if answers.credential == "certificate" and not answers.certificate_create:
        from wizard.microsoft.credentials import read_certificate_file

        try:
            read_certificate_file(Path(answers.certificate).expanduser(), answers.passphrase)
        except BadInput as mistake:
            raise BadInput(f"credential.{mistake.field}", mistake.expected) from None


def _open(
    session: Session, answers: Answers, lines: LineWriter, given: Collection[str], reopening: Reopening
) -> Journey:
    """Resume the saved journey if it is of the same cloud, kind, tenant and app; otherwise begin a new one."""
    saved = session.saved()
    if saved is None or not _is_of(saved, answers):
        return session.begin(answers, lines.emit)
    journey = session.resume(saved, lines.emit)
    if interrupted := journey.settle_interrupted_fix():
        lines.say(interrupted.sentence)
    if journey.is_proven:
        _change_answers(journey, answers, [each for each in reopening.names if each not in {"tenant", *SECRET_FIELDS}])
        if reopening.always:
            journey.prove_again()
        if journey.is_proven:
            lines.say(
                f"Already proven, saved {saved.saved_at}; add --again to prove what is stored once more, "
                "or --restart to begin again."
            )
            return journey
        lines.say(f"Proven before, saved {saved.saved_at}; what is stored is proven again.")
        _change_answers(journey, answers, [each for each in given if each in SECRET_FIELDS])
        return journey
    if sentence := describe_last_sign_in(session.last_sign_in(saved), saved, journey.profile):
        lines.say(sentence)
    lines.say(f"Resuming the journey of {saved.saved_at}.")
    _change_answers(journey, answers, [each for each in given if each != "tenant"])
    return journey


def _is_of(saved: SavedJourney, answers: Answers) -> bool:
    """Return whether a saved journey is the onboarding of these answers; a tenant may be called by its id as well."""
    ours = saved.answers
    is_same_tenant = answers.tenant.lower() in (ours.tenant.lower(), saved.facts.tenant_id.lower())
    keys = ((each.cloud, each.profile, each.client_id.lower()) for each in (ours, answers))
    return is_same_tenant and next(keys) == next(keys)


def _change_answers(journey: Journey, answers: Answers, given: Collection[str]) -> None:
    """Put the given answers in the place of the resumed journey's; what stood on another value is open again."""
    journey.change_all({each.name: getattr(answers, each.name) for each in fields(Answers) if each.name in given})


def _run_steps(
    journey: Journey,
    lines: LineWriter,
    ask: Ask | None,
    after_failure: Callable[[], bool],
    after_step: Callable[[str], None],
) -> str:
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
            if ask is None and journey.blocking(step.id):  # a fix got an app; the check after it says what lacks
                return outcome_of(journey.view())
            if ask is None or mistake.field.startswith("--"):
                raise BadInput(key_of(mistake.field), mistake.expected) from None
            asked.discard(step.id)
            continue
        journey.onboarding.cancel.check()
        if journey.state(step.id) in PASSABLE:
            lines.step_done(journey, step)
            after_step(step.id)
            continue
        if after_failure():
            continue
        if ask is None or not ask(journey, journey.blocking(step.id)):
            return outcome_of(journey.view())
