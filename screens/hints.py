"""What is said of the widget in focus, and which keys the footer names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual.widgets import Button, Input

from screens.actions import ACTIONS, HINTS, KEY_CAPS, Offers

if TYPE_CHECKING:
    from textual.widget import Widget

    from screens.widgets.key_footer import Key
    from wizard.onboarding.step import Step

_HELP: Final = ("F1", "Help", "help")
_ALL: Final = ("^P", "All actions", "app.command_palette")
_QUIT: Final = ("^Q", "Quit", "app.quit")
ABOUT_STEP: Final = "About this step"
MOST_KEYS: Final = 4
"""Keys of offers in the footer, beside Enter and those that work on every page."""


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


def first_words(text: str, longest: int) -> str:
    """Return the first sentences of a text that have room in so many characters; one at least, shortened if need be."""
    if len(text) <= longest:
        return text
    ends = [found.start() for found in re.finditer(r"[.;] ", text) if found.start() < longest]
    return f"{text[: ends[-1]]}." if ends else f"{text[: longest - 2].rsplit(' ', 1)[0]} …"


def about(widget: Widget, hint: str, step: Step | None) -> tuple[str, str, str, str]:
    """Return title and text on the widget in focus, then title and text on the page.

    Args:
        widget: the one in focus.
        hint: what is said of it.
        step: whose page it is, None on others.
    """
    titles = (str(getattr(each, "focus_title", "")) for each in widget.ancestors_with_self)
    title = str(widget.label).strip(" []") if isinstance(widget, Button) else next(filter(None, titles), "")
    return title, hint, ABOUT_STEP, step.why if step else ""


def keys_for(offers: Offers, focused: Widget | None) -> tuple[list[Key], list[int]]:
    """Return the keys that work now, the most needed first, and the place of each in the footer's line."""
    entered = enter_word(offers, focused)
    enter = [("Enter", entered, "primary")] if entered else []
    keyed = [each for each in ACTIONS if each.key and each.name in offers.by_name]
    back = [
        (KEY_CAPS[each.key], _word(offers, each.name), f"offer('{each.name}')")
        for each in keyed
        if each.key == "escape"
    ]
    rest = [
        (KEY_CAPS[each.key], _word(offers, each.name), f"offer('{each.name}')")
        for each in keyed
        if each.key != "escape" and each.name != offers.primary
    ][:MOST_KEYS]
    in_line = [*enter, _HELP, *rest, *back, _ALL, _QUIT]
    by_need = [*enter, _HELP, *back, _QUIT, *rest, _ALL]
    return by_need, [in_line.index(key) for key in by_need]


def enter_word(offers: Offers, focused: Widget | None) -> str:
    """Return what Enter does now, in the words of a button; "" where it does nothing."""
    for each in focused.ancestors_with_self if focused is not None else ():
        if (word := getattr(each, "enter_word", None)) is not None:
            return str(word)
    if isinstance(focused, Button):
        name = focused.id or ""
        return _word(offers, name) if name in offers.by_name else str(focused.label).partition(";")[0]
    if isinstance(focused, Input) or focused is None or offers.primary:
        return _word(offers, offers.primary) if offers.primary else ""
    return ""


def _word(offers: Offers, name: str) -> str:
    return offers.by_name[name].words
