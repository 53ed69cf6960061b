"""Choosing the scene of a rehearsal: by keys, with what to watch for, and the new scene's failure then appears."""

from __future__ import annotations

import argparse
import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from textual.widgets import Button, Input, OptionList, Static

from screens.app import WizardApp
from screens.dialogs.scene_list import SceneList
from screens.launch import Launch
from screens.messages import SceneStarted
from screens.palette import palette_commands
from screens.scenes import SceneGroup, SceneInfo
from tests.screens.driving import FILLED, Driver, wait_for, wizard
from tests.screens.stubs import StubSession
from wizard.commands.rehearse import Rehearsal
from wizard.onboarding.gate import PASSABLE
from wizard.rehearsal import scene_names

NOTES = tuple(
    SceneInfo(f"What if {name}?", f"Look at {name}.", "People act.", name, check, step=step)
    for name, check, step in (("one", "", ""), ("two", "tenant.exists", "step 1"), ("three", "", ""))
)
OPTIONS = argparse.Namespace(production_names=False, by_hand=False, port=None)


class StubCatalog:
    """Three scenes; `broken` ones cannot be started."""

    def __init__(self, *broken: str) -> None:
        self.broken = broken
        self.opened: list[str] = []
        self.entered: list[str] = []

    def groups(self) -> tuple[SceneGroup, ...]:
        return SceneGroup("Everything holds", NOTES[:1]), SceneGroup("Step 1, Tenant association", NOTES[1:])

    def start(self, name: str, *, at_its_step: bool = False) -> Launch:
        (self.entered if at_its_step else self.opened).append(name)
        if name in self.broken:
            raise RuntimeError("as the test says")
        return Launch(StubSession(), FILLED, next(note for note in NOTES if note.name == name))


async def open_list(driver: Driver) -> None:
    """Open the list of scenes from the welcome page, with the keyboard."""
    buttons = len(driver.shell.offers.labels)
    for _ in range(buttons):
        if driver.app.focused is not driver.shell.query_one("#scenes"):
            await driver.press("tab")
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, SceneList), "the list of scenes")


@asynccontextmanager
async def choosing(*broken: str) -> AsyncIterator[tuple[Driver, StubCatalog]]:
    """The list of scenes, opened from the welcome page with the keyboard."""
    catalog = StubCatalog(*broken)
    async with wizard(scene=NOTES[0], catalog=catalog) as driver:
        await open_list(driver)
        yield driver, catalog


@pytest.fixture
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    """The real scenes; what they export is taken back."""
    for variable in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.setenv(variable, "")
    with Rehearsal(OPTIONS) as opened:
        yield opened
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("rehearsal")]


@asynccontextmanager
async def rehearsing(rehearsal: Rehearsal, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Driver]:
    launch = rehearsal.start("all-holds-public")
    app = WizardApp(lambda: launch, catalog=rehearsal)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        driver = Driver(app, pilot, StubSession())
        yield driver
        app.shell.controller.session.stop()
        await wait_for(pilot, lambda: not driver.running, "the last run to end")


async def test_the_list_says_what_to_watch_for_and_enter_takes_the_scene() -> None:
    async with choosing() as (driver, catalog):
        assert "› What if one?" in driver.text
        assert "Watch for: Look at one." in driver.text
        first = driver.shell

        await driver.press("down")
        assert "Watch for: Look at two." in driver.text
        await driver.press("enter")
        await driver.until(lambda: driver.shell is not first, "the new scene")
        await driver.until_text("What if two? Watch for: Look at two.")

        assert catalog.opened == ["two"]
        assert "The answers are filled in already" in driver.text
        assert driver.app.shell.controller.session.is_attended
        await driver.begin()


async def test_escape_keeps_the_present_scene() -> None:
    async with choosing() as (driver, catalog):
        kept = driver.shell
        await driver.press("down", "escape")

        assert driver.app.screen is driver.shell is kept
        assert catalog.opened == []
        assert "What if one?" in driver.text


async def test_a_scene_is_started_at_its_step_with_a_button_that_names_it() -> None:
    async with choosing() as (driver, catalog):
        assert "Start at" not in driver.text, "this scene is about no step"
        await driver.press("down")
        assert "Play this scene" in driver.text
        assert "Start at step 1" in driver.text

        await driver.press("tab", "tab", "enter")
        await driver.until(lambda: catalog.entered == ["two"], "the scene at its step")
        assert catalog.opened == []


async def test_the_arrows_choose_while_a_button_has_the_focus_and_cancel_keeps_the_present_scene() -> None:
    async with choosing() as (driver, catalog):
        kept = driver.shell
        await driver.press("down", "tab", "tab", "down")
        assert "Watch for: Look at three." in driver.text
        assert "Start at" not in driver.text
        await driver.pilot.click("#scene-cancel")
        await driver.until(lambda: driver.app.screen is kept, "the page")
        assert (catalog.opened, catalog.entered) == ([], [])


@pytest.mark.parametrize(("size", "blank_rows"), [((80, 24), 0), ((120, 40), 1)])
async def test_groups_stand_apart_where_there_is_room(size: tuple[int, int], blank_rows: int) -> None:
    async with wizard(scene=NOTES[0], catalog=StubCatalog(), size=size) as driver:
        await open_list(driver)
        options = driver.app.screen.query_one(OptionList).options
        assert sum(not str(option.prompt).strip() for option in options) == blank_rows
        await driver.press(*"thr")
        assert [str(option.prompt).strip() for option in driver.app.screen.query_one(OptionList).options] == [
            "Step 1, Tenant association",
            "What if three?",
        ]


async def test_a_wide_window_says_where_a_scene_stops_who_can_fix_it_and_how_it_ends(rehearsal: Rehearsal) -> None:
    async with rehearsing(rehearsal, (120, 40)) as driver:
        await open_list(driver)
        about = driver.app.screen.query_one("#scenes-watch", Static)
        assert "Nothing stops the journey" in str(about.render())
        await driver.press(*"mfa is missing")
        said = " ".join(str(about.render()).split())
        assert said == (
            "Watch for A token is issued, but it says that only a password was used. Step 4 stops, and nothing is "
            "stored. Where it stops Step 4, Integration user: The sign-in was done without MFA. Who can fix it The "
            "administrator. Rehearse the repair, and you read: “The administrator now requires MFA for the account.” "
            "How it ends After another sign-in the check holds, and the journey goes on until the token is stored and "
            "proven. In real life Have a Conditional Access policy require MFA for this account. On the command line "
            "partner-wizard rehearse sign-in-without-mfa --at-step"
        )


async def test_a_scene_from_the_list_stands_at_its_step_with_what_comes_before_passed(rehearsal: Rehearsal) -> None:
    async with rehearsing(rehearsal) as driver:
        first = driver.shell
        await open_list(driver)
        await driver.press(*"secret is wrong")
        await driver.until_text("Start at step 2")
        await driver.pilot.click("#scene-at-step")
        await driver.until(lambda: driver.shell is not first, "the other scene")
        await driver.until(lambda: driver.shell.page.page_id == "app", "the step that it is about")
        assert driver.controller.view is not None
        assert driver.controller.view.state("tenant") in PASSABLE


def test_by_hand_no_scene_is_started_at_its_step() -> None:
    """Nobody would act on the way there."""

    def steps(*, by_hand: bool) -> set[str]:
        options = argparse.Namespace(production_names=False, by_hand=by_hand, port=None)
        with Rehearsal(options) as opened:
            return {scene.step for group in opened.groups() for scene in group.scenes}

    assert steps(by_hand=True) == {""}
    assert steps(by_hand=False) == {"", "step 1", "step 2", "step 3", "step 4", "step 5"}


async def test_a_click_takes_a_scene() -> None:
    async with choosing() as (driver, catalog):
        await driver.pilot.click("#scenes-list", offset=(5, 4))
        await driver.until(lambda: catalog.opened == ["three"], "the scene clicked on")
        await driver.until_text("Look at three.")


async def test_words_shorten_the_list() -> None:
    async with choosing() as (driver, catalog):
        await driver.press(*"thr")
        assert "What if three?" in driver.text
        assert "What if one?" not in driver.text
        assert "Watch for: Look at three." in driver.text

        await driver.press(*"xx", "enter")
        assert "No scene has these words." in driver.text
        assert catalog.opened == []

        await driver.press("backspace", "backspace", "enter")
        await driver.until(lambda: catalog.opened == ["three"], "the only scene left")


async def test_a_scene_that_cannot_be_started_is_told_and_another_can_be_chosen() -> None:
    async with choosing("two") as (driver, catalog):
        kept = driver.shell
        await driver.press("down", "enter")
        await driver.until_text("This scene could not be started (RuntimeError")
        assert driver.shell is kept

        await driver.press("down", "enter")
        await driver.until(lambda: driver.shell is not kept, "the third scene")
        assert catalog.opened == ["two", "three"]


async def test_a_token_in_memory_is_asked_for_before_it_is_lost() -> None:
    async with wizard(scene=NOTES[0], catalog=StubCatalog()) as driver:
        await driver.stand_on("store")
        before = driver.shell
        await driver.press(*["escape"] * 6)
        driver.shell.query_one("#scenes", Button).press()
        await driver.until(lambda: isinstance(driver.app.screen, SceneList), "the list of scenes")
        await driver.press("down", "enter")
        await driver.until(lambda: driver.app.screen.query("#stay"), "the question")
        await driver.pilot.click("#stay")
        await driver.pilot.pause()
        assert isinstance(driver.app.screen, SceneList)
        assert driver.shell is before

        await driver.press("enter")
        await driver.until(lambda: driver.app.screen.query("#leave"), "the question again")
        await driver.pilot.click("#leave")
        await driver.until(lambda: driver.shell is not before, "the new scene")
        assert driver.journey is None


async def test_the_last_page_and_the_palette_lead_to_another_scene() -> None:
    async with wizard(scene=NOTES[0], catalog=StubCatalog()) as driver:
        await driver.begin()
        assert "Choose a scene" in [command.title for command in palette_commands(driver.shell)]
        await driver.press("ctrl+p")
        await driver.press(*"scene")
        await driver.until(lambda: driver.app.screen.query_one(OptionList).option_count == 1, "the command")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SceneList), "the list of scenes")
        await driver.press("escape")

        await driver.finish()
        await driver.until_text("Another tenant")
        await driver.pilot.click("#scenes")
        await driver.until(lambda: isinstance(driver.app.screen, SceneList), "the list of scenes")


async def test_without_a_rehearsal_no_scene_is_offered() -> None:
    async with wizard() as driver:
        assert "scene" not in driver.text
        await driver.begin()
        assert "Choose a scene" not in [command.title for command in palette_commands(driver.shell)]


async def test_what_the_scene_is_about_is_told_once() -> None:
    async with wizard(scene=NOTES[1], catalog=StubCatalog()) as driver:
        driver.services.refuse("discover", "AADSTS90002")
        await driver.begin()
        await driver.check()
        await driver.until_text("This is what the scene is about (another one: Ctrl+P).")
        await driver.check()
        assert "This is what the scene is about" not in driver.text


async def test_choosing_a_scene_exchanges_the_cloud_and_its_failure_appears(rehearsal: Rehearsal) -> None:
    async with rehearsing(rehearsal) as driver:
        first, exported = driver.app.shell.controller.session, os.environ["AZURE_CLIENT_SECRET"]
        assert first.file is not None
        await driver.begin()
        await driver.check()
        assert first.file.path.exists()
        await driver.press("escape", "escape")
        await driver.until(lambda: driver.shell.page.page_id == "welcome", "the welcome page")
        await open_list(driver)
        await driver.press(*"mistyped")
        await driver.until_text("Watch for: Step 1 stops at “The tenant exists”")
        await driver.press("enter")
        await driver.until(
            lambda: driver.app.shell.controller.session is not first, "the other cloud"
        )  # the list says it as well
        await driver.until_text("What if the tenant's domain is mistyped?")

        assert not first.file.path.parent.parent.exists()
        assert os.environ["AZURE_CLIENT_SECRET"] != exported
        servers = [thread for thread in threading.enumerate() if thread.name == "rehearsal-cloud"]
        assert len(servers) == 1
        await driver.begin()
        await driver.check()
        await driver.until_text("AADSTS90002")


async def test_leaving_while_a_new_scene_opens_is_no_crash(rehearsal: Rehearsal) -> None:
    """The new frame is mounted after it was thrown away, with nothing in it, or only the half."""
    async with rehearsing(rehearsal) as driver:
        first = driver.shell
        driver.app.post_message(SceneStarted(rehearsal.start("unknown-tenant")))
        while driver.shell is first:
            await asyncio.sleep(0)
        assert not driver.shell.is_mounted


async def test_at_the_smallest_size_no_line_of_the_list_is_broken(rehearsal: Rehearsal) -> None:
    async with rehearsing(rehearsal, (60, 20)) as driver:
        await open_list(driver)
        choices = driver.app.screen.query_one(OptionList)
        assert choices.virtual_size.height == len(choices.options)


@pytest.mark.system
async def test_every_scene_can_be_read_at_80_by_24(rehearsal: Rehearsal) -> None:
    """In the list, what to watch for is not cut off; on the welcome page nothing has to be scrolled."""
    async with rehearsing(rehearsal) as driver:
        for group in rehearsal.groups():
            for scene in group.scenes:
                driver.controller.scene = scene
                await driver.shell.show("welcome")
                await driver.pilot.pause()
                assert driver.shell.page.max_scroll_y == 0, scene.name
        await open_list(driver)
        await driver.press("home")
        assert "Everything holds" in driver.text
        read: list[str | None] = []
        watch, choices = driver.app.screen.query_one("#scenes-watch", Static), driver.app.screen.query_one(OptionList)
        for _ in scene_names():
            read.append(choices.highlighted_option.id if choices.highlighted_option else None)
            needed = watch.get_content_height(watch.content_size, driver.app.size, watch.content_size.width)
            assert needed <= watch.content_size.height, read[-1]
            await driver.press("down")
        assert sorted(map(str, read)) == sorted(scene_names())


async def test_the_list_is_quick_to_go_through(rehearsal: Rehearsal) -> None:
    async with rehearsing(rehearsal) as driver:
        await open_list(driver)
        pointed = driver.app.screen.query_one(OptionList)
        last = len(pointed.options) - 1
        await driver.press("end")
        assert pointed.highlighted == last
        await driver.press("pageup")
        assert 20 < (pointed.highlighted or 0) < last
        await driver.press("home")
        assert pointed.highlighted == 1
        for _ in range(len(pointed.options) // 10):
            await driver.press("pagedown")
        assert pointed.highlighted == last
        assert driver.app.screen.query_one(Input).has_focus


async def test_scenes_with_the_words_in_their_title_come_first_and_what_to_watch_for_stands_beside_the_list() -> None:
    listed = (
        SceneGroup("One", (SceneInfo("What if the proxy is shut?", "MFA is asked later.", name="proxy"),)),
        SceneGroup("Two", (SceneInfo("What if MFA is missing?", "Look.", name="mfa"),)),
    )
    catalog = StubCatalog()
    catalog.groups = lambda: listed  # type: ignore[method-assign]
    async with wizard(scene=NOTES[0], catalog=catalog, size=(120, 40)) as driver:
        await open_list(driver)
        await driver.press(*"mfa")
        choices = driver.app.screen.query_one(OptionList)
        assert [option.id for option in choices.options if option.id] == ["mfa", "proxy"]
        assert choices.highlighted_option is not None
        assert choices.highlighted_option.id == "mfa"
        watch = driver.app.screen.query_one("#scenes-watch")
        assert watch.region.x > choices.region.right - 2
        assert watch.region.y < choices.region.bottom
