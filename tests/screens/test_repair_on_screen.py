"""The repair of a scene is rehearsed with one key: what failed is checked again, and the journey goes on."""

from __future__ import annotations

import argparse
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from screens.app import WizardApp
from tests.screens.driving import flat_text, screen_text, wait_for
from wizard.commands.rehearse import PacedClock, Rehearsal
from wizard.commands.scene_play import OWN_STEP
from wizard.onboarding.gate import PASSABLE, State
from wizard.onboarding.journey import Journey


@asynccontextmanager
async def entered(name: str) -> AsyncIterator[tuple[WizardApp, Pilot[int]]]:
    """A scene on the screens, entered at its step; its waits take no time."""
    options = argparse.Namespace(production_names=False, by_hand=False, port=None, scene=name, at_step=OWN_STEP)
    with Rehearsal(options) as rehearsal:
        launch = rehearsal.start_as_asked()
        assert isinstance(launch.session.clock, PacedClock)
        launch.session.clock.is_quick = True
        app = WizardApp(lambda: launch, catalog=rehearsal)
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_for(pilot, lambda: step_can_be_worked_on(app), "the step is shown")
            await pilot.pause()
            yield app, pilot


def step_can_be_worked_on(app: WizardApp) -> bool:
    """Whether a step's page, its buttons and its focus are there: the last that is done when a page is shown."""
    page, focused = app.shell.step_page, app.shell.focused
    return page is not None and page.is_mounted and focused is not None and focused.id in ("check", "next")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


def journey_of(app: WizardApp) -> Journey:
    journey = app.shell.controller.session.open_journey
    assert journey is not None
    return journey


async def check(app: WizardApp, pilot: Pilot[int], key: str) -> None:
    """Press the key that starts the checks, and wait for their end."""
    await pilot.press(key)
    await pilot.pause()
    await wait_for(pilot, lambda: not app.shell.controller.running_step, "the checks have ended")
    await pilot.pause()


async def test_the_step_that_a_scene_is_about_is_shown_first() -> None:
    async with entered("wrong-secret") as (app, _pilot):
        assert app.shell.page.page_id == "app"
        assert journey_of(app).state("tenant") in PASSABLE


@pytest.mark.system
async def test_one_key_repairs_what_failed_corrects_the_answer_and_checks_again() -> None:
    async with entered("wrong-secret") as (app, pilot):
        assert "rehearse-repair" not in app.shell.offers.by_name, "nothing has failed yet"
        await check(app, pilot, "f5")
        wrong = journey_of(app).onboarding.answers.client_secret
        assert journey_of(app).state("app") is State.FAILED
        assert app.shell.offers.labels["rehearse-repair"] == "Rehearse the repair"

        await check(app, pilot, "ctrl+r")

        assert journey_of(app).state("app") in PASSABLE, screen_text(app)
        assert journey_of(app).onboarding.answers.client_secret != wrong
        assert "rehearse-repair" not in app.shell.offers.by_name
        assert "You copied the secret again, from the column Value." in flat_text(app), "the words stay on the page"


async def test_after_the_repair_the_journey_goes_on_to_the_finish() -> None:
    async with entered("sign-in-without-mfa") as (app, pilot):
        await check(app, pilot, "f5")
        await check(app, pilot, "ctrl+r")
        assert journey_of(app).state("user") is State.PROVEN, screen_text(app)

        await pilot.press("f6")
        await wait_for(pilot, lambda: app.shell.page.page_id == "store", "the last step is shown")
        await check(app, pilot, "f5")
        await pilot.press("f6")
        await wait_for(pilot, lambda: app.shell.page.page_id == "done", "the last page is shown")

        assert journey_of(app).is_proven


async def test_consent_that_a_later_step_missed_is_repaired_from_there() -> None:
    async with entered("no-consent") as (app, pilot):
        await check(app, pilot, "f5")
        assert "rehearse-repair" in app.shell.offers.by_name, flat_text(app)

        await check(app, pilot, "ctrl+r")

        assert app.shell.page.page_id == "consent"
        assert journey_of(app).state("consent") in PASSABLE, screen_text(app)
