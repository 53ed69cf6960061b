"""A label beside its field; the label shows that the field has the focus."""

from __future__ import annotations

from textual.containers import Horizontal


class LabelledLine(Horizontal):
    """A line whose label is marked while a field in it has the focus.

    A class and not `:focus-within`: Textual styles by that only what the pseudo-class stands on.
    """

    def on_descendant_focus(self) -> None:
        """Mark the label."""
        self.add_class("-in-use")

    def on_descendant_blur(self) -> None:
        """Take the mark away."""
        self.remove_class("-in-use")
