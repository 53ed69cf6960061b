"""The form of a step: its fields, made from what the step asks, given to the journey as soon as they are left."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select

from screens.drawing import plain
from screens.messages import AnswerChanged, AnswerEdited, LastFieldEntered
from screens.stray_pastes import NO_TEXT
from screens.terminal.choice_field import ChoiceField
from screens.terminal.tick_box import TickBox
from screens.widgets.answer_input import AnswerInput
from screens.widgets.answer_row import AnswerRow
from screens.widgets.fold_line import FoldLine
from screens.widgets.page_scroll import PageScroll
from wizard.core.answers import LONGEST_VALUE, Answers, Field, Value
from wizard.core.errors import BadInput
from wizard.onboarding.step import Step

if TYPE_CHECKING:
    from screens.journey_commands import Commands


class Form(Vertical):
    """The fields of a step. A value is taken as it is meant, and kept as typed where something is wrong with it.

    Args:
        step: whose fields.
        answers: as they are now; what is changed here is given on as soon as its field is left.
        commands: takes them.
    """

    def __init__(self, step: Step, answers: Answers, commands: Commands) -> None:
        super().__init__(id="form", classes="card")
        self.border_title = plain(step.form_title)
        self.goes_field_by_field = True
        """Whether Enter goes to the next field, and from the last one on; else it does at once what the page is for."""
        self._step = step
        self._answers = answers
        self._commands = commands
        self._kept: tuple[str, ...] | None = None
        self._shown: list[str] = []
        self._fold_line = FoldLine()
        asked = step.asked_fields(answers)
        self._rows = {field.key: self._row_for(field) for field in asked}
        self._edited: set[str] = set()
        if not asked:
            self.display = False

    @property
    def enter_word(self) -> str | None:
        """What Enter does in a field that is not the last one, None where it does what the page is for."""
        rows = self._asked_rows()
        is_last = bool(rows) and rows[-1].control in (self.screen.focused, None)
        return "Next field" if self.goes_field_by_field and not is_last else None

    def compose(self) -> ComposeResult:
        """A row for each field these answers need; more rows come when needed."""
        yield from self._rows.values()
        yield self._fold_line

    def on_mount(self) -> None:
        """Nothing is folded away at first."""
        self.unfold()

    def fold_to(self, keys: tuple[str, ...]) -> None:
        """Leave only these fields to be seen, and a line that brings the others back."""
        self._kept = keys
        self._show_asked()

    @on(FoldLine.Opened)
    def unfold(self) -> None:
        """Show every field that the answers need."""
        had_focus = self._fold_line.has_focus
        self._kept = None
        self._show_asked()
        if had_focus and (rows := self._asked_rows()):
            rows[0].control.focus()

    def commit(self, spared: Container[str] = ()) -> bool:
        """Hand every value to the journey; return False, with the first field in focus, where one is not fit.

        Fields whose keys are `spared` are left as they are: what follows gives their answers.
        """
        first: AnswerRow | None = None
        for row in self._asked_rows():
            if row.field.key not in spared and not self._give(row) and first is None:
                first = row
        if first is not None:
            first.control.focus()
        return first is None

    def show_mistake(self, mistake: BadInput) -> bool:
        """Show what is wrong under its field; False where the field is not here."""
        row = self._rows.get(mistake.field)
        if row is None or row not in self._asked_rows():
            return False
        self.unfold()
        row.show_mistake(mistake.expected)
        row.control.focus()
        return True

    def focus_first(self) -> None:
        """Put the cursor where something has to be entered: the first field without a fit value, else none."""
        for row in self._asked_rows():
            if row.field.error(row.value):
                self.unfold()
                self.screen.set_focus(row.control, scroll_visible=False)  # before the page is drawn
                self.query_ancestor(PageScroll).bring_into_view(row)
                return

    def focus_on(self, keys: tuple[str, ...]) -> bool:
        """Put the cursor into the first field asked of `keys`; False where none of them is asked."""
        row = next((row for row in self._asked_rows() if row.field.key in keys), None)
        if row is not None:
            self.screen.set_focus(row.control, scroll_visible=False)  # before the page is drawn
            self.query_ancestor(PageScroll).bring_into_view(row, from_top=True)
        return row is not None

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._go_on_from(event.input)

    @on(TickBox.Submitted)
    def _ticked_and_entered(self, event: TickBox.Submitted) -> None:
        event.stop()
        self._go_on_from(event.sender)

    @on(ChoiceField.Submitted)
    def _chosen_and_entered(self, event: ChoiceField.Submitted) -> None:
        event.stop()
        if self.goes_field_by_field:
            self._go_on_from(event.sender)

    def _go_on_from(self, control: Widget) -> None:
        rows = self._asked_rows()
        at = next((index for index, row in enumerate(rows) if row.control is control), None)
        if at is None:
            return
        if not self._give(rows[at]):
            return
        rows = self._asked_rows()  # the answer may bring others
        at = next((index for index, row in enumerate(rows) if row.control is control), at)
        if self.goes_field_by_field and at + 1 < len(rows):
            rows[at + 1].control.focus()
        else:
            self.post_message(LastFieldEntered())

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        row = self._row_of(event.input)
        if row and not (row.value in ("", None) and not self._answer(row.field.key)):
            self._give(row)

    @on(Checkbox.Changed)
    def _ticked(self, event: Checkbox.Changed) -> None:
        event.stop()
        if row := self._row_of(event.checkbox):
            self._give(row)

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        if row := self._row_of(event.select):
            self._give(row)
            self._show_asked()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if row := self._row_of(event.input):
            row.show_note("")
            self._mark_edited(row.field.key, is_changed=row.value != self._answer(row.field.key))

    @on(AnswerInput.PasteTaken)
    def _taken(self, event: AnswerInput.PasteTaken) -> None:
        event.stop()
        if row := self._row_of(event.sender):
            row.show_note(event.note)

    @on(AnswerInput.PasteRefused)
    def _refuse_paste(self, event: AnswerInput.PasteRefused) -> None:
        event.stop()
        row = self._row_of(event.sender)
        if row is None:
            return
        if event.why:
            row.show_mistake(event.why)
        elif event.looks_like == NO_TEXT:
            row.show_mistake("that is no text; nothing was taken")
        elif event.looks_like:
            row.show_mistake(f"that looks like {event.looks_like}, not like “{row.field.label}”: F9 explains it")
        else:
            row.show_mistake(
                f"{event.length:,} characters are too many for this field ({LONGEST_VALUE:,} at most); "
                "that looks like a wrong paste, nothing was taken"
            )

    def _give(self, row: AnswerRow) -> bool:
        """Give what a row's value means to the journey; False where it was refused."""
        key = row.field.key
        meant = self._commands.as_meant(key, row.typed) if row.typed is not None else None
        if meant is not None and meant.note:
            row.take(meant)
        value = row.value
        try:
            gone = self._commands.change(key, value)
        except BadInput as mistake:
            row.show_mistake(mistake.expected)
            return False
        is_new = value != self._answer(key)
        self._answers = replace(self._answers, **{key: value})  # type: ignore[arg-type]  # key is a field's
        row.show_mistake("")
        self._mark_edited(key, is_changed=False)
        if is_new and [*self._asked_now()] != self._shown:
            self._show_asked()
        if gone or is_new:
            self.post_message(AnswerChanged(key, gone))
        return True

    def _mark_edited(self, key: str, *, is_changed: bool) -> None:
        """Tell once that a field has another text than its answer, and once that it has no more."""
        if is_changed is not (key in self._edited):
            (self._edited.add if is_changed else self._edited.discard)(key)
            self.post_message(AnswerEdited(key, is_changed))

    def _row_for(self, field: Field) -> AnswerRow:
        return AnswerRow(field, self._answer(field.key), partial(self._commands.as_meant, field.key))

    def _answer(self, key: str) -> Value:
        value: Value = getattr(self._answers, key)
        return value

    def _asked_rows(self) -> list[AnswerRow]:
        asked = self._step.asked_fields(self._answers)
        return [self._rows[field.key] for field in asked if field.key in self._rows]

    def _show_asked(self) -> None:
        """Show the fields that the answers need now; a new one is put where it belongs."""
        above: AnswerRow | None = None
        asked = self._step.asked_fields(self._answers)
        self._shown = [*self._asked_now()]
        for field in asked:
            row = self._rows.get(field.key)
            if row is None:
                row = self._rows[field.key] = self._row_for(field)
                self.mount(row, after=above) if above else self.mount(row, before=0)
            row.ask_as(field)
            row.hide(is_hidden=self._kept is not None and field.key not in self._kept)
            above = row
        for key, row in self._rows.items():
            if key not in {field.key for field in asked}:
                row.hide(is_hidden=True)
        self._fold_line.show(
            0 if self._kept is None else sum(field.key not in self._kept for field in asked), len(asked)
        )

    def _asked_now(self) -> Iterator[str]:
        """Yield the keys of the fields that the answers need."""
        return (field.key for field in self._step.asked_fields(self._answers))

    def _row_of(self, control: object) -> AnswerRow | None:
        return next((row for row in self._rows.values() if row.control is control), None)
