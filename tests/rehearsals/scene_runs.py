"""Runs a scene in this process: the product's own `run` on the rehearsal cloud, its waits moving the cloud's clock."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import pytest

from wizard.commands.context import EXIT_CODES
from wizard.commands.rehearse import PacedClock, enter_in_lines, let_people_paste
from wizard.commands.scene_play import SceneRepair
from wizard.core.answers import Answers
from wizard.core.events import CheckEnded, Event
from wizard.core.findings import Finding
from wizard.core.waiting import Clock
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import EVERY_CHECK
from wizard.plain.answers_file import read_answers
from wizard.plain.line_writer import LineWriter
from wizard.plain.runner import run_journey
from wizard.rehearsal import RehearsalClock, RehearsalCloud, Scene, load_scene


@dataclass
class SceneRun:
    """What came of an unattended run of a scene."""

    exit: int = -1
    findings: list[Finding] = field(default_factory=list)
    text: str = ""
    events: list[Event] = field(default_factory=list)
    vault_versions: list[Mapping[str, object]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failed_with: Finding | None = None
    events_before_repair: list[Event] = field(default_factory=list)
    journey: Journey | None = None

    @property
    def last(self) -> Finding:
        """The finding that closed a gate, else the last one."""
        closing = (each for each in self.findings if not EVERY_CHECK[each.check].opens_gate(each))
        return next(closing, self.findings[-1])

    @property
    def ending(self) -> tuple[str, str, str, int]:
        """Check, outcome and code of the finding it ended with, and the exit code, as a scene's `expected` has them."""
        last = self.last
        return last.check, last.outcome.value, last.code, self.exit

    def finding(self, check: str) -> Finding:
        """Return the last finding of a check."""
        return next(each for each in reversed(self.findings) if each.check == check)


def run_scene(
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    change: Callable[[Scene], Scene] = lambda scene: scene,
    clock_of: Callable[[RehearsalClock], Clock] = PacedClock,
    prepare: Callable[[RehearsalCloud, Answers], Answers] = lambda _cloud, answers: answers,
    on_event: Callable[[RehearsalCloud, Event], None] = lambda _cloud, _event: None,
    repaired: bool = False,
    at_step: str = "",
) -> SceneRun:
    """Run a scene unattended; its waits move the cloud's clock.

    Args:
        name: the scene.
        monkeypatch: sets the environment of the scene.
        change: gives another scene in its place.
        clock_of: gives the product's clock.
        prepare: gives other answers in the place of the scene's.
        on_event: is called after each event.
        repaired: whether the scene's repair is applied once a step has failed; `failed_with` says how it had.
        at_step: the step to enter the scene at, "" for the first one.
    """
    clock = RehearsalClock()
    ended = SceneRun()
    with RehearsalCloud(change(load_scene(name)), clock=clock) as cloud:
        for variable, value in cloud.environment.items():
            monkeypatch.setenv(variable, value)
        session = Session(
            read_cloud_file(cloud.cloud_file),
            clock=clock_of(clock),
            file=JourneyFile(cloud.folder / "state" / "journey.json"),
        )
        let_people_paste(cloud, session)
        answers = prepare(cloud, read_answers(cloud.answers_file, os.environ)[0])
        out = io.StringIO()

        def keep(event: Event) -> None:
            ended.events.append(event)
            if isinstance(event, CheckEnded):
                ended.findings.append(event.finding)
            on_event(cloud, event)

        lines = LineWriter(out=out, err=out, watch=cloud.people.on_event, also=keep)
        repair = SceneRepair(cloud, cloud.scene.repair) if repaired and cloud.scene.repair else None

        def after_failure(journey: Journey, lines: LineWriter) -> bool:
            if repair is None or not repair.is_open:
                return False
            ended.failed_with = ended.last
            ended.events_before_repair, ended.events[:] = list(ended.events), []
            return repair.after_failure(journey, lines)

        enter = partial(enter_in_lines, session, answers, cloud, at_step) if at_step else None
        ended.exit = EXIT_CODES[run_journey(session, answers, lines, enter=enter, after_failure=after_failure)]
        ended.journey = session.open_journey
        ended.text = out.getvalue()
        ended.refused = list(cloud.refused_hosts)
        ended.vault_versions = list(cloud.vault.versions(answers.vault_secret))
    return ended
