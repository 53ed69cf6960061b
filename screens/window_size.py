"""What a window has room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.geometry import Size

SMALLEST: Final = (60, 20)
"""Columns and rows below which nothing useful can be shown."""
NARROW: Final = 100
"""Columns below which the rail makes room for a code or a link."""


def is_too_small(size: Size) -> bool:
    """Return whether nothing useful can be shown."""
    return size.width < SMALLEST[0] or size.height < SMALLEST[1]


def is_narrow(size: Size) -> bool:
    """Return whether a code or a link wants the columns of the rail."""
    return size.width < NARROW


def too_small_text(size: Size) -> str:
    """Return what is shown in the place of a broken screen."""
    return (
        f"This window has {size.width} columns and {size.height} rows.\n"
        f"The wizard needs {SMALLEST[0]} × {SMALLEST[1]}, and is made for 80 × 24.\n"
        "Please make it larger; nothing is lost meanwhile.\nCtrl+Q quits."
    )
