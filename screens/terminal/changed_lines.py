"""Sends the terminal only what has changed on it: Textual repaints whole regions, which a slow line feels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from textual._compositor import CompositorUpdate  # Textual 8.2: the type `App._display` tells screen updates by
from textual.strip import Strip


class SentLines:
    """What the terminal shows, line by line, as far as it was sent."""

    def __init__(self) -> None:
        self._lines: list[Strip] = []

    def forget(self) -> None:
        """The terminal may show something else: the next update is sent whole."""
        self._lines = []

    def update(self, lines: Sequence[Strip], console: Console) -> str:
        """What has to be written so that the terminal shows `lines`."""
        if len(lines) != len(self._lines) or any(
            new.cell_length != old.cell_length for new, old in zip(lines, self._lines, strict=True)
        ):
            self._lines = []
        written = [
            _difference(old, new, row, console) for row, (old, new) in enumerate(zip_longest(self._lines, lines)) if new
        ]
        self._lines = list(lines)
        return "".join(written)


class Difference(CompositorUpdate):
    """A screen update that writes the difference to what was sent before."""

    def __init__(self, sent: SentLines, lines: Sequence[Strip]) -> None:
        self._sent = sent
        self._lines = [line.simplify().discard_meta() for line in lines]

    def render_segments(self, console: Console) -> str:
        """The bytes to write; called once, when they are written."""
        return self._sent.update(self._lines, console)


def _difference(old: Strip | None, new: Strip, row: int, console: Console) -> str:
    """What turns the line `old` into `new`: from the first segment that differs to the last one."""
    if old is None:
        return Control.move_to(0, row).segment.text + new.render(console)
    before, after = list(old), list(new)
    first = _same(before, after)
    if first == len(before) == len(after):
        return ""
    last = _same(before[first:][::-1], after[first:][::-1])
    changed = after[first : len(after) - last]
    start = sum(segment.cell_length for segment in after[:first])
    return Control.move_to(start, row).segment.text + Strip(changed).render(console)


def _same(left: Sequence[Segment], right: Sequence[Segment]) -> int:
    """How many segments are the same from the start on."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
