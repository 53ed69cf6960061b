"""One field of a form: its label, the widget its kind asks for, and under it what is wrong with the value."""

from __future__ import annotations

from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Label, Select, Static

from screens.drawing import plain
from screens.stray_pastes import what_it_looks_like
from screens.terminal.tick_box import TickBox
from screens.widgets.answer_input import AnswerInput
from wizard.core.answers import Field, Kind, Value
from wizard.core.secret import Secret
from wizard.core.text import clean_line

UNKNOWN = "unknown"
FLAGS = {"yes": True, "no": False, UNKNOWN: None}


class AnswerRow(Horizontal):
    """A field; `value` is what stands in it, in the form `Journey.change` takes.

    Args:
        field: what is asked.
        value: the answer so far.
    """

    def __init__(self, field: Field, value: Value) -> None:
        super().__init__(id=f"row-{field.key}", classes=f"answer{' -long' if field.is_long else ''}")
        self.field = field
        self.control = self._control(field, value)
        self._mistake: Static | None = None
        self._length = Static(markup=False, classes="answer-length")

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
            may_be_empty = not self.field.required and isinstance(self.control, AnswerInput)
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
        if self.field.kind is Kind.SECRET:
            self._length.update(f" {len(event.value)} characters" if event.value else "")

    @property
    def value(self) -> Value:
        """The value as it stands in the widget."""
        match self.control:
            case Checkbox():
                return self.control.value
            case Select():
                chosen = str(self.control.value) if self.control.selection is not None else ""
                return FLAGS[chosen or UNKNOWN] if self.field.kind is Kind.YES_NO_UNKNOWN else chosen
            case AnswerInput():
                return self._typed(self.control.value.strip())
        raise TypeError(self.field.kind)

    def show_mistake(self, sentence: str) -> None:
        """Say, under the row, what is wrong with the value; "" takes it back."""
        self.set_class(bool(sentence), "-mistaken")
        if self._mistake is None and sentence and isinstance(self.parent, Widget):
            self._mistake = Static(markup=False, classes="mistake")
            self.parent.mount(self._mistake, after=self)
        if self._mistake is not None:
            self._mistake.update(plain(f"✗ {sentence}" if sentence else ""))
            self._mistake.display = bool(sentence)

    def hide(self, *, is_hidden: bool) -> None:
        """Hide the row and what stands under it, or show it again."""
        self.display = not is_hidden
        if self._mistake is not None and is_hidden:
            self._mistake.display = False

    def _typed(self, text: str) -> Value:
        if self.field.kind is Kind.SECRET:
            return Secret(text) if text else None
        if self.field.kind is Kind.NUMBER:
            return int(text) if text.isdecimal() and len(text) < 9 else -1
        return text

    @staticmethod
    def _control(field: Field, value: Value) -> Widget:
        name = f"field-{field.key}"
        match field.kind:
            case Kind.YES_NO:
                return TickBox(plain(field.label), bool(value), id=name, compact=True)
            case Kind.YES_NO_UNKNOWN:
                words = [("yes, it is on", "yes"), ("no, it is off", "no"), ("not known", UNKNOWN)]
                return Select(words, value=_word(value), allow_blank=False, id=name, compact=True)
            case Kind.CHOICE:
                choices = [(plain(words), choice) for choice, words in field.choices]
                known = {choice for choice, _ in field.choices}
                chosen = value if value in known else field.choices[0][0]
                return Select(choices, value=chosen, allow_blank=False, id=name, compact=True)
        no_value = partial(what_it_looks_like, is_credential=field.kind is Kind.SECRET)
        return AnswerInput(_text(value), name, is_secret=field.kind is Kind.SECRET, no_value=no_value)


def _word(value: Value) -> str:
    if value is None or isinstance(value, bool):
        return next(word for word, flag in FLAGS.items() if flag is value)
    return str(value)


def _text(value: Value) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    return "" if value is None else clean_line(str(value))
