"""The check list of a step: a line a check, with sign, question and outcome; under one that fails, what to do."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.drawing import bold, plain
from screens.messages import CheckChosen
from screens.widgets.page_scroll import PageScroll
from screens.widgets.verdict import is_confirmed_later
from wizard.core.findings import Finding, Outcome
from wizard.core.wording import OUTCOME_SIGNS, OUTCOME_WORDS
from wizard.onboarding.step import Check, Step
from wizard.onboarding.view import JourneyView


def dom_id(check: str) -> str:
    """The id of a check's line: "check-tenant-exists" for "tenant.exists"."""
    return "check-" + check.replace(".", "-")


class CheckLine(Static):
    """One check; under it, in a widget of its own, what was found where it does not simply hold."""

    def __init__(self, check: Check) -> None:
        super().__init__(id=dom_id(check.id), markup=False, classes="check-line")
        self.check = check
        self.since: datetime | None = None
        """When it began, while it is being checked."""
        self.text = ""
        self._note: Static | None = None
        self._drawn: tuple[str, str, tuple[str, ...]] | None = None

    def draw(self, sign: str, word: str, state: str, notes: tuple[str, ...] = ()) -> None:
        """Show a state; the same one again costs nothing."""
        if self._drawn == (sign, word, notes):
            return
        self._drawn = (sign, word, notes)
        head = Content.assemble(plain(f"{sign} {self.check.question} "), bold(f"· {word}"))
        note = plain("\n".join(notes))
        self.text = f"{head.plain}\n{note.plain}".rstrip()
        self.set_classes(f"check-line -{state}{' -pointed' if self.has_class('-pointed') else ''}")
        self.update(head)
        if self._note is not None:
            self._note.update(note)
            self._note.display = bool(notes)
        elif notes and isinstance(self.parent, CheckList):
            self._note = Static(note, markup=False, classes="check-note")
            self.parent.mount(self._note, after=self)

    def reveal(self) -> None:
        """Scroll so that the line can be read, and what stands under it as far as there is room."""
        note = [self._note] if self._note is not None and self._note.display else []
        self.query_ancestor(PageScroll).bring_into_view(*note, self)


class CheckList(Vertical, can_focus=True):
    """The checks of a step in their order; the arrows point to one, Enter opens its details."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Check above", show=False),
        Binding("down", "move(1)", "Check below", show=False),
        Binding("home", "move(-100)", "First check", show=False),
        Binding("end", "move(100)", "Last check", show=False),
        Binding("enter", "choose", "Details", show=False),
    ]

    focus_hint = (
        "Up and Down choose a check; Enter shows all that is known of it: what to do, who can, ids for support."
    )

    def __init__(self, step: Step) -> None:
        super().__init__(id="checks")
        self._step = step
        self._pointed = 0

    def compose(self) -> ComposeResult:
        """A line a check."""
        for check in self._step.checks:
            yield CheckLine(check)

    def line(self, check: str) -> CheckLine | None:
        """The line of a check, None where it belongs to another step."""
        found = self.query(f"#{dom_id(check)}").results(CheckLine)
        return next(iter(found), None)

    def show(self, view: JourneyView) -> None:
        """Draw what is known."""
        blocking = view.blocking(self._step.id)
        for line in self.query(CheckLine):
            finding, line.since = view.findings.get(line.check.id), None
            if finding is not None and finding is blocking:
                # What came back and what to do stand in the verdict, above.
                line.draw(OUTCOME_SIGNS[finding.outcome], OUTCOME_WORDS[finding.outcome], finding.outcome.value)
            elif finding:
                _draw_finding(line, view, finding)
            elif line.check.id in view.skipped:
                line.draw("·", f"not needed: {view.skipped[line.check.id].reason}", "skipped")
            elif why := view.foreseen.get(line.check.id):
                line.draw("·", f"not needed: {why}", "skipped")
            else:
                line.draw("·", "waiting", "waiting")
        if blocking and (line_now := self.line(blocking.check)):
            self._pointed = list(self.query(CheckLine)).index(line_now)

    def reset(self) -> None:
        """Every line waits."""
        for line in self.query(CheckLine):
            line.since = None
            line.draw("·", "waiting", "waiting")

    def started(self, check: str, now: datetime) -> None:
        """A check began."""
        if line := self.line(check):
            line.since = now
            line.draw("▸", "checking", "checking")
            line.reveal()

    def ended(self, view: JourneyView, finding: Finding) -> None:
        """A check ended."""
        if line := self.line(finding.check):
            line.since = None
            _draw_finding(line, view, finding)

    def skipped(self, check: str, why: str, *, is_needed: bool) -> None:
        """A check was not asked."""
        if line := self.line(check):
            line.draw("·", "not asked" if is_needed else f"not needed: {why}", "skipped")

    def watch_has_focus(self, has_focus: bool) -> None:
        """The pointer comes and goes with the focus."""
        super().watch_has_focus(has_focus)
        self._draw_pointer()

    def on_click(self, event: events.Click) -> None:
        """A click opens the details of the line under it."""
        if isinstance(event.widget, CheckLine):
            self._pointed = list(self.query(CheckLine)).index(event.widget)
            self._draw_pointer()
            self.action_choose()

    def action_move(self, by: int) -> None:
        """Point to a neighbour."""
        lines = list(self.query(CheckLine))
        self._pointed = max(0, min(len(lines) - 1, self._pointed + by))
        self._draw_pointer()
        lines[self._pointed].reveal()

    def action_choose(self) -> None:
        """Open the details of the line pointed to."""
        line = list(self.query(CheckLine))[self._pointed]
        self.post_message(CheckChosen(line.check.id, line.since))

    def _draw_pointer(self) -> None:
        for index, line in enumerate(self.query(CheckLine)):
            line.set_class(self.has_focus and index == self._pointed, "-pointed")


def _draw_finding(line: CheckLine, view: JourneyView, finding: Finding) -> None:
    if finding.outcome is Outcome.HOLDS:
        line.draw("✓", "holds", "holds")
    elif view.is_settled(finding.check):
        by = view.profile.checks[view.settled_by(finding.check)].question
        line.draw("✓", "holds", "holds", (f"settled by: {by}",))
    elif is_confirmed_later(view, finding):
        later = f"step {view.profile.number_of(line.check.settled_by)} will confirm it"
        line.draw(OUTCOME_SIGNS[finding.outcome], later, finding.outcome.value, (finding.message,))
    else:
        code = f" ({finding.code})" if finding.code and finding.code not in finding.message else ""
        notes = [f"{finding.message}{code}"]
        if finding.outcome is Outcome.WARNS and finding.remedy:
            notes.append(finding.remedy.replace("`", ""))
        line.draw(OUTCOME_SIGNS[finding.outcome], OUTCOME_WORDS[finding.outcome], finding.outcome.value, tuple(notes))
