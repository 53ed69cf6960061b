"""What every panel is: what it offers, what is done with its link, its help, and whether somebody may be using it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, Final, cast

from textual import on
from textual.app import SuspendNotSupported
from textual.containers import Vertical
from textual.widget import Widget

from screens.actions import Offer, Offers
from screens.messages import LinkOpened
from screens.window_size import page_rows
from wizard.core.inbox import Purpose
from wizard.core.wording import FAILS_SIGN

if TYPE_CHECKING:
    from screens.dialogs.confirm import Confirm
    from screens.dialogs.qr import QrDialog
    from screens.journey_commands import Commands
    from screens.machine import Machine
    from screens.terminal.terminal_app import TerminalApp
    from screens.widgets.countdown import Countdown
    from wizard.core.events import Waiting

ROOMY_ROWS: Final = 20
"""Rows of a page from which its words have air between them."""
COPIED: Final = "sent to your terminal's clipboard; if it does not arrive,"


class Panel(Vertical):
    """Something that waits for a person on the page of a step, which it has to itself.

    Args:
        panel_id: of the widget.
        purpose: whose answer it waits for.
        machine: where the wizard runs.
        commands: what it may ask for.
        say: says something on the page.
    """

    help_page = ""
    """Which help explains it."""
    life: Countdown
    """How long it waits still."""
    footer: Widget | None = None
    """What belongs to it and stands at the bottom of the page."""
    invitation: Callable[[], str] | None = None
    """Writes the message to whoever signs in elsewhere, None where nobody is asked by one."""

    def __init__(
        self, panel_id: str, purpose: Purpose, machine: Machine, commands: Commands, say: Callable[[str], None]
    ) -> None:
        super().__init__(id=panel_id, classes="panel")
        self.purpose = purpose
        self.machine = machine
        self.commands = commands
        self.say = say
        self._qr_shown: QrDialog | None = None
        self._question: Confirm | None = None

    def renews(self, _prompt: object) -> bool:
        """Show another prompt in the place of the one shown, where it is of the same kind; return whether it was."""
        return False

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

    def opened(self) -> None:
        """The link is in the browser."""

    def focus_answer(self) -> None:
        """Put the cursor where the answer is pasted, if it is pasted at all."""

    def on_resize(self) -> None:
        """There are more columns, or fewer."""
        self.fit()

    def fit(self) -> None:
        """Make the best of the room there is: air between the words where the page has the rows for it."""
        self.set_class(self.room >= ROOMY_ROWS, "-roomy")

    @property
    def room(self) -> int:
        """The rows that the page has for it."""
        return page_rows(self.app.size, has_panel=True)

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

    def offers_to_open(self) -> dict[str, Offer]:
        """Return the button that opens the link in this machine's browser, where it has one."""
        return {"open-link": Offer("Open in browser", self.open_link)} if self.machine.has_browser else {}

    def offers_to_invite(self) -> dict[str, Offer]:
        """Return the button that shows the message to whoever signs in elsewhere, if somebody does."""
        return {"message": Offer("Message to send", self._show_invitation)} if self.invitation else {}

    def _show_invitation(self) -> None:
        from screens.dialogs.reader import Reader

        if self.invitation is not None:
            text = self.invitation()
            self.app.push_screen(Reader("A message for whoever signs in", text, copied=text))

    def open_link(self) -> None:
        """Open the link in this machine's browser, in a thread of its own: a browser takes its time."""
        link, open_address = self.link, self.machine.open_address
        self.say("The link is handed to the browser.")

        def work() -> None:
            self.post_message(LinkOpened(link, open_address(link)))

        Thread(target=work, name="browser", daemon=True).start()  # which the end of the wizard does not wait for

    @on(LinkOpened)
    def _link_opened(self, event: LinkOpened) -> None:
        event.stop()
        if event.url != self.link:
            return
        if event.is_open:
            self.opened()
            self.focus_answer()
            self.say("The browser is asked to open it. Are you somebody else in there? Copy it into a private window.")
        else:
            self.say(f"{FAILS_SIGN} No browser took the link: copy it, or select it.")

    def offer_copy(self, text: str, what: str, otherwise: str) -> Callable[[], None]:
        """Return what sends `text` to the terminal's clipboard, and says so: "Code sent to …, type it.".

        Args:
            text: to copy.
            what: its name, from a capital letter, such as "Code".
            otherwise: what to do where the terminal drops it, without a full stop.
        """

        def copy() -> None:
            self.app.copy_to_clipboard(text)
            self.say(f"{what} {COPIED} {otherwise}.")

        return copy

    def offer_qr(self, note: str) -> Callable[[], None]:
        """Return what shows the QR code of the link; `note` is a sentence on what it opens."""

        def show() -> None:
            from screens.dialogs.qr import QrDialog
            from screens.widgets.qr_code import can_hold

            if not can_hold(self.link):
                self.say("A QR code cannot hold this address: copy it.")
                return
            self._qr_shown = QrDialog(self.link, note)
            self.app.push_screen(self._qr_shown)

        return show

    def offer_print(self) -> Offer:
        """Return the button that leaves the screen, and prints the bare link for the terminal's own mouse."""
        return Offer("Print link", lambda: self.run_worker(self._print_link(), exclusive=True))

    async def _print_link(self) -> None:
        app = cast("TerminalApp", self.app)
        try:
            await app.step_aside(f"\n{self.link}\n\nSelect it with the mouse. Enter goes back to partner-wizard.")
        except SuspendNotSupported:
            self.say("This terminal has no other screen to print it on: select the link here.")
        self.focus_answer()

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

        text = (
            f"The {what} shown is thrown away; what was proven so far is kept. Another check asks for a new {what} "
            "later."
        )
        self._question = Confirm("Stop waiting for the sign-in?", text, yes="Stop", no="Keep waiting")
        self.app.push_screen(self._question, answered)
