"""A QR code in half blocks, black on white whatever the theme, with a quiet zone of two modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.filter import LineFilter
from textual.widgets import Static

from screens.terminal.terminal_app import TerminalApp
from wizard.core.text import is_sendable

QUIET_ZONE: Final = 2
LONGEST: Final = 2_900
"""Characters that the largest code holds at error correction L, less some (ISO/IEC 18004, table 7)."""
HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
"""A cell by its upper and lower module; the glyph is the dark part."""


def can_hold(address: str) -> bool:
    """Return whether a code can say an address: printable ASCII, as addresses are, and not too long."""
    return is_sendable(address) and len(address) <= LONGEST


def modules_of(text: str) -> list[list[bool]]:
    """The modules of the code of `text`, quiet zone included, error correction L; True is dark."""
    from qrcode.constants import ERROR_CORRECT_L
    from qrcode.main import QRCode

    code = QRCode(error_correction=ERROR_CORRECT_L, border=QUIET_ZONE, box_size=1)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def half_blocks(modules: list[list[bool]]) -> str:
    """Modules as text, two rows in a line."""
    rows = [*modules, [False] * len(modules[0])] if len(modules) % 2 else modules
    return "\n".join(
        "".join(HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )


class QrCode(Static):
    """The code of an address, one that `can_hold` takes."""

    ALLOW_SELECT = False

    def __init__(self, address: str) -> None:
        blocks = half_blocks(modules_of(address))
        super().__init__(blocks, markup=False, classes="qr")
        lines = blocks.split("\n")
        self.cells = (len(lines[0]), len(lines))
        self.styles.width, self.styles.height = self.cells

    @property
    def can_be_drawn(self) -> bool:
        """Whether the terminal takes half blocks; ASCII has no character like them."""
        return not (isinstance(self.app, TerminalApp) and self.app.is_ascii)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """None: without colour, too, the code is black on white, for else a dark terminal would turn it around."""
        return ()
