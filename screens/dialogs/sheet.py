"""What a dialog that takes the whole window has around its text: a title, buttons and the keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Vertical
from textual.widgets import Static

from screens.drawing import bold
from screens.widgets.key_footer import Key, KeyFooter


class Sheet(Vertical):
    """A column in the middle of the window: as wide as can be read well."""

    DEFAULT_CLASSES = "sheet"


class SheetTitle(Static):
    """The heading of a dialog."""

    def __init__(self, title: str, id: str) -> None:  # noqa: A002  # Textual's name
        super().__init__(bold(title), id=id, classes="sheet-title", markup=False)


def show_keys(footer: KeyFooter, keys: Sequence[Key]) -> None:
    """Show keys as they are given; the last ones give way first, where there is no room."""
    footer.show(keys, range(len(keys)))
