"""Draws of the screen only what stands on the lines to draw: Textual draws every widget for each character typed."""

from __future__ import annotations

from collections.abc import Iterable

from textual._compositor import Compositor  # Textual 8.2: what a screen draws itself with
from textual.geometry import Region
from textual.strip import Strip


class RowCompositor(Compositor):
    """Textual's compositor; of what it has laid out, it draws what touches the lines asked for."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        # Textual 8.2: leaves out what is clipped away alone, so every widget of a page that fits is drawn each time.
        if crop is None:
            yield from super()._get_renders()
            return
        lines = Region(0, crop.y, self.size.width, crop.height)
        laid_out = self.visible_widgets
        self._visible_widgets = {
            widget: (region, clip)
            for widget, (region, clip) in laid_out.items()
            if lines.overlaps(region) and lines.overlaps(clip)
        }
        try:
            yield from super()._get_renders()
        finally:
            self._visible_widgets = laid_out


class DrawnByRows:
    """What makes a screen be drawn so; it stands before `Screen` among the bases."""

    _compositor: Compositor  # Textual 8.2: of every screen

    def __init__(self) -> None:
        super().__init__()
        self._compositor = RowCompositor()
