"""What a window has room for."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.geometry import Size

SMALLEST: Final = (60, 20)
"""Columns and rows below which nothing useful can be shown."""
_NORMAL: Final = 76
_WIDE: Final = 110
_AROUND_THE_PAGE: Final = 7
"""Rows of heading, stepper, a gap, two of the hint, buttons and keys."""
_AROUND_A_PANEL: Final = 4
"""Rows of heading, stepper, buttons and keys: a panel says itself what the hint would."""


class Layout(StrEnum):
    """How a window is laid out; the values are classes of the shell."""

    SLIM = "-slim"
    """Short words: fewer than 76 columns."""
    NORMAL = "-normal"
    """One column, with the steps in a line above it."""
    WIDE = "-wide"
    """From 110 columns: the steps, the page, and beside it what it is about."""


def layout_of(size: Size) -> Layout:
    """Return how a window of this size is laid out."""
    if size.width >= _WIDE:
        return Layout.WIDE
    return Layout.NORMAL if size.width >= _NORMAL else Layout.SLIM


def page_rows(size: Size, *, has_panel: bool) -> int:
    """Return how many rows a page may take, so that the buttons under it are always seen."""
    around = _AROUND_A_PANEL if has_panel else _AROUND_THE_PAGE
    if layout_of(size) is Layout.WIDE:
        around = _AROUND_THE_PAGE - (1 if has_panel else 2)
    return max(1, size.height - around)


def is_too_small(size: Size) -> bool:
    """Return whether nothing useful can be shown."""
    return size.width < SMALLEST[0] or size.height < SMALLEST[1]


def too_small_text(size: Size) -> str:
    """Return what is shown in the place of a broken screen."""
    return (
        f"This window has {size.width} columns and {size.height} rows.\n"
        f"The wizard needs {SMALLEST[0]} × {SMALLEST[1]}, and is made for 80 × 24.\n"
        "Please make it larger; nothing is lost meanwhile.\nCtrl+Q quits."
    )
