"""Sends the terminal only what has changed on it: Textual repaints whole regions, which a slow line feels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import zip_longest

from rich.color import Color
from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._compositor import (  # Textual 8.2: what `App._display` is given
    ChopsUpdate,
    CompositorUpdate,
    LayoutUpdate,
)
from textual.strip import Strip


class SentLines:
    """What the terminal shows, line by line, as far as it was sent."""

    def __init__(self) -> None:
        self._lines: list[Strip] = []
        self._is_behind = False

    def forget(self) -> None:
        """The terminal may show something else: the next update is sent whole."""
        self._lines = []

    def difference(self, update: CompositorUpdate, draw: Callable[[], Iterable[Strip]]) -> Difference:
        """Return what is to be written in the place of an update of Textual's.

        Args:
            update: what Textual would write.
            draw: draws every line; called where the update does not hold all that is needed.
        """
        lines = None if self._is_behind else self._after(update)
        difference = Difference(self, list(map(bare, draw())) if lines is None else lines)
        self._is_behind = not difference.is_empty  # Textual writes nothing while it batches changes
        return difference

    def shows(self, lines: Sequence[Strip]) -> bool:
        """Return whether the terminal shows these lines."""
        return lines == self._lines

    def _after(self, update: CompositorUpdate) -> list[Strip] | None:
        """Return the lines after an update; None where it leaves out a part of one."""
        if isinstance(update, LayoutUpdate):
            whole = [line for parts in update.strips if (line := _joined(parts)) is not None]
            return whole if len(whole) == len(update.strips) else None
        if not isinstance(update, ChopsUpdate) or len(update.chops) != len(self._lines):
            return None
        lines = list(self._lines)
        for row in {row for row, _, _ in update.spans}:
            line = _joined(update.chops[row].values())
            if line is None or line.cell_length != lines[row].cell_length:
                return None
            lines[row] = line
        return lines

    def update(self, lines: Sequence[Strip], console: Console) -> str:
        """What has to be written so that the terminal shows `lines`."""
        self._is_behind = False
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
        self._lines = lines
        self.is_empty = sent.shows(lines)

    def render_segments(self, console: Console) -> str:
        """The bytes to write; called once, when they are written."""
        return self._sent.update(self._lines, console)


def _joined(parts: Iterable[Strip | None]) -> Strip | None:
    """Return the line that parts make, None where one of them was not drawn."""
    drawn: list[Strip] = []
    for part in parts:
        if part is None:
            return None
        drawn.append(part)
    return bare(Strip.join(drawn))


def bare(line: Strip) -> Strip:
    """Return a line as a terminal gets it: neighbours that look the same are one segment, and cost one colour."""
    segments: list[Segment] = []
    for segment in map(_without_meta, line):
        is_like_the_last = segments and _is_blank(segment) and _would_look_the_same(segment.style, segments[-1].style)
        segments.append(Segment(segment.text, segments[-1].style) if is_like_the_last else segment)
    return Strip(segments, line.cell_length).simplify()


def _is_blank(segment: Segment) -> bool:
    return not segment.control and not segment.text.strip(" ")


def _would_look_the_same(style: Style | None, other: Style | None) -> bool:
    """Return whether blanks look the same in both: nothing but the ground is seen of them."""
    if style is None or other is None:
        return style is other
    marks = any(each.underline or each.reverse or each.strike or each.link for each in (style, other))
    return style.bgcolor == other.bgcolor and not marks


def _without_meta(segment: Segment) -> Segment:
    # Rich 14: a style remembers its hash, and compares by it; Textual's `discard_meta` leaves the old one, by which
    # each part of a text, whose meta says where it stands, is another style.
    text, style, control = segment
    if style is None:
        return segment
    looks = (
        style.color,
        style.bgcolor,
        style.bold,
        style.dim,
        style.italic,
        style.underline,
        style.reverse,
        style.strike,
    )
    return Segment(text, _style(*looks, style.link), control)


@lru_cache(512)
def _style(
    color: Color | None, bgcolor: Color | None, bold: bool | None, dim: bool | None, italic: bool | None,
    underline: bool | None, reverse: bool | None, strike: bool | None, link: str | None,
) -> Style:  # fmt: skip
    return Style(
        color=color, bgcolor=bgcolor, bold=bold, dim=dim, italic=italic, underline=underline, reverse=reverse,
        strike=strike, link=link,
    )  # fmt: skip


def _difference(old: Strip | None, new: Strip, row: int, console: Console) -> str:
    """Return what turns the line `old` into `new`: from the first segment that differs to the last one."""
    if old is None:
        return Control.move_to(0, row).segment.text + new.render(console)
    before, after = list(old), list(new)
    first = _same(before, after)
    if first == len(before) == len(after):
        return ""
    last = _same(before[first:][::-1], after[first:][::-1])
    start = sum(segment.cell_length for segment in after[:first])
    gone, changed = before[first : len(before) - last], after[first : len(after) - last]
    if len(gone) == len(changed) == 1:
        skipped, changed = _within(gone[0], changed[0])
        start += skipped
    return Control.move_to(start, row).segment.text + Strip(changed).render(console)


def _within(old: Segment, new: Segment) -> tuple[int, list[Segment]]:
    """Return how many cells of a segment are as they were, and what follows on them up to the last that is not."""
    is_alike = old.style == new.style and len(old.text) == len(new.text) == old.cell_length == new.cell_length
    if not is_alike:
        return 0, [new]
    begin = _same(old.text, new.text)
    end = _same(old.text[:begin:-1], new.text[:begin:-1])
    return begin, [Segment(new.text[begin : len(new.text) - end], new.style)]


def _same(left: Sequence[object], right: Sequence[object]) -> int:
    """Return how many segments, or characters, are the same from the start on."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
