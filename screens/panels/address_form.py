"""Where the address that a browser ended on is submitted; it stays in sight while the page above it scrolls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, Static

from screens.drawing import plain
from screens.widgets.answer_input import AnswerInput
from wizard.core.events import BrowserPrompt
from wizard.core.wording import time_left

OPENS: Final = "Enter opens the browser"
PASTE: Final = "paste it, then Enter"
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
        self._prompt = prompt
        self._awaited = awaited
        self._now = now
        self._submit = submit
        self._open_link = open_link
        self._mistake = Static(markup=False, id="browser-mistake", classes="mistake")
        self._note = Static(markup=False, id="browser-note")
        self._field = AnswerInput("", "browser-address", is_secret=True, joins_lines=True)

    def compose(self) -> ComposeResult:
        """The field first, so that it moves least."""
        with Horizontal(id="browser-line"):
            yield Label("Address here:", id="browser-label", markup=False)
            yield self._field
        yield self._mistake
        yield self._note
        yield Static(markup=False, id="browser-wait")

    def on_mount(self) -> None:
        """The address can be pasted at once."""
        self._say(self._mistake, "")
        self.note("")
        self._show_what_enter_does()
        self._tick()
        self.set_interval(1.0, self._tick)
        self._field.focus()

    def note(self, words: str) -> None:
        """Say something below the field; "" takes it back."""
        self._say(self._note, words)

    def reject(self, why: str) -> None:
        """Say why what was submitted is no answer; the wait goes on."""
        self._say(self._mistake, f"✗ {why}" if why else "")
        self.note("")

    def renew(self, prompt: BrowserPrompt) -> None:
        """Another link is shown: what stands in the field belongs to the one before."""
        self._prompt = prompt
        self._empty()
        self._tick()
        self.note("The link is a new one; the one before is of no use any more.")

    def opened(self) -> None:
        """The link is in the browser: from now on Enter in the empty field opens no second one."""
        self._open_link = None
        self._show_what_enter_does()

    def _show_what_enter_does(self) -> None:
        self._field.placeholder = OPENS if self._open_link else PASTE

    def _tick(self) -> None:
        left = time_left((self._prompt.expires_at - self._now()).total_seconds())
        words = f"▸ waiting for {self._awaited} · {left} left"
        self.query_one("#browser-wait", Static).update(plain(words))

    @on(Input.Changed, "#browser-address")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if many := len(event.value):
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

    @staticmethod
    def _say(line: Static, words: str) -> None:
        line.update(plain(words))
        line.display = bool(words)
