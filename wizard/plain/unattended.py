"""The journey in plain lines: each check as it ends; JSON Lines for scripts; on a terminal it asks line by line."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TextIO

from wizard.catalogue.diagnosis import diagnose_finding
from wizard.catalogue.recipients import send_to
from wizard.core.answers import Answers
from wizard.core.errors import BadInput, Cancelled
from wizard.core.events import (
    BrowserPrompt,
    CheckEnded,
    CheckSkipped,
    ConsentLink,
    DeviceCodePrompt,
    Event,
    NotSaved,
    PromptClosed,
    SubmissionRejected,
    Waiting,
)
from wizard.core.findings import Finding, Outcome
from wizard.core.text import clean
from wizard.journeys.session import Session
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import Profile
from wizard.plain.answers_file import key_of
from wizard.reporting.journey_report import expiry, outcome_of

SIGNS = {Outcome.HOLDS: "✓", Outcome.FAILS: "✗", Outcome.WARNS: "!", Outcome.UNKNOWN: "?"}
EXITS = {"proven": 0, "provisional": 1, "failed": 1, "unreachable": 3}


@dataclass(slots=True)
class Lines:
    """Writes events: findings to `out`; what a person has to do, and waits, to `err`.

    Args:
        as_json: JSON Lines on `out` instead of plain ones.
        watch: is given every event that has a JSON form, as a dict.
        also: is given every event, after it was written.
    """

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    as_json: bool = False
    watch: Callable[[Mapping[str, object]], None] = lambda _event: None
    also: Callable[[Event], None] = lambda _event: None
    _waited_for: str = ""

    def emit(self, event: Event) -> None:
        """Write one event."""
        match event:
            case CheckEnded(finding):
                self._finding(finding)
            case CheckSkipped(check, why) if not self.as_json:
                self._print(self.out, f"· {check}: {why}")
            case ConsentLink(url, _):
                self._print(self.err, f"An administrator has to open this address and accept:\n{url}")
                self._json(event.as_json())
            case DeviceCodePrompt():
                self._sign_in(event)
            case BrowserPrompt():
                self._browser_sign_in(event)
            case SubmissionRejected(_, why):
                self._print(self.err, why)
            case PromptClosed(why):
                self._print(self.err, f"The code or link shown before is over: {why}.")
            case Waiting(what, _, until, _):
                self._wait(f"Waiting for {what}, at most until {until:%H:%M:%S} UTC.")
            case NotSaved(why):
                self._print(self.err, f"The journey could not be saved, and goes on in memory alone: {why}.")
            case _:
                pass
        self.also(event)

    def summary(self, journey: Journey, outcome: str, states: Mapping[str, str] | None = None, **more: object) -> None:
        """Write the last line; `states` where the steps stand otherwise than in the journey, `more` for JSON alone."""
        facts, http = journey.onboarding.facts, journey.onboarding.services.http
        secret = {"vault": facts.vault_url, "name": facts.secret_name, "version": facts.secret_version}
        steps = dict(states or {step.id: journey.state(step.id).value for step in journey.profile.steps})
        line: dict[str, object] = {
            "type": "summary",
            "outcome": outcome,
            "steps": steps,
            "secret": secret,
            "obtained_by": facts.flow,
            "expires": expiry(journey),
            "hosts": list(http.hosts),
            **more,
        }
        if self.as_json:
            self._json(line)
            return
        stand = ", ".join(f"{step} {state}" for step, state in steps.items())
        self._print(self.out, f"{outcome}: {stand}")
        if facts.secret_version:
            self._print(self.out, f"token: {facts.vault_url} {facts.secret_name} {facts.secret_version}")
        self._print(self.out, f"hosts asked: {', '.join(http.hosts) or 'none'}")

    def note(self, text: str) -> None:
        """Write a line among the findings; JSON has none of them."""
        if not self.as_json:
            self._print(self.out, text)

    def say(self, text: str) -> None:
        """Write a line for a person."""
        self._print(self.err, text)

    def _finding(self, finding: Finding) -> None:
        if self.as_json:
            self._json(finding.as_json())
            return
        self._print(self.out, f"{SIGNS[finding.outcome]} {finding.check}: {finding.message}")
        if finding.outcome is Outcome.HOLDS:
            return
        if finding.remedy:
            who = ", ".join(each.value.replace("_", " ") for each in finding.who)
            self._print(self.out, f"    to do{f' ({who})' if who else ''}: {finding.remedy}")
        if finding.outcome is Outcome.FAILS or finding.unreachable:
            self._print(self.out, f"    send to: {send_to(diagnose_finding(finding, finding.check))}")
        if finding.evidence.get("replace") is False:
            self._print(self.out, "    in an answers file: replace = true, under [vault]")
        ids = [f"{name} {value}" for name, value in finding.ids.present().items()]
        if finding.code or ids:
            self._print(self.out, "    " + ", ".join([finding.code, *ids] if finding.code else ids))

    def _wait(self, line: str) -> None:
        """A wait that goes on is written once, however often it is told."""
        if line != self._waited_for:
            self._print(self.err, line)
        self._waited_for = line

    def _sign_in(self, event: DeviceCodePrompt) -> None:
        self._print(
            self.err,
            f"Sign in {_who(event)}:\n  address  {event.verification_uri}\n  code     {event.user_code}\n"
            f"  until    {event.expires_at:%H:%M:%S} UTC. Never enter a code that someone sent you.",
        )
        if event.warning:
            self._print(self.err, event.warning)
        self._json(event.as_json())

    def _browser_sign_in(self, event: BrowserPrompt) -> None:
        lines = [f"Sign in {_who(event)}, at this address:", event.url]
        if event.app:
            lines.append(f"The page calls the app {event.app}.")
        if event.port:
            there = f"ssh -L {event.port}:localhost:{event.port} USER@{socket.gethostname()}"
            lines.append(f"The answer comes back to this machine by itself. From another machine, first: {there}")
        else:
            lines.append("The browser ends on a page that may be empty or unreachable: that is expected.")
        lines.append(f"It is waited for until {event.expires_at:%H:%M:%S} UTC.")
        self._print(self.err, "\n".join(lines))
        self._json(event.as_json())

    def _json(self, line: Mapping[str, Any]) -> None:
        if self.as_json:
            print(json.dumps(line), file=self.out, flush=True)
        self.watch(line)

    @staticmethod
    def _print(stream: TextIO, text: str) -> None:
        print(clean(text, 20_000), file=stream, flush=True)


def _who(event: DeviceCodePrompt | BrowserPrompt) -> str:
    """As whom to sign in, in words that follow on "Sign in"."""
    may = "read the tenant's policies" if event.purpose == "graph" else "open the vault"
    return f"as {event.account}, in a private window" if event.account else f"with an account that may {may}"


def run(
    session: Session,
    answers: Answers,
    lines: Lines,
    ask: Callable[[Journey, Finding | None], bool] | None,
    given: Collection[str] | None = None,
) -> int:
    """Run the journey to its end, or to the first gate that stays closed.

    Args:
        answers: what is known beforehand.
        ask: called before a step, to complete its answers, and after one that failed; gives whether to go on. None:
            nobody is there, and a missing answer raises `BadInput` that names it.
        given: the answers that were really given; a resumed journey keeps its own for the rest. None: all of them.

    Returns:
        The exit code.
    """
    if ask is None:
        require_all(answers, session.profile(answers.profile))
    journey = open_journey(session, answers, lines, given)
    try:
        outcome = _run_steps(journey, ask)
    except Cancelled:
        lines.summary(journey, "cancelled")
        raise
    lines.summary(journey, outcome)
    return EXITS[outcome]


def require_all(answers: Answers, profile: Profile) -> None:
    """Raise `BadInput` that names every answer without which some step could not run, before anything is asked."""
    mistakes = {
        key_of(field.key): mistake
        for step in profile.steps
        for field in step.asked(answers)
        if (mistake := field.mistake(getattr(answers, field.key)))
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


def open_journey(session: Session, answers: Answers, lines: Lines, given: Collection[str] | None = None) -> Journey:
    """Resume the saved journey when it is of the same cloud, tenant and app; else begin anew."""
    saved = session.saved()
    same = saved is not None and (saved.answers.cloud, saved.answers.tenant, saved.answers.client_id) == (
        answers.cloud,
        answers.tenant,
        answers.client_id,
    )
    if saved is None or not same:
        return session.begin(answers, lines.emit)
    journey = session.resume(saved, lines.emit)
    if journey.is_proven:
        lines.say(f"Proven already, saved {saved.saved_at}; with --restart it is done again.")
        return journey
    sign_in = journey.profile.sign_in
    if sign_in and session.lost_sign_in(saved):
        number = journey.profile.number_of(sign_in.id)
        lines.say(f"The token of the last sign-in was only in memory and is gone; step {number} begins a new sign-in.")
    lines.say(f"Resuming the journey of {saved.saved_at}.")
    settable = set(journey.profile.fields)
    for each in fields(Answers):
        value = getattr(answers, each.name)
        if given is not None and each.name not in given:
            continue
        if each.name not in settable:
            journey.onboarding.answers = replace(journey.onboarding.answers, **{each.name: value})
        elif value != getattr(journey.onboarding.answers, each.name):
            journey.change(each.name, value)
    return journey


def _run_steps(journey: Journey, ask: Callable[[Journey, Finding | None], bool] | None) -> str:
    asked: set[str] = set()
    while True:
        step = journey.open_step
        if journey.state(step.id) in PASSABLE:
            return outcome_of(journey)
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
            return outcome_of(journey)
