"""Writes what happens in a journey as plain lines for a person, or as JSON Lines for a program."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TextIO

from wizard.catalogue.diagnosis import diagnose_finding
from wizard.catalogue.recipients import send_to
from wizard.core.acts import numbered
from wizard.core.answers import Kind
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
from wizard.core.findings import Finding, FixResult, Outcome
from wizard.core.fixes import Action, Fix
from wizard.core.fixes import in_a_line as action_in_a_line
from wizard.core.text import clean
from wizard.core.timestamps import utc_clock_time
from wizard.core.wait_words import in_a_line
from wizard.core.wording import OUTCOME_SIGNS, item_in_words, people
from wizard.onboarding.gate import State
from wizard.onboarding.journey import Journey
from wizard.onboarding.outcome import next_end_of
from wizard.plain.answers_file import key_of
from wizard.plain.page_width import PageWidth

if TYPE_CHECKING:
    from wizard.onboarding.step import Step


STOPPING: Final = (Outcome.UNKNOWN, Outcome.FAILS)
"""The outcomes that may close a gate; the last one is what to look at first."""

UNSTOPPED: Final = frozenset({"proven", "provisional"})
"""The outcomes of a run that nothing stopped."""


@dataclass(slots=True)
class LineWriter:
    """Writes events: findings to `out`; what a person has to do, and waits, to `err`.

    Args:
        as_json: JSON Lines on `out` instead of plain ones.
        width_of: how lines are laid out on a stream.
        watch: called with every event that has a JSON form, as a dict, whichever form is written.
        also: called with every event, after it was written.
    """

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    as_json: bool = False
    watch: Callable[[Mapping[str, object]], None] = lambda _event: None
    also: Callable[[Event], None] = lambda _event: None
    width_of: Callable[[TextIO], PageWidth] = lambda _stream: PageWidth()
    _last_wait: str = ""
    _held: list[Finding] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        """Write one event."""
        match event:
            case CheckEnded(finding):
                self._json(finding.as_json())
                if finding.outcome in STOPPING and not self.as_json:
                    self._held.append(finding)
                elif not self.as_json:
                    self._finding(finding)
            case CheckSkipped(check, skipped) if not self.as_json:
                self._print(self.out, f"· {check}: not asked: {skipped.reason}")
            case ConsentLink(url, _):
                self._print(self.err, f"An administrator has to open this address and accept:\n{url}")
                self._json(event.as_json())
            case DeviceCodePrompt():
                self._device_code(event)
            case BrowserPrompt():
                self._browser_sign_in(event)
            case SubmissionRejected(_, why):
                self._print(self.err, why)
                self._json(event.as_json())
            case PromptClosed():
                self._print(self.err, event.sentence)
            case Waiting():
                self._wait(in_a_line(event))
            case NotSaved(why):
                self._print(self.err, f"The journey could not be saved; it continues in memory alone: {why}.")
            case _:
                pass
        self.also(event)

    def summary(self, journey: Journey, outcome: str, states: Mapping[str, str] | None = None, **more: object) -> None:
        """Write how it ended, and then what stopped it.

        Args:
            journey: gives the steps, the secret and the hosts that were asked.
            outcome: as `outcome_of` names it, or "cancelled".
            states: of the steps by id, if they differ from the journey's.
            more: members for JSON alone.
        """
        view, hosts = journey.view(), journey.onboarding.services.http.hosts
        facts = view.facts
        steps = dict(states or {step.id: view.state(step.id).value for step in view.profile.steps})
        self._json(
            {
                "type": "summary",
                "outcome": outcome,
                "steps": steps,
                "secret": {"vault": facts.vault_url, "name": facts.secret_name, "version": facts.secret_version},
                "obtained_by": facts.flow,
                "expires": ends.as_json() if (ends := next_end_of(view)) else {},
                "hosts": list(hosts),
                **more,
            }
        )
        if self.as_json:
            return
        if outcome in UNSTOPPED:
            self.show_failures(is_last=False)
        self._print(self.out, f"{outcome}: {', '.join(f'{step} {state}' for step, state in steps.items())}")
        if facts.secret_version:
            self._print(self.out, f"token: {facts.vault_url} {facts.secret_name} {facts.secret_version}")
        self._print(self.out, f"hosts asked: {', '.join(hosts) or 'none'}")
        self.show_failures()

    def show_failures(self, *, is_last: bool = True) -> None:
        """Write the findings that may close a gate; they come last, so that they stand above the prompt."""
        held, self._held = self._held, []
        if held and is_last:
            self.note("")
        for finding in sorted(held, key=lambda each: STOPPING.index(each.outcome)):
            self._finding(finding)

    def step_done(self, journey: Journey, step: Step) -> None:
        """Write that the next step opens."""
        self.show_failures(is_last=False)
        answers = journey.onboarding.answers
        asked = [each for each in step.asked_fields(answers) if each.kind is Kind.TEXT and each.required]
        known = str(getattr(answers, asked[0].key)) if asked else step.success_summary
        later = " (confirmed later)" if journey.state(step.id) is State.PROVISIONAL else ""
        self.note(f"◇ {step.short_title}  {known}{later}".rstrip())

    def note(self, text: str) -> None:
        """Write a line among the findings, unless they are JSON."""
        if not self.as_json:
            self._print(self.out, text)

    def repaired(self, who: str, says: str) -> None:
        """Write that somebody repaired what a scene is about."""
        self.note(f"Repaired. {says}")
        self._json({"type": "repair", "who": who, "says": says})

    def fix(self, fix: Fix, hosts: Mapping[str, str], *, in_full: bool) -> None:
        """Write what a fix would do: in a line, or with each request; `hosts` take them, by API."""
        self._json(fix.as_json(hosts))
        if not in_full:
            self.note(f"fix {fix.name}: {fix.title}; --dry-run shows it, --apply {fix.name} makes it.")
            return
        self.note(f"fix {fix.name}: {fix.title}\n    {fix.effect}\n    to undo it: {fix.undo}")
        for request in fix.requests:
            body = "" if request.body is None else f" {json.dumps(request.body, ensure_ascii=False)}"
            host = hosts[fix.api_of(request).value]
            self.note(f"    {request.method} https://{host}{request.path}{body}\n    takes {request.permission}")
        for name, text in fix.fills.items():
            if text and not fix.requests:
                self.note(f"    the answer {key_of(name)} becomes {text}")
        if fix.command:
            self.note(f"    the same as a command: {fix.command}")

    def fix_result(self, result: FixResult) -> None:
        """Write what came of a fix, and of each of its requests."""
        for action in result.actions:
            self.action(action)
        self.note(f"fix {result.fix.name}: {result.message}")
        answers = {key_of(name): text for name, text in result.answers.items() if text}
        for key, text in answers.items():
            self.note(f'    for the answers file: {key} = "{text}"')
        self._json({
            "type": "fix_result",
            "name": result.fix.name,
            "made": result.is_made,
            "message": result.message,
            "account": result.actions[0].account if result.actions else "",
            "answers": answers,
        })  # fmt: skip

    def action(self, action: Action) -> None:
        """Write what came of a request that changes something."""
        self._json({"type": "action", **action.as_json()})
        self.note(f"    {action_in_a_line(action)}")

    def write(self, line: Mapping[str, object], text: str) -> None:
        """Write what has a form of its own: as JSON, or as a line for a person, who is spared an empty one."""
        self._json(line)
        if text:
            self.note(text)

    def say(self, text: str) -> None:
        """Write a line for a person."""
        self._print(self.err, text)

    def _finding(self, finding: Finding) -> None:
        holds = finding.outcome is Outcome.HOLDS
        words = finding.message if holds else finding.title
        self._print(self.out, f"{OUTCOME_SIGNS[finding.outcome]} {finding.check}: {words}")
        if holds:
            return
        self._print(self.out, f"    {finding.message}")
        for item in finding.open_items:
            self._print(self.out, f"      {item_in_words(item)}")
        if finding.actions:
            who = people(finding.who)
            self._print(self.out, f"    to do{f' ({who})' if who else ''}:")
            for number, act in numbered(finding.actions):
                self._print(self.out, f"      {number}{act}")
        if finding.outcome is Outcome.FAILS or finding.unreachable:
            self._print(self.out, f"    send to: {send_to(diagnose_finding(finding))}")
        if finding.evidence.get("replace") is False:
            self._print(self.out, "    in an answers file: replace = true, under [vault]")
        ids = [f"{name} {value}" for name, value in finding.ids.present().items()]
        if finding.printed_id or ids:
            self._print(self.out, "    " + ", ".join(filter(None, (finding.printed_id, *ids))))

    def _wait(self, line: str) -> None:
        """Write a wait once, however often it is emitted."""
        if line != self._last_wait:
            self._print(self.err, line)
        self._last_wait = line

    def _device_code(self, event: DeviceCodePrompt) -> None:
        self._print(
            self.err,
            f"Sign in {_account(event)}:\n  address  {event.verification_uri}\n  code     {event.user_code}\n"
            f"  until    {utc_clock_time(event.expires_at)}. Never enter a code that someone sent you.",
        )
        if event.warning:
            self._print(self.err, event.warning)
        self._json(event.as_json())

    def _browser_sign_in(self, event: BrowserPrompt) -> None:
        lines = [f"Sign in {_account(event)}, at this address:", event.url]
        if event.app:
            lines.append(f"The page calls the app {event.app}.")
        if event.port:
            tunnel = f"ssh -L {event.port}:localhost:{event.port} USER@{socket.gethostname()}"
            lines.append(f"The answer comes back to this machine by itself. From another machine, first: {tunnel}")
        else:
            lines.append("The browser ends on a page that may be empty or unreachable: that is expected.")
        lines.append(f"The wizard waits for it until {utc_clock_time(event.expires_at)}.")
        self._print(self.err, "\n".join(lines))
        self._json(event.as_json())

    def _json(self, line: Mapping[str, object]) -> None:
        if self.as_json:
            print(json.dumps(line), file=self.out, flush=True)
        self.watch(line)

    def _print(self, stream: TextIO, text: str) -> None:
        print(self.width_of(stream).lay_out(clean(text, 20_000)), file=stream, flush=True)


def _account(event: DeviceCodePrompt | BrowserPrompt) -> str:
    """Return as whom to sign in, in words that follow on "Sign in"."""
    may = "read the tenant's policies" if event.purpose == "graph" else "open the vault"
    return f"as {event.account}, in a private window" if event.account else f"with an account that may {may}"
