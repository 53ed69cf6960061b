"""What every page is: a name, what it offers, its help, a line for notices; and what it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.widgets import Static

from screens.actions import Offers
from screens.drawing import plain
from screens.messages import Scrolled
from screens.widgets.page_scroll import PageScroll
from wizard.core.wording import FAILS_SIGN

if TYPE_CHECKING:
    from screens.journey_commands import Commands
    from screens.kept_journeys import KeptJourneys
    from screens.machine import Machine
    from screens.panels.panel import Panel
    from screens.scenes import SceneInfo
    from wizard.onboarding.profile import Profile
    from wizard.onboarding.step import Step
    from wizard.onboarding.view import JourneyView


@dataclass(frozen=True, slots=True)
class PageContext:
    """What a page is made from.

    Args:
        commands: what it may ask for.
        profile: of the open journey, or of one begun now.
        view: the open journey, None where none is.
        machine: where the wizard runs.
        now: the clock.
        kept: what is saved on this machine.
        scene: of the rehearsal, None where it is none.
        has_scenes: whether there are others.
        cloud_title: of the cloud of a journey begun now.
        several_clouds: whether there are others.
        begun: the kind of a journey begun now.
    """

    commands: Commands
    profile: Profile
    view: JourneyView | None
    machine: Machine
    now: Callable[[], datetime]
    kept: KeptJourneys
    scene: SceneInfo | None = None
    has_scenes: bool = False
    cloud_title: str = ""
    several_clouds: bool = False
    begun: Profile | None = None


class Page(PageScroll, can_focus=False):
    """A page; it has a `Static` with the id "notice".

    Args:
        page_id: "welcome", the id of a step, or "done".
    """

    step: Step | None = None
    """The step whose page it is."""
    panel: Panel | None = None
    """What waits for a person on it."""

    def __init__(self, page_id: str) -> None:
        super().__init__(id=f"page-{page_id}", classes="body")
        self.page_id = page_id

    @property
    def help_page(self) -> str:
        """Which help explains what is shown now."""
        return self.page_id

    @property
    def is_wide(self) -> bool:
        """Whether it needs the columns of the rail."""
        return False

    def offers(self) -> Offers:
        """Return what can be done now."""
        raise NotImplementedError

    def show_cloud(self, title: str) -> None:
        """Another cloud was chosen for a journey begun now; a page that does not name it has nothing to show."""

    def take_focus(self) -> bool:
        """Put the focus where the page wants it at first; return whether it has such a place."""
        return False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Another part of the page is seen."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(Scrolled())

    def watch_virtual_size(self) -> None:
        """The page has grown or shrunk."""
        super().watch_virtual_size()
        self.post_message(Scrolled())

    def on_resize(self) -> None:
        """More or less of it is seen."""
        self.post_message(Scrolled())

    def say(self, notice: str) -> None:
        """Say something on the page; "" takes it back."""
        line = self.query_one("#notice", Static)
        line.update(plain(notice))
        line.display = bool(notice)

    def say_what_failed(self, what: str) -> None:
        """Say that something failed, in a sentence, on the page."""
        self.say(f"{FAILS_SIGN} {what}")
