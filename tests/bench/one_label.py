"""The least a Textual program can be: the measure of the wizard's first paint."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Label

TEXT = "A terminal wizard could begin with this line."


class OneLabel(App[None]):
    """One label."""

    def compose(self) -> ComposeResult:
        """The label."""
        yield Label(TEXT)


if __name__ == "__main__":
    OneLabel().run()
