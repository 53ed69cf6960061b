"""The page that is drawn at once, while the rest of the wizard is loaded behind it."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static

from screens.window_size import Layout, layout_of

TITLE = "Partner Center onboarding · Secure Application Model"


class FirstPage(Screen[None]):
    """Says what has been started: the welcome page's top, where it will stand.

    Args:
        drawn: called once the page is on the terminal.
    """

    def __init__(self, drawn: Callable[[], None]) -> None:
        super().__init__()
        self._drawn = drawn

    def compose(self) -> ComposeResult:
        """The heading and the stepper's line, and the words below them."""
        with Vertical(id="frame"):
            yield Static("partner-wizard", markup=False, id="heading")
            yield Static(markup=False, id="stepper")
            yield Static(TITLE, markup=False, id="first-words")
            yield Static(markup=False, id="keys")

    def on_resize(self, event: events.Resize) -> None:
        """In a wide window the words stand beside the steps."""
        self.set_class(layout_of(event.size) is Layout.WIDE, Layout.WIDE.value)

    def on_mount(self) -> None:
        """Let the page be drawn before anything else is loaded."""
        self.call_after_refresh(self._drawn)
