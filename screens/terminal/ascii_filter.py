"""Draws every sign as its ASCII twin, for terminals and fonts that have no others."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from wizard.core.ascii_signs import ascii_twin


class AsciiFilter(LineFilter):
    """Maps the text of each segment; it stays as wide as it was."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  # as Textual calls it
        """Return the segments in ASCII."""
        return [
            segment if segment.text.isascii() else Segment(in_cells(segment.text), segment.style, segment.control)
            for segment in segments
        ]


@lru_cache(4_096)
def in_cells(text: str) -> str:
    """Return `text` in ASCII, in exactly the cells that Textual counts for it."""
    return "".join(_in_cells(character) for character in text)


def _in_cells(character: str) -> str:
    cells = cell_len(character)
    return ascii_twin(character)[:cells].ljust(cells)
