"""One field of a form: its label, the widget of its kind, and under it what is wrong with the value, or was changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Label, Select, Static

from screens.drawing import plain
from screens.stray_pastes import what_it_looks_like
from screens.terminal.choice_field import ChoiceField
from screens.terminal.tick_box import TickBox
from screens.widgets.answer_input import AnswerInput, as_it_is
from wizard.core.answers import Field, Kind, Value
from wizard.core.pasted_values import Meant
from wizard.core.secret import Secret
from wizard.core.text import clean_line
from wizard.core.wording import FAILS_SIGN

UNKNOWN = "unknown"
REQUIRED = "required"
"""What stands in an empty field that needs a value."""
NONE_YET = "none yet"
"""What stands in one that needs a value only with other answers."""
FLAGS = {"yes": True, "no": False, UNKNOWN: None}


class AnswerRow(Horizontal):
    """A field; `value` is what stands in it, in the form `Journey.change` takes.

    Args:
        field: what is asked.
        value: the answer so far.
        as_meant: tells what a pasted text means.
    """

    def __init__(self, field: Field, value: Value, as_meant: Callable[[str], Meant] = as_it_is) -> None:
        super().__init__(id=f"row-{field.key}", classes=f"answer{' -long' if field.is_long else ''}")
        self.field = field
        self.control = self._control(field, value, as_meant)
        self._below: Static | None = None
        self._length = Static(markup=False, classes="answer-length")

    @property
    def focus_title(self) -> str:
        """The field's name."""
        return self.field.label

    @property
    def focus_hint(self) -> str:
        """What the field is for, and the key that its kind takes."""
        match self.control:
            case Checkbox():
                return f"{self.field.help} Space ticks it."
            case Select():
                return f"{self.field.help} Enter opens the list."
        return self.field.help

    def compose(self) -> ComposeResult:
        """Label and control; a tick box bears its label itself."""
        if not isinstance(self.control, Checkbox):
            is_optional = not self.field.required and self.field.spared_if is None
            may_be_empty = is_optional and isinstance(self.control, AnswerInput)
            label = f"{self.field.label} (optional)" if may_be_empty else self.field.label
            yield Label(plain(label), markup=False, classes="answer-label")
        yield self.control
        if self.field.kind is Kind.SECRET:
            yield self._length

    def on_descendant_focus(self) -> None:
        """The label stands out while its field is in use."""
        self.add_class("-in-use")

    def on_descendant_blur(self) -> None:
        """The field was left."""
        self.remove_class("-in-use")

    @on(Input.Changed)
    def _typed_on(self, event: Input.Changed) -> None:
        """Of a secret, which is not shown, say at least how long it is."""
        self._show_length(event.value)

    def _show_length(self, text: str) -> None:
        if self.field.kind is Kind.SECRET:
            self._length.update(f" {len(text)} characters" if text else "")

    @property
    def value(self) -> Value:
        """The value as it stands in the widget; raise TypeError for a widget that no kind of field has."""
        match self.control:
            case Checkbox():
                return self.control.value
            case Select():
                chosen = str(self.control.value) if self.control.selection is not None else ""
                return FLAGS[chosen or UNKNOWN] if self.field.kind is Kind.YES_NO_UNKNOWN else chosen
            case AnswerInput():
                return self._typed(self.control.value.strip())
        raise TypeError(self.field.kind)

    @property
    def typed(self) -> str | None:
        """The text as it stands in the widget, None where it has none."""
        return self.control.value if isinstance(self.control, AnswerInput) else None

    def take(self, meant: Meant) -> None:
        """Put what a text means in its place, and say what was changed."""
        if isinstance(self.control, AnswerInput):
            with self.control.prevent(Input.Changed):
                self.control.value = meant.value
            self._show_length(meant.value)
        self.show_note(meant.note)

    def ask_as(self, field: Field) -> None:
        """Ask the same field as other answers make it: whether it needs a value."""
        is_needed_no_more = self.field.required and not field.required
        self.field = field
        if is_needed_no_more and self.value in ("", None):
            self.show_mistake("")
        if isinstance(self.control, AnswerInput) and self.control.placeholder != _placeholder(field):
            self.control.placeholder = _placeholder(field)

    def show_note(self, sentence: str) -> None:
        """Say, under the row, what was changed in what was entered; "" takes it back."""
        self._say_below(sentence, "answer-note")

    def show_mistake(self, sentence: str) -> None:
        """Say, under the row, what is wrong with the value; "" takes it back."""
        is_note = self._below is not None and self._below.has_class("answer-note")
        self.set_class(bool(sentence), "-mistaken")
        if sentence or not is_note:
            self._say_below(f"{FAILS_SIGN} {sentence}" if sentence else "", "mistake")

    def _say_below(self, words: str, kind: str) -> None:
        if self._below is None and words and isinstance(self.parent, Widget):
            self._below = Static(markup=False)
            self.parent.mount(self._below, after=self)
        if self._below is not None:
            self._below.set_classes(kind)
            self._below.update(plain(words))
            self._below.display = bool(words)

    def hide(self, *, is_hidden: bool) -> None:
        """Hide the row and what stands under it, or show it again."""
        self.display = not is_hidden
        if self._below is not None and is_hidden:
            self._below.display = False

    def _typed(self, text: str) -> Value:
        if self.field.kind is Kind.SECRET:
            return Secret(text) if text else None
        return text

    @staticmethod
    def _control(field: Field, value: Value, as_meant: Callable[[str], Meant]) -> Widget:
        name = f"field-{field.key}"
        match field.kind:
            case Kind.YES_NO:
                return TickBox(plain(field.label), bool(value), id=name, compact=True)
            case Kind.YES_NO_UNKNOWN | Kind.CHOICE:
                choices = [(plain(words), choice) for choice, words in field.choices]
                word = _word(value)
                chosen = word if word in dict(field.choices) else field.choices[0][0]
                return ChoiceField(choices, value=chosen, allow_blank=False, id=name, compact=True)
        no_value = partial(what_it_looks_like, is_credential=field.kind is Kind.SECRET)
        is_secret = field.kind is Kind.SECRET
        answer = AnswerInput(_text(value), name, is_secret=is_secret, no_value=no_value, as_meant=as_meant)
        answer.placeholder = _placeholder(field)
        return answer


def _placeholder(field: Field) -> str:
    if field.required:
        return REQUIRED
    return NONE_YET if field.spared_if is not None else ""


def _word(value: Value) -> str:
    if value is None or isinstance(value, bool):
        return next(word for word, flag in FLAGS.items() if flag is value)
    return str(value)


def _text(value: Value) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    return "" if value is None else clean_line(str(value))
