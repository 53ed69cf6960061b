"""The device code: where it is entered, by whom, how long it is good, and what comes after its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from screens.bodies.body import Body
from screens.plain import bold, plain
from screens.widgets.qr_code import QrCode
from screens.words import clock_time, time_left
from wizard.core.events import DeviceCodePrompt

BAR_CELLS: Final = 24
LONGEST_ADDRESS: Final = 90
"""Characters of an address whose QR code still fits beside the words."""
WORDS_COLUMNS: Final = 45
"""Columns that the words need beside the QR code."""
ROOMY_ROWS: Final = 21
"""Rows of the page from which the words have air between them."""
PURPOSES: Final = {
    "vault": "an account that may open the key vault",
    "graph": "an administrator of the tenant",
}


class SignInPanel(Horizontal):
    """A live device code; blanked when it is used or its time is over.

    Args:
        sign_in: what the service issued.
        about: lines on the app and the tenant that the sign-in is for.
        now: the clock.
    """

    def __init__(self, sign_in: DeviceCodePrompt, about: tuple[str, ...], now: Callable[[], datetime]) -> None:
        super().__init__(id="sign-in", classes="panel")
        self.sign_in = sign_in
        self.is_live = True
        self._about = about
        self._now = now
        self._life = max(1.0, (sign_in.expires_at - now()).total_seconds())
        self._cells = -1
        self._timer: Timer | None = None
        self._qr = QrCode(sign_in.verification_uri) if len(sign_in.verification_uri) <= LONGEST_ADDRESS else None

    def compose(self) -> ComposeResult:
        """The words at the left, the QR code of the address at the right where there is room."""
        said = self.sign_in
        is_user = said.purpose == "integration_user"
        with Vertical(id="sign-in-words"):
            yield Static("1 In a private browser window open", markup=False)
            yield Static(bold(said.verification_uri), markup=False, id="sign-in-address")
            yield Static("2 Enter this code", markup=False, id="sign-in-enter")
            yield Static(bold(" ".join(said.user_code)), markup=False, id="user-code")
            yield Static(plain(f"{said.user_code}  (without the spaces)"), markup=False, id="code-plain")
            yield Static("3 Sign in as (give the code to nobody else)", markup=False, id="sign-in-as")
            yield Static(
                bold(said.account or PURPOSES.get(said.purpose, "the account asked for")), id="sign-in-account"
            )
            if said.account:
                yield Static("  and not as an administrator", markup=False)
            with Vertical(id="code-life"):
                with Horizontal(id="code-time"):
                    yield Static(id="code-left", markup=False)
                    yield Static(id="code-bar", markup=False)
                yield Static(plain(self._ending()), markup=False)
            for line in self._about:
                yield Static(plain(line), markup=False, classes="about")
            if said.warning:
                yield Static(plain(f"! {said.warning}"), markup=False, classes="warning")
            yield Static("! Never enter a code that someone sent you.", markup=False, id="phishing")
            if is_user:
                yield Static("New account? Password and MFA first: F1.", markup=False)
        if self._qr is not None:
            yield self._qr

    def on_mount(self) -> None:
        """Begin to count down."""
        self._tick()
        self._timer = self.set_interval(1.0, self._tick)

    def on_resize(self, _event: events.Resize) -> None:
        """The QR code stands beside the words where it fits, else it is on a key."""
        room = self.query_ancestor(Body).container_size
        self.set_class(room.height >= ROOMY_ROWS, "-roomy")
        if self._qr is not None and self.is_live:
            width, height = self._qr.cells
            words = max(WORDS_COLUMNS, len(self.sign_in.verification_uri) + 3)
            self._qr.display = room.width - 1 >= width + words and room.height > height

    def blank(self, why: str) -> None:
        """Take the code off the screen."""
        if not self.is_live:
            return
        self.is_live = False
        if self._timer:
            self._timer.stop()
        self.query_one("#user-code", Static).update(plain(why))
        self.query_one("#code-plain", Static).update("")
        self.query_one("#code-plain").display = False
        self.query_one("#code-life").display = False
        if self._qr is not None:
            self._qr.display = False

    def _ending(self) -> str:
        ends = clock_time(self.sign_in.expires_at)
        new = "F7 makes" if self.sign_in.purpose == "integration_user" else "F5 asks for"
        return f"Ends at {ends}; then {new} a new code."

    def _tick(self) -> None:
        left = (self.sign_in.expires_at - self._now()).total_seconds()
        if left <= 0:
            self.blank("this code has expired")
            return
        self.query_one("#code-left", Static).update(plain(f"▸ {time_left(left)} left"))
        cells = min(BAR_CELLS, max(1, round(BAR_CELLS * left / self._life)))
        if cells != self._cells:
            self._cells = cells
            self.query_one("#code-bar", Static).update("━" * cells + "┄" * (BAR_CELLS - cells))
