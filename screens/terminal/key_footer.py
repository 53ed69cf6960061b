"""The footer: the keys that work now."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer


class KeyFooter(Footer):
    """Textual's footer, made again only when it would show something else.

    Textual says after every move of the focus, and whenever a page is drawn, that the keys may have changed. Most
    often they have not, and making the footer again costs as much as drawing a page.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._shown: object = None

    def compose(self) -> ComposeResult:
        """The keys, as Textual shows them."""
        # Textual 8.2: until this is set the footer has no keys, and no public member says so.
        self._shown = self._to_show() if self._bindings_ready else None
        yield from super().compose()

    def bindings_changed(self, screen: Screen[object]) -> None:
        """The keys may have changed."""
        if self.is_attached and screen is self.screen and self._is_out_of_date():
            super().bindings_changed(screen)

    async def recompose(self) -> None:
        """Make the footer again; of several changes in a row the first one that is drawn may have shown the last."""
        if self.is_attached and self._is_out_of_date():
            await super().recompose()

    def _is_out_of_date(self) -> bool:
        return not self._bindings_ready or self._to_show() != self._shown  # Textual 8.2: as above

    def _to_show(self) -> object:
        return [
            (binding, is_enabled, tooltip)
            for _, binding, is_enabled, tooltip in self.screen.active_bindings.values()
            if binding.show
        ]
