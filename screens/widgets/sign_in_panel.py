"""The device code: who signs in, where, with which code, and how long it is good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from screens.plain import bold, plain
from screens.widgets.qr_code import QrCode
from screens.words import clock_time, time_left
from wizard.events import SignIn

BAR_CELLS = 24
LONGEST_ADDRESS = 90
"""Characters of an address whose code still fits beside the words."""
PURPOSES = {
    "vault": "an account that may open the key vault",
    "graph": "an administrator of the tenant",
}


class SignInPanel(Horizontal):
    """A live device code; blanked when its time is over.

    Args:
        sign_in: what the service issued.
        about: lines on the app and the tenant that the sign-in is for.
        now: the clock.
    """

    def __init__(self, sign_in: SignIn, about: tuple[str, ...], now: Callable[[], datetime]) -> None:
        super().__init__(id="sign-in", classes="panel")
        self.sign_in = sign_in
        self.is_live = True
        self._about = about
        self._now = now
        self._life = max(1.0, (sign_in.expires_at - now()).total_seconds())
        self._cells = -1
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The words at the left, the QR code of the address at the right."""
        said = self.sign_in
        with Vertical(id="sign-in-words"):
            if said.account:
                yield Static("Sign in, in a private browser window, as", markup=False)
                yield Static(bold(said.account), markup=False, id="sign-in-account")
                yield Static("and not as an administrator. Open", markup=False)
            else:
                yield Static("Sign in, in a private browser window, as", markup=False)
                yield Static(bold(PURPOSES.get(said.purpose, "the account asked for")), markup=False)
                yield Static("Open", markup=False)
            yield Static(plain(said.verification_uri), markup=False, id="sign-in-address")
            yield Static("and enter the code", markup=False)
            yield Static(bold(said.user_code), markup=False, id="user-code")
            with Horizontal(id="code-life"):
                yield Static(id="code-left", markup=False)
                yield Static(id="code-bar", markup=False)
            for line in self._about:
                yield Static(plain(line), markup=False, classes="about")
            if said.warning:
                yield Static(plain(f"! {said.warning}"), markup=False, classes="warning")
            yield Static("Never enter a code that someone sent you.", markup=False, id="phishing")
            yield Static("New account? It first changes its password and registers MFA: F1.", markup=False)
        if len(said.verification_uri) <= LONGEST_ADDRESS:
            yield QrCode(said.verification_uri)

    def on_mount(self) -> None:
        """Begin to count down."""
        self._tick()
        self._timer = self.set_interval(1.0, self._tick)

    def blank(self, why: str) -> None:
        """Take the code off the screen."""
        if not self.is_live:
            return
        self.is_live = False
        if self._timer:
            self._timer.stop()
        self.query_one("#user-code", Static).update(plain(why))
        self.query_one("#code-life").display = False

    def _tick(self) -> None:
        left = (self.sign_in.expires_at - self._now()).total_seconds()
        if left <= 0:
            self.blank("this code has expired")
            return
        until = clock_time(self.sign_in.expires_at)
        self.query_one("#code-left", Static).update(plain(f"{time_left(left)} left, until {until}"))
        cells = min(BAR_CELLS, max(1, round(BAR_CELLS * left / self._life)))
        if cells != self._cells:
            self._cells = cells
            self.query_one("#code-bar", Static).update("━" * cells + "┄" * (BAR_CELLS - cells))
