"""The failure block: what is wrong, why, what to do, and who can; or, in a line, that all holds."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.drawing import bold, plain
from screens.failure import Failure, parts_of
from screens.widgets.command_box import CommandBox
from screens.widgets.hanging import Hanging, Numbered
from wizard.core.wording import HOLDS_SIGN

CHANGED = " · changed; check again"
BETWEEN = 2
"""Blanks between the title and the code beside it, at least."""


class FailureBlock(Vertical):
    """Nothing until there is something to say."""

    def __init__(self, id: str = "failure") -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self.failure: Failure | None = None
        self._good = ""
        self._head = ""
        self._code = ""

    def compose(self) -> ComposeResult:
        """The headline; the rest comes with a failure."""
        with Horizontal(id="failure-head"):
            yield Static(id="failure-title", markup=False)
            yield Static(id="failure-code", markup=False)
        yield Vertical(id="failure-rest")

    @property
    def says_something(self) -> bool:
        """Whether there is anything to be seen."""
        return bool(self.failure or self._good)

    @property
    def headline(self) -> Widget:
        """What is wrong, in a line: that is to be seen, whatever else is not."""
        return self.query_one("#failure-head")

    def show_failure(self, failure: Failure, when: str = "") -> None:
        """Show what does not hold; `when` it was found, so that the same answer again is seen to be a new one."""
        self.failure, self._good = failure, ""
        self.set_classes("-unknown" if failure.is_unknown else "-fails")
        self._show_head(f"{failure.sign} {failure.title}", "  ".join(filter(None, (failure.code, when))))
        rest = self.query_one("#failure-rest")
        rest.remove_children()
        rest.mount(*_rest_of(failure))

    def show_success(self, title: str, aside: str) -> None:
        """Show that all holds, in a line, and what is to be known beside it."""
        self.failure, self._good = None, title
        self.set_classes("-holds")
        self._show_head(f"{HOLDS_SIGN} {title}", "")
        rest = self.query_one("#failure-rest")
        rest.remove_children()
        if aside:
            rest.mount(Static(plain(aside), markup=False, classes="quiet"))

    def show_nothing(self) -> None:
        """Show nothing."""
        self.failure, self._good = None, ""
        self.set_classes("-waiting")

    def mark_changed(self, *, is_changed: bool) -> None:
        """Say that a field has been changed since, or take that back."""
        if self.says_something and is_changed != self.has_class("-changed"):
            self.set_class(is_changed, "-changed")
            self.query_one("#failure-title", Static).update(bold(self._head + (CHANGED if is_changed else "")))
            self._fit_head()

    def _show_head(self, title: str, code: str) -> None:
        self._head = title
        self.query_one("#failure-title", Static).update(bold(title))
        self._code = code
        shown = self.query_one("#failure-code", Static)
        shown.update(plain(code))
        shown.display = bool(code)
        self._fit_head()

    def on_resize(self) -> None:
        """There is more room for the head, or less."""
        self._fit_head()

    def _fit_head(self) -> None:
        """Put the code beside the title where both have room, else below it: a title is read in one piece."""
        title = self._head + (CHANGED if self.has_class("-changed") else "")
        taken = cell_len(title) + BETWEEN + cell_len(self._code)
        self.query_one("#failure-head").set_class(0 < self.content_size.width < taken, "-stacked")


def _rest_of(failure: Failure) -> list[Widget]:
    """Return the cause, the things to do with their commands, and who can do them."""
    widgets: list[Widget] = []
    if failure.cause:
        widgets.append(Static(plain(failure.cause), markup=False, classes="failure-cause"))
    widgets += numbered_actions(failure.actions)
    if failure.who:
        widgets.append(Hanging([(bold("Who"), plain(failure.who))], classes="failure-who", gap=2))
    return widgets


def numbered_actions(actions: tuple[str, ...]) -> list[Widget]:
    """Return widgets that show things to do, numbered; each command in a box of its own under what it belongs to."""
    widgets: list[Widget] = []
    pending: list[Content] = []
    begin = 1
    for number, action in enumerate(actions, 1):
        act = parts_of(action)
        pending.append(act.words)
        if act.commands:
            widgets += [Numbered(pending, first=begin), *(CommandBox(each) for each in act.commands)]
            pending, begin = [], number + 1
        if act.more.plain:
            widgets.append(Static(act.more, markup=False, classes="follows-command"))
    if pending:
        widgets.append(Numbered(pending, first=begin))
    if widgets:
        widgets[0].add_class("gap")
    return widgets
