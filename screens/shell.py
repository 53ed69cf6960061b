"""The shell: the present page in its frame; and what every key and button does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Static

from screens import beginning, leaving, page_dialogs
from screens.actions import Offers, bindings_of_offers
from screens.controller import Controller, Settle
from screens.frame import Frame
from screens.journey_commands import FollowUp
from screens.launch import Launch
from screens.machine import Machine, this_machine
from screens.messages import (
    DONE,
    AnswerChanged,
    CheckChosen,
    Delivered,
    JourneyChosen,
    LastFieldEntered,
    NavigateToStep,
    OffersChanged,
    Scrolled,
    StepSelected,
)
from screens.notices import GoTo, JourneyOpened, Notice, OpeningFailed, Progress, RunEnded
from screens.pages.page import Page, PageContext
from screens.pages.table import WELCOME, make_page, page_before
from screens.pages.welcome import WelcomePage
from screens.scenes import SceneCatalog
from screens.terminal.row_compositor import DrawnByRows
from screens.window_size import Layout, is_too_small, layout_of, too_small_text
from wizard.core.events import NotSaved
from wizard.onboarding.gate import PASSABLE

if TYPE_CHECKING:
    from screens.pages.step_page import StepPage


class Shell(DrawnByRows, Screen[None]):
    """The one screen of the wizard; dialogs come and go above it.

    Args:
        launch: what the wizard works on.
        catalog: the scenes of a rehearsal, None where there are no others.
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", show=False),
        *bindings_of_offers(),
        Binding("f9", "explain", "Explain an error", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("enter", "primary", "What the page is for", show=False),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
        Binding("left", "app.focus_previous", "Button at the left", show=False),
        Binding("right", "app.focus_next", "Button at the right", show=False),
    ]

    def __init__(self, launch: Launch, catalog: SceneCatalog | None = None) -> None:
        super().__init__()
        self.controller = Controller(launch, self._deliver, self._start_thread)
        self.catalog = catalog
        self.machine: Machine = launch.machine or this_machine()
        self.offers = Offers()
        self.page: Page = make_page(WELCOME, self._page_context)
        self._focused_later: Widget | None = None
        self._scene_was_met = False

    @property
    def _page_context(self) -> PageContext:
        controller = self.controller
        return PageContext(
            controller, controller.profile, controller.view, self.machine, controller.now, controller.kept,
            controller.scene, has_scenes=self.catalog is not None,
            cloud_title=controller.cloud.title, several_clouds=len(controller.clouds) > 1,
            begun=controller.begun_profile,
        )  # fmt: skip

    @property
    def step_page(self) -> StepPage | None:
        """The page shown, where it is a step's."""
        return cast("StepPage", self.page) if self.page.step is not None else None

    # --- drawing --------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The whole shell; the page is exchanged later."""
        self.offers = self.page.offers()
        self._frame = Frame(self.page, self.offers)
        self._size_changed(self.app.size)  # before there is anything that would have to be styled again
        yield self._frame
        yield Static(markup=False, id="too-small")

    def on_mount(self) -> None:
        """Draw the first page; what takes time is loaded after it."""
        if not self.app.is_running:  # left while this shell, a new scene's, was composed: parts of it are missing
            return
        self.draw(focus=True)
        self.call_after_refresh(self.enter if self.controller.view else self.controller.open_saved)

    def draw(self, *, focus: bool = False) -> None:
        """Draw the frame for the state as it is; `focus`: the button of what the page is for gets the focus."""
        page, controller = self.page, self.controller
        self.offers = page.offers()
        self._frame.fit(self.app.size, page)
        self._frame.show(
            page, controller.profile, controller.view, controller.running_step,
            offers=self.offers, is_unsaved=controller.is_unsaved,
        )  # fmt: skip
        self.refresh_bindings()
        if focus:
            self._frame.focus_first(page, self.offers)
        self._say_what_has_focus()

    @on(OffersChanged)
    def _offers_changed(self, event: OffersChanged) -> None:
        self.draw(focus=event.focus)

    async def show(self, page_id: str, notice: str = "") -> None:
        """Exchange the page; of an open step's the cursor stands in the first field that needs a value."""
        place = self.query_one("#place")
        with self.app.batch_update():
            await place.remove_children()
            self.page = make_page(page_id, self._page_context)
            await place.mount(self.page)
            self.draw(focus=True)
        if notice:
            self.page.say(notice)
        view = self.controller.view
        if (page := self.step_page) and view and not view.lock(page_id) and view.state(page_id) not in PASSABLE:
            page.focus_first_gap()

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        # What has the focus by now: two widgets' events may come in either order.
        self._say_what_has_focus(event.widget)

    def _say_what_has_focus(self, widget: Widget | None = None) -> None:
        if focused := self.focused or widget:
            self._frame.show_focus(focused, self.page, self.offers, is_kept=self.controller.is_kept)

    @on(Scrolled)
    def _scrolled(self) -> None:
        self.query_one("#more").display = self.page.scroll_y < self.page.max_scroll_y

    # --- too small a terminal -------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Too small a terminal gets a sentence instead of a broken screen."""
        was_small = self._is_too_small
        self._size_changed(event.size)
        is_small = self._is_too_small
        if is_small and not was_small:
            self.set_focus(self.focused)  # which waits from now on
        elif was_small and not is_small:
            self.call_after_refresh(self._give_focus_back)
        self._say_what_has_focus()
        if is_small:
            self.query_one("#too-small", Static).update(too_small_text(event.size))

    def _size_changed(self, size: Size) -> None:
        self.set_class(is_too_small(size), "-too-small")
        layout = layout_of(size)
        for each in Layout:
            self.set_class(each is layout, each.value)
        self._frame.fit(size, self.page)

    @property
    def _is_too_small(self) -> bool:
        return self.has_class("-too-small")

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """In too small a terminal nothing gets the focus, because nothing is seen; it waits for more room."""
        if self._is_too_small:
            self._focused_later, widget = widget or self._focused_later, None
        super().set_focus(widget, scroll_visible, from_app_focus)

    def _give_focus_back(self) -> None:
        later, self._focused_later = self._focused_later, None
        if later is None and not self.app.app_focus:
            return  # Textual gives it back, once the terminal itself has the keys again
        # Of a list that was open, and is shut by now, its field.
        nearest = later.ancestors_with_self if later is not None and later.is_attached else []
        widget = next((each for each in nearest if each in self.focus_chain), None)
        if widget is None:
            self.draw(focus=True)
        else:
            self.set_focus(widget, scroll_visible=False, from_app_focus=True)

    # --- what the controller tells --------------------------------------------------------------------------------

    def _deliver(self, settle: Settle) -> None:
        self.post_message(Delivered(settle))

    def _start_thread(self, name: str, work: Callable[[], None]) -> None:
        self.run_worker(work, name=name, thread=True, exit_on_error=False)

    @on(Delivered)
    async def _delivered(self, event: Delivered) -> None:
        if (notice := event.settle()) is not None:
            await self._draw_notice(notice)

    async def _draw_notice(self, notice: Notice) -> None:
        match notice:
            case JourneyOpened(_, is_entered=True):
                await self.enter(notice.notice)
            case JourneyOpened(view):
                if isinstance(self.page, WelcomePage):
                    self.page.show_next_step(view, last_sign_in=self.controller.kept.last_sign_in)
            case OpeningFailed(why):
                self.page.say_what_failed(why)
            case Progress():
                await self._draw_progress(notice)
            case RunEnded():
                await self._draw_end(notice)

    async def enter(self, notice: str = "") -> None:
        """Go to where the journey goes on; a step that asks for nothing, and was not checked yet, starts by itself."""
        if (view := self.controller.view) is None:
            return
        if view.is_proven:
            await self.show(DONE, notice)
            return
        await self.show(view.open_step.id, notice)
        page = self.step_page
        if page and not page.step.fields and not any(each.id in view.findings for each in page.step.checks):
            page.run_checks(FollowUp.OPEN_NEXT)

    async def _draw_progress(self, progress: Progress) -> None:
        if isinstance(progress.event, NotSaved):
            self.page.say(f"! The journey cannot be saved ({progress.event.why}); it goes on in memory alone.")
            self.draw()
        page = self.step_page
        if page is None or not page.checks_run:
            return
        had_panel = page.panel is not None
        await page.follow(progress.event, progress.view)
        if page.panel or had_panel:
            self.draw(focus=(page.panel is not None) != had_panel)

    async def _draw_end(self, ended: RunEnded) -> None:
        page = self.step_page
        if page is None or page.page_id != ended.step:
            return
        field_has_focus = await page.end_run(ended)
        go_to = ended.go_to
        if go_to is not None and go_to.step == ended.step and go_to.runs:  # another sign-in
            page.run_checks()
            return
        self.draw(focus=not field_has_focus)
        page.say_how_it_ended(ended, field_has_focus=field_has_focus)
        if go_to is not None:
            await self._go_to(go_to)
        if self._is_what_the_scene_is_about(ended) and not self._scene_was_met:
            self._scene_was_met = True
            page.say("This is what the scene is about (another one: Ctrl+P).")

    def _is_what_the_scene_is_about(self, ended: RunEnded) -> bool:
        check = self.controller.scene.check if self.controller.scene and self.catalog else ""
        return check.startswith(f"{ended.step}.") and check in ended.view.findings

    # --- going from page to page ----------------------------------------------------------------------------------

    @on(NavigateToStep)
    async def _step_wanted(self, event: NavigateToStep) -> None:
        await self._go_to(event.go_to)

    async def _go_to(self, go_to: GoTo) -> None:
        await self.show(go_to.step, go_to.notice)
        page = self.step_page
        if go_to.runs and page is not None:
            follow_up = FollowUp.CONTINUE if go_to.continues_at else FollowUp.STAY
            page.run_checks(follow_up, go_to.continues_at, go_to.notice)

    @on(JourneyChosen)
    def _journey_chosen(self, event: JourneyChosen) -> None:
        beginning.open_journey(self, event.path)

    @on(StepSelected)
    async def _step_chosen(self, event: StepSelected) -> None:
        if self.controller.view is None:
            self.page.say("Begin first; then the steps open one after the other.")
        elif self.controller.running_step:
            self.page.say("Checks are running. Stop them first (Esc), then go to another step.")
        else:
            await self.show(event.step)

    @on(AnswerChanged)
    def _answer_changed(self, event: AnswerChanged) -> None:
        if (page := self.step_page) and self.controller.view and not self.controller.running_step:
            page.answer_changed(self.controller.view, len(event.gone))
        self.draw()

    @on(LastFieldEntered)
    def _last_field_entered(self) -> None:
        if page := self.step_page:
            page.act()

    # --- keys and buttons -----------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An offer can be taken while the page makes it."""
        return action != "offer" or (bool(parameters) and parameters[0] in self.offers.by_name)

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        await self.action_offer(event.button.id or "")

    async def action_primary(self) -> None:
        """Do what the page is for, if whatever has the focus has no use for Enter."""
        if self.offers.primary and not self._is_too_small:
            await self.action_offer(self.offers.primary)

    async def action_offer(self, name: str) -> None:
        """Do what the page offers by this name: what it does itself, else what the shell does."""
        offer = self.offers.by_name.get(name)
        if offer is None:
            return
        do = offer.do or self._own_commands[name]
        if isawaitable(done := do()):
            await done

    @property
    def _own_commands(self) -> dict[str, Callable[[], object]]:
        """What the shell does by the name of an action."""
        return {
            "resume": self.action_resume, "begin": partial(beginning.begin, self), "look-again": self.action_look_again,
            "profile": partial(beginning.choose_profile, self), "cloud": partial(beginning.choose_cloud, self),
            "scenes": partial(beginning.choose_scene, self), "explain": self.action_explain,
            "another": partial(leaving.unless_something_is_lost, self, self.controller.begin_another),
            "save-report": self.action_save_report, "back": self.action_back, "quit": self.action_quit,
        }  # fmt: skip

    async def action_back(self) -> None:
        """Go to the page before this one."""
        before = page_before(self.page.page_id, self._page_context)
        if before == WELCOME:
            self.controller.kept.look()
        if before:
            await self.show(before)

    def action_page(self, by: int) -> None:
        """Scroll the page by its height, up where `by` is negative."""
        (self.page.scroll_page_up if by < 0 else self.page.scroll_page_down)(animate=False)

    def action_help(self) -> None:
        """Explain the page."""
        page_dialogs.show_help(self)

    def action_explain(self) -> None:
        """Explain an error that was met elsewhere."""
        page_dialogs.explain_error(self)

    def action_save_report(self) -> None:
        """Ask where to, and write the report."""
        page_dialogs.save_report(self)

    def action_support_bundle(self) -> None:
        """Ask where to, and write the archive for a colleague."""
        page_dialogs.save_bundle(self)

    @on(CheckChosen)
    def _check_chosen(self, event: CheckChosen) -> None:
        page_dialogs.show_check(self, event.check, event.since)

    # --- beginning ------------------------------------------------------------------------------------------------

    async def action_resume(self) -> None:
        """Go on with the open journey, or with the saved one."""
        if self.controller.resume():
            await self.enter()

    async def action_look_again(self) -> None:
        """Look for the saved journey again."""
        self.controller.kept.look()
        await self.show(WELCOME)
        self.controller.open_saved()

    # --- leaving --------------------------------------------------------------------------------------------------

    def action_quit(self) -> None:
        """Quit; asks first where a token in memory, or a code on the screen, would be lost."""
        leaving.quit_wizard(self)
