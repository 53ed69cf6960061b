"""Results of a job, a clock that stands still until it is moved, and alerts that leave without a process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wizard.core.findings import Finding, Outcome
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel
from wizard.jobs.alert_message import Alert
from wizard.jobs.alert_run import AlertRun, Send, Told
from wizard.jobs.alert_sending import Delivery
from wizard.jobs.alerting import Address, AlertSettings
from wizard.jobs.fleet import Member, Result
from wizard.redaction.redactor import Redactor

BEGIN = datetime(2026, 11, 1, 6, tzinfo=UTC)
TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
MAIL, HOOK = "env ALERT_MAIL", "env ALERT_HOOK"


@dataclass
class StandingClock:
    """A clock that only a test moves."""

    moment: datetime = BEGIN

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def wait(self, seconds: float, cancel: Cancel) -> None:
        cancel.check()
        self.moment += timedelta(seconds=seconds)


def result(
    outcome: str = "proven",
    *findings: Finding,
    name: str = "contoso",
    ends: datetime | None = None,
    mistake: str = "",
) -> Result:
    """How a run ended for one onboarding, in the lines that it says."""
    member = Member(name, f"{name}.com", TENANT, "")
    if mistake:
        return Result(member, outcome, mistake=mistake)
    lines: list[Mapping[str, object]] = [each.as_json() for each in findings]
    expires = {"at": ends.isoformat(), "why": "the client secret ends"} if ends else {}
    lines.append({"type": "summary", "outcome": outcome, "steps": {"store": outcome}, "expires": expires})
    return Result(member, outcome, tuple(lines))


def refused(check: str = "store.redeems", code: str = "AADSTS50076", **more: str) -> Finding:
    return Finding(
        check, Outcome.FAILS, "Entra refuses the stored token.", more, code=code, title="The token is refused"
    )


def holds(check: str = "store.redeems") -> Finding:
    return Finding(check, Outcome.HOLDS, "It holds.")


def unanswered(check: str = "store.redeems") -> Finding:
    return Finding(check, Outcome.UNKNOWN, "login.microsoftonline.com did not answer.", unreachable=True)


@dataclass
class Runs:
    """Runs of a job, one after the other, and what each of them sent to whom.

    Args:
        folder: keeps what is remembered.
        remind: after how many days a cause is told again.
        names: whether names of persons are told.
        in_tags: whether tags remember, and no file.
        send: sends alerts; None: nobody does, and they are in `sent`.
    """

    folder: Path
    remind: int = 7
    names: bool = False
    in_tags: bool = False
    send: Send | None = None
    clock: StandingClock = field(default_factory=StandingClock)
    refusing: set[str] = field(default_factory=set)
    sent: list[tuple[str, Alert]] = field(default_factory=list)
    values: Mapping[str, str] = field(default_factory=lambda: {MAIL: "mailto://a.example", HOOK: "json://b.example"})

    @property
    def state(self) -> Path:
        return self.folder / "alerts.json"

    def run(self, *results: Result, command: str = "check", after: timedelta = timedelta(days=1)) -> Told:
        """Make a run, and move the clock; an address of `refusing` takes nothing."""
        addresses = tuple(Address(name, Secret(value)) for name, value in self.values.items())
        settings = AlertSettings(
            addresses, None if self.in_tags else self.state, remind=timedelta(days=self.remind), names=self.names
        )
        run = AlertRun(settings, command, {}, self.clock, Cancel(), self.send or self._send)
        for each in results:
            run.add(each)
        told = run.tell()
        self.clock.moment += after
        return told

    def subjects(self, address: str = MAIL) -> list[str]:
        return [alert.subject for name, alert in self.sent if name == address]

    def _send(
        self, alerts: Sequence[tuple[Address, Alert]], environ: Mapping[str, str], redactor: Redactor, cancel: Cancel
    ) -> Delivery:
        self.sent += [(address.name, alert) for address, alert in alerts if address.name not in self.refusing]
        return Delivery({address.name: "error=500" for address, _ in alerts if address.name in self.refusing}, ("b",))
