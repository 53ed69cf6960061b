"""Admin consent: the address an administrator opens, and where the answer of the page is handed in."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from screens.messages import ConsentAnswered
from screens.plain import bold, plain
from screens.widgets.answer_input import AnswerInput
from wizard.events import ConsentLink
from wizard.steps.consent import GRANTED


class ConsentPanel(Vertical):
    """A consent address that waits for its answer.

    Args:
        link: the address, and a message for an administrator elsewhere.
        is_caught: whether a listener of the wizard catches the answer on this machine.
    """

    def __init__(self, link: ConsentLink, *, is_caught: bool) -> None:
        super().__init__(id="consent", classes="panel")
        self.link = link
        self._is_caught = is_caught
        self._mistake = Static(markup=False, classes="mistake")

    def compose(self) -> ComposeResult:
        """The address, then the box for the answer."""
        yield Static("An administrator opens this address in a private window (F2 copies it):", markup=False)
        yield Static(bold(self.link.url), markup=False, id="consent-link")
        yield Static("The administrator is elsewhere? F3 shows a message ready to send.", markup=False)
        caught = (
            "In a browser on this machine the answer comes back by itself. From another one, paste the address"
            if self._is_caught
            else "Then paste here the address"
        )
        yield Static(f"{caught} that the browser ends on.", markup=False, classes="gap")
        yield Static("The page shows an error? Paste its address or text here.", markup=False)
        with Horizontal(id="consent-line"):
            yield AnswerInput("", "consent-answer", joins_lines=True)
            yield Button("It is granted", id="granted", compact=True)
        yield self._mistake

    def on_mount(self) -> None:
        """The answer can be pasted at once."""
        self._mistake.display = False
        self.query_one("#consent-answer").focus()

    @on(Input.Submitted, "#consent-answer")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if not text:
            self._say("paste the address that the browser ended on, or choose “It is granted”")
            return
        self._say("")
        self.post_message(ConsentAnswered(text))

    @on(Button.Pressed, "#granted")
    def _granted(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(ConsentAnswered(GRANTED))

    @on(AnswerInput.PasteRefused)
    def _refuse_paste(self, event: AnswerInput.PasteRefused) -> None:
        event.stop()
        self._say(f"{event.length:,} characters are no address of a browser; nothing was taken")

    def _say(self, mistake: str) -> None:
        self._mistake.update(plain(f"✗ {mistake}") if mistake else "")
        self._mistake.display = bool(mistake)
