"""Admin consent, in one of three ways: by whoever is here, by somebody elsewhere, or granted before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.widgets import Button, Input, Label, Static

from screens.actions import Offer, Offers
from screens.drawing import plain
from screens.messages import EnterChanged
from screens.panels.panel import Panel
from screens.widgets.action_button import ActionButton
from screens.widgets.alternatives import Alternative, Alternatives
from screens.widgets.answer_input import AnswerInput
from screens.widgets.countdown import Countdown
from screens.widgets.hanging import Numbered
from screens.widgets.labelled_line import LabelledLine
from screens.widgets.link import Link
from wizard.core.events import ConsentLink, Waiting
from wizard.core.inbox import AlreadyGranted, Purpose, RedirectResponse
from wizard.core.wording import FAILS_SIGN

if TYPE_CHECKING:
    from screens.journey_commands import Commands
    from screens.machine import Machine

SELF, ELSEWHERE, GRANTED = "self", "elsewhere", "granted"
"""The ways."""
GRANTED_WORDS: Final = "Consent was granted"
PASTE: Final = "paste it, then Enter"
OPENS: Final = "Enter opens the browser"
NOTHING_PASTED: Final = "paste the address that the browser ended on; if there is none, choose “Already granted”"


class ConsentPanel(Panel):
    """A consent link that waits for its answer.

    Args:
        prompt: the address, and a message for an administrator elsewhere.
        proven_in: the number of the step that proves what is only said here.
        machine: where the wizard runs.
        now: the clock.
        commands: what it may ask for.
        say: says something on the page.
        is_elsewhere: whether the administrator is somebody else for sure.
    """

    help_page = "consent-link"

    def __init__(
        self,
        prompt: ConsentLink,
        proven_in: int,
        machine: Machine,
        now: Callable[[], datetime],
        commands: Commands,
        say: Callable[[str], None],
        *,
        is_elsewhere: bool = False,
    ) -> None:
        super().__init__("consent", Purpose.CONSENT, machine, commands, say)
        self.prompt = prompt
        self._proven_in = proven_in
        self._is_elsewhere = is_elsewhere
        self._opens_on_enter = machine.has_browser
        self._mistake = Static(markup=False, id="consent-mistake", classes="mistake")
        self._answer = ConsentAnswer(self)
        self._line = LabelledLine(Label("Address", id="consent-label", markup=False), self._answer, id="consent-line")
        self.life = Countdown("the administrator's answer", now, id="consent-wait", acts="the administrator answers")

    def compose(self) -> ComposeResult:
        """The three ways, then how long the answer is waited for."""
        yield Static("Who grants consent for the whole tenant?", markup=False, id="consent-headline", classes="strong")
        yield Alternatives(
            self._by_myself(),
            self._by_somebody_else(),
            self._already(),
            id="consent-alternatives",
            opened=ELSEWHERE if self._is_elsewhere else SELF,
        )
        yield self._line
        yield self._mistake
        yield self.life

    def _by_myself(self) -> Alternative:
        link = Link(self.link, id="consent-link", is_clickable=self.machine.shows_links)
        caught = (
            "The answer comes back by itself. From a browser elsewhere, paste" if self.prompt.is_caught else "Paste"
        )
        how = f"Accept there. {caught} the address that the browser then ends on, even if it shows an error."
        return Alternative(
            SELF,
            "I am the administrator",
            "Open the link, accept, and paste the address that the browser ended on.",
            Numbered([plain("Open this link in a private window")]),
            link,
            Numbered([plain(how)], id="consent-how", first=2),
            first=self._answer,
        )

    def _by_somebody_else(self) -> Alternative:
        return Alternative(
            ELSEWHERE,
            "Somebody else is",
            "A message to send, with the link in it.",
            Numbered([plain("Send them the message: the link is in it, and what to do.")]),
            ActionButton("Message to send", "send-message", is_primary=True),
            Numbered(
                [
                    plain(
                        "They send back the address that their browser ended on: paste it here. "
                        "They only say that it is done? Choose “Already granted”."
                    )
                ],
                first=2,
            ),
        )

    def _already(self) -> Alternative:
        return Alternative(
            GRANTED,
            "Already granted",
            f"Goes on without the page's answer; step {self._proven_in} proves it.",
            Static(f"Then there is nothing to open or to paste: step {self._proven_in} proves it.", markup=False),
            ActionButton(GRANTED_WORDS, "granted", is_primary=True),
        )

    def on_mount(self) -> None:
        """The answer can be pasted at once."""
        self._mistake.display = False
        self._show_what_enter_does()
        if self._is_elsewhere:
            self.choose(ELSEWHERE)
        else:
            self._answer.focus()

    @on(Alternatives.Opened)
    def _alternative_opened(self, event: Alternatives.Opened) -> None:
        event.stop()
        self._line.display = event.name != GRANTED

    def choose(self, alternative: str) -> None:
        """Open one of the alternatives."""
        self.query_one(Alternatives).open(alternative)

    @property
    def link(self) -> str:
        """The address where consent is given."""
        return self.prompt.url

    @property
    def opens_on_enter(self) -> bool:
        """Whether Enter in the empty field opens the browser."""
        return self._opens_on_enter

    def offers(self) -> Offers:
        """Return what can be done with the link, the message to send, and the end; none of them for Enter."""
        return Offers({
            **self.offers_to_open(),
            "copy": Offer("Copy link", self.offer_copy(self.link, "Link", "select it")),
            "qr": Offer("QR", self.offer_qr("It opens the consent page.")),
            "print-link": self.offer_print(),
            "message": Offer("Message to send", self._show_message),
            "cancel": self.offer_stop(),
        })  # fmt: skip

    def opened(self) -> None:
        """From now on the answer is waited for."""
        self._opens_on_enter = False
        self._show_what_enter_does()

    def focus_answer(self) -> None:
        """Put the cursor where the address is pasted, while that way is open."""
        if self._answer.region:
            self._answer.focus()

    def wait(self, waiting: Waiting) -> bool:
        """Count down to the end of the wait."""
        if waiting.again_at is not None:
            return False
        self.life.until = waiting.until
        self.life.tick()
        return True

    def _show_what_enter_does(self) -> None:
        self._answer.placeholder = OPENS if self._opens_on_enter else PASTE
        self.post_message(EnterChanged())

    @on(Button.Pressed, "#send-message")
    def _message_wanted(self, event: Button.Pressed) -> None:
        event.stop()
        self._show_message()

    def _show_message(self) -> None:
        from screens.dialogs.reader import Reader

        self.app.push_screen(Reader("A message for an administrator", self.prompt.message, copied=self.prompt.message))

    @on(Input.Submitted, "#consent-answer")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        self._show_mistake("")
        if text:
            self.commands.submit(self.purpose, RedirectResponse(text))
        elif self._opens_on_enter:
            self.open_link()
        else:
            self._show_mistake(NOTHING_PASTED)

    @on(Button.Pressed, "#granted")
    def _granted(self, event: Button.Pressed) -> None:
        event.stop()
        self.commands.submit(self.purpose, AlreadyGranted())

    @on(AnswerInput.PasteRefused)
    def _refuse_paste(self, event: AnswerInput.PasteRefused) -> None:
        event.stop()
        self._show_mistake(f"{event.length:,} characters are no address of a browser; nothing was taken")

    def reject(self, why: str) -> None:
        """Say below the field why an address is no answer, and make room for the next one."""
        with self.prevent(Input.Changed):
            self._answer.value = ""
        self.post_message(EnterChanged())
        self._show_mistake(why)

    @on(Input.Changed, "#consent-answer")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_mistake("")
        self.post_message(EnterChanged())

    def _show_mistake(self, mistake: str) -> None:
        self._mistake.update(plain(f"{FAILS_SIGN} {mistake}") if mistake else "")
        self._mistake.display = bool(mistake)


class ConsentAnswer(AnswerInput):
    """The field for the address that the browser ended on.

    Args:
        panel: whose field it is.
    """

    focus_title = "Address"
    focus_hint = "The address that the browser ended on; an error in it is explained."

    def __init__(self, panel: ConsentPanel) -> None:
        super().__init__("", "consent-answer", joins_lines=True)
        self._panel = panel

    @property
    def enter_word(self) -> str:
        """What Enter does now."""
        return "Open in browser" if self._panel.opens_on_enter and not self.value.strip() else "Submit"
