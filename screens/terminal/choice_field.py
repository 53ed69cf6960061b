"""A field that is chosen from a list: Enter or Space opens it, Enter after a choice goes on, and arrows go past it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Select
from textual.widgets._select import SelectOverlay  # Textual 8.2: what tells of a choice, the same one again too


class ChoiceField(Select[str], inherit_bindings=False):
    """One of a few."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "Choose, then go on", show=False),
        Binding("space", "show_overlay", "Open the list", show=False),
    ]
    _has_chosen = False
    """Whether something was chosen since the field was come to; the next Enter goes on then, as in every field."""

    class Submitted(Message):
        """Enter was pressed after a choice."""

        def __init__(self, sender: ChoiceField) -> None:
            super().__init__()
            self.sender = sender

    @property
    def enter_word(self) -> str:
        """What Enter does."""
        return "Next field" if self._has_chosen and not self.expanded else "Choose"

    def action_enter(self) -> None:
        """Open the list; after a choice go on."""
        if self._has_chosen:
            self.post_message(self.Submitted(self))
        else:
            self.action_show_overlay()

    def on_select_overlay_update_selection(self, _event: SelectOverlay.UpdateSelection) -> None:
        """Something was chosen."""
        self._has_chosen = True

    def on_blur(self) -> None:
        """Another field is worked in; unless it is the list of this one."""
        if not self.expanded:
            self._has_chosen = False
