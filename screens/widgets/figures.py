"""A code in figures of three rows, to be read across a desk, in the groups that it is read aloud in."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from screens.drawing import bold
from screens.terminal.terminal_app import TerminalApp

ROWS: Final = 3
"""Rows of the figures: five dots, two in a row."""
_APART, _GROUPS_APART = 1, 4
_LONGEST_GROUP: Final = 5
_HALVES: Final = {("#", "#"): "█", ("#", "."): "▀", (".", "#"): "▄", (".", "."): " "}
_DOTS: Final = {
    "A": ".##. #..# #### #..# #..#",
    "B": "###. #..# ###. #..# ###.",
    "C": ".### #... #... #... .###",
    "D": "###. #..# #..# #..# ###.",
    "E": "#### #... ###. #... ####",
    "F": "#### #... ###. #... #...",
    "G": ".### #... #.## #..# .###",
    "H": "#..# #..# #### #..# #..#",
    "I": "### .#. .#. .#. ###",
    "J": "..## ...# ...# #..# .##.",
    "K": "#..# #.#. ##.. #.#. #..#",
    "L": "#... #... #... #... ####",
    "M": "#...# ##.## #.#.# #...# #...#",
    "N": "#...# ##..# #.#.# #..## #...#",
    "O": ".##. #..# #..# #..# .##.",
    "P": "###. #..# ###. #... #...",
    "Q": ".##. #..# #..# #.#. .#.#",
    "R": "###. #..# ###. #.#. #..#",
    "S": ".### #... .##. ...# ###.",
    "T": "##### ..#.. ..#.. ..#.. ..#..",
    "U": "#..# #..# #..# #..# .##.",
    "V": "#...# #...# .#.#. .#.#. ..#..",
    "W": "#...# #...# #.#.# ##.## #...#",
    "X": "#...# .#.#. ..#.. .#.#. #...#",
    "Y": "#...# .#.#. ..#.. ..#.. ..#..",
    "Z": "##### ...#. ..#.. .#... #####",
    "0": ".###. #..## #.#.# ##..# .###.",
    "1": ".#. ##. .#. .#. ###",
    "2": "###. ...# .##. #... ####",
    "3": "###. ...# .##. ...# ###.",
    "4": "#..# #..# #### ...# ...#",
    "5": "#### #... ###. ...# ###.",
    "6": ".##. #... ###. #..# .##.",
    "7": "#### ...# ..#. .#.. .#..",
    "8": ".##. #..# .##. #..# .##.",
    "9": ".##. #..# .### ...# .##.",
    "-": "... ... ### ... ...",
}


def groups_of(code: str) -> list[str]:
    """Return the groups that a code is read aloud in: 4 and 4, 4 and 5; one with a hyphen has its own."""
    if "-" in code or len(code) <= _LONGEST_GROUP:
        return [code]
    count = -(-len(code) // _LONGEST_GROUP)
    ends = [len(code) * number // count for number in range(count + 1)]
    return [code[begin:end] for begin, end in pairwise(ends)]


def figures_of(code: str) -> list[str]:
    """Return the rows of a code's figures; none where a character has no figure."""
    if not code or any(character not in _DOTS for character in code):
        return []
    groups = [[_figure(character) for character in group] for group in groups_of(code)]
    return [
        (" " * _GROUPS_APART).join((" " * _APART).join(figure[row] for figure in group) for group in groups).rstrip()
        for row in range(ROWS)
    ]


def _figure(character: str) -> list[str]:
    dots = _DOTS[character].split()
    rows = [*dots, "." * len(dots[0])]
    return [
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


class Figures(Static):
    """A code in figures; in spaced letters where they have no room, or cannot be drawn."""

    ALLOW_SELECT = False

    def __init__(self, code: str, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, markup=False)
        self._rows = figures_of(code)
        self._spaced = "   ".join(" ".join(group) for group in groups_of(code))

    def render(self) -> Content:
        """Return the code for the width there is."""
        return bold("\n".join(self._rows)) if self._has_room(self.content_size.width) else bold(self._spaced)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  # Textual asks so
        """Return the rows of the figures, or of the letters."""
        return ROWS if self._has_room(width) else 1

    def _has_room(self, width: int) -> bool:
        is_ascii = isinstance(self.app, TerminalApp) and self.app.is_ascii
        return bool(self._rows) and not is_ascii and max(map(len, self._rows)) <= width
