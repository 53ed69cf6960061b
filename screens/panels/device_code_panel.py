"""The device code: where it is entered, by whom, how long it is good, and what comes after its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.actions import Offer, Offers
from screens.drawing import bold, plain
from screens.messages import OffersChanged
from screens.panels.panel import Panel
from screens.widgets.countdown import Countdown
from screens.widgets.figures import Figures
from screens.widgets.hanging import Numbered
from screens.widgets.link import Link
from screens.widgets.qr_code import QrCode, can_hold
from screens.window_size import Layout, layout_of
from wizard.core.events import DeviceCodePrompt
from wizard.core.inbox import Purpose
from wizard.core.timestamps import clock_time

if TYPE_CHECKING:
    from screens.journey_commands import Commands
    from screens.machine import Machine

LONGEST_ADDRESS: Final = 90
"""Characters of an address whose QR code still fits beside the words."""
AIRY_ROWS: Final = 24
"""Rows of a page from which the figures of the code have air around them, too."""
CAPTION_ROWS: Final = 1
"""Rows of what is said of the QR code."""
WORDS_COLUMNS: Final = 60
"""Columns that the words need beside the QR code."""
PURPOSES: Final = {
    "vault": "an account that may open the key vault",
    "graph": "an administrator of the tenant",
}
NEVER: Final = "Never enter a code that someone sent you."
NEW_ACCOUNT: Final = "A new account? First its own password and MFA (Help)."


class DeviceCodePanel(Panel):
    """A live device code; blanked when it is used or its time is over.

    Args:
        prompt: what the service issued.
        about: the app and the tenant that the sign-in is for.
        machine: where the wizard runs.
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
        machine: Machine,
        now: Callable[[], datetime],
        commands: Commands,
        say: Callable[[str], None],
        sign_in_again: Callable[[], None],
    ) -> None:
        super().__init__("sign-in", Purpose(prompt.purpose), machine, commands, say)
        self.prompt = prompt
        self._sign_in_again = sign_in_again
        self.is_live = True
        self._about = about
        self._link = Link(self.link, id="sign-in-link", is_clickable=machine.shows_links)
        self.life = Countdown(
            "this sign-in",
            now,
            id="code-life",
            until=prompt.expires_at,
            tail=self._ending(),
            over=self._expire,
            acts="the sign-in comes",
        )
        self._qr = QrCode(self.link) if len(self.link) <= LONGEST_ADDRESS and can_hold(self.link) else None
        self._beside = Vertical(id="qr-beside")
        self._beside.display = False

    def compose(self) -> ComposeResult:
        """The words at the left, the QR code of the address at the right where there is room."""
        prompt = self.prompt
        with Vertical(id="sign-in-words"):
            yield Numbered([plain("Open this page in a private window")])
            yield self._link
            yield Numbered([plain("Enter this code")], first=2, id="enter-code")
            yield Vertical(
                Figures(prompt.user_code, id="user-code"),
                Static(bold(prompt.user_code), markup=False, id="code-plain"),
                id="code",
                classes="card -active",
            )
            yield Numbered([self._sign_in_as()], first=3, id="sign-in-as")
            if prompt.warning:
                yield Static(plain(f"! {prompt.warning}"), markup=False, classes="warning")
            yield self.life
            yield Static(plain(" · ".join(self._about)), markup=False, id="sign-in-about", classes="quiet")
            yield Static(NEVER, markup=False, id="phishing", classes="quiet")
            if prompt.purpose == "integration_user":
                yield Static(NEW_ACCOUNT, markup=False, id="new-account", classes="quiet")
        if self._qr is not None:
            with self._beside:
                yield self._qr
                yield Static("Or scan it with a phone", markup=False, id="qr-caption", classes="quiet")

    def fit(self) -> None:
        """Show the QR code beside the words where it has room; else it is on a key."""
        super().fit()
        self.set_class(self.room >= AIRY_ROWS, "-airy")
        if self._qr is not None and self.is_live:
            width, height = self._qr.cells
            words = max(WORDS_COLUMNS, len(self.link) + 4)
            may_be = layout_of(self.app.size) is Layout.WIDE and self._qr.can_be_drawn
            is_beside = may_be and self.size.width >= width + words and self.room >= height + CAPTION_ROWS
            if is_beside != self._beside.display:
                self._beside.display = is_beside
                self.post_message(OffersChanged())

    @property
    def link(self) -> str:
        """The address of the page that takes the code."""
        return self.prompt.verification_uri

    @property
    def live_word(self) -> str:
        """ "code" while it is good."""
        return "code" if self.is_live else ""

    def offers(self) -> Offers:
        """Return what can be done with link and code while it is good, and a new one for the integration user's."""
        offered: dict[str, Offer] = {}
        if self.is_live:
            offered |= self.offers_to_open()
            offered["copy"] = Offer("Copy code", self.offer_copy(self.prompt.user_code, "Code", "type it"))
            offered["copy-address"] = Offer("Copy link", self.offer_copy(self.link, "Link", "select it"))
            if not self._beside.display:
                offered["code-qr"] = Offer("QR", self.offer_qr("The code has to be typed there."))
            if not self.machine.has_browser:
                offered["print-link"] = self.offer_print()
            offered |= self.offers_to_invite()
        if self.purpose is Purpose.INTEGRATION_USER:
            offered["new-sign-in"] = Offer("New code", self._sign_in_again)
        primary = next(iter(offered), "cancel")
        return Offers({**offered, "cancel": self.offer_stop()}, primary)

    def withdraw(self, why: str) -> None:
        """Take the code off the screen."""
        super().withdraw(why)
        if not self.is_live:
            return
        self.is_live = False
        self.life.stop()
        self.query_one("#user-code").remove()
        self.query_one("#code-plain", Static).update(plain(why))
        self.query_one("#code").remove_class("-active")
        self._beside.display = False

    def _expire(self) -> None:
        again = ": New code makes another" if self.purpose is Purpose.INTEGRATION_USER else ""
        self.withdraw(f"this code has expired{again}")
        self.post_message(OffersChanged(focus=True))

    @property
    def _who(self) -> str:
        return self.prompt.account or PURPOSES.get(self.prompt.purpose, "the account asked for")

    def _sign_in_as(self) -> Content:
        beware = ", not as an administrator" if self.prompt.account else ""
        return Content.assemble(plain("Sign in as "), bold(self._who), beware)

    def _ending(self) -> str:
        return f"until {clock_time(self.prompt.expires_at)}"
