"""A state of a screen, and a wizard brought into it in a world where time stands still."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from screens.app import WizardApp
from screens.launch import Launch
from screens.machine import Machine
from screens.scenes import SceneGroup, SceneInfo
from tests.screens.driving import FILLED, Driver, wait_for
from tests.screens.stubs import SERVER, StubSession
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.core.waiting import Cancel
from wizard.journeys.entry import Entry
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.onboarding.journey import Journey

MOMENT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
"""When everything in the gallery happens."""
NORMAL, BOTH, EVERY = ((80, 24),), ((80, 24), (120, 40)), ((60, 20), (80, 24), (120, 40))
"""Sizes: of most states; of those that are laid out otherwise where there is room; and where there is little."""


class StillClock:
    """Time stands still. A wait lasts until it is cancelled, or no time at all where `passes`."""

    def __init__(self) -> None:
        self.passes = True

    def now(self) -> datetime:
        """Always the same moment."""
        return MOMENT

    def monotonic(self) -> float:
        """Always the same."""
        return 0.0

    def wait(self, seconds: float, cancel: Cancel) -> None:
        """Wait as `passes` says."""
        cancel.wait(0.005 if self.passes else 3600.0)


class KeptJourney(JourneyFile):
    """A journey that is saved in memory; `trouble` is what reading it says instead."""

    def __init__(self, saved: SavedJourney | None = None, trouble: str = "") -> None:
        super().__init__(Path("/home/operator/.local/state/partner-wizard/journey.json"))
        self.saved = saved
        self.trouble = trouble

    def read(self) -> SavedJourney | None:
        """What is saved."""
        if self.trouble:
            raise BadInput(str(self.path), self.trouble)
        return self.saved

    def write(self, journey: Journey, saved_at: str) -> None:
        """Keep it."""
        onboarding = journey.onboarding
        self.saved = SavedJourney(
            onboarding.answers, onboarding.facts, dict(journey.findings), dict(journey.skipped), saved_at
        )


class KeptOnboardings(JourneyFolder):
    """Onboardings that are kept in memory alone."""

    def __init__(self, kept: Sequence[Entry] = ()) -> None:
        super().__init__(Path("/home/operator/.local/state/partner-wizard"))
        self.kept_entries = kept

    def entries(self) -> list[Entry]:
        """All of them."""
        return list(self.kept_entries)


@dataclass(frozen=True, slots=True)
class ListedScenes:
    """A rehearsal's scenes to choose from; none of them is ever put on."""

    listed: tuple[SceneGroup, ...]

    def groups(self) -> tuple[SceneGroup, ...]:
        """The scenes."""
        return self.listed

    def start(self, name: str, *, at_its_step: bool = False) -> Launch:
        """Not in the gallery."""
        raise LookupError(name)


Bring = Callable[[Driver], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class State:
    """One state of one screen.

    Args:
        name: the name of its files.
        bring: brings a wizard on its first page into the state.
        screen: the class of the screen that is then on top.
        answers: what the fields hold at first.
        scene: the rehearsal's note.
        scenes: the scenes to choose from.
        saved: what is saved when the wizard starts.
        several: the onboardings that are kept, where the folder holds several.
        machine: where the wizard runs.
        sizes: columns and rows it is drawn at.
        is_remade: whether it has to be brought about at each size, because a dialog is made for the size it opens in.
    """

    name: str
    bring: Bring
    screen: str = "Shell"
    answers: Answers = FILLED
    scene: SceneInfo | None = None
    scenes: ListedScenes | None = None
    saved: KeptJourney = field(default_factory=KeptJourney)
    several: Sequence[Entry] = ()
    machine: Machine = SERVER
    sizes: tuple[tuple[int, int], ...] = NORMAL
    is_remade: bool = False


GALLERY: dict[str, State] = {}


def state(name: str, **more: object) -> Callable[[Bring], Bring]:
    """Put a state into the gallery; `more` is what `State` takes."""

    def put(bring: Bring) -> Bring:
        GALLERY[name] = State(name, bring, **more)  # type: ignore[arg-type]
        return bring

    return put


@asynccontextmanager
async def brought(
    which: State, size: tuple[int, int], *, colour: bool = True, theme: str = "", is_ascii: bool = False
) -> AsyncIterator[Driver]:
    """A wizard in a state; whatever still runs in it is ended afterwards. Without `colour` NO_COLOR is set.

    Args:
        which: the state.
        size: columns and rows.
        colour: whether the terminal has colours.
        theme: the name of another theme than the usual one.
        is_ascii: whether every sign is drawn as its ASCII twin.
    """
    if which.several:
        session = StubSession(clock=StillClock(), folder=KeptOnboardings(which.several))
    else:
        session = StubSession(clock=StillClock(), file=KeptJourney(which.saved.saved, which.saved.trouble))
    launch = Launch(session, which.answers, which.scene, machine=which.machine)
    with patch.dict(os.environ, {} if colour else {"NO_COLOR": "1"}):
        app = WizardApp(lambda: launch, catalog=which.scenes, is_ascii=is_ascii)
    app.theme = theme or app.theme
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        driver = Driver(app, pilot, session)
        try:
            await which.bring(driver)
            await pilot.pause()
            on_top = type(app.screen).__name__
            assert on_top == which.screen, f"{which.name} ends on a {on_top}, not on a {which.screen}"
            yield driver
        finally:
            session.stop()
            driver.services.hold.set()
        await wait_for(pilot, lambda: not driver.running, "the last run to end")


def clock_of(driver: Driver) -> StillClock:
    """The clock of a wizard of the gallery."""
    assert isinstance(driver.session.clock, StillClock)
    return driver.session.clock
