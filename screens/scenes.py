"""The scenes of a rehearsal as the screens see them; the command that starts one fills this in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from screens.launch import Launch


@dataclass(frozen=True, slots=True)
class SceneInfo:
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
    scenes: tuple[SceneInfo, ...]


class SceneCatalog(Protocol):
    """The scenes of a rehearsal; one of them is played."""

    def groups(self) -> tuple[SceneGroup, ...]:
        """Return every scene, in the order to choose from."""
        ...

    def start(self, name: str) -> Launch:
        """Start another scene in place of the one that is played; raise where it cannot be, and that one stays."""
        ...
