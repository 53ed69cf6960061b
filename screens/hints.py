"""The hint row: one or two lines on what the cursor stands on."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Button, Checkbox, Select

from screens.actions import HINTS
from screens.widgets.answer_row import AnswerRow
from screens.widgets.check_list import CheckList
from screens.widgets.rail import Rail
from wizard.onboarding.step import Step


def hint_for(widget: Widget, step: Step | None, *, is_kept: bool = True) -> str:
    """Return what is said of a widget that has the focus, "" where nothing has to be.

    Args:
        widget: what has the focus.
        step: whose page it stands on, None where it is no step's.
        is_kept: whether the journey is saved.
    """
    if isinstance(widget, CheckList):
        return "Up and Down choose a check; Enter shows all that is known of it: what to do, who can, ids for support."
    if isinstance(widget, Rail):
        return "Up and Down choose a step; Enter goes there."
    if isinstance(widget, Button):
        name = widget.id or ""
        if name == "quit" and not is_kept:
            return "Ends the wizard. This journey is not saved."
        return step.run_hint if name == "check" and step and step.run_hint else HINTS.get(name, "")
    row = next((each for each in widget.ancestors if isinstance(each, AnswerRow)), None)
    if row is None:
        return ""
    how = " Space ticks it." if isinstance(widget, Checkbox) else " Enter opens the list." if is_list(widget) else ""
    return row.field.help + how


def is_list(widget: Widget) -> bool:
    """Return whether a widget is a choice that opens."""
    return any(isinstance(each, Select) for each in widget.ancestors_with_self)
