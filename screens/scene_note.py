"""What the first page says of a rehearsal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SceneNote:
    """What the welcome screen says of a rehearsal.

    Args:
        title: the scene in a few words.
        watch_for: what to look out for.
        pages_note: how its people and pages are met.
    """

    title: str
    watch_for: str
    pages_note: str
