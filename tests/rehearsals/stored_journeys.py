"""Journeys that were played to their end on a rehearsal cloud, and what `partner-wizard check` says of them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.harness import SECRET_NAME, rehearsed
from wizard.commands.check import check_stored
from wizard.commands.rehearse import PacedClock
from wizard.commands.stored_answers import with_credential_of
from wizard.core.events import CheckEnded, CheckSkipped, Event
from wizard.core.findings import Finding, NotAsked, Outcome
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.microsoft.clouds import Cloud, read_cloud_file
from wizard.onboarding.probes.identity import INTERACTIVE_IDENTITIES
from wizard.plain.answers_file import read_answers
from wizard.plain.line_writer import LineWriter
from wizard.rehearsal import RehearsalCloud, Scene

DAY = 86_400.0


CLIENT = "33333333-cccc-4ccc-8ccc-000000000003"


TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"


OURS = {"tenant_id": TENANT, "client_id": CLIENT}


@dataclass
class Checked:
    """What a check came to."""

    exit: int
    events: list[Event]
    text: str
    requests: list[Any]

    @property
    def findings(self) -> dict[str, Finding]:
        return {event.finding.check: event.finding for event in self.events if isinstance(event, CheckEnded)}

    @property
    def not_asked(self) -> dict[str, str]:
        return {event.check: event.skipped.reason for event in self.events if isinstance(event, CheckSkipped)}

    @property
    def kinds(self) -> dict[str, NotAsked]:
        return {event.check: event.skipped.kind for event in self.events if isinstance(event, CheckSkipped)}

    @property
    def summary(self) -> str:
        return next(line for line in self.text.splitlines() if "start " in line and "tenant " in line)

    def failed(self) -> dict[str, str]:
        return {name: each.code for name, each in self.findings.items() if each.outcome is Outcome.FAILS}


@dataclass
class Stored:
    """A journey that was played to its end, and the cloud it was played on."""

    cloud: RehearsalCloud
    path: Path
    ended_at: str = ""

    @property
    def saved(self) -> SavedJourney:
        found = JourneyFile(self.path).read()
        assert found
        return found

    @property
    def at_hand(self) -> SavedJourney:
        """The saved journey with the credential that the answers file names, and an identity that takes no person."""
        given = read_answers(self.cloud.answers_file, os.environ)
        answers = with_credential_of(self.saved.answers, *given)
        if answers.vault_identity in INTERACTIVE_IDENTITIES:
            answers = replace(answers, vault_identity="environment")
        return replace(self.saved, answers=answers)

    def in_world(self, **parts: Any) -> None:
        """Change the world after the journey."""
        with self.cloud.state.lock:
            self.cloud.state.world = replace(self.cloud.state.world, **parts)

    def versions(self) -> list[dict[str, object]]:
        return self.cloud.vault.versions(SECRET_NAME)

    def check(self, saved: SavedJourney | None = None, cloud: Cloud | None = None, as_json: bool = False) -> Checked:
        """Check, as the command does; a wait moves the cloud's clock."""
        clouds = {cloud.name: cloud} if cloud else read_cloud_file(self.cloud.cloud_file)
        session = Session(clouds, clock=PacedClock(self.cloud.clock))
        events: list[Event] = []
        out, before = io.StringIO(), len(self.cloud.log)
        lines = LineWriter(out=out, err=io.StringIO(), as_json=as_json, also=events.append)
        ended = check_stored(session, saved or self.saved, lines)
        return Checked(ended, events, out.getvalue(), self.cloud.log[before:])


@contextmanager
def stored(scene: str | Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stored]:
    """A journey of a scene, played as far as it goes, and saved."""
    path = tmp_path / "state" / "journey.json"
    with rehearsed(scene, monkeypatch, file=path) as played:
        ended_at = played.run()
        yield Stored(played.cloud, path, ended_at)
