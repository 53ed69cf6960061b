"""A text to read: items hang under their sign, a table's texts under each other, an indented line under itself."""

from __future__ import annotations

import re
from typing import Final

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from screens.widgets.hanging import hang

_LEAD: Final = re.compile(r"(?: *(?:·|\d+\.?) +| *\S(?: ?\S){0,24} {2,}| +)(?=\S)")
"""A sign or a number, a word of a table, or blanks: what the rest of the line hangs under."""


class Prose(Static):
    """Shows lines, each wrapped to the width there is."""

    def __init__(self, text: Content, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, markup=False)
        self._text = text.split("\n", allow_blank=True)

    def render(self) -> Content:
        """Return the lines for the width there is."""
        return Content("\n").join(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  # Textual asks so
        """Return how many lines there are."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        return [line for text in self._text for line in _hung(text, width)]


def _hung(text: Content, width: int) -> list[Content]:
    found = _LEAD.match(text.plain)
    if found is None or found.end() > width // 2:
        return list(text.wrap(max(10, width))) or [Content()]
    return hang(text[: found.end()], text[found.end() :], width, gap=0)
