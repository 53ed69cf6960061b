"""What scrolls up and down: pages, and the texts of dialogs."""

from __future__ import annotations

from textual import events, on
from textual.containers import VerticalScroll
from textual.geometry import Region, Size
from textual.widget import Widget


class PageScroll(VerticalScroll):
    """Textual's container, with a scroll bar that stands where the text stands.

    Textual tells the bar of no scrolling while it is hidden: what went back to the top while it all had room would
    come back with a bar that is still further down. And it scrolls by so and so much some time after it was asked to,
    measured from where all stood then: what is laid out meanwhile, or asked for, moves what was to be seen.
    """

    _target: tuple[tuple[Widget, ...], bool] | None = None
    """What was last asked to be seen, and whether from the top."""
    _rows: tuple[int, int] | None = None
    """Of the last of them, the lines that are to be seen; None: all of it."""
    _scrolled_to = 0.0
    """Where it was scrolled to for that; somebody has scrolled since where `scroll_y` is another."""
    _last_focused: Widget | None = None
    """What in here has the focus, or had it until another window was turned to."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the text takes beside the bar, for which Textual 8.2 takes no column off."""
        return super().get_content_height(container, viewport, width - self.scrollbar_size_vertical)

    def watch_show_vertical_scrollbar(self, is_shown: bool) -> None:
        """The bar comes, or goes."""
        if is_shown:
            self.vertical_scrollbar.position = self.scroll_y

    def bring_into_view(self, *widgets: Widget, from_top: bool = False, rows: tuple[int, int] | None = None) -> None:
        """Scroll no further than needed, and keep in view until somebody scrolls or turns to something else.

        Args:
            widgets: what is to be seen, whole where there is room; the last one before the others.
            from_top: scroll down from the top, not from where the text stands.
            rows: of the last widget, its first line that is to be seen and the one behind the last; None: all of it.
        """
        self._target, self._rows = (widgets, from_top), rows
        self.call_after_refresh(self._scroll_to_target)

    def watch_virtual_size(self) -> None:
        """The text has grown or shrunk."""
        self._keep_target_in_view()

    def on_resize(self) -> None:
        """There is more room, or less."""
        self._keep_target_in_view()

    def _keep_target_in_view(self) -> None:
        if self._target and self.scroll_y == self._scrolled_to and not self._is_worked_in(self._target[0]):
            self.call_after_refresh(self._scroll_to_target)

    @on(events.DescendantFocus)
    def _focus_comes(self, event: events.DescendantFocus) -> None:
        self._last_focused = event.widget

    @on(events.DescendantBlur)
    def _focus_goes(self) -> None:
        if self.app.app_focus:  # else to another window, from which it comes back
            self._last_focused = None

    def _is_worked_in(self, but_for: tuple[Widget, ...]) -> bool:
        focused = self.screen.focused or self._last_focused
        if focused is None or self not in focused.ancestors:
            return False
        return not any(focused in each.ancestors or each in focused.ancestors_with_self for each in but_for)

    def _scroll_to_target(self) -> None:
        if self._target is None or not self.is_attached:
            return
        widgets, from_top = self._target
        if from_top:
            self.scroll_home(animate=False, immediate=True)
        for widget in widgets if self._rows is None else widgets[:-1]:
            self.screen.scroll_to_widget(widget, animate=False, force=True, immediate=True)
        if self._rows is not None:
            self._scroll_to_rows(widgets[-1], *self._rows)
        self._scrolled_to = self.scroll_y

    def _scroll_to_rows(self, widget: Widget, begin: int, end: int) -> None:
        region = widget.region.translate(self.scroll_offset - self.region.offset)
        rows = Region(region.x, region.y + begin, region.width, max(1, end - begin))
        self.scroll_to_region(rows, animate=False, force=True, immediate=True)
