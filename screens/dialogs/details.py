"""All that is known of a failure: what happened, what to do, who can, whether trying again helps, ids for support."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Static

from screens.check_details import Answer, Line
from screens.drawing import COPIED, bold, in_brackets, plain
from screens.widgets.page_scroll import PageScroll
from wizard.onboarding.profile import Profile

BUTTONS = {
    "answer-close": "close",
    "answer-copy": "copy",
    "answer-message": "message",
    "answer-command": "copy_command",
    "answer-goto": "goto_step",
}
"""The buttons, in the order they stand in, and what each does."""


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
        Binding("f3", "message", "Message", show=False),
        Binding("f4", "copy_command", "Copy the command", show=False),
        Binding("f6", "goto_step", "Go to the step", show=False),
    ]

    def __init__(self, profile: Profile, title: str, answer: Answer | None, can_go_to: Callable[[str], bool]) -> None:
        super().__init__()
        self._profile = profile
        self.answer = answer
        self._title = title
        self._can_go_to = can_go_to
        self._commands_copied = 0

    def compose(self) -> ComposeResult:
        """Heading, answer, keys, and the same as buttons."""
        yield Static(bold(self._title), markup=False, id="answer-title")
        yield from self.asked()
        with PageScroll(id="answer-scroll"):
            yield from _drawn(self.answer.lines if self.answer else self.nothing_yet())
        yield Static(markup=False, id="answer-hint")
        with Horizontal(id="answer-actions"):
            for name in BUTTONS:
                yield Button(name, id=name, compact=True)

    def asked(self) -> Iterable[Widget]:
        """What stands above the answer."""
        return ()

    def nothing_yet(self) -> tuple[Line, ...]:
        """What stands in the place of an answer."""
        return ()

    def on_mount(self) -> None:
        """The arrows scroll at once."""
        self.show_what_can_be_done()
        self.query_one("#answer-scroll").focus()

    async def show_answer(self, answer: Answer | None, instead: Iterable[Line] = ()) -> None:
        """Show another answer, or what is said instead of one."""
        self.answer = answer
        self._commands_copied = 0
        scroll = self.query_one("#answer-scroll", PageScroll)
        with self.app.batch_update():
            await scroll.remove_children()
            await scroll.mount_all(_drawn(answer.lines if answer else instead))
            self.show_what_can_be_done()
        scroll.scroll_home(animate=False)

    def show_what_can_be_done(self) -> None:
        """Show the buttons and keys of the answer as it is."""
        answer, labels, keys = self.answer, {"answer-close": "Close"}, ["Esc closes", "F1 helps"]
        if answer is not None:
            labels["answer-copy"] = "Copy"
            keys.append("F2 copies all")
            if answer.is_for_somebody:
                labels["answer-message"] = "Message"
                keys.append("F3 message")
            if answer.commands:
                labels["answer-command"] = "Copy command"
                keys.append("F4 command")
            if self._goes_to:
                labels["answer-goto"] = f"Go to step {self._profile.number_of(self._goes_to)}"
                keys.append("F6 goes there")
        for button in self.query(Button):
            button.display = button.id in labels
            if button.id in labels:
                button.label = in_brackets(labels[button.id])
        self.say(", ".join(keys))

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


def _drawn(lines: Iterable[Line]) -> list[Static]:
    """Lines as widgets: prose is as wide as can be read well, a command as wide as the window."""
    return [
        Static(
            Content("\n").join([line.text for line in same]),
            markup=False,
            classes="command" if is_command else "prose",
        )
        for is_command, same in groupby(lines, key=lambda line: line.is_command)
    ]
