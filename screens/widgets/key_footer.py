"""The footer: the keys that work now, each with its word, in one line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widgets import Static

Key = tuple[str, str, str]
"""A key as it stands on the keyboard, its word, and the shell's action that it calls; the most needed ones first."""
_APART = 3


class KeyFooter(Static):
    """As many keys as there is room for; those that are needed least give way. A click on one presses it."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(id="keys", markup=False)
        self._keys: tuple[Key, ...] = ()
        self._places: list[int] = []

    def show(self, keys: Sequence[Key], places: Sequence[int]) -> None:
        """Show keys; `places` says where in the line each of them stands."""
        if (self._keys, self._places) != (tuple(keys), list(places)):
            self._keys, self._places = tuple(keys), list(places)
            self.refresh()

    @property
    def shown(self) -> list[Key]:
        """The keys that there is room for, as they stand."""
        room, fitting = self.content_size.width + _APART, list[int]()
        for at, (cap, word, _) in enumerate(self._keys):
            room -= cell_len(f"{cap} {word}") + _APART
            if room >= 0:
                fitting.append(at)
        return [self._keys[at] for at in sorted(fitting, key=self._places.__getitem__)]

    def render(self) -> Content:
        """Return the line for the width there is."""
        parts = [Content.assemble((cap, "bold $accent"), " ", (word, "$quiet")) for cap, word, _ in self.shown]
        return Content(" " * _APART).join(parts)

    async def on_click(self, event: events.Click) -> None:
        """A click on a key is its press."""
        x = event.x - self.gutter.left
        for cap, word, action in self.shown:
            width = cell_len(f"{cap} {word}")
            if 0 <= x < width:
                await self.screen.run_action(action)
            x -= width + _APART
