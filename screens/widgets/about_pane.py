"""The third pane of a wide window: what is to be known of what has the focus, and of the page."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from screens.drawing import bold, plain


class AboutPane(Static):
    """A title and a text on what has the focus; below them, the same on the page."""

    def __init__(self) -> None:
        super().__init__(id="about", markup=False)
        self._shown: tuple[str, str, str, str] | None = None

    def show(self, title: str, text: str, page_title: str, page_text: str) -> None:
        """Show what is known; the same again costs nothing."""
        if self._shown == (title, text, page_title, page_text):
            return
        self._shown = (title, text, page_title, page_text)
        parts = [(title, text), (page_title, page_text)]
        shown = [Content("\n").join([bold(head), plain(body).stylize("$quiet")]) for head, body in parts if body]
        self.update(Content("\n\n").join(shown))
