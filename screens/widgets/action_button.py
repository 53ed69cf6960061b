"""A button of one line; in brackets where no colour makes it one."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Button

from screens.drawing import plain


class ActionButton(Button):
    """Its words, with a cell before and behind them.

    Args:
        words: what it does.
        name: its id.
        is_primary: whether it is what its page, or its dialog, is for.
    """

    def __init__(self, words: str, name: str, *, is_primary: bool = False) -> None:
        super().__init__(plain(words), "primary" if is_primary else "default", id=name, compact=True)
        self.styles.line_pad = 0  # Textual's style sheets take no 0 for it

    @property
    def words(self) -> str:
        """What it does."""
        return str(self.label)

    def render(self) -> Content:
        """Return the words between two blanks, or in brackets."""
        needs_brackets = self.app.no_color or self.app.console.color_system in (None, "standard", "windows")
        before, behind = "[]" if needs_brackets else "  "
        return Content(before) + plain(self.words) + Content(behind)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002  # Textual asks so
        """Return the cells of the words, and two more."""
        return cell_len(self.words) + 2
