"""What a fix would send, as whom, what that changes and how to undo it; sent only by a press of its own button."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Static

from screens.dialogs.sheet import Sheet, SheetTitle, show_keys
from screens.drawing import COPIED, bold, plain
from screens.widgets.action_button import ActionButton
from screens.widgets.command_box import CommandBox
from screens.widgets.hanging import named
from screens.widgets.key_footer import Key, KeyFooter
from screens.widgets.page_scroll import PageScroll
from wizard.core.fixes import Fix

NOBODY: Final = (
    "Nobody: no Graph identity is chosen. Choose one in step 2 (an administrator signs in), or send the command to "
    "whoever has the rights."
)
ASKED_FIRST: Final = "whoever signs in when this is confirmed; the sign-in asks for the permission"


class FixDialog(ModalScreen[bool]):
    """Gives whether the changes are to be made.

    Args:
        fixes: that are made together, in their order.
        accounts: who makes them, by API; none while nobody has signed in for it.
        hosts: that take the requests, by API.
        may_sign_in: whether an identity is chosen, so that somebody can.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Leave it"),
        Binding("f2", "copy", "Copy", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("left", "app.focus_previous", "Button at the left", show=False),
        Binding("right", "app.focus_next", "Button at the right", show=False),
    ]

    def __init__(
        self, fixes: Sequence[Fix], accounts: Mapping[str, str], hosts: Mapping[str, str], *, may_sign_in: bool
    ) -> None:
        super().__init__()
        self._fixes = fixes
        self._accounts = accounts
        self._hosts = hosts
        self._commands = [fix.command for fix in fixes if fix.command]
        self._may_sign_in = may_sign_in or not any(fix.requests for fix in fixes)

    def compose(self) -> ComposeResult:
        """Title, account, what is sent, what it changes, and the two ways."""
        is_one = len(self._fixes) == 1
        with Sheet():
            yield SheetTitle("Fix it" if is_one else f"Fix it: {len(self._fixes)} changes", "fix-title")
            with PageScroll(id="fix-scroll"):
                for fix in self._fixes:
                    yield from self._parts(fix)
            yield Static(markup=False, id="fix-hint")
            with Horizontal(classes="sheet-actions"):
                yield ActionButton("Leave it", "fix-leave", is_primary=True)
                if self._may_sign_in:
                    yield ActionButton("Make this change" if is_one else "Make these changes", "fix-make")
                if self._commands:
                    yield ActionButton("Copy command", "fix-copy")
            yield KeyFooter()

    def _parts(self, fix: Fix) -> Iterator[Widget]:
        yield Static(bold(fix.title), markup=False, classes="fix-name")
        nobody = ASKED_FIRST if self._may_sign_in else NOBODY
        who = " and ".join(dict.fromkeys(self._accounts.get(each.value) or nobody for each in fix.apis))
        sent = [("Made by", who), ("It takes", ", ".join(fix.permissions))] if fix.requests else []
        yield named([*sent, ("Changes", fix.effect), ("To undo", fix.undo)])
        for request in fix.requests:
            body = "" if request.body is None else f"\n{json.dumps(request.body, ensure_ascii=False)}"
            box = Static(plain(f"{request.path}{body}"), markup=False, classes="command")
            box.border_title = plain(f"sends {request.method} to {self._hosts[fix.api_of(request).value]}")
            yield box
        if fix.command:
            command = CommandBox(fix.command)
            command.border_title = plain("or as a command, for whoever has the rights")
            yield command

    def on_mount(self) -> None:
        """Enter leaves all as it is: the change has to be chosen."""
        keys: list[Key] = [("Enter", "Leave it", "dismiss(False)")]
        if self._commands:
            keys.append(("F2", "Copy command", "copy"))
        if self._may_sign_in:
            keys.insert(1, ("→", "Make it", "app.focus_next"))
        keys.append(("PgDn", "More", "page(1)"))
        for scroll in self.query(PageScroll):
            scroll.can_focus = False  # the keys scroll it from the buttons, too
        show_keys(self.query_one(KeyFooter), [*keys, ("Esc", "Leave it", "dismiss(False)")])
        self.query_one("#fix-leave").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Make it, leave it, or copy the commands."""
        event.stop()
        if event.button.id == "fix-copy":
            self.action_copy()
        else:
            self.dismiss(event.button.id == "fix-make")

    def action_page(self, by: int) -> None:
        """Show what stands below, or above, a page at a time: the requests of a fix may be many."""
        scroll = self.query_one("#fix-scroll", PageScroll)
        (scroll.scroll_page_up if by < 0 else scroll.scroll_page_down)(animate=False)

    def action_copy(self) -> None:
        """Send the commands to the terminal's clipboard."""
        if not self._commands:
            return
        self.app.copy_to_clipboard("\n".join(self._commands))
        self.query_one("#fix-hint", Static).update(COPIED)
