"""The QR code of an address that takes a whole screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.widgets.qr_code import QrCode


class QrDialog(ModalScreen[None]):
    """Shows the code where it fits, else says how large the window has to be."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        Binding("enter", "dismiss", "Close", show=False),
        Binding("f4", "dismiss", "Close", show=False),
    ]

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def compose(self) -> ComposeResult:
        """The code, or a sentence."""
        code = QrCode(self._address)
        width, height = code.cells
        if self.app.size.width < width or self.app.size.height < height + 1:
            yield Static(
                f"The QR code of this address needs {width} columns and {height + 1} rows; this window has "
                f"{self.app.size.width} and {self.app.size.height}. Make it larger, or copy the address. Esc closes.",
                markup=False,
                id="qr-too-large",
            )
            return
        yield code
        yield Static("Esc closes", markup=False)
