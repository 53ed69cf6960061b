"""How a scene of a rehearsal is played: entered at a step, and repaired. The cloud comes from `rehearse`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from screens.scenes import Repaired
from wizard.core.answers import Answers, Value
from wizard.core.errors import BadInput
from wizard.core.events import BrowserPrompt, ConsentLink, DeviceCodePrompt, Event
from wizard.onboarding.gate import PASSABLE
from wizard.plain.answers_file import read_answers

if TYPE_CHECKING:
    from wizard.journeys.session import Session
    from wizard.onboarding.journey import Journey
    from wizard.onboarding.profile import Profile
    from wizard.onboarding.step import Step
    from wizard.plain.line_writer import LineWriter

OWN_STEP: Final = "own"
"""What --at-step means without a value: the step that the scene is about."""
Watch = Callable[[Mapping[str, object]], None]


class _RepairTexts(Protocol):
    @property
    def who(self) -> str: ...

    @property
    def says(self) -> str: ...


class RepairableCloud(Protocol):
    """What a repair needs of the rehearsal cloud."""

    answers_file: Path
    repaired_answers_file: Path

    @property
    def has_open_repair(self) -> bool:
        """Whether the scene has a repair that nobody has applied yet."""
        ...

    def apply_repair(self) -> None:
        """Apply it."""
        ...


class SceneRepair:
    """The repair of the scene that is played.

    Args:
        cloud: the scene's.
        texts: who repairs it, and what this person says.
    """

    def __init__(self, cloud: RepairableCloud, texts: _RepairTexts) -> None:
        self._cloud = cloud
        self.who = texts.who
        self.says = texts.says

    @property
    def is_open(self) -> bool:
        """Whether nobody has applied it yet."""
        return self._cloud.has_open_repair

    def apply(self) -> Repaired:
        """Let it be done; a second time nothing more happens. Return what was said, and the corrected answers."""
        before, _ = read_answers(self._cloud.answers_file, os.environ)
        self._cloud.apply_repair()
        after, _ = read_answers(self._cloud.repaired_answers_file, os.environ)
        return Repaired(self.says, _corrected(before, after))

    def after_failure(self, journey: Journey, lines: LineWriter) -> bool:
        """Apply it to a journey of which a step failed, and say who did what; return False if it is applied already."""
        if not self.is_open:
            return False
        repaired = self.apply()
        lines.repaired(self.who, repaired.says)
        journey.change_all(repaired.answers)
        return True


def _corrected(before: Answers, after: Answers) -> dict[str, Value]:
    names = [each.name for each in fields(Answers)]
    return {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}


def step_to_enter(profile: Profile, wanted: str, check: str) -> Step:
    """Return the step that --at-step names, by number, id or title; the first one if the scene is about none.

    Args:
        profile: gives the steps.
        wanted: the option's value.
        check: the check that the scene is about, "" for none.

    Raises:
        BadInput: there is no such step.
    """
    if wanted == OWN_STEP:
        return profile.step_of(check) if check else profile.steps[0]
    for number, step in enumerate(profile.steps):
        if wanted.casefold() in (str(number), step.id, step.title.casefold()):
            return step
    names = ", ".join(f"{number} {step.id}" for number, step in enumerate(profile.steps))
    raise BadInput("--at-step", f"expected a step, by number or name: {names}")


def enter_at(session: Session, answers: Answers, step: Step, watch: Watch) -> Journey:
    """Return a new journey that stands at a step: what comes before it was asked of the cloud, and is passed.

    Args:
        session: opens it; its clock should take no time for waits.
        answers: of the operator.
        step: the one to stand at.
        watch: is given what a person has to act on.

    Raises:
        BadInput: an earlier step is not passed.
        Cancelled: the session was stopped.
    """

    def emit(event: Event) -> None:
        if isinstance(event, ConsentLink | DeviceCodePrompt | BrowserPrompt):
            watch(event.as_json())

    journey = session.begin(answers, emit)
    for earlier in journey.profile.steps[: journey.profile.number_of(step.id)]:
        journey.run(earlier.id)
        if journey.state(earlier.id) not in PASSABLE:
            number = journey.profile.number_of(earlier.id)
            raise BadInput("--at-step", f"this scene stops before that: at step {number}, {earlier.id}")
    return journey
