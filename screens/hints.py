"""The hint row: one or two lines on what the cursor stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Button

from screens.actions import HINTS

if TYPE_CHECKING:
    from textual.widget import Widget

    from wizard.onboarding.step import Step


def hint_for(widget: Widget, step: Step | None, *, is_kept: bool = True) -> str:
    """Return what is said of a widget that has the focus, "" where nothing has to be.

    A widget, or one that it is a part of, says it by its `focus_hint`; of a button the table of actions does.

    Args:
        widget: what has the focus.
        step: whose page it stands on, None where it is no step's.
        is_kept: whether the journey is saved.
    """
    if isinstance(widget, Button):
        name = widget.id or ""
        if name == "quit" and not is_kept:
            return "Ends the wizard. This journey is not saved."
        return step.run_hint if name == "check" and step and step.run_hint else HINTS.get(name, "")
    hints = (str(getattr(each, "focus_hint", "")) for each in widget.ancestors_with_self)
    return next(filter(None, hints), "")
