"""All that is known of a failure: what is wrong, what to do, who can; then the service's own words, ids for support."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Static

from screens.check_details import Answer
from screens.dialogs.sheet import Sheet, SheetTitle, show_keys
from screens.drawing import COPIED, bold, plain
from screens.widgets.action_button import ActionButton
from screens.widgets.failure_block import FailureBlock
from screens.widgets.hanging import named
from screens.widgets.key_footer import Key, KeyFooter
from screens.widgets.page_scroll import PageScroll
from wizard.core.wording import HOLDS_SIGN
from wizard.onboarding.profile import Profile

BUTTONS: Final = {
    "answer-close": "close",
    "answer-copy": "copy",
    "answer-message": "message",
    "answer-command": "copy_command",
    "answer-goto": "goto_step",
}
"""The buttons, in the order they stand in, and what each does."""
KEYS: Final = {"answer-copy": "F2", "answer-message": "F7", "answer-goto": "F6"}


class Details(ModalScreen[str]):
    """Shows an answer from edge to edge; gives the id of the step to go to, "" when it was only read.

    Args:
        profile: gives the steps.
        title: the heading of the screen.
        answer: what is shown, None where there is nothing yet.
        can_go_to: whether the step of this id can be gone to from here.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("enter", "enter", "Close", show=False),
        Binding("f1", "help", "Help", show=False),
        Binding("f2", "copy", "Copy", show=False),
        Binding("f6", "goto_step", "Go to the step", show=False),
        Binding("f7", "message", "Message", show=False),
        Binding("left", "app.focus_previous", "Button at the left", show=False),
        Binding("right", "app.focus_next", "Button at the right", show=False),
    ]
    enter_word = "Close"

    def __init__(self, profile: Profile, title: str, answer: Answer | None, can_go_to: Callable[[str], bool]) -> None:
        super().__init__()
        self._profile = profile
        self.answer = answer
        self._title = title
        self._can_go_to = can_go_to
        self._commands_copied = 0

    def compose(self) -> ComposeResult:
        """Heading, what is asked, the answer, the buttons and the keys."""
        with Sheet():
            yield SheetTitle(self._title, "answer-title")
            yield from self.asked()
            with PageScroll(id="answer-scroll"):
                yield FailureBlock()
                yield Vertical(id="answer-details")
            yield Static(markup=False, id="answer-hint")
            with Horizontal(classes="sheet-actions"):
                for name in BUTTONS:
                    yield ActionButton(name, name)
            yield KeyFooter()

    def asked(self) -> Iterable[Widget]:
        """What stands above the answer."""
        return ()

    def nothing_yet(self) -> Iterable[Widget]:
        """What stands in the place of an answer."""
        return ()

    async def on_mount(self) -> None:
        """The arrows scroll at once."""
        await self.show_answer(self.answer, self.nothing_yet())
        self.focus_first()

    def focus_first(self) -> None:
        """Put the focus on what is used first."""
        for scroll in self.query("#answer-scroll"):
            scroll.focus()

    async def show_answer(self, answer: Answer | None, instead: Iterable[Widget] = ()) -> None:
        """Show another answer, or what is said instead of one."""
        self.answer = answer
        self._commands_copied = 0
        if not self.query(FailureBlock):  # left while it opened
            return
        block, details = self.query_one(FailureBlock), self.query_one("#answer-details")
        with self.app.batch_update():
            if answer is None:
                block.show_nothing()
            else:
                block.show_failure(answer.failure)
                if answer.failure.sign in LOOKS:
                    block.set_classes(LOOKS[answer.failure.sign])
            await details.remove_children()
            await details.mount_all(_details_of(answer) if answer else instead)
            self.show_what_can_be_done()
        self.query_one("#answer-scroll").scroll_home(animate=False)

    def show_what_can_be_done(self) -> None:
        """Show the buttons and keys of the answer as it is."""
        labels = self._labels
        for button in self.query(ActionButton):
            name = button.id or ""
            button.display = name in labels
            if name in labels and button.words != labels[name]:
                button.label = plain(labels[name])
                button.refresh(layout=True)
        keys: list[Key] = [("Enter", self.enter_word, "enter"), ("Esc", "Close", "close"), ("F1", "Help", "help")]
        keys += [(cap, labels[name], BUTTONS[name]) for name, cap in KEYS.items() if name in labels]
        show_keys(self.query_one(KeyFooter), keys if self.enter_word != "Close" else keys[1:])
        self.say("")

    @property
    def _labels(self) -> dict[str, str]:
        """The words of the buttons of the answer as it is, by their names."""
        answer, labels = self.answer, {"answer-close": "Close"}
        if answer is not None:
            labels["answer-copy"] = "Copy"
            if answer.is_for_somebody:
                labels["answer-message"] = "Message"
            if answer.commands:
                labels["answer-command"] = "Copy command"
            if self._goes_to:
                labels["answer-goto"] = f"Go to {self._profile.short_name(self._goes_to)}"
        return labels

    def say(self, hint: str) -> None:
        """Say something in the line above the buttons."""
        self.query_one("#answer-hint", Static).update(plain(hint))

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Each button is a key as well."""
        event.stop()
        await self.run_action(f"screen.{BUTTONS[event.button.id or '']}")

    def action_close(self) -> None:
        """Close."""
        self.dismiss("")

    async def action_enter(self) -> None:
        """Read to the end: close."""
        self.dismiss("")

    def action_help(self) -> None:
        """Explain this screen."""
        from screens.dialogs.reader import Reader
        from screens.help import DIAGNOSE, help_for

        title, text = help_for(DIAGNOSE)
        self.app.push_screen(Reader(title, text))

    def action_copy(self) -> None:
        """Send the whole answer to the terminal's clipboard."""
        if self.answer is not None:
            self.app.copy_to_clipboard(self.answer.copied)
            self.say(COPIED)

    def action_copy_command(self) -> None:
        """Send the command to the terminal's clipboard; where there are several, the next one each time."""
        commands = self.answer.commands if self.answer else []
        if not commands:
            return
        at = self._commands_copied % len(commands)
        self._commands_copied = at + 1
        self.app.copy_to_clipboard(commands[at])
        which = f"Command {at + 1} of {len(commands)}: " if len(commands) > 1 else ""
        self.say(f"{which}{COPIED}")

    def action_message(self) -> None:
        """Show the message for whoever can fix it."""
        from screens.dialogs.reader import Reader

        if self.answer is not None and self.answer.is_for_somebody:
            handover = self.answer.handover
            text = Content("\n").join(
                [
                    Content.assemble(bold("To: "), plain(handover.to)),
                    Content.assemble(bold("Subject: "), plain(handover.subject)),
                    plain(""),
                    plain(handover.text),
                ]
            )
            self.app.push_screen(Reader("A message to send", text, copied=text.plain))

    def action_goto_step(self) -> None:
        """Close, and go to the step where it is fixed."""
        if self._goes_to:
            self.dismiss(self._goes_to)

    @property
    def _goes_to(self) -> str:
        step = self.answer.step if self.answer else ""
        return step if step and self._can_go_to(step) else ""


LOOKS: Final = {HOLDS_SIGN: "-holds", "·": "-neutral"}
"""How the block looks where nothing is wrong."""


def _details_of(answer: Answer) -> list[Widget]:
    """Return what is known beside what is wrong, muted, each by its name."""
    confirmed = [Static(plain(answer.confirmed), markup=False, classes="good")] if answer.confirmed else []
    heading = Static("Details", markup=False, classes="page-title")
    return [*confirmed, heading, named(answer.details, classes="quiet")] if answer.details else [*confirmed]
