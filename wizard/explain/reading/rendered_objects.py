"""Keeps objects that are rendered as lines, because a log repeats the same one again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from wizard.explain.reading.marks import MARK
from wizard.explain.reading.object_context import ObjectContext
from wizard.explain.results import Extracted


@dataclass(frozen=True, slots=True)
class RenderedObject:
    """An object as lines.

    Args:
        beside: the service that was named beside it, with status and headers of its answer; None if nobody asked.
        parts: of the lines; between each two of them stands a mark.
        found: what the marks stand for.
    """

    beside: tuple[str, int, Mapping[str, str]] | None
    parts: tuple[str, ...]
    found: tuple[Extracted, ...]

    def again(self, mark: Callable[[Extracted], str]) -> str:
        """Return the lines with new marks, made by `mark`."""
        marks = map(mark, self.found)
        return "".join([*chain.from_iterable(zip(self.parts, marks, strict=False)), self.parts[-1]])


def keep_rendered(lines: str, near: ObjectContext | None, found: Sequence[Extracted]) -> RenderedObject:
    """Return what is kept of an object.

    Args:
        lines: what it was rendered as.
        near: what stood beside it, None if nobody asked.
        found: what was taken out of the text, by the numbers of the marks.
    """
    pieces = MARK.split(lines)  # a mark's number stands between each two parts
    return RenderedObject(
        near.beside if near else None, tuple(pieces[::2]), tuple(found[int(number)] for number in pieces[1::2])
    )
