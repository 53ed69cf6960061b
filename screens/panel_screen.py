"""What can be done while a device code or a consent link is shown: copy, show, send, stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from screens.messages import ConsentAnswered
from screens.reading_screen import ReadingScreen
from wizard.inbox import Purpose

if TYPE_CHECKING:
    from screens.dialogs.confirm import Confirm


class PanelScreen(ReadingScreen):
    """A frame whose page may hold a code or a link. Takes what `Frame` takes."""

    _question: Confirm | None = None

    def draw(self, *, focus: bool = False) -> None:
        """Draw the frame; a question about a code that is gone is taken back."""
        super().draw(focus=focus)
        if self._question is not None and self._question.is_current and not self.is_code_live:
            self._question.dismiss(False)

    def action_copy(self) -> None:
        """Send the code, or the link of the consent page, to the terminal's clipboard."""
        page = self.step_page
        if page and page.sign_in and page.sign_in.is_live:
            self.app.copy_to_clipboard(page.sign_in.sign_in.user_code)
            page.say("Code sent to your terminal's clipboard; if it does not arrive, type it.")
        elif page and page.consent:
            self._copy_link(page.consent.link.url)

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
        """Show the QR code of the consent link."""
        from screens.dialogs.qr import QrDialog

        if (page := self.step_page) and page.consent:
            self.app.push_screen(QrDialog(page.consent.link.url, "It opens the consent page."))

    def action_code_qr(self) -> None:
        """Show the QR code of the page that takes the code."""
        from screens.dialogs.qr import QrDialog

        if (page := self.step_page) and page.sign_in:
            self.app.push_screen(QrDialog(page.sign_in.sign_in.verification_uri, "The code has to be typed there."))

    def action_stop(self) -> None:
        """End the checks under way; asks first while a code waits for its sign-in."""
        from screens.dialogs.confirm import Confirm

        if not self.is_code_live:
            self.stop_running()
            return

        def answered(is_sure: bool | None) -> None:
            if is_sure:
                self.stop_running()

        text = "The code shown is thrown away; what was proven so far is kept. F5 asks for a new code later."
        self._question = Confirm("Stop waiting for the sign-in?", text, yes="Stop", no="Keep waiting")
        self.app.push_screen(self._question, answered)

    @property
    def is_code_live(self) -> bool:
        """Whether a code that is still good is on the page."""
        page = self.step_page
        return page is not None and page.sign_in is not None and page.sign_in.is_live

    @on(ConsentAnswered)
    def _consent_answered(self, event: ConsentAnswered) -> None:
        if self.journey is not None and self.running:
            self.journey.hand_in(Purpose.CONSENT, event.answer)
