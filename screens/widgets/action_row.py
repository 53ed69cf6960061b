"""The action row: the buttons of what can be done now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from screens.actions import ACTIONS, Offers
from screens.drawing import plain
from screens.widgets.action_button import ActionButton

SLIM = 72
"""Columns below which fewer words say that there is more to read."""
AROUND: Final = 3
"""Cells around the words of a button: one before, one behind, and one to the next button."""


GIVES_WAY: Final = (
    "details",
    "message",
    "copy-command",
    "copy-address",
    "qr",
    "code-qr",
    "print-link",
    "explain",
    "scenes",
    "cloud",
    "another",
    "save-report",
    "back",
)
"""Buttons that give way where there is no room for all, in this order: each has a key, or is found in the palette."""
SHORTER: Final = {"rehearse-repair": "Repair"}
"""Words of a button that would else take the room of another one than `details`; the footer has them whole."""
_ORDER: Final = {action.name: at for at, action in enumerate(ACTIONS)}


class ActionRow(Horizontal):
    """The buttons of what can be done now. One is made when it is first shown: a button is the dearest widget there is.

    Args:
        offers: what can be done at first.
    """

    def __init__(self, offers: Offers) -> None:
        super().__init__(id="actions")
        self._offers = offers
        self._words: dict[str, str] = {}
        self._is_slim = False

    def compose(self) -> ComposeResult:
        """The buttons, and a word for what is further down the page."""
        self._is_slim = self.app.size.width < SLIM
        labels = self._fitting(self._offers)
        for name in sorted(labels, key=_ORDER.__getitem__):
            yield self._button(name, labels[name], is_primary=name == self._offers.primary)
        yield Static("PgDn" if self._is_slim else "PgDn more", id="more", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Where there is little room fewer words say that there is more to read."""
        self._is_slim = event.size.width < SLIM
        self.query_one("#more", Static).update("PgDn" if self._is_slim else "PgDn more")
        self.show(self._offers)

    def show(self, offers: Offers) -> None:
        """Show the buttons of what can be done now; the primary one is the one Enter is meant for."""
        self._offers = offers
        labels = self._fitting(offers)
        for button in self.query(Button):
            name = button.id or ""
            button.display = name in labels
            if name in labels and self._words.get(name) != labels[name]:
                self._words[name] = labels[name]
                button.label = plain(labels[name])
                button.refresh(layout=True)
            button.variant = "primary" if name == offers.primary and name in labels else "default"
        for name in sorted(labels.keys() - self._words.keys(), key=_ORDER.__getitem__):
            behind = (each for each in self.query(Button) if _ORDER[each.id or ""] > _ORDER[name])
            button = self._button(name, labels[name], is_primary=name == offers.primary)
            self.mount(button, before=next(behind, self.query_one("#more", Static)))

    def _fitting(self, offers: Offers) -> dict[str, str]:
        """Return the words of the buttons that there is room for, beside the word for what is further down."""
        room = (self.content_size.width or self.app.size.width - 4) - (6 if self._is_slim else 11)
        return fitting(offers.labels, offers.primary, room)

    def _button(self, name: str, words: str, *, is_primary: bool) -> ActionButton:
        self._words[name] = words
        return ActionButton(words, name, is_primary=is_primary)

    def focus_on(self, name: str) -> None:
        """Put the focus on a button that is shown."""
        button = self.query_one(f"#{name}", Button)
        if button.display:
            self.screen.set_focus(button)  # before the page is drawn; `focus` comes after it


def fitting(labels: Mapping[str, str], primary: str, room: int) -> dict[str, str]:
    """Return the words of the buttons that fit into so many cells; the primary one is always among them."""
    left, gone = dict(labels), list[str]()
    for name in GIVES_WAY:
        if _width(left) <= room:
            break
        if name in left and name != primary:
            gone.append(name)
            del left[name]
        if _width(left) > room:
            left |= {each: words for each, words in SHORTER.items() if each in left}
    for name in reversed(gone):  # a wider one that went later may leave room for one that went before
        if _width({**left, name: labels[name]}) <= room:
            left[name] = labels[name]
    return {name: left[name] for name in labels if name in left}


def _width(labels: Mapping[str, str]) -> int:
    """Return the cells that buttons with these words take."""
    return sum(cell_len(words) + AROUND for words in labels.values())
