"""Classes of a whole page or screen by which a few of its parts are styled: these are styled again, and no others.

Textual styles everything below a widget again if a class of it changes, which takes a tenth of a second on a slow
machine. `PARTS` says which parts the style sheets name with each class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.widget import Widget

PARTS: Final = {
    "-panel": "#middle, #hint",
    "-full": "#rail, #about, #stepper",
    "-running": "#why, #form, #failure",
    "-checked": "#why",
    "-failed": "#step-title, #failure",
    "-locked": "#form, #checks",
    "-with-panel": "#checks, #step-title, #wait",
}
"""By class: the parts that are styled by it."""


def set_class_of_parts(widget: Widget, name: str, *, is_on: bool) -> None:
    """Add or remove a class that is in `PARTS`."""
    if widget.has_class(name) is is_on:
        return
    widget.set_class(is_on, name, update=False)
    widget.app.stylesheet.update_nodes(widget.query(PARTS[name]))
