"""The frame: heading, rail, the page of the present step, the action row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from screens import offers
from screens.bodies.body import Body
from screens.bodies.done import DoneBody
from screens.bodies.step import StepBody
from screens.bodies.welcome import WelcomeBody
from screens.hints import hint_for
from screens.journey_screen import JourneyScreen
from screens.machine import Machine
from screens.messages import Scrolled
from screens.plain import bold, plain
from screens.scene_note import SceneNote, Stages
from screens.widgets.action_row import ActionRow
from screens.widgets.key_footer import KeyFooter
from screens.widgets.rail import Rail
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.journeys.saved_journey import SavedJourney
from wizard.journeys.session import Session
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import Profile

SMALLEST = (60, 20)
"""Columns and rows below which nothing useful can be shown."""
NARROW = 100
"""Columns below which the rail makes room for a code or a link."""


class Frame(JourneyScreen):
    """The one screen of the wizard; dialogs come and go above it. Takes what `WizardApp` takes."""

    AUTO_FOCUS = ""
    stages: Stages | None = None
    """The scenes of a rehearsal, where there are others."""
    machine: Machine
    """Where the wizard runs."""

    def __init__(
        self,
        session: Session,
        defaults: Answers,
        scene: SceneNote | None,
        watch: Callable[[Mapping[str, object]], None] | None,
    ) -> None:
        super().__init__(session, defaults, watch)
        self.scene = scene
        self.saved: SavedJourney | None = None
        self.unreadable = ""
        self.is_unsaved = False
        self.offered = offers.Offers()
        self._focused_later: Widget | None = None
        self.read_saved()
        self.body: Body = self._new_welcome()

    @property
    def is_kept(self) -> bool:
        """Whether the journey is saved: a rehearsal's is not, nor one that cannot be written down."""
        return self.session.file is not None and self.scene is None and not self.is_unsaved

    @property
    def profile(self) -> Profile:
        """Gives the steps: of the open journey, else of one begun now."""
        return self.journey.profile if self.journey else self.session.profile(self.defaults.profile)

    # --- drawing ------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The whole frame; the page is exchanged later."""
        with Vertical(id="frame"):
            yield Static(bold("partner-wizard"), markup=False, id="heading")
            with Horizontal(id="middle"):
                with Container(id="place"):
                    yield self.body
                yield Rail(self.profile)
            yield Static(markup=False, id="hint")
            yield ActionRow()
            yield KeyFooter()
        yield Static(markup=False, id="too-small")

    def on_mount(self) -> None:
        """Draw the first page; what takes time is loaded after it."""
        if not self.app.is_running:  # left while this frame, a new scene's, was composed: parts of it are missing
            return
        self.draw(focus=True)
        self.call_after_refresh(self.prepare)

    def on_resize(self, event: events.Resize) -> None:
        """Too small a terminal gets a sentence instead of a broken screen."""
        width, height = event.size
        was_small, is_small = self._is_too_small, width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(is_small, "-too-small")
        if is_small and not was_small:
            self.set_focus(self.focused)  # which waits from now on
        elif was_small and not is_small:
            self.call_after_refresh(self._give_focus_back)
        self.set_class(width < NARROW, "-narrow")
        if is_small:
            self.query_one("#too-small", Static).update(
                f"This window has {width} columns and {height} rows.\nThe wizard needs {SMALLEST[0]} × {SMALLEST[1]}, "
                "and is made for 80 × 24.\nPlease make it larger; nothing is lost meanwhile.\nCtrl+Q quits."
            )

    @property
    def _is_too_small(self) -> bool:
        return self.has_class("-too-small")

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """What cannot be seen gets no keys: in too small a terminal the focus waits for more room."""
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

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        # What has the focus by now: two widgets' events may come in either order.
        widget = self.focused or event.widget
        step = self.step_page.step if self.step_page else None
        self.query_one("#hint", Static).update(plain(hint_for(widget, step, is_kept=self.is_kept)))

    @on(Scrolled)
    def _scrolled(self) -> None:
        self.query_one("#more").display = self.body.scroll_y < self.body.max_scroll_y

    def draw(self, *, focus: bool = False) -> None:
        """Draw rail, heading, buttons and keys for the state as it is."""
        body, page = self.body, self.body.page
        self.offered = self._what_can_be_done()
        self.query_one(Rail).show(self.journey, page, self.running)
        heading = "partner-wizard"
        if self.journey is not None:
            onboarding = self.journey.onboarding
            heading += f" · {onboarding.services.cloud.title}" + f" · {onboarding.answers.tenant}".rstrip(" ·")
        if self.is_unsaved:
            heading += " · ! not saved"
        self.query_one("#heading", Static).update(bold(heading))
        self.query_one(ActionRow).show(self.offered.labels, self.offered.primary)
        self.set_class(getattr(body, "has_panel", False), "-panel")
        self.set_class(isinstance(body, StepBody) and body.browser is not None, "-wide")
        self.refresh_bindings()
        if focus and self.offered.primary:
            self.query_one(ActionRow).focus_on(self.offered.primary)

    def _what_can_be_done(self) -> offers.Offers:
        body = self.body
        if self.journey is None or isinstance(body, WelcomeBody):
            return offers.on_welcome(
                journey=self.journey,
                has_saved=self.saved is not None,
                is_readable=not self.unreadable,
                several_clouds=len(self.session.clouds) > 1,
                has_scenes=self.stages is not None,
            )
        if isinstance(body, StepBody):
            return offers.on_step(self.journey, body)
        return offers.on_done(self.journey, has_scenes=self.stages is not None)

    async def show(self, body: Body) -> None:
        """Exchange the page."""
        place = self.query_one("#place")
        with self.app.batch_update():
            await place.remove_children()
            self.body = body
            await place.mount(body)
            self.draw(focus=True)

    async def show_step(self, journey: Journey, step_id: str, notice: str = "") -> None:
        """Go to a step; the cursor stands in the first field that needs a value."""
        body = StepBody(journey, journey.profile.step(step_id), self.session.clock.now, self.machine)
        await self.show(body)
        if notice:
            body.say(notice)
        if not journey.lock(step_id) and journey.state(step_id) not in PASSABLE:
            body.focus_first_gap()

    async def show_welcome(self) -> None:
        """Go to the first page."""
        await self.show(self._new_welcome())

    async def show_done(self, journey: Journey) -> None:
        """Go to the last page."""
        await self.show(DoneBody(journey))

    @property
    def step_page(self) -> StepBody | None:
        """The page shown, where it is a step's."""
        return self.body if isinstance(self.body, StepBody) else None

    def prepare(self) -> None:
        """Called after the first paint."""

    def read_saved(self) -> None:
        """Look for a saved journey."""
        try:
            self.saved, self.unreadable = self.session.saved(), ""
        except BadInput as mistake:
            self.saved, self.unreadable = None, str(mistake)

    def _new_welcome(self) -> WelcomeBody:
        return WelcomeBody(self.saved, self.unreadable, self.scene, self.session.cloud(self.defaults.cloud).title)
