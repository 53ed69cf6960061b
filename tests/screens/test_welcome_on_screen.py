"""The welcome page: a rehearsal's note, a saved journey and how it goes on, the choice of a cloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.scenes import SceneInfo
from screens.widgets.action_button import ActionButton
from tests.screens.driving import Driver, screen_text, wizard
from tests.screens.test_scenes_picker import StubCatalog


async def test_a_rehearsal_says_what_to_watch_for() -> None:
    note = SceneInfo("What if the secret is wrong?", "Look at what is said of the secret.", "People act by themselves.")
    async with wizard(scene=note) as driver:
        assert "This is a rehearsal: nothing leaves this machine What if the secret is wrong?" in driver.text
        assert "Watch for: Look at what is said of the secret." in driver.text
        assert "The answers are filled in already" in driver.text
        assert "People act by themselves." in driver.text


@pytest.mark.parametrize("catalog", [None, StubCatalog()], ids=["a journey", "a rehearsal"])
async def test_in_the_smallest_window_every_button_can_be_seen(catalog: StubCatalog | None) -> None:
    note = SceneInfo("What if the secret is wrong?", "Look at what is said of the secret.", "People act by themselves.")
    async with wizard(scene=note if catalog else None, catalog=catalog, size=(60, 20)) as driver:
        await driver.pilot.pause()
        assert_buttons_stand_apart(driver)
        await driver.pilot.resize_terminal(80, 24)
        await driver.pilot.pause()
        assert_buttons_stand_apart(driver)


def assert_buttons_stand_apart(driver: Driver) -> None:
    """Every button is seen whole, with a blank between it and the next one, and before what is further down."""
    buttons = [button for button in driver.shell.query(ActionButton) if button.display]
    assert [button.words for button in buttons][-1] == "Quit"
    assert len(buttons) == len(driver.shell.offers.labels)
    ends = [button.region.right for button in buttons]
    begins = [button.region.x for button in buttons[1:]]
    more = driver.shell.query_one("#more")
    begins.append(more.region.x if more.display else driver.shell.query_one("#actions").region.right)
    assert all(end < begin for end, begin in zip(ends, begins, strict=True)), screen_text(driver.app)


async def test_a_saved_journey_is_offered_and_goes_on_where_it_stood(tmp_path: Path) -> None:
    file = tmp_path / "state" / "journey.json"
    async with wizard(file=file) as driver:
        await driver.stand_on("consent")
    async with wizard(file=file) as driver:
        await driver.until_text("It goes on with step 3, Admin consent.")
        assert "A journey is saved: contoso.com" in driver.text
        await driver.press("enter")
        await driver.until(lambda: driver.shell.page.page_id == "consent", "step 3")


async def test_a_lost_sign_in_is_told_before_and_asked_for_again(tmp_path: Path) -> None:
    file = tmp_path / "state" / "journey.json"
    async with wizard(file=file) as driver:
        await driver.stand_on("store")
    async with wizard(file=file) as driver:
        await driver.until_text("only in memory: step 4 opens again, with a new sign-in.")
        await driver.press("enter")
        await driver.until(lambda: driver.shell.page.page_id == "user", "step 4")


async def test_a_proven_journey_opens_on_its_last_page(tmp_path: Path) -> None:
    file = tmp_path / "state" / "journey.json"
    async with wizard(file=file) as driver:
        await driver.finish()
    async with wizard(file=file) as driver:
        await driver.until_text("It is proven to the end.")
        await driver.press("enter")
        await driver.until_text("✓ contoso.com is onboarded")
        await driver.press("ctrl+q")
    assert driver.app.return_code == 0


async def test_a_saved_journey_that_cannot_be_read_is_named_and_looked_for_again(tmp_path: Path) -> None:
    file = tmp_path / "journey.json"
    file.write_text("{")
    async with wizard(file=file) as driver:
        assert "The saved journey cannot be used" in driver.text
        assert "Begin" not in driver.text
        file.unlink()
        await driver.press("enter")
        await driver.until_text("Begin")
        await driver.begin()


async def test_another_cloud_can_be_chosen() -> None:
    async with wizard() as driver:
        titles = [cloud.title for cloud in driver.session.clouds.values()]
        await driver.pilot.click("#cloud")
        await driver.pilot.pause()
        await driver.press("down", "enter")
        await driver.until_text(f"Cloud: {titles[1]}")
        await driver.press("shift+tab")
        await driver.pilot.click("#begin")
        await driver.until(lambda: driver.journey is not None, "a journey")
        assert driver.journey is not None
        assert driver.journey.onboarding.services.cloud.title == titles[1]


async def test_back_from_step_1_leads_to_the_welcome_page_and_on_again() -> None:
    async with wizard() as driver:
        await driver.begin()
        await driver.press("escape")
        await driver.until(lambda: driver.shell.page.page_id == "start", "step 0")
        await driver.press("escape")
        await driver.until_text("Go on")
        assert driver.shell.page.page_id == "welcome"
        await driver.press("enter")
        await driver.until_text("1 of 5")


@pytest.mark.parametrize("is_open", [True, False])
async def test_the_buttons_of_a_rehearsal_with_several_clouds_fit_at_80_columns(
    is_open: bool,
) -> None:
    async with wizard(scene=SceneInfo("What if?", "Look. " * 200), catalog=StubCatalog()) as driver:
        assert len(driver.session.clouds) > 1
        if is_open:
            await driver.begin()
            await driver.press("escape", "escape")
        await driver.until_text("PgDn more")
        assert_buttons_stand_apart(driver)
