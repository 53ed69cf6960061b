"""A card: the one thing that matters on its page, in a titled border."""

from __future__ import annotations

from textual.containers import Vertical
from textual.widget import Widget

from screens.drawing import plain
from wizard.core.text import clean_line


class Card(Vertical):
    """What stands in it, top down.

    Args:
        title: in its upper border.
        *parts: what stands in it.
        aside: in its lower border, muted.
        look: "-active" is what is to be done; "-good", "-fine", "-warn" and "-bad" are what it says.
    """

    def __init__(self, title: str, *parts: Widget, aside: str = "", look: str = "-active") -> None:
        super().__init__(*parts, id="card", classes=f"card {look}")
        self.border_title = plain(clean_line(title))
        self.show_aside(aside)

    def show_aside(self, aside: str) -> None:
        """Show another aside."""
        self.border_subtitle = plain(clean_line(aside))
