"""The QR code of an address on a screen of its own."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.drawing import plain
from screens.widgets.qr_code import QrCode


class QrDialog(ModalScreen[None]):
    """Shows the code where it fits, else says how large the window has to be.

    Args:
        address: what the code says.
        note: a sentence on what it opens.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        Binding("enter", "dismiss", "Close", show=False),
        Binding("f4", "dismiss", "Close", show=False),
    ]

    def __init__(self, address: str, note: str = "") -> None:
        super().__init__()
        self.address = address
        self._code = QrCode(address)
        self._note = note

    def compose(self) -> ComposeResult:
        """The code, and a sentence."""
        yield Center(self._code)
        yield Center(Static(markup=False, id="qr-words"))

    def on_resize(self, event: events.Resize) -> None:
        """The window may become large enough, or too small."""
        width, height = self._code.cells
        fits = self._code.can_be_drawn and event.size.width >= width and event.size.height > height
        self._code.display = fits
        if not self._code.can_be_drawn:
            self.query_one("#qr-words", Static).update(
                "A QR code cannot be drawn in ASCII: copy the address. Esc closes."
            )
            return
        words = (
            f"{self._note} Esc closes."
            if fits
            else f"The QR code of this address needs {width} columns and {height + 1} rows; this window has "
            f"{event.size.width} and {event.size.height}. Make it larger, or copy the address. Esc closes."
        )
        line = self.query_one("#qr-words", Static)
        line.update(plain(words.lstrip()))
        line.styles.margin = (int(event.size.height > height + 1), 0, 0, 0)
