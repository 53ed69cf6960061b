"""The page that is drawn at once, while the rest of the wizard is loaded behind it."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static


class FirstPage(Screen[None]):
    """Says what has been started.

    Args:
        drawn: called once the page is on the terminal.
    """

    def __init__(self, drawn: Callable[[], None]) -> None:
        super().__init__()
        self._drawn = drawn

    def compose(self) -> ComposeResult:
        """The words of the welcome page's top, where they will stand."""
        yield Static("partner-wizard", markup=False, id="heading")
        yield Static("Partner Center onboarding under the Secure Application Model", markup=False, id="first-words")

    def on_mount(self) -> None:
        """Let the page be drawn before anything else is loaded."""
        self.call_after_refresh(self._drawn)
