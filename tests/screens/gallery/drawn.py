"""A drawn screen as text, as what stands out on it without colour, and as cells with their looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rich.cells import cell_len
from rich.style import Style
from textual.app import App
from textual.strip import Strip

Colour = tuple[int, int, int]

OUTSTANDING = ("reverse", "underline", "bold")
"""What a terminal without colour can show, in the order it strikes the eye."""


@dataclass(frozen=True, slots=True)
class HostProbe:
    """How cells are drawn; colours as they reach the eye, reversed ones already exchanged."""

    fore: Colour
    back: Colour
    bold: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Cells of one look that stand side by side."""

    text: str
    look: HostProbe

    @property
    def width(self) -> int:
        """Cells."""
        return cell_len(self.text)


Rows = Sequence[Sequence[Run]]


def strips_of(app: App[int]) -> list[Strip]:
    """The lines of the screen."""
    return app.screen._compositor.render_strips()


def as_text(strips: Sequence[Strip]) -> str:
    """The characters of the screen, line by line."""
    return "\n".join(strip.text.rstrip() for strip in strips)


def without_colour(strips: Sequence[Strip]) -> str:
    """The characters of the screen, and below them, by line, what stands out although nothing has a colour.

    "5 underline: contoso.com_+49" reads: in line 5 this text, and 49 blank cells after it, are underlined.
    """
    found = [f"{number:>2} {spans}" for number, strip in enumerate(strips, 1) if (spans := _spans(strip))]
    return "\n".join([as_text(strips), "--- what stands out without colour", *found])


def changed_lines(before: Sequence[Strip], after: Sequence[Strip]) -> list[str]:
    """The lines of `before` that stand out otherwise, or say something else, than in `after`."""
    pairs = enumerate(zip(before, after, strict=True), 1)
    return [
        f"{number:>2} {_spans(old)}"
        for number, (old, new) in pairs
        if (_spans(old), old.text) != (_spans(new), new.text)
    ]


def _spans(strip: Strip) -> str:
    """What stands out in a line."""
    spans = []
    for marks, segments in groupby(strip, key=lambda segment: _marks(segment.style)):
        text = "".join(segment.text for segment in segments)
        if marks and (text.strip() or marks != "bold"):
            bare = text.rstrip()
            blank = cell_len(text) - cell_len(bare)
            spans.append(f"{marks}: {bare}{f'_+{blank}' if blank > 1 else '_' * blank}")
    return " | ".join(spans)


def rows_of(strips: Sequence[Strip], fore: Colour = (224, 224, 224), back: Colour = (18, 18, 18)) -> list[list[Run]]:
    """The screen as runs; `fore` and `back` stand for the terminal's own colours."""
    rows = []
    for strip in strips:
        row = [Run(segment.text, _look(segment.style or Style(), fore, back)) for segment in strip if segment.text]
        rows.append(joined(row))
    return rows


def joined(row: Sequence[Run]) -> list[Run]:
    """Neighbours of the same look as one run."""
    return [Run("".join(run.text for run in same), look) for look, same in groupby(row, key=lambda run: run.look)]


def _marks(style: Style | None) -> str:
    return "+".join(name for name in OUTSTANDING if style and getattr(style, name))


def _look(style: Style, fore: Colour, back: Colour) -> HostProbe:
    front = tuple(style.color.get_truecolor()) if style.color and not style.color.is_default else fore
    behind = tuple(style.bgcolor.get_truecolor()) if style.bgcolor and not style.bgcolor.is_default else back
    look = HostProbe(
        (front[0], front[1], front[2]), (behind[0], behind[1], behind[2]), bool(style.bold), bool(style.underline)
    )
    if style.reverse:
        look = replace(look, fore=look.back, back=look.fore)
    if style.dim:
        look = replace(look, fore=_between(look.fore, look.back))
    return look


def _between(one: Colour, other: Colour) -> Colour:
    return ((one[0] + other[0]) // 2, (one[1] + other[1]) // 2, (one[2] + other[2]) // 2)
