"""Renewals of journeys that were played to their end on a rehearsal cloud."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests

from tests.rehearsals.stored_journeys import Stored
from wizard.commands.rehearse import PacedClock
from wizard.commands.renew import renew_stored
from wizard.core.events import CheckEnded, Event
from wizard.core.findings import Finding, Outcome
from wizard.core.waiting import Clock
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.microsoft.http_adapter import HttpAdapter
from wizard.plain.line_writer import LineWriter
from wizard.rehearsal import refresh_rules

DAY = 86_400.0
DUE = 8 * DAY
"""Seconds after which a token is due by the rule that holds unless somebody says another one."""


@dataclass
class Renewed:
    """What a renewal came to."""

    exit: int
    events: list[Event]
    lines: list[dict[str, Any]]
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

    @property
    def changes(self) -> list[str]:
        return [each.method for each in self.requests if each.method in {"PUT", "PATCH", "DELETE"}]


def renew(
    journey: Stored,
    saved: SavedJourney | None = None,
    *,
    is_forced: bool = False,
    on_event: Callable[[Event], None] = lambda _event: None,
    clock: Clock | None = None,
) -> Renewed:
    """Renew, as the command does with --json; a wait moves the cloud's clock."""
    session = Session(read_cloud_file(journey.cloud.cloud_file), clock=clock or PacedClock(journey.cloud.clock))
    session.file = JourneyFile(journey.path)
    events: list[Event] = []

    def also(event: Event) -> None:
        events.append(event)
        on_event(event)

    out, before = io.StringIO(), len(journey.cloud.log)
    lines = LineWriter(out=out, err=io.StringIO(), as_json=True, also=also)
    ended = renew_stored(session, saved or journey.saved, lines, is_forced=is_forced)
    said = [json.loads(line) for line in out.getvalue().splitlines()]
    return Renewed(ended, events, said, journey.cloud.log[before:])


def newest(journey: Stored) -> dict[str, Any]:
    """The newest version."""
    return journey.versions()[-1]


def redeems(journey: Stored) -> bool:
    """Whether the cloud would redeem the newest enabled version now; it is not redeemed."""
    value = str([each for each in journey.versions() if each["enabled"]][-1]["value"])
    with journey.cloud.state.lock:
        token = journey.cloud.state.refresh_tokens.get(value)
        return token is not None and refresh_rules.refusal(journey.cloud.state, token) is None


def enabled(journey: Stored) -> list[str]:
    """The versions that are enabled, the oldest first."""
    return [str(each["version"]) for each in journey.versions() if each["enabled"]]


class Killed(BaseException):
    """The end of the process, as far as it can be had without one."""


@contextmanager
def killed_at(number: int, *, answered: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a run end at its request of this number: before it leaves, or once its answer has come."""
    send, counted = HttpAdapter.send, itertools.count(1)

    def send_or_end(
        path: HttpAdapter, request: requests.PreparedRequest, *rest: object, **more: Any
    ) -> requests.Response:
        is_last = next(counted) == number
        if is_last and not answered:
            raise Killed
        answer = send(path, request, *rest, **more)
        if is_last:
            raise Killed
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(HttpAdapter, "send", send_or_end)
        yield


def sign_in_again(journey: Stored) -> None:
    """Let somebody sign in, and store what comes of it, as the wizard does."""
    former = newest(journey)
    state = journey.cloud.state
    with state.lock:
        first = next(iter(state.refresh_tokens.values())).session
        token = state.new_refresh_token(replace(first, began=state.clock.now()))
        journey.cloud.vault.add_aged_version("partner-center-refresh-token", token, 0, True, former["tags"])
