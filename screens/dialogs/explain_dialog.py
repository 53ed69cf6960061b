"""Explains an error that was met anywhere: paste it or type its code, and see what it means."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import ClassVar, Final

from textual import events, on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.check_details import Answer, answer_of
from screens.dialogs.details import Details
from screens.drawing import bold, plain
from screens.messages import TextRead
from screens.terminal.paste_bytes import as_it_came
from screens.widgets.hanging import bullets
from screens.widgets.hidden_paste import HiddenPaste
from screens.widgets.page_scroll import PageScroll
from wizard.core.errors import place_of
from wizard.core.shapes import GUID
from wizard.explain import Explanation, explain_text
from wizard.onboarding.profile import Profile

ASK: Final = (
    "Paste an error: it is not drawn, not kept and sent nowhere, for tokens may be in it. Or type its code, such as "
    "AADSTS65001 or ForbiddenByRbac."
)
TAKEN: Final = (
    "a code: AADSTS65001, 900421, ForbiddenByRbac",
    "the text of an error, as long as it is; a part of a log",
    "what a service answered, with its headers if you have them",
    "the address that a browser ended on after consent or sign-in",
    "an access token: what it is for, and what is missing in it",
)
SAME_PASTE: Final = 0.3
"""Seconds after Enter within which nobody begins another line by hand: a terminal that sends a paste as keys does."""
MOST_LISTED: Final = 200


class ExplainDialog(Details):
    """Takes a paste or a typed code, and shows what it means. Gives what `Details` gives.

    Args:
        profile: gives the steps.
        now: the clock.
        known: what is known of the journey, for a message to somebody else.
        can_go_to: whether the step of this id can be gone to from here.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "clear", "Clear", show=False),
        Binding("up", "move(-1)", "Above", show=False),
        Binding("down", "move(1)", "Below", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
    ]
    hides_pastes = True
    enter_word = "Explain"

    def __init__(
        self,
        profile: Profile,
        now: Callable[[], datetime],
        known: Mapping[str, str],
        can_go_to: Callable[[str], bool],
    ) -> None:
        super().__init__(profile, "Explain an error", None, can_go_to)
        self._now = now
        self._known = dict(known)
        self._answers: list[Answer] = []
        self._submitted = 0
        """How many texts were submitted: the answer to an earlier one is not shown any more."""
        self._words = ""
        self._lines: list[str] = []
        self._line_ended = float("-inf")

    # --- drawing --------------------------------------------------------------------------------------------------

    def asked(self) -> Iterable[Widget]:
        """The field, what was taken, and the list where several things were found."""
        yield Static(plain(ASK), markup=False, id="ask")
        yield HiddenPaste("error-text", "paste here, or type a code")
        yield Static(markup=False, id="taken")
        found = OptionList(id="found", markup=False, compact=True)
        found.can_focus = False
        found.display = False
        yield found

    def nothing_yet(self) -> Iterable[Widget]:
        """What can be submitted."""
        return (Static("What it reads", markup=False, classes="strong"), bullets(TAKEN))

    def focus_first(self) -> None:
        """A paste, or a code, can come at once."""
        for scroll in self.query(PageScroll):
            scroll.can_focus = False
        for field in self.query(HiddenPaste):
            field.focus()

    # --- taking a text in -----------------------------------------------------------------------------------------

    async def on_paste(self, event: events.Paste) -> None:
        """Explain a paste; it is never drawn."""
        event.stop()
        if event.text.strip():
            self.query_one(HiddenPaste).value = ""
            pasted = as_it_came(event.text)
            await self._explain(pasted, f"Pasted: {_size(pasted)}")

    @on(Input.Submitted)
    async def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        field = self.query_one(HiddenPaste)
        line = event.value.strip()
        is_more = field.line_began - self._line_ended < SAME_PASTE
        self._line_ended = field.last_key
        if not line:
            return
        self._lines = [*(self._lines if is_more else []), line]
        text = "\n".join(self._lines)
        self.query_one(HiddenPaste).value = ""
        await self._explain(text, f"Typed: {_size(text)}")

    async def action_enter(self) -> None:
        """Explain what stands in the field."""
        await self.query_one(HiddenPaste).action_submit()

    @on(HiddenPaste.Cleared)
    async def action_clear(self) -> None:
        """Forget what was submitted."""
        self._submitted += 1
        self._lines = []
        self.query_one(HiddenPaste).value = ""
        self._say_taken("")
        await self._list([])
        await self.show_answer(None, self.nothing_yet())

    async def _explain(self, text: str | bytes, words: str) -> None:
        """Read a text in a thread of its own: it may be long. The answer to the one before is gone at once."""
        self._submitted += 1
        number = self._submitted
        self._words = words
        self._say_taken(f"{words} · reading …")
        await self._list([])
        await self.show_answer(None)

        def work() -> None:
            try:
                explanation = explain_text(text, self._now())
                self.post_message(TextRead(number, explanation, names_it(text, self._known)))
            except Exception as error:  # noqa: BLE001  # shown here, by kind and place alone
                trouble = f"Reading stopped unexpectedly ({place_of(error)})."
                self.post_message(TextRead(number, Explanation((), "", (trouble,))))

        threading.Thread(target=work, name="reading", daemon=True).start()  # a worker would keep the wizard from ending

    # --- showing what it means ------------------------------------------------------------------------------------

    @on(TextRead)
    async def _read(self, event: TextRead) -> None:
        event.stop()
        if event.number != self._submitted:
            return
        explanation, about = event.explanation, self._known if event.is_ours else {}
        found = explanation.diagnoses[:MOST_LISTED]
        many = f"{len(explanation.diagnoses)} found (↑ ↓)" if len(found) > 1 else ""
        self._say_taken(" · ".join(each for each in (self._words, explanation.read_as, many) if each))
        left_out = len(explanation.diagnoses) - len(found)
        notes = (*explanation.notes, *([f"{left_out} more are not listed."] if left_out else []))
        await self._list([answer_of(self._profile, each, about, notes) for each in found])
        if not self._answers:
            await self.show_answer(None, self._nothing_found(explanation.notes))

    async def _list(self, answers: list[Answer]) -> None:
        """Show the first answer, and the list where there are several."""
        self._answers = answers
        found = self.query_one("#found", OptionList)
        found.display = len(answers) > 1
        found.clear_options()
        if answers:
            found.add_options([Option(plain(f"{at}. {each.name}")) for at, each in enumerate(answers, 1)])
            await self.show_answer(answers[0])
            found.highlighted = 0

    def _nothing_found(self, notes: Iterable[str]) -> Iterable[Widget]:
        """What is said where nothing in a text could be explained; never the text."""
        said = Static(bold("? Nothing in it could be explained").stylize("$warn"), markup=False)
        why = Static(plain("\n".join(notes)), markup=False, classes="spaced")
        return (said, why, *self.nothing_yet())

    @on(OptionList.OptionHighlighted)
    async def _chosen(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        at = event.option_list.highlighted
        if at is not None and at < len(self._answers) and self._answers[at] is not self.answer:
            await self.show_answer(self._answers[at])

    def action_move(self, by: int) -> None:
        """Go to the next thing found; where there is one alone, scroll."""
        found = self.query_one("#found", OptionList)
        if len(self._answers) > 1:
            found.highlighted = max(0, min(len(self._answers) - 1, (found.highlighted or 0) + by))
        else:
            self.query_one("#answer-scroll").scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scroll the answer."""
        scroll = self.query_one("#answer-scroll")
        (scroll.scroll_page_up if by < 0 else scroll.scroll_page_down)(animate=False)

    def _say_taken(self, words: str) -> None:
        """Say what was submitted instead of how to do it."""
        self.query_one("#taken", Static).update(plain(words))
        self.set_class(bool(words), "-taken")


def names_it(text: str | bytes, known: Mapping[str, str]) -> bool:
    """Whether a text names what a journey is about: its tenant, app, integration user or vault.

    An error of somebody else must not be sent on as one of this journey.
    """
    words = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text).lower()
    names = {known.get("tenant", ""), known.get("tenant id", ""), known.get("integration user", "")}
    names |= {*GUID.findall(known.get("app", "")), known.get("vault", "").removeprefix("https://").partition("/")[0]}
    return any(name.lower() in words for name in names if name)


def _size(text: str | bytes) -> str:
    """How much a text is: 2,134 characters in 41 lines, or 2,140 bytes."""
    if isinstance(text, bytes):
        return f"{len(text):,} bytes"
    lines = text.rstrip("\r\n").count("\n") + 1
    return f"{len(text):,} characters" + (f" in {lines:,} lines" if lines > 1 else "")
