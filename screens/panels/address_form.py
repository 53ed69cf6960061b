"""Where the address that a browser ended on is submitted; it stays in sight while the page above it scrolls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from screens.drawing import plain
from screens.messages import EnterChanged
from screens.widgets.answer_input import AnswerInput
from screens.widgets.countdown import Countdown
from screens.widgets.labelled_line import LabelledLine
from wizard.core.events import BrowserPrompt
from wizard.core.wording import FAILS_SIGN

OPENS: Final = "Enter opens the browser"
PASTE: Final = "paste it, then Enter"
SUBMITS: Final = "Enter submits"
NOTHING_PASTED: Final = "Paste the address that the browser ended on, then press Enter."


class AddressForm(Vertical):
    """The field for the address, what is said of it, and how long it is waited for.

    What is pasted holds a code that signs somebody in: it is drawn as dots, and gone from the field once submitted.

    Args:
        prompt: what it is the answer to.
        awaited: who is waited for.
        now: the clock.
        submit: is given the address.
        open_link: opens the link on Enter in the empty field, once; None: nothing does.
    """

    focus_title = "Address"
    focus_hint = "The address that the browser ended on. It is drawn as dots, and gone once it is handed in."

    def __init__(
        self,
        prompt: BrowserPrompt,
        awaited: str,
        *,
        now: Callable[[], datetime],
        submit: Callable[[str], None],
        open_link: Callable[[], None] | None,
    ) -> None:
        super().__init__(id="browser-answer")
        self._submit = submit
        self._open_link = open_link
        self._mistake = Static(markup=False, id="browser-mistake", classes="mistake")
        self._note = Static(markup=False, id="browser-note")
        self._field = AnswerInput("", "browser-address", is_secret=True, joins_lines=True)
        self._line = LabelledLine(id="browser-line")
        self._line.border_title = "Address"
        self.life = Countdown(awaited, now, id="browser-wait", until=prompt.expires_at)

    def compose(self) -> ComposeResult:
        """The field first, so that it moves least."""
        with self._line:
            yield Label("Address", id="browser-label", markup=False)
            yield self._field
        yield self._mistake
        yield self._note
        yield self.life

    def on_mount(self) -> None:
        """The address can be pasted at once."""
        self._say(self._mistake, "")
        self.note("")
        self._show_what_enter_does()
        self.focus_field()

    def focus_field(self) -> None:
        """Put the cursor where the address is pasted."""
        self._field.focus()

    @property
    def enter_word(self) -> str:
        """What Enter does in the field."""
        return "Open in browser" if self._open_link and not self._field.value.strip() else "Submit"

    def set_framed(self, *, is_framed: bool) -> None:
        """Put the field into a card, which has its label, or beside its label at the bottom of the page."""
        self.set_class(is_framed, "-framed")
        self._line.set_class(is_framed, "card")

    def note(self, words: str) -> None:
        """Say something below the field; "" takes it back."""
        self._say(self._note, words)

    def reject(self, why: str) -> None:
        """Say why what was submitted is no answer; the wait goes on."""
        self._say(self._mistake, f"{FAILS_SIGN} {why}" if why else "")
        self.note("")

    def renew(self, prompt: BrowserPrompt) -> None:
        """Another link is shown: what stands in the field belongs to the one before."""
        self._empty()
        self.life.until = prompt.expires_at
        self.life.tick()
        self.note("The link is a new one; the one before is of no use any more.")
        self._field.focus()  # its button had it: the answer is pasted here

    def opened(self) -> None:
        """The link is in the browser: from now on Enter in the empty field opens no second one."""
        self._open_link = None
        self._show_what_enter_does()

    def _show_what_enter_does(self) -> None:
        self._field.placeholder = OPENS if self._open_link else PASTE
        self.life.tail = "" if self._open_link else SUBMITS
        self.life.tick()
        self.post_message(EnterChanged())

    @on(Input.Changed, "#browser-address")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(EnterChanged())
        if many := len(event.value):
            self._say(self._mistake, "")
            self.note(f"{many:,} character{'s' if many > 1 else ''}, not shown. Enter hands them in.")

    @on(Input.Submitted, "#browser-address")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if text:
            self._say(self._mistake, "")
            self._empty()
            self.note("Handed in. It is looked at now.")
            self._submit(text)
        elif self._open_link:
            self._open_link()
        else:
            self.note(NOTHING_PASTED)

    @on(AnswerInput.PasteRefused)
    def _refuse_paste(self, event: AnswerInput.PasteRefused) -> None:
        event.stop()
        self.reject(f"{event.length:,} characters are no address of a browser; nothing was taken")

    def _empty(self) -> None:
        with self.prevent(Input.Changed):
            self._field.value = ""
        self.post_message(EnterChanged())

    @staticmethod
    def _say(line: Static, words: str) -> None:
        line.update(plain(words))
        line.display = bool(words)
