"""The device code: where it is entered, by whom, how long it is good, and what comes after its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.drawing import bold, plain
from screens.messages import OffersChanged
from screens.panels.panel import Panel
from screens.widgets.page_scroll import PageScroll
from screens.widgets.qr_code import QrCode
from wizard.core.events import DeviceCodePrompt
from wizard.core.inbox import Purpose
from wizard.core.wording import clock_time, time_left

if TYPE_CHECKING:
    from screens.journey_commands import Commands

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


class DeviceCodePanel(Panel):
    """A live device code; blanked when it is used or its time is over.

    Args:
        prompt: what the service issued.
        about: lines on the app and the tenant that the sign-in is for.
        now: the clock.
        commands: what it may ask for.
        say: says something on the page.
        sign_in_again: drops the code, and asks for another one.
    """

    help_page = "device-code"

    def __init__(
        self,
        prompt: DeviceCodePrompt,
        about: tuple[str, ...],
        now: Callable[[], datetime],
        commands: Commands,
        say: Callable[[str], None],
        sign_in_again: Callable[[], None],
    ) -> None:
        super().__init__("sign-in", Purpose(prompt.purpose), commands, say)
        self.prompt = prompt
        self._sign_in_again = sign_in_again
        self.is_live = True
        self._about = about
        self._now = now
        self._life = max(1.0, (prompt.expires_at - now()).total_seconds())
        self._cells = -1
        self._timer: Timer | None = None
        self._qr = QrCode(prompt.verification_uri) if len(prompt.verification_uri) <= LONGEST_ADDRESS else None

    def compose(self) -> ComposeResult:
        """The words at the left, the QR code of the address at the right where there is room."""
        prompt = self.prompt
        is_user = prompt.purpose == "integration_user"
        with Vertical(id="sign-in-words"):
            yield Static("1 In a private browser window open", markup=False)
            yield Static(bold(prompt.verification_uri), markup=False, id="sign-in-address")
            yield Static("2 Enter this code", markup=False, id="sign-in-enter")
            yield Static(bold(" ".join(prompt.user_code)), markup=False, id="user-code")
            yield Static(plain(f"{prompt.user_code}  (without the spaces)"), markup=False, id="code-plain")
            yield Static("3 Sign in as (give the code to nobody else)", markup=False, id="sign-in-as")
            yield Static(
                bold(prompt.account or PURPOSES.get(prompt.purpose, "the account asked for")), id="sign-in-account"
            )
            if prompt.account:
                yield Static("  and not as an administrator", markup=False)
            with Vertical(id="code-life"):
                with Horizontal(id="code-time"):
                    yield Static(id="code-left", markup=False)
                    yield Static(id="code-bar", markup=False)
                yield Static(plain(self._ending()), markup=False)
            for line in self._about:
                yield Static(plain(line), markup=False, classes="about")
            if prompt.warning:
                yield Static(plain(f"! {prompt.warning}"), markup=False, classes="warning")
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
        room = self.query_ancestor(PageScroll).container_size
        self.set_class(room.height >= ROOMY_ROWS, "-roomy")
        if self._qr is not None and self.is_live:
            width, height = self._qr.cells
            words = max(WORDS_COLUMNS, len(self.prompt.verification_uri) + 3)
            self._qr.display = room.width - 1 >= width + words and room.height > height

    @property
    def link(self) -> str:
        """The address of the page that takes the code."""
        return self.prompt.verification_uri

    @property
    def live_word(self) -> str:
        """ "code" while it is good."""
        return "code" if self.is_live else ""

    def offers(self) -> Offers:
        """Return copying and the QR code while the code is good, and a new one where it is the integration user's."""
        offered: dict[str, Offer] = {}
        if self.is_live:
            offered["copy"] = Offer("Copy code", self.offer_copy(self.prompt.user_code, "Code", "type it"))
            offered["copy-address"] = Offer("Copy link", self.offer_copy(self.link, "Link", "select it"))
            offered["code-qr"] = Offer("QR", self.offer_qr("The code has to be typed there."))
        if self.purpose is Purpose.INTEGRATION_USER:
            offered["new-sign-in"] = Offer("New code", self._sign_in_again)
        primary = "copy" if self.is_live else next(iter(offered), "cancel")
        return Offers({**offered, "cancel": self.offer_stop()}, primary)

    def withdraw(self, why: str) -> None:
        """Take the code off the screen."""
        super().withdraw(why)
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
        ends = clock_time(self.prompt.expires_at)
        new = "F7 makes" if self.prompt.purpose == "integration_user" else "F5 asks for"
        return f"Ends at {ends}; then {new} a new code."

    def _tick(self) -> None:
        left = (self.prompt.expires_at - self._now()).total_seconds()
        if left <= 0:
            self.withdraw("this code has expired")
            self.post_message(OffersChanged())
            return
        self.query_one("#code-left", Static).update(plain(f"▸ {time_left(left)} left"))
        cells = min(BAR_CELLS, max(1, round(BAR_CELLS * left / self._life)))
        if cells != self._cells:
            self._cells = cells
            self.query_one("#code-bar", Static).update("━" * cells + "┄" * (BAR_CELLS - cells))
