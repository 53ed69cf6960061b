"""The action row: the buttons of what can be done now, in brackets, so that they are buttons without colour too."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from screens.plain import in_brackets

IDS = (
    "resume", "begin", "look-again", "cloud",
    "other-way", "check", "next", "details", "copy-command", "goto",
    "open-link", "copy", "copy-address", "message", "qr", "code-qr",
    "new-code", "new-link",
    "cancel",
    "save-report", "explain", "scenes", "another", "back", "quit",
)  # fmt: skip
"""All buttons there are, in the order they stand in."""
SLIM = 72
"""Columns below which they stand as close as they can."""


class ActionRow(Horizontal):
    """All buttons, of which those that make sense now are shown."""

    def __init__(self) -> None:
        super().__init__(id="actions")
        self._words: dict[str, str] = {}
        self._is_slim = False

    def compose(self) -> ComposeResult:
        """Every button, hidden until it is needed."""
        for name in IDS:
            button = Button(name, id=name, compact=True)
            button.display = False
            yield button
        yield Static("PgDn: more", id="more", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Where there is little room the buttons stand closer, and fewer words say that there is more to read."""
        self._is_slim = event.size.width < SLIM
        self.query_one("#more", Static).update("PgDn" if self._is_slim else "PgDn: more")
        for button in self.query(Button):
            self._fit(button)

    def show(self, labels: Mapping[str, str], primary: str = "") -> None:
        """Show the buttons of `labels`, by id, with these words; `primary` is the one Enter is meant for."""
        for button in self.query(Button):
            name = button.id or ""
            button.display = name in labels
            if name in labels and self._words.get(name) != labels[name]:
                self._words[name] = labels[name]
                button.label = in_brackets(labels[name])
                self._fit(button)
                button.refresh(layout=True)
            button.variant = "primary" if name == primary and name in labels else "default"

    def _fit(self, button: Button) -> None:
        """Give a button its width: that of its words alone where there is little room."""
        button.styles.width = cell_len(str(button.label)) if self._is_slim else "auto"
        button.styles.line_pad = 0 if self._is_slim else 1  # Textual's style sheets take no 0 for it

    def focus_on(self, name: str) -> None:
        """Put the focus on a button that is shown."""
        button = self.query_one(f"#{name}", Button)
        if button.display:
            button.focus()
