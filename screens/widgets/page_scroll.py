"""What scrolls up and down: pages, and the texts of dialogs."""

from __future__ import annotations

from textual.containers import VerticalScroll


class PageScroll(VerticalScroll):
    """Textual's container, with a scroll bar that stands where the text stands.

    Textual tells the bar of no scrolling while it is hidden: what went back to the top while it all had room would
    come back with a bar that is still further down.
    """

    def watch_show_vertical_scrollbar(self, is_shown: bool) -> None:
        """The bar comes, or goes."""
        if is_shown:
            self.vertical_scrollbar.position = self.scroll_y
