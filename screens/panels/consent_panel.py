"""Admin consent: the link an administrator opens, and where the answer of the page is submitted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Button, Input, Label, Static

from screens.actions import Offer, Offers
from screens.drawing import bold, in_brackets, plain
from screens.panels.device_code_panel import ROOMY_ROWS
from screens.panels.panel import Panel
from screens.widgets.answer_input import AnswerInput
from screens.widgets.page_scroll import PageScroll
from wizard.core.events import ConsentLink, Waiting
from wizard.core.inbox import AlreadyGranted, Purpose, RedirectResponse
from wizard.core.wording import clock_time, time_left

if TYPE_CHECKING:
    from screens.journey_commands import Commands

GRANTED_WORDS = "Consent was granted; there is nothing to paste"


class ConsentPanel(Panel):
    """A consent link that waits for its answer.

    Args:
        prompt: the address, and a message for an administrator elsewhere.
        proven_in: the number of the step that proves what is only said here.
        now: the clock.
        commands: what it may ask for.
        say: says something on the page.
    """

    help_page = "consent-link"

    def __init__(
        self,
        prompt: ConsentLink,
        proven_in: int,
        now: Callable[[], datetime],
        commands: Commands,
        say: Callable[[str], None],
    ) -> None:
        super().__init__("consent", Purpose.CONSENT, commands, say)
        self.prompt = prompt
        self._proven_in = proven_in
        self._now = now
        self._until: datetime | None = None
        self._timer: Timer | None = None
        self._mistake = Static(markup=False, classes="mistake")

    def compose(self) -> ComposeResult:
        """The link, then the box for the answer, then how long it is waited for."""
        yield Static("An administrator opens this link in a private window and accepts:", markup=False)
        yield Static(bold(self.link), markup=False, id="consent-link")
        yield Static("Is that somebody else? F3 shows a message to send, with the link in it.", markup=False)
        caught = (
            "Opened on this machine, the answer comes back by itself. From elsewhere, " if self.prompt.is_caught else ""
        )
        how = (
            f"{caught}paste the address that the browser ended on; of an error page as well: the error is explained "
            f"then. If they only say that it is done, choose the button: step {self._proven_in} proves it."
        )
        yield Static(how[:1].upper() + how[1:], markup=False, id="consent-how")
        with Horizontal(id="consent-line"):
            yield Label("Paste the answer here:", id="consent-label", markup=False)
            answer = AnswerInput("", "consent-answer", joins_lines=True)
            answer.placeholder = "https://…"
            yield answer
        yield self._mistake
        yield Button(in_brackets(GRANTED_WORDS), id="granted", compact=True)
        yield Static(markup=False, id="consent-wait")

    def on_resize(self, _event: events.Resize) -> None:
        """Air between the words where there is room for it."""
        self.set_class(self.query_ancestor(PageScroll).container_size.height >= ROOMY_ROWS, "-roomy")

    def on_mount(self) -> None:
        """The answer can be pasted at once."""
        self._mistake.display = False
        self._timer = self.set_interval(1.0, self._tick)
        self.query_one("#consent-answer").focus()

    @property
    def link(self) -> str:
        """The address where consent is given."""
        return self.prompt.url

    def offers(self) -> Offers:
        """Return copying the link, the message to send, the QR code, and the end; none of them for Enter."""
        return Offers({
            "copy": Offer("Copy link", self.offer_copy(self.link, "Link", "select it")),
            "message": Offer("Message to send", self._show_message),
            "qr": Offer("QR code", self.offer_qr("It opens the consent page.")),
            "cancel": self.offer_stop(),
        })  # fmt: skip

    def _show_message(self) -> None:
        from screens.dialogs.reader import Reader

        self.app.push_screen(Reader("A message for an administrator", self.prompt.message, copied=self.prompt.message))

    def wait(self, waiting: Waiting) -> bool:
        """Count down to the end of the wait."""
        if waiting.again_at is not None:
            return False
        self._until = waiting.until
        self._tick()
        return True

    def _tick(self) -> None:
        if self._until is not None:
            left = time_left((self._until - self._now()).total_seconds())
            text = f"▸ Waiting: {left} left, until {clock_time(self._until)}; after that F5 waits again. Esc stops."
            self.query_one("#consent-wait", Static).update(plain(text))

    @on(Input.Submitted, "#consent-answer")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if not text:
            self._show_mistake(
                "paste the address that the browser ended on; if there is none, Tab goes to the button below"
            )
            return
        self._show_mistake("")
        self.commands.submit(self.purpose, RedirectResponse(text))

    @on(Button.Pressed, "#granted")
    def _granted(self, event: Button.Pressed) -> None:
        event.stop()
        self.commands.submit(self.purpose, AlreadyGranted())

    @on(AnswerInput.PasteRefused)
    def _refuse_paste(self, event: AnswerInput.PasteRefused) -> None:
        event.stop()
        self._show_mistake(f"{event.length:,} characters are no address of a browser; nothing was taken")

    def _show_mistake(self, mistake: str) -> None:
        self._mistake.update(plain(f"✗ {mistake}") if mistake else "")
        self._mistake.display = bool(mistake)
