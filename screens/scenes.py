"""The scenes of a rehearsal as the screens see them; the command that starts one fills this in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from screens.launch import Launch
    from wizard.core.answers import Value


@dataclass(frozen=True, slots=True)
class SceneInfo:
    """What the screens say of a scene.

    Args:
        title: the question it answers.
        watch_for: what to look out for, and what to do about it in real life.
        pages_note: how its people and pages are met.
        name: what it is called on the command line.
        check: the check it is about, "" where everything simply holds.
        acts_after: seconds after which somebody answers by himself, by the purpose of what is asked; none where nobody
            does.
        step: the step that it can be started at, "step 4"; "" where only from the beginning.
        stops_at: the step, what is wrong there, and the code; "" where nothing stops the journey.
        fixed_by: who can put that right, "the administrator"; "" where nobody has to.
        fix: what this person then did, as a sentence.
        asks_sign_in_again: whether somebody has to sign in once more after it.
    """

    title: str
    watch_for: str
    pages_note: str = ""
    name: str = ""
    check: str = ""
    acts_after: Mapping[str, float] = field(default_factory=dict)
    step: str = ""
    stops_at: str = ""
    fixed_by: str = ""
    fix: str = ""
    asks_sign_in_again: bool = False


@dataclass(frozen=True, slots=True)
class SceneGroup:
    """Scenes about the same step, under its title."""

    title: str
    scenes: tuple[SceneInfo, ...]


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came of a repair.

    Args:
        says: who did what, as a sentence.
        answers: those that the operator has to correct, by the keys of their fields.
    """

    says: str
    answers: Mapping[str, Value] = field(default_factory=dict)


class Repair(Protocol):
    """The repair of the scene that is played, by the person who may."""

    @property
    def is_open(self) -> bool:
        """Whether nobody has applied it yet."""
        ...

    def apply(self) -> Repaired:
        """Let it be done; a second time nothing more happens."""
        ...


class SceneCatalog(Protocol):
    """The scenes of a rehearsal; one of them is played."""

    def groups(self) -> tuple[SceneGroup, ...]:
        """Return every scene, in the order to choose from."""
        ...

    def start(self, name: str, *, at_its_step: bool = False) -> Launch:
        """Start another scene in place of the one that is played; raise where it cannot be, and that one stays.

        With `at_its_step` its journey is open already, at the step that the scene is about.
        """
        ...
