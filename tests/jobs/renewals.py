"""Renewals of journeys that were played to their end on a rehearsal cloud."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.harness import SECRET_NAME
from tests.rehearsals.stored_journeys import Stored
from wizard.commands.rehearse import PacedClock
from wizard.commands.renew import renew_stored
from wizard.core.events import CheckEnded, Event
from wizard.core.findings import Finding, Outcome
from wizard.core.waiting import Clock
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file

DAY = 86_400.0
DUE = 8 * DAY
"""Seconds after which a token is due by the rule that holds unless somebody says another one."""


@dataclass
class Renewed:
    """What a renewal came to."""

    exit: int
    events: list[Event]
    lines: list[dict[str, Any]]
    text: str
    requests: list[Any]

    @property
    def findings(self) -> dict[str, Finding]:
        return {event.finding.check: event.finding for event in self.events if isinstance(event, CheckEnded)}

    @property
    def failed(self) -> dict[str, str]:
        return {name: each.code for name, each in self.findings.items() if each.outcome is Outcome.FAILS}

    @property
    def summary(self) -> dict[str, Any]:
        return next(line for line in reversed(self.lines) if line["type"] == "summary")

    @property
    def state(self) -> str:
        return str(self.summary["renewal"]["state"])


def renew(
    journey: Stored,
    saved: SavedJourney | None = None,
    *,
    is_forced: bool = False,
    on_event: Callable[[Event], None] = lambda _event: None,
    clock: Clock | None = None,
    as_json: bool = True,
) -> Renewed:
    """Renew, as the command does; a wait moves the cloud's clock."""
    session = Session(read_cloud_file(journey.cloud.cloud_file), clock=clock or PacedClock(journey.cloud.clock))
    session.file = JourneyFile(journey.path)
    events: list[Event] = []

    def also(event: Event) -> None:
        events.append(event)
        on_event(event)

    out, before = io.StringIO(), len(journey.cloud.log)
    lines = LineWriterTo(out, as_json, also)
    ended = renew_stored(session, saved or journey.saved, lines, is_forced=is_forced)
    text = out.getvalue()
    said = [json.loads(line) for line in text.splitlines()] if as_json else []
    return Renewed(ended, events, said, text, journey.cloud.log[before:])


def LineWriterTo(out: io.StringIO, as_json: bool, also: Callable[[Event], None]) -> Any:  # noqa: N802
    from wizard.plain.line_writer import LineWriter

    return LineWriter(out=out, err=io.StringIO(), as_json=as_json, also=also)


def redeems(journey: Stored) -> bool:
    """Whether the newest enabled version is a token that the cloud would still redeem; nothing is changed by it."""
    from wizard.rehearsal import refresh_rules

    enabled = [each for each in journey.versions() if each["enabled"]]
    token = journey.cloud.state.refresh_tokens.get(str(enabled[-1]["value"]))
    with journey.cloud.state.lock:
        return token is not None and refresh_rules.refusal(journey.cloud.state, token) is None


def enabled(journey: Stored) -> list[str]:
    """The versions that are enabled, the oldest first."""
    return [str(each["version"]) for each in journey.cloud.vault.versions(SECRET_NAME) if each["enabled"]]
