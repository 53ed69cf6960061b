"""What can be done while a device code or a consent link is shown: copy, show, send, stop."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from textual import on

from screens.messages import ConsentAnswered, LinkOpened, LinkToBeOpened, SignInAnswered
from screens.reading_screen import ReadingScreen
from wizard.core.inbox import NewLink, Purpose

if TYPE_CHECKING:
    from screens.dialogs.confirm import Confirm
    from screens.dialogs.qr import QrDialog


class PanelScreen(ReadingScreen):
    """A frame whose page may hold a code or a link. Takes what `Frame` takes."""

    _question: Confirm | None = None
    _code_shown: QrDialog | None = None

    def draw(self, *, focus: bool = False) -> None:
        """Draw the frame; a question about a code or a link that is gone, and its QR code, are taken back."""
        super().draw(focus=focus)
        if self._question is not None and self._question.is_current and not self.what_is_live:
            self._question.dismiss(False)
        if self._code_shown is not None and self._code_shown.is_current and self._link != self._code_shown.address:
            self._code_shown.dismiss()

    def action_copy(self) -> None:
        """Send the code, or the link shown, to the terminal's clipboard."""
        page = self.step_page
        if page and page.sign_in and page.sign_in.is_live:
            self.app.copy_to_clipboard(page.sign_in.sign_in.user_code)
            page.say("Code sent to your terminal's clipboard; if it does not arrive, type it.")
        elif page and page.consent:
            self._copy_link(page.consent.link.url)
        elif page and page.browser:
            self._copy_link(page.browser.sign_in.url)

    def action_copy_address(self) -> None:
        """Send the link of the page that takes the code to the terminal's clipboard."""
        if (page := self.step_page) and page.sign_in:
            self._copy_link(page.sign_in.sign_in.verification_uri)

    def _copy_link(self, link: str) -> None:
        self.app.copy_to_clipboard(link)
        self.body.say("Link sent to your terminal's clipboard; if it does not arrive, select it.")

    def action_message(self) -> None:
        """Show the message for an administrator elsewhere."""
        from screens.dialogs.reader import Reader

        if (page := self.step_page) and page.consent:
            message = page.consent.link.message
            self.app.push_screen(Reader("A message for an administrator", message, copied=message))

    def action_qr(self) -> None:
        """Show the QR code of the link shown."""
        page = self.step_page
        if page and page.consent:
            self._show_qr("It opens the consent page.")
        elif page and page.browser:
            self._show_qr("It opens the sign-in; the address that it ends on is pasted here.")

    def action_code_qr(self) -> None:
        """Show the QR code of the page that takes the code."""
        self._show_qr("The code has to be typed there.")

    def _show_qr(self, note: str) -> None:
        from screens.dialogs.qr import QrDialog

        if link := self._link:
            self._code_shown = QrDialog(link, note)
            self.app.push_screen(self._code_shown)

    @property
    def _link(self) -> str:
        """The address that the page shows, "" where it shows none."""
        page = self.step_page
        if page and page.sign_in:
            return page.sign_in.sign_in.verification_uri
        if page and page.browser:
            return page.browser.sign_in.url
        return page.consent.link.url if page and page.consent else ""

    def action_stop(self) -> None:
        """End the checks under way; asks first while a code or a link waits for its sign-in."""
        from screens.dialogs.confirm import Confirm

        what = self.what_is_live
        if not what:
            self.stop_running()
            return

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self.stop_running()

        text = f"The {what} shown is thrown away; what was proven so far is kept. F5 asks for a new {what} later."
        self._question = Confirm("Stop waiting for the sign-in?", text, yes="Stop", no="Keep waiting")
        self.app.push_screen(self._question, answered)

    @property
    def what_is_live(self) -> str:
        """ "code" or "link" where one is on the page with which somebody may be signing in; else ""."""
        page = self.step_page
        if page is not None and page.browser is not None:
            return "link"
        return "code" if page is not None and page.sign_in is not None and page.sign_in.is_live else ""

    @on(ConsentAnswered)
    def _consent_answered(self, event: ConsentAnswered) -> None:
        if self.journey is not None and self.running:
            self.journey.submit(Purpose.CONSENT, event.answer)

    # --- a sign-in in a browser -----------------------------------------------------------------------------------

    @on(SignInAnswered)
    def _sign_in_answered(self, event: SignInAnswered) -> None:
        if self.journey is not None and self.running:
            self.journey.submit(event.purpose, event.answer)

    def action_new_link(self) -> None:
        """Ask for a new link; it is told as the first one was."""
        page = self.step_page
        if self.journey is not None and self.running and page and page.browser:
            self.journey.submit(Purpose(page.browser.sign_in.purpose), NewLink())
            page.browser.answer.reject("")
            page.say("A new link is asked for.")

    @on(LinkToBeOpened)
    def action_open_link(self) -> None:
        """Open the link in this machine's browser, in a thread of its own: a browser takes its time."""
        page = self.step_page
        if page is None or page.browser is None or not self.machine.has_browser:
            return
        link, open_address = page.browser.sign_in.url, self.machine.open_address
        page.say("The link is handed to the browser.")

        def work() -> None:
            self.post_message(LinkOpened(link, open_address(link)))

        Thread(target=work, name="browser", daemon=True).start()  # which the end of the wizard does not wait for

    @on(LinkOpened)
    def _link_opened(self, event: LinkOpened) -> None:
        page = self.step_page
        if page is None or page.browser is None or page.browser.sign_in.url != event.url:
            return
        if event.is_open:
            page.browser.answer.opened()
            page.say("The browser is asked to open it. Are you somebody else in there? Copy it into a private window.")
        else:
            page.say("✗ No browser took the link: copy it (F2), or select it.")
