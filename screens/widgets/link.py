"""A link in lines of its own: nothing stands beside them, so that it can be selected by itself, or clicked."""

from __future__ import annotations

import re
from typing import Final

from textual.content import Content
from textual.geometry import Size
from textual.style import Style
from textual.widgets import Static

from screens.drawing import plain

_LINK: Final = re.compile(r"https://[!-~]+")
"""What may stand behind a text: an address of the web, and nothing that ends the sequence it is sent in."""
_JOINTS: Final = "/?&+"
"""Characters behind which an address can be broken, and still be read."""
INDENT: Final = 3
"""Columns by which it stands under the number of what is to be done with it."""


class Link(Static):
    """A link to open, broken at its joints.

    Args:
        address: where it leads.
        id: of the widget.
        is_clickable: whether the terminal takes a link behind a text.
    """

    def __init__(self, address: str, *, id: str, is_clickable: bool) -> None:  # noqa: A002  # Textual's name
        super().__init__(markup=False, id=id, classes="link")
        self._address = address
        self._is_clickable = is_clickable
        self._is_tight = False

    def show(self, address: str) -> None:
        """Show another link."""
        self._address = address
        self.refresh(layout=True)

    def set_tight(self, *, is_tight: bool) -> None:
        """Take as few rows as can be: no indent, and lines that end where the columns do."""
        if is_tight != self._is_tight:
            self._is_tight = is_tight
            self.set_class(is_tight, "-tight")
            self.refresh(layout=True)

    def rows_at(self, width: int, *, is_tight: bool = False) -> int:
        """Return how many rows it takes in so many columns, its indent included."""
        return len(self._lines(width if is_tight else width - INDENT, is_tight=is_tight))

    def render(self) -> Content:
        """Return its lines for the width there is; each of them leads to all of it (OSC 8)."""
        lines = self._lines(self.content_size.width, is_tight=self._is_tight)
        return Content("\n").join(linked(line, self._address, is_clickable=self._is_clickable) for line in lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  # Textual asks so
        """Return how many rows it takes."""
        return len(self._lines(width, is_tight=self._is_tight))

    def _lines(self, width: int, *, is_tight: bool) -> list[str]:
        if not _LINK.fullmatch(self._address):
            return [line.plain for line in plain(self._address).wrap(max(1, width))] or [""]
        return broken(self._address, max(1, width), joints="" if is_tight else _JOINTS)


def broken(address: str, width: int, joints: str = _JOINTS) -> list[str]:
    """Return an address in lines of at most `width` characters.

    A line ends behind the last of the `joints` in it, unless that would leave half of it empty.
    """
    lines = []
    while len(address) > width:
        at = max((address.rfind(joint, 0, width) for joint in joints), default=-1) + 1
        if at <= width // 2:
            at = width
        lines.append(address[:at])
        address = address[at:]
    return [*lines, address]


def linked(line: str, address: str, *, is_clickable: bool) -> Content:
    """Return a line as it may be drawn; where `is_clickable`, it leads to the address, if that is a plain one."""
    shown = plain(line)
    return shown.stylize(Style(link=address)) if is_clickable and _LINK.fullmatch(address) else shown
