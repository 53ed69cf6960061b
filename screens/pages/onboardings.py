"""The first page where there are several onboardings: where each stands, when it ends, what to do next."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from screens.actions import Offer, Offers
from screens.drawing import bold, plain
from screens.first_page import TITLE
from screens.messages import JourneyChosen, OffersChanged
from screens.pages.page import Page, PageContext
from screens.widgets.card import Card
from screens.widgets.onboarding_list import OnboardingList
from screens.widgets.quiet_input import QuietInput
from wizard.core.timestamps import day, timestamp
from wizard.core.wording import upper_first
from wizard.journeys.entry import Entry
from wizard.journeys.next_act import SOON, next_act
from wizard.onboarding.profile import PROFILES

NONE_FOUND: Final = "None has these words. Backspace takes letters back."
OF_OLD_FORM: Final = "the single file of an earlier version"


class OnboardingsPage(Page):
    """Lists every onboarding of this machine; typing filters, Enter goes on with the one pointed at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Onboarding above", show=False),
        Binding("down", "move(1)", "Onboarding below", show=False),
        Binding("pageup", "turn(-1)", "Page up", show=False),
        Binding("pagedown", "turn(1)", "Page down", show=False),
    ]
    focus_title = "Onboardings"
    focus_hint = "What you type filters the list; ↑ ↓ choose."

    def __init__(self, context: PageContext) -> None:
        super().__init__("welcome")
        self._from = context
        present = context.kept.present
        self._list = OnboardingList(context.kept.entries, str(present) if present else "")
        self._can_resume = True

    def compose(self) -> ComposeResult:
        """The filter, the list, and what is known of the one pointed at."""
        yield Static(bold(TITLE), markup=False, id="welcome-title")
        yield Static(markup=False, id="notice")
        card = Card(
            f"{len(self._from.kept.entries):,} onboardings on this machine",
            QuietInput("", "onboardings-filter", placeholder="type to filter: a tenant, an app, where it stands"),
            self._list,
            Static(markup=False, id="onboardings-about"),
            aside=self._cloud_line(self._from.cloud_title),
        )
        card.add_class("-list")
        yield card
        if runs := self._from.kept.runs:
            yield Static(plain("\n".join(runs)), markup=False, id="runs")

    def on_mount(self) -> None:
        """Say what is known of the first one."""
        self._show_pointed()

    def offers(self) -> Offers:
        """Return going on with the one pointed at, and what is always there."""
        labels = {"another": "Another tenant"}
        labels["profile"] = "Kind"
        if self._from.several_clouds:
            labels["cloud"] = "Cloud"
        labels |= {"explain": "Explain", "quit": "Quit"}
        offers = {name: Offer(words) for name, words in labels.items()}
        entry = self._list.pointed
        if entry is None or not _can_resume(entry):
            return Offers(offers)
        return Offers(
            {"resume": Offer("Go on" if self._is_open(entry) else "Resume", self._resume), **offers}, "resume"
        )

    def take_focus(self) -> bool:
        """Let what is typed filter the list."""
        self.screen.set_focus(self.query_one(Input))
        return True

    def show_cloud(self, title: str) -> None:
        """Another cloud was chosen."""
        self.query_one(Card).show_aside(self._cloud_line(title))

    def _cloud_line(self, title: str) -> str:
        cloud = f" · {title}" if self._from.several_clouds else ""
        kind = self._from.begun.spec.title if self._from.begun else ""
        return f"Another tenant: {kind}{cloud}"

    def action_move(self, by: int) -> None:
        """Point to another onboarding."""
        self._list.move(by)

    def action_turn(self, pages: int) -> None:
        """Point to one that is a screenful away."""
        self._list.move(pages * self._list.page)

    @on(Input.Changed)
    def _looked_for(self, event: Input.Changed) -> None:
        event.stop()
        self._list.narrow(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if (entry := self._list.pointed) is not None and _can_resume(entry):
            self._resume()

    @on(OnboardingList.Pointed)
    def _pointed(self, event: OnboardingList.Pointed) -> None:
        event.stop()
        self._show_pointed()

    def _resume(self) -> None:
        if (entry := self._list.pointed) is not None:
            self.post_message(JourneyChosen(Path(entry.path)))

    def _is_open(self, entry: Entry) -> bool:
        return self._from.view is not None and entry.path == str(self._from.kept.present)

    def _show_pointed(self) -> None:
        entry = self._list.pointed
        about = NONE_FOUND if entry is None else self._about(entry)
        self.query_one("#onboardings-about", Static).update(plain(about))
        can_resume = entry is not None and _can_resume(entry)
        if can_resume != self._can_resume:
            self._can_resume = can_resume
            self.post_message(OffersChanged())

    def _about(self, entry: Entry) -> str:
        """Return what to do next, and in another line what it is called and about."""
        now = self._from.now()
        today, soon = (day(timestamp(each)) for each in (now, now + timedelta(seconds=SOON)))
        act = next_act(entry.outcome, entry.expires_at, today, soon)
        app = entry.app_name or entry.app
        parts = [
            OF_OLD_FORM if entry.is_old_form else entry.name,
            f"app {app}" if app else "",
            PROFILES[entry.profile].spec.title if entry.profile in PROFILES else "",
            entry.cloud,
            "open here" if self._is_open(entry) else "",
        ]
        ends = f" The token ends on {day(entry.expires_at)}: {entry.expires_why}." if entry.expires_at else ""
        what = f"It {entry.stands}. {upper_first(act)}." if entry.outcome == "unreadable" else ""
        return f"{what or f'Next: {act}.'}{ends}\n{' · '.join(filter(None, parts))}"


def _can_resume(entry: Entry) -> bool:
    return entry.outcome != "unreadable"
