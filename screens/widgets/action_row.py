"""The action row: the buttons of what can be done now, in brackets, so that they are buttons without colour too."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from screens.actions import ACTIONS, Offers
from screens.drawing import in_brackets

SLIM = 72
"""Columns below which they stand as close as they can."""


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
        labels = self._offers.labels
        for name in sorted(labels, key=_ORDER.__getitem__):
            yield self._button(name, labels[name], is_primary=name == self._offers.primary)
        yield Static("PgDn" if self._is_slim else "PgDn: more", id="more", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Where there is little room the buttons stand closer, and fewer words say that there is more to read."""
        is_slim = event.size.width < SLIM
        if is_slim == self._is_slim:
            return
        self._is_slim = is_slim
        self.query_one("#more", Static).update("PgDn" if is_slim else "PgDn: more")
        for button in self.query(Button):
            self._fit(button)

    def show(self, offers: Offers) -> None:
        """Show the buttons of what can be done now; the primary one is the one Enter is meant for."""
        labels = offers.labels
        for button in self.query(Button):
            name = button.id or ""
            button.display = name in labels
            if name in labels and self._words.get(name) != labels[name]:
                self._words[name] = labels[name]
                button.label = in_brackets(labels[name])
                self._fit(button)
                button.refresh(layout=True)
            button.variant = "primary" if name == offers.primary and name in labels else "default"
        for name in sorted(labels.keys() - self._words.keys(), key=_ORDER.__getitem__):
            behind = (each for each in self.query(Button) if _ORDER[each.id or ""] > _ORDER[name])
            button = self._button(name, labels[name], is_primary=name == offers.primary)
            self.mount(button, before=next(behind, self.query_one("#more", Static)))

    def _button(self, name: str, words: str, *, is_primary: bool) -> Button:
        self._words[name] = words
        button = Button(in_brackets(words), id=name, compact=True, variant="primary" if is_primary else "default")
        self._fit(button)
        return button

    def _fit(self, button: Button) -> None:
        """Give a button its width: that of its words alone where there is little room."""
        button.styles.width = cell_len(str(button.label)) if self._is_slim else "auto"
        button.styles.line_pad = 0 if self._is_slim else 1  # Textual's style sheets take no 0 for it

    def focus_on(self, name: str) -> None:
        """Put the focus on a button that is shown."""
        button = self.query_one(f"#{name}", Button)
        if button.display:
            button.focus()
