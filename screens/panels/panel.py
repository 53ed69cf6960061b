"""What every panel is: what it offers, what can be copied of it, its help, and whether somebody may be using it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.widget import Widget

from screens.actions import Offer, Offers
from wizard.core.inbox import Purpose

if TYPE_CHECKING:
    from screens.dialogs.confirm import Confirm
    from screens.dialogs.qr import QrDialog
    from screens.journey_commands import Commands
    from wizard.core.events import Waiting

COPIED: str = "sent to your terminal's clipboard; if it does not arrive,"


class Panel(Vertical):
    """Something that waits for a person on the page of a step.

    Args:
        panel_id: of the widget.
        purpose: whose answer it waits for.
        commands: what it may ask for.
        say: says something on the page.
    """

    help_page = ""
    """Which help explains it."""
    is_wide = False
    """Whether it wants every column: a link of many lines does."""
    footer: Widget | None = None
    """What belongs to it and stands at the bottom of the page."""

    def __init__(self, panel_id: str, purpose: Purpose, commands: Commands, say: Callable[[str], None]) -> None:
        super().__init__(id=panel_id, classes="panel")
        self.purpose = purpose
        self.commands = commands
        self.say = say
        self._qr_shown: QrDialog | None = None
        self._question: Confirm | None = None

    @property
    def link(self) -> str:
        """The address that it shows."""
        raise NotImplementedError

    @property
    def live_word(self) -> str:
        """ "code" or "link" where one is shown with which somebody may be signing in; else ""."""
        return ""

    def offers(self) -> Offers:
        """Return what can be done with it, and the words of the button that ends it."""
        raise NotImplementedError

    def wait(self, waiting: Waiting) -> bool:
        """Take what is waited for; return whether its own words say it."""
        return waiting.again_at is None

    def note(self, words: str) -> bool:
        """Say something here; return whether there is a place for it, else the page says it."""
        del words
        return False

    def reject(self, why: str) -> None:
        """Say why what was submitted is no answer; the wait goes on."""

    def withdraw(self, why: str) -> None:
        """Take what must not be used any more off the screen; questions and pictures of it, too."""
        del why
        if self._question is not None and self._question.is_current:
            self._question.dismiss(False)
        self.hide_qr()

    def hide_qr(self) -> None:
        """Close the QR code of a link that is not to be used any more."""
        if self._qr_shown is not None and self._qr_shown.is_current:
            self._qr_shown.dismiss()

    # --- what panels offer ----------------------------------------------------------------------------------------

    def offer_copy(self, text: str, what: str, otherwise: str) -> Callable[[], None]:
        """Return what sends `text` to the terminal's clipboard, and says so: "Code sent to …, type it."."""

        def copy() -> None:
            self.app.copy_to_clipboard(text)
            self.say(f"{what} {COPIED} {otherwise}.")

        return copy

    def offer_qr(self, note: str) -> Callable[[], None]:
        """Return what shows the QR code of the link; `note` is a sentence on what it opens."""

        def show() -> None:
            from screens.dialogs.qr import QrDialog

            self._qr_shown = QrDialog(self.link, note)
            self.app.push_screen(self._qr_shown)

        return show

    def offer_stop(self) -> Offer:
        """Return the button that ends the wait; it asks first while a code or a link waits for its sign-in."""
        return Offer("Stop", self._stop)

    def _stop(self) -> None:
        from screens.dialogs.confirm import Confirm

        what = self.live_word
        if not what:
            self.commands.stop()
            return

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self.commands.stop()

        text = f"The {what} shown is thrown away; what was proven so far is kept. F5 asks for a new {what} later."
        self._question = Confirm("Stop waiting for the sign-in?", text, yes="Stop", no="Keep waiting")
        self.app.push_screen(self._question, answered)
