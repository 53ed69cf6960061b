"""What stands around a page: heading, steps, the hint, the buttons and the keys; three panes in a wide window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Static

from screens.drawing import plain
from screens.hints import about, first_words, hint_for, keys_for
from screens.messages import EnterChanged
from screens.step_words import progress_of
from screens.terminal.restyling import set_class_of_parts
from screens.widgets.about_pane import AboutPane
from screens.widgets.action_row import ActionRow
from screens.widgets.heading import Heading
from screens.widgets.key_footer import KeyFooter
from screens.widgets.rail import Rail
from screens.widgets.stepper import Stepper
from screens.window_size import Layout, layout_of, page_rows

if TYPE_CHECKING:
    from textual.geometry import Size
    from textual.widget import Widget

    from screens.actions import Offers
    from screens.pages.page import Page
    from wizard.onboarding.profile import Profile
    from wizard.onboarding.view import JourneyView


class Frame(Vertical):
    """Everything of the shell but its page, which stands in `#place`.

    Args:
        page: the first one.
        offers: what the first page offers.
    """

    def __init__(self, page: Page, offers: Offers) -> None:
        super().__init__(id="frame")
        self._page = page
        self._offers = offers
        self._is_wide = False

    def compose(self) -> ComposeResult:
        """The frame; in a wide window with the steps at one side, and what the page is about at the other."""
        yield Heading()
        yield Stepper()
        with Horizontal(id="middle"):
            yield Rail()
            with Vertical(id="column"):
                with Container(id="place"):
                    yield self._page
                yield Static(markup=False, id="hint")
                yield ActionRow(self._offers)
            yield AboutPane()
        yield KeyFooter()

    def fit(self, size: Size, page: Page) -> None:
        """Fit the page into the rows that a window of this size has for it."""
        self._is_wide = layout_of(size) is Layout.WIDE
        if self.query("#place"):  # none where the wizard was left while this was composed
            set_class_of_parts(self.screen, "-panel", is_on=page.panel is not None)
            set_class_of_parts(self.screen, "-full", is_on=page.is_wide)
            self.query_one(Heading).say_place(is_said=self._is_wide and not page.is_wide)
            rows = page_rows(size, has_panel=page.panel is not None)
            self.query_one("#place").styles.max_height = rows
            self.query_one(Rail).can_focus = self._is_wide
        if page.panel is not None:
            page.panel.fit()

    def show(
        self, page: Page, profile: Profile, view: JourneyView | None, running: str, *, offers: Offers, is_unsaved: bool
    ) -> None:
        """Draw what stands around the page for the state as it is."""
        self._offers = offers
        subject = "" if view is None else " · ".join(filter(None, (view.answers.tenant, view.cloud_title)))
        progress = progress_of(profile, page.page_id)
        self.query_one(Heading).show(subject, f"Step {progress}" if progress else "", is_unsaved=is_unsaved)
        self.query_one(Stepper).show(profile, view, page.page_id, running)
        self.query_one(Rail).show(profile, view, page.page_id, running)
        self.query_one(ActionRow).show(offers)
        self._show_keys(self.screen.focused)

    def show_focus(self, focused: Widget, page: Page, offers: Offers, *, is_kept: bool) -> None:
        """Say what the widget in focus is for: in the third pane, where there is one, else above the buttons."""
        self._offers = offers
        hint = hint_for(focused, page.step, is_kept=is_kept)
        self.query_one("#hint", Static).update(plain(first_words(hint, 2 * (self.size.width - 6))))
        if self._is_wide:
            self.query_one(AboutPane).show(*about(focused, hint, page.step))
        self._show_keys(focused)

    @on(EnterChanged)
    def _enter_changed(self, event: EnterChanged) -> None:
        event.stop()
        self._show_keys(self.screen.focused)

    def _show_keys(self, focused: Widget | None) -> None:
        keys, places = keys_for(self._offers, focused)
        self.query_one(KeyFooter).show(keys, places)

    def focus_first(self, page: Page, offers: Offers) -> None:
        """Put the focus on the button of what the page is for, unless the page has a use for it itself."""
        if not page.take_focus() and offers.primary:
            self.query_one(ActionRow).focus_on(offers.primary)
