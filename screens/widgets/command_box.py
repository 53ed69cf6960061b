"""A command in a box of its own, so that it is seen as one, and copied whole."""

from __future__ import annotations

from textual.widgets import Static

from screens.drawing import plain
from wizard.core.acts import gaps_of


class CommandBox(Static):
    """A command as it is typed; where something is left to fill in, its title says what."""

    def __init__(self, command: str) -> None:
        super().__init__(plain(command), markup=False, classes="command")
        gaps = " and ".join(gaps_of(command))
        self.border_title = plain(f"command · fill in {gaps} first" if gaps else "command")
