"""Cells of a terminal as SVG that needs no font, script or file of anybody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from rich.cells import cell_len

from tests.screens.gallery.drawn import Colour, HostProbe, Rows, Run, joined

WIDTH, HEIGHT = 8.4, 17.0
"""Of a cell, in pixels."""
EDGE, TOP = 10.0, 30.0
"""Around the cells, and above them for the window's title."""
FRAME: Colour = (40, 42, 54)
FONTS = "'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',ui-monospace,monospace"

BLOCKS: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "█": ((0, 0, 1, 1),), "▀": ((0, 0, 1, 0.5),), "▄": ((0, 0.5, 1, 0.5),), "▌": ((0, 0, 0.5, 1),),
    "▐": ((0.5, 0, 0.5, 1),), "▕": ((0.875, 0, 0.125, 1),), "▏": ((0, 0, 0.125, 1),), "▎": ((0, 0, 0.25, 1),),
    "▊": ((0, 0, 0.75, 1),), "▔": ((0, 0, 1, 0.125),), "▁": ((0, 0.875, 1, 0.125),), "▂": ((0, 0.75, 1, 0.25),),
    "▃": ((0, 0.625, 1, 0.375),), "▅": ((0, 0.375, 1, 0.625),), "▆": ((0, 0.25, 1, 0.75),),
    "▇": ((0, 0.125, 1, 0.875),),
    "─": ((0, 0.47, 1, 0.06),), "│": ((0.45, 0, 0.1, 1),), "━": ((0, 0.44, 1, 0.12),), "┃": ((0.4, 0, 0.2, 1),),
    "┌": ((0.45, 0.47, 0.55, 0.06), (0.45, 0.47, 0.1, 0.53)), "┐": ((0, 0.47, 0.55, 0.06), (0.45, 0.47, 0.1, 0.53)),
    "└": ((0.45, 0.47, 0.55, 0.06), (0.45, 0, 0.1, 0.53)), "┘": ((0, 0.47, 0.55, 0.06), (0.45, 0, 0.1, 0.53)),
    "╭": ((0.45, 0.47, 0.55, 0.06), (0.45, 0.47, 0.1, 0.53)), "╮": ((0, 0.47, 0.55, 0.06), (0.45, 0.47, 0.1, 0.53)),
    "╰": ((0.45, 0.47, 0.55, 0.06), (0.45, 0, 0.1, 0.53)), "╯": ((0, 0.47, 0.55, 0.06), (0.45, 0, 0.1, 0.53)),
    "┄": ((0, 0.47, 0.2, 0.06), (0.4, 0.47, 0.2, 0.06), (0.8, 0.47, 0.2, 0.06)),
}  # fmt: skip
"""Glyphs that are drawn as parts of their cell (left, top, width, height), because fonts leave gaps between them."""
SOLID = frozenset("█▀▄▌▐")
"""Those whose edges have to be sharp, as a QR code's."""
LINES = frozenset(BLOCKS) - SOLID
"""Those so thin that sharp edges would swallow them."""
WORDS = re.compile(rf"[ -~À-ɏ‘-‟…]+|[^ {''.join(BLOCKS)}]")
"""What becomes one text: words of a Latin alphabet together, any other glyph in its own cell."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is shown for some seconds."""

    rows: Rows
    seconds: float


def picture(rows: Rows, title: str, text: str) -> str:
    """One screen; `text` is what it says, for those who cannot see it."""
    columns, lines = _size(rows)
    ground = _ground(rows)
    drawn = "".join(
        f'<g transform="translate(0,{_n(y * HEIGHT)})">{content}</g>'
        for y, row in enumerate(rows)
        if (content := line(row, ground))
    )
    return _window(columns, lines, title, text, ground, "", drawn)


def animation(frames: Sequence[Frame], title: str, text: str) -> str:
    """Screens one after the other, for ever; the last one alone where motion is not wanted."""
    columns, lines = _size(frames[0].rows)
    ground = _ground(frames[0].rows)
    whole = sum(frame.seconds for frame in frames)
    known: dict[str, str] = {}
    styles, drawn, begins = [f".f{{animation:{_n(whole)}s step-end infinite}}"], [], 0.0
    for number, frame in enumerate(frames):
        starts, ends = 100 * begins / whole, 100 * (begins + frame.seconds) / whole
        begins += frame.seconds
        before = "0%{visibility:hidden}" if starts else ""
        after = f"{ends:.3f}%{{visibility:hidden}}" if number + 1 < len(frames) else ""
        styles.append(f"@keyframes k{number}{{{before}{starts:.3f}%{{visibility:visible}}{after}}}")
        styles.append(f".k{number}{{animation-name:k{number}}}")
        uses = []
        for y, row in enumerate(frame.rows):
            if content := line(row, ground):
                name = known.setdefault(content, f"r{len(known)}")
                uses.append(f'<use href="#{name}" y="{_n(y * HEIGHT)}"/>')
        screen = f'<rect class="s" width="{_n(columns * WIDTH)}" height="{_n(lines * HEIGHT)}"/>'
        drawn.append(f'<g class="f k{number}">{screen}{"".join(uses)}</g>')
    styles.append("@media (prefers-reduced-motion:reduce){.f{animation:none}}")
    styles.append(f".s{{fill:{_hex(ground)}}}")
    defined = "".join(f'<g id="{name}">{content}</g>' for content, name in known.items())
    body = f"<defs>{defined}</defs>{''.join(drawn)}"
    return _window(columns, lines, title, text, ground, "\n".join(styles), body)


def line(row: Sequence[Run], ground: Colour) -> str:
    """One line of cells, its top at 0, on a ground that is painted already."""
    grounds, shapes, words, x = [], [], [], 0
    for run in joined(row):
        if run.look.back != ground:
            grounds.append(_rectangle(x, run.width, run.look.back))
        for kind, glyphs in (("", SOLID), (' class="l"', LINES)):
            if path := "".join(_shapes(x, run.text, glyphs)):
                shapes.append(f'<path{kind} fill="{_hex(run.look.fore)}" d="{path}"/>')
        words += [_word(x + at, text, run.look) for at, text in _words(run.text)]
        if run.look.underline:
            words.append(_rectangle(x, run.width, run.look.fore, top=HEIGHT - 2, height=1))
        x += run.width
    return "".join([*grounds, *shapes, *words])


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Where each word or glyph begins, and its text; two blanks end a word."""
    for part in re.finditer(r"(?:\S| (?=\S))+", text):
        for found in WORDS.finditer(part[0]):
            if word := found[0].strip():
                before = text[: part.start() + found.start() + found[0].index(word)]
                yield cell_len(before), word


def _word(x: int, text: str, look: HostProbe) -> str:
    bold = ' font-weight="bold"' if look.bold else ""
    length = f' textLength="{_n(cell_len(text) * WIDTH)}"' if len(text) > 1 else ""
    return f'<text x="{_n(x * WIDTH)}" y="13" fill="{_hex(look.fore)}"{bold}{length}>{escape(text, quote=False)}</text>'


def _shapes(x: int, text: str, glyphs: frozenset[str]) -> Iterator[str]:
    """The glyphs that are drawn; full-width ones of a kind that stand together as one."""
    for found in re.finditer(r"(.)\1*", text, re.DOTALL):
        if found[1] not in glyphs:
            continue
        at = x + cell_len(text[: found.start()])
        for left, top, width, height in BLOCKS[found[1]]:
            repeated, count = (1, len(found[0])) if width == 1 else (len(found[0]), 1)
            for each in range(repeated):
                yield (
                    f"M{_n((at + each + left) * WIDTH)} {_n(top * HEIGHT)}h{_n(width * count * WIDTH)}"
                    f"v{_n(height * HEIGHT)}h{_n(-width * count * WIDTH)}z"
                )


def _rectangle(x: int, width: int, colour: Colour, top: float = 0, height: float = HEIGHT) -> str:
    where = f' y="{_n(top)}"' if top else ""
    return f'<rect x="{_n(x * WIDTH)}"{where} width="{_n(width * WIDTH)}" height="{_n(height)}" fill="{_hex(colour)}"/>'


def _window(columns: int, lines: int, title: str, text: str, ground: Colour, styles: str, drawn: str) -> str:
    """The frame of a window around cells."""
    width, height = columns * WIDTH + 2 * EDGE, lines * HEIGHT + TOP + EDGE
    dots = "".join(f'<circle cx="{18 + 16 * n}" cy="15" r="5" fill="#6b7080"/>' for n in range(3))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" '
        f'height="{_n(height)}" role="img">\n<title>{escape(title)}</title>\n<desc>\n{escape(text, quote=False)}\n'
        f"</desc>\n<style>text{{font-family:{FONTS};font-size:14px;white-space:pre}}rect,path{{shape-rendering:crispEdges}}.l{{shape-rendering:auto}}\n{styles}"
        f'</style>\n<rect width="{_n(width)}" height="{_n(height)}" rx="8" fill="{_hex(FRAME)}"/>{dots}'
        f'<text x="{_n(width / 2)}" y="20" text-anchor="middle" fill="#c8ccd8">{escape(title)}</text>\n'
        f'<g transform="translate({_n(EDGE)},{_n(TOP)})">'
        f'<rect width="{_n(columns * WIDTH)}" height="{_n(lines * HEIGHT)}" fill="{_hex(ground)}"/>{drawn}</g>\n'
        "</svg>\n"
    )


def _size(rows: Rows) -> tuple[int, int]:
    return max(sum(run.width for run in row) for row in rows), len(rows)


def _ground(rows: Rows) -> Colour:
    """The colour that most cells have behind them."""
    cells: dict[Colour, int] = {}
    for row in rows:
        for run in row:
            cells[run.look.back] = cells.get(run.look.back, 0) + run.width
    return max(cells, key=lambda colour: cells[colour])


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _n(number: float) -> str:
    """A number with at most two digits behind the point."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
