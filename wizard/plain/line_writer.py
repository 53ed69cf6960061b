"""Writes what happens in a journey as plain lines for a person, or as JSON Lines for a program."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TextIO

from wizard.catalogue.diagnosis import diagnose_finding
from wizard.catalogue.recipients import send_to
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
from wizard.core.wording import OUTCOME_SIGNS, people
from wizard.onboarding.journey import Journey
from wizard.reporting.journey_report import expiry


@dataclass(slots=True)
class LineWriter:
    """Writes events: findings to `out`; what a person has to do, and waits, to `err`.

    Args:
        as_json: JSON Lines on `out` instead of plain ones.
        watch: called with every event that has a JSON form, as a dict.
        also: called with every event, after it was written.
    """

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    as_json: bool = False
    watch: Callable[[Mapping[str, object]], None] = lambda _event: None
    also: Callable[[Event], None] = lambda _event: None
    _last_wait: str = ""

    def emit(self, event: Event) -> None:
        """Write one event."""
        match event:
            case CheckEnded(finding):
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
            case PromptClosed(why):
                self._print(self.err, f"The code or link shown before is no longer valid: {why}.")
            case Waiting(what, _, until, _):
                self._wait(f"Waiting for {what}, at most until {until:%H:%M:%S} UTC.")
            case NotSaved(why):
                self._print(self.err, f"The journey could not be saved; it continues in memory alone: {why}.")
            case _:
                pass
        self.also(event)

    def summary(self, journey: Journey, outcome: str, states: Mapping[str, str] | None = None, **more: object) -> None:
        """Write the last line.

        Args:
            journey: gives the steps, the secret and the hosts that were asked.
            outcome: as `outcome_of` names it, or "cancelled".
            states: of the steps by id, if they differ from the journey's.
            more: members for JSON alone.
        """
        view, hosts = journey.view(), journey.onboarding.services.http.hosts
        facts = view.facts
        steps = dict(states or {step.id: view.state(step.id).value for step in view.profile.steps})
        if self.as_json:
            self._json(
                {
                    "type": "summary",
                    "outcome": outcome,
                    "steps": steps,
                    "secret": {"vault": facts.vault_url, "name": facts.secret_name, "version": facts.secret_version},
                    "obtained_by": facts.flow,
                    "expires": expiry(view),
                    "hosts": list(hosts),
                    **more,
                }
            )
            return
        self._print(self.out, f"{outcome}: {', '.join(f'{step} {state}' for step, state in steps.items())}")
        if facts.secret_version:
            self._print(self.out, f"token: {facts.vault_url} {facts.secret_name} {facts.secret_version}")
        self._print(self.out, f"hosts asked: {', '.join(hosts) or 'none'}")

    def note(self, text: str) -> None:
        """Write a line among the findings, unless they are JSON."""
        if not self.as_json:
            self._print(self.out, text)

    def say(self, text: str) -> None:
        """Write a line for a person."""
        self._print(self.err, text)

    def _finding(self, finding: Finding) -> None:
        if self.as_json:
            self._json(finding.as_json())
            return
        self._print(self.out, f"{OUTCOME_SIGNS[finding.outcome]} {finding.check}: {finding.message}")
        if finding.outcome is Outcome.HOLDS:
            return
        if finding.remedy:
            who = people(finding.who)
            self._print(self.out, f"    to do{f' ({who})' if who else ''}: {finding.remedy}")
        if finding.outcome is Outcome.FAILS or finding.unreachable:
            self._print(self.out, f"    send to: {send_to(diagnose_finding(finding, finding.check))}")
        if finding.evidence.get("replace") is False:
            self._print(self.out, "    in an answers file: replace = true, under [vault]")
        ids = [f"{name} {value}" for name, value in finding.ids.present().items()]
        if finding.code or ids:
            self._print(self.out, "    " + ", ".join([finding.code, *ids] if finding.code else ids))

    def _wait(self, line: str) -> None:
        """Write a wait once, however often it is emitted."""
        if line != self._last_wait:
            self._print(self.err, line)
        self._last_wait = line

    def _device_code(self, event: DeviceCodePrompt) -> None:
        self._print(
            self.err,
            f"Sign in {_account(event)}:\n  address  {event.verification_uri}\n  code     {event.user_code}\n"
            f"  until    {event.expires_at:%H:%M:%S} UTC. Never enter a code that someone sent you.",
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
        lines.append(f"The wizard waits for it until {event.expires_at:%H:%M:%S} UTC.")
        self._print(self.err, "\n".join(lines))
        self._json(event.as_json())

    def _json(self, line: Mapping[str, object]) -> None:
        if self.as_json:
            print(json.dumps(line), file=self.out, flush=True)
        self.watch(line)

    @staticmethod
    def _print(stream: TextIO, text: str) -> None:
        print(clean(text, 20_000), file=stream, flush=True)


def _account(event: DeviceCodePrompt | BrowserPrompt) -> str:
    """Return as whom to sign in, in words that follow on "Sign in"."""
    may = "read the tenant's policies" if event.purpose == "graph" else "open the vault"
    return f"as {event.account}, in a private window" if event.account else f"with an account that may {may}"
