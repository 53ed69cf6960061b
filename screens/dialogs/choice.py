"""Choose one of a few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.drawing import plain


class Choice(ModalScreen[str]):
    """Gives the name chosen, "" when the dialog was left.

    Args:
        title: what is chosen.
        options: words by name.
        chosen: the name that is chosen now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss('')", "Close")]

    def __init__(self, title: str, options: Mapping[str, str], chosen: str) -> None:
        super().__init__()
        self._title = title
        self._options = dict(options)
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """The options, one a line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = plain(self._title)
            dialog.border_subtitle = plain("Enter chooses · Esc closes")
            yield OptionList(
                *(Option(plain(words), id=name) for name, words in self._options.items()), id="choices", markup=False
            )

    def on_mount(self) -> None:
        """Begin at the one chosen now."""
        choices = self.query_one("#choices", OptionList)
        names = list(self._options)
        choices.highlighted = names.index(self._chosen) if self._chosen in names else 0
        choices.focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id or "")
