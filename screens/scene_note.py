"""What the screens say of a rehearsal's scene, and the scenes it can be exchanged for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from screens.machine import Machine
    from wizard.core.answers import Answers
    from wizard.journeys.session import Session

Watch = Callable[[Mapping[str, object]], None]
"""Is given what a person has to act on, as `run --json` says it."""


@dataclass(frozen=True, slots=True)
class SceneNote:
    """What the screens say of a scene.

    Args:
        title: the question it answers.
        watch_for: what to look out for, and what to do about it in real life.
        pages_note: how its people and pages are met.
        name: what it is called on the command line.
        check: the check it is about, "" where everything simply holds.
    """

    title: str
    watch_for: str
    pages_note: str = ""
    name: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class SceneGroup:
    """Scenes about the same step, under its title."""

    title: str
    scenes: tuple[SceneNote, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """What a scene is played on: the session with its cloud, and the answers a new journey begins with.

    `machine` is where that is, None for the one that the wizard runs on.
    """

    session: Session
    defaults: Answers
    scene: SceneNote | None = None
    watch: Watch | None = None
    machine: Machine | None = None


class Stages(Protocol):
    """The scenes of a rehearsal; one of them is on."""

    def groups(self) -> tuple[SceneGroup, ...]:
        """Every scene, in the order to choose from."""
        ...

    def open(self, name: str) -> Stage:
        """Put another scene on in place of the one that is on; raises where it cannot be, and that one stays."""
        ...
