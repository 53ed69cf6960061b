"""What all pages have in common: a name, a line for notices, and that they scroll."""

from __future__ import annotations

from textual.widgets import Static

from screens.messages import Scrolled
from screens.plain import plain
from screens.widgets.page_scroll import PageScroll


class Body(PageScroll, can_focus=False):
    """A page; it has a `Static` with the id "notice".

    Args:
        page: "welcome", the id of a step, or "done".
    """

    def __init__(self, page: str) -> None:
        super().__init__(id=f"page-{page}", classes="body")
        self.page = page

    @property
    def help_page(self) -> str:
        """Which help explains what is shown now."""
        return self.page

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Another part of the page is seen."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(Scrolled())

    def watch_virtual_size(self) -> None:
        """The page has grown or shrunk."""
        super().watch_virtual_size()
        self.post_message(Scrolled())

    def say(self, notice: str) -> None:
        """Say something on the page; "" takes it back."""
        line = self.query_one("#notice", Static)
        line.update(plain(notice))
        line.display = bool(notice)
