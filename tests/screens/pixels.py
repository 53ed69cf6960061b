"""The drawn screen as pixels, as a camera in front of the terminal would see it."""

from __future__ import annotations

from dataclasses import dataclass

import zxingcpp
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

CELL = (6, 12)
"""Pixels of a cell; half a cell is square, as a module has to be."""
Pixel = tuple[int, int, int]
WHITE: Pixel = (255, 255, 255)
BLACK: Pixel = (0, 0, 0)
PARTS = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
"""Which halves of a cell a glyph fills."""


@dataclass(frozen=True)
class Terminal:
    """What a terminal draws where the program names no colour."""

    foreground: Pixel
    background: Pixel


DARK = Terminal(foreground=(204, 204, 204), background=BLACK)
LIGHT = Terminal(foreground=BLACK, background=WHITE)


def image_of(lines: list[list[Segment]], terminal: Terminal) -> memoryview:
    """The lines as an image of three bytes a pixel; letters are left out, they are no part of a code."""
    width, height = CELL
    rows: list[bytes] = []
    for line in lines:
        halves = [bytearray(), bytearray()]
        for text, style, _ in line:
            drawn, paper = colours_of(style or Style(), terminal)
            for glyph in text:
                for half, is_filled in zip(halves, PARTS.get(glyph, (0, 0)), strict=True):
                    half += bytes(drawn if is_filled else paper) * width
        rows += [bytes(halves[0])] * (height // 2) + [bytes(halves[1])] * (height // 2)
    assert len({len(row) for row in rows}) == 1, "the lines are not equally long"
    return memoryview(b"".join(rows)).cast("B", shape=[len(rows), len(rows[0]) // 3, 3])


def colours_of(style: Style, terminal: Terminal) -> tuple[Pixel, Pixel]:
    """Foreground and background of a cell, as this terminal draws them."""
    drawn, paper = _rgb(style.color, terminal.foreground), _rgb(style.bgcolor, terminal.background)
    return (paper, drawn) if style.reverse else (drawn, paper)


def _rgb(colour: Color | None, default: Pixel) -> Pixel:
    return default if colour is None or colour.is_default else tuple(colour.get_truecolor())  # type: ignore[return-value]


def read_codes(image: memoryview) -> list[str]:
    """What the QR codes of an image say; a code that is light on dark is not forgiven."""
    return [code.text for code in zxingcpp.read_barcodes(image, try_invert=False)]
