"""The check list of a step: groups that fold, a line a check; under one that does not simply hold, what was found."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from screens.check_rows import (
    CONFIRMED_LATER,
    NOT_NEEDED,
    UNDER_WAY,
    Row,
    folded,
    row_of,
    row_of_running,
    row_of_waiting,
)
from screens.drawing import plain, pointed
from screens.messages import CheckChosen, EnterChanged
from screens.widgets.hanging import hang
from screens.widgets.page_scroll import PageScroll
from wizard.core.findings import Finding
from wizard.core.wording import HOLDS_SIGN
from wizard.onboarding.step import Step
from wizard.onboarding.view import JourneyView

OTHER_ROWS: Final = 22
"""Rows of a window that are not for the list: the frame, a form, what the checks came to."""


class CheckList(Static, can_focus=True):
    """The checks of a step in their order; the arrows point to one, Enter opens its details, or a group.

    Args:
        step: whose checks.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Check above", show=False),
        Binding("down", "move(1)", "Check below", show=False),
        Binding("home", "move(-100)", "First check", show=False),
        Binding("end", "move(100)", "Last check", show=False),
        Binding("enter", "choose", "Details", show=False),
    ]

    focus_title = "Checks"
    focus_hint = "Up and Down choose a check; Enter shows its details."

    def __init__(self, step: Step) -> None:
        super().__init__(id="checks", markup=False)
        self._step = step
        self._rows: dict[str, Row] = {check.id: row_of_waiting(check) for check in step.checks}
        self._since: dict[str, datetime] = {}
        self._opened: set[str] = set()
        self._pointed = next((check.id for check in step.checks), "")
        """The row that the arrows point to, by its check or its group: rows come and go above it."""
        self._was_moved = False
        """Whether a person has moved the pointer since the checks began."""
        self._starts: list[int] = []
        """The line on which each row shown begins, and the line behind the last."""

    # --- what it shows --------------------------------------------------------------------------------------------

    def show(self, view: JourneyView) -> None:
        """Draw what is known; what blocks the step stands in a block of its own."""
        blocking = view.blocking(self._step.id)
        self._since.clear()
        for check in self._step.checks:
            is_blocking = blocking is not None and blocking.check == check.id
            self._rows[check.id] = row_of(view, check, has_block=is_blocking)
        if blocking:
            self._pointed = blocking.check
        # Until something is known, Tab goes from the last field to the buttons.
        self.can_focus = self.has_focus or any(check.id in view.findings for check in self._step.checks)
        self._rows_changed()

    def reset(self) -> None:
        """Every check waits."""
        self._since.clear()
        self._opened.clear()
        self._was_moved = False
        self.can_focus = True
        for check in self._step.checks:
            self._rows[check.id] = row_of_waiting(check)
        self._rows_changed()

    def started(self, check_id: str, now: datetime) -> None:
        """A check began."""
        check = next((each for each in self._step.checks if each.id == check_id), None)
        if check is not None:
            self._since[check_id] = now
            self._rows[check_id] = row_of_running(check)
            if not self._was_moved:
                self._pointed = check_id
            self._rows_changed()
            self.reveal(check_id)

    def tick(self, now: datetime | None) -> None:
        """Say how long the checks that are being asked have been; None: something else counts."""
        for check in self._step.checks:
            if (since := self._since.get(check.id)) is not None and self.display:
                row = row_of_running(check, int((now - since).total_seconds()) if now else 0)
                if row != self._rows[check.id]:
                    self._rows[check.id] = row
                    self.refresh()

    def ended(self, view: JourneyView, finding: Finding) -> None:
        """A check ended."""
        self._redraw(view, finding.check)

    def skipped(self, view: JourneyView, check_id: str) -> None:
        """A check was not asked."""
        self._redraw(view, check_id)

    def _redraw(self, view: JourneyView, check_id: str) -> None:
        check = next((each for each in self._step.checks if each.id == check_id), None)
        if check is not None:
            self._since.pop(check_id, None)
            self._rows[check_id] = row_of(view, check)
            self._rows_changed()

    def _rows_changed(self) -> None:
        self.refresh(layout=True)
        self._tell_what_enter_does()

    @property
    def rows(self) -> list[Row]:
        """The rows shown."""
        return folded(self._step, self._rows, self._every_group if self._has_room else self._opened)

    @property
    def _every_group(self) -> set[str]:
        """The groups in which anything is asked."""
        return {row.group for row in self._rows.values() if row.sign != NOT_NEEDED}

    @property
    def _has_room(self) -> bool:
        """Whether every group can be open beside all else that a page shows."""
        return len(self._step.checks) + len(self._every_group) <= self.app.size.height - OTHER_ROWS

    def row(self, check_id: str) -> Row | None:
        """Return the row of a check, shown or not; None where it belongs to another step."""
        return self._rows.get(check_id)

    def since(self, check_id: str) -> datetime | None:
        """Return when a check began that is being asked now."""
        return self._since.get(check_id)

    # --- drawing --------------------------------------------------------------------------------------------------

    def render(self) -> Content:
        """Return the rows for the width there is."""
        return Content("\n").join(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  # Textual asks so
        """Return how many lines the rows take."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        self._starts = []
        rows = self.rows
        has_groups = any(row.group and not row.check for row in rows)
        pointed_at = self._place_in(rows) if self.has_focus else None
        for at, row in enumerate(rows):
            self._starts.append(len(lines))
            drawn = _drawn(row, width, is_inner=has_groups and bool(row.check))
            if at == pointed_at:
                row_drawn = drawn[0].pad_right(max(0, width - drawn[0].cell_length))
                drawn[0] = pointed(row_drawn, has_colour=not self.app.no_color)
            lines += drawn
        self._starts.append(len(lines))
        return lines

    # --- pointing -------------------------------------------------------------------------------------------------

    @property
    def enter_word(self) -> str:
        """What Enter does with the row pointed to."""
        row = self.pointed_at
        if row is None or row.check:
            return "Details"
        is_open = any(each.check and each.group == row.group for each in self.rows)
        return "Fold" if row.group in self._opened else "" if is_open else "Unfold"

    @property
    def pointed_at(self) -> Row | None:
        """The row that the arrows point to, None where there is none."""
        rows = self.rows
        return rows[self._place_in(rows)] if rows else None

    def _place_in(self, rows: list[Row]) -> int:
        """Return the place of the row pointed to: of a check that is folded away its group's, else the first."""
        names = [row.name for row in rows]
        group = self._rows[self._pointed].group if self._pointed in self._rows else ""
        return next((names.index(name) for name in (self._pointed, group) if name in names), 0)

    def _point_to(self, row: Row) -> None:
        self._pointed = row.name
        self._tell_what_enter_does()

    def _tell_what_enter_does(self) -> None:
        if self.has_focus:
            self.post_message(EnterChanged())

    def reveal(self, check_id: str) -> None:
        """Scroll so that the row of a check can be read, with what stands under it."""
        rows = self.rows
        group = self._rows[check_id].group
        at = next((at for at, row in enumerate(rows) if row.check == check_id), None)
        if at is None:
            at = next((at for at, row in enumerate(rows) if row.group == group), 0)
        self._reveal_row(at)

    def watch_has_focus(self, has_focus: bool) -> None:
        """The pointer comes and goes with the focus."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click opens the row under it."""
        y = event.y - self.gutter.top
        at = next((at for at, start in enumerate(self._starts[1:]) if y < start), None)
        if at is not None:
            self._point_to(self.rows[at])
            self.refresh()
            self.action_choose()

    def action_move(self, by: int) -> None:
        """Point to a neighbour; beyond the first or the last row the focus goes on."""
        rows = self.rows
        at, last = self._place_in(rows), len(rows) - 1
        if by == -1 and at == 0:
            self.screen.focus_previous()
        elif by == 1 and at >= last:
            self.screen.focus_next()
        else:
            self._was_moved = True
            at = max(0, min(last, at + by))
            self._point_to(rows[at])
            self.refresh()
            self._reveal_row(at)

    def action_choose(self) -> None:
        """Open the details of the check pointed to, or fold the group or unfold it."""
        row = self.pointed_at
        if row is None:
            return
        if row.check:
            self.post_message(CheckChosen(row.check, self._since.get(row.check)))
        elif row.group:
            self._opened ^= {row.group}
            self._point_to(row)
            self.refresh(layout=True)

    def _reveal_row(self, at: int) -> None:
        self._lines(self.content_size.width or self.app.size.width)
        if at + 1 < len(self._starts):
            scroll = self.query_ancestor(PageScroll)
            scroll.bring_into_view(self, rows=(self._starts[at], self._starts[at + 1]))


def _drawn(row: Row, width: int, *, is_inner: bool) -> list[Content]:
    """Return the lines of a row: sign, title and what stands behind it; under them its notes."""
    is_calm = row.sign in (HOLDS_SIGN, CONFIRMED_LATER, UNDER_WAY)
    title = plain(row.title).stylize("$quiet" if row.is_quiet else "" if is_calm else f"bold {row.style}")
    if not row.check and not row.is_quiet and row.sign != UNDER_WAY:
        title = title.stylize("bold")
    aside = plain(f"  {row.aside}").stylize("$quiet") if row.aside else Content()
    indent = "  " if is_inner else ""
    lines = hang(plain(row.sign).stylize(row.style), title + aside, width, indent=indent)
    for note in row.notes:
        lines += hang(Content(" "), plain(note), width, indent=indent)
    for sign, words in row.items:
        lines += hang(plain(sign), plain(words), width, indent=f"{indent}  ")
    return lines
