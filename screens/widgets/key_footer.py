"""The footer: the keys that work now."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer


class KeyFooter(Footer):
    """Textual's footer, made anew only when it would show something else.

    Textual says after every move of the focus, and whenever a page is drawn, that the keys may have changed. Most
    often they have not, and making the footer anew costs as much as drawing a page.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._shown: object = None

    def compose(self) -> ComposeResult:
        """The keys, as Textual shows them."""
        self._shown = self._to_show()
        yield from super().compose()

    def bindings_changed(self, screen: Screen[object]) -> None:
        """The keys may have changed."""
        if not self.is_attached or screen is not self.screen:
            return
        to_show = self._to_show()
        if not self._bindings_ready or to_show != self._shown:
            if screen.app.app_focus:
                self._shown = to_show
            super().bindings_changed(screen)

    def _to_show(self) -> object:
        return [
            (binding, is_enabled, tooltip)
            for _, binding, is_enabled, tooltip in self.screen.active_bindings.values()
            if binding.show
        ]
