"""Step 0 on the screen: it begins by itself, goes on by itself where all holds, and stays where there is to read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from screens.widgets.check_list import CheckList
from tests.screens.driving import Driver, wizard
from wizard.core.trouble import Trouble
from wizard.microsoft.host_probe import HostProbe
from wizard.microsoft.identities import Usable
from wizard.microsoft.proxy_route import ProxyRoute
from wizard.onboarding.gate import State

NOT_FOUND = HostProbe("api.partnercenter.microsoft.com", ProxyRoute(), Trouble.NAME, "its name does not resolve")


async def begun(driver: Driver) -> None:
    """Press Begin, and wait until what is checked by itself has ended."""
    await driver.press("enter")
    await driver.until(lambda: driver.journey and not driver.running, "the checks to end")
    await driver.pilot.pause()


async def test_where_all_holds_step_1_follows_by_itself_and_says_so() -> None:
    async with wizard(checks_machine=True) as driver:
        await begun(driver)
        await driver.until_page("tenant")

        assert "✓ Start: every host answers, and the clock is right." in driver.text
        assert "✓ Start proven" in driver.rail


async def test_a_host_that_is_not_reached_stays_on_the_page_until_it_is() -> None:
    async with wizard(checks_machine=True) as driver:
        driver.services.host_probes["partner_center"] = NOT_FOUND
        await begun(driver)

        assert driver.shell.page.page_id == "start"
        assert "✗ The host name does not resolve" in driver.text
        assert "its name does not resolve here" in driver.text
        assert driver.journey is not None
        assert driver.journey.state("tenant") is State.LOCKED
        assert "look at graph" in driver.services.calls, "the other hosts are asked all the same"

        del driver.services.host_probes["partner_center"]
        await driver.check()
        assert driver.shell.page.page_id == "start", "who checks again reads what came of it"
        assert "Nothing stands in the way of step 1, Tenant association." in driver.text
        await driver.press("f6")
        await driver.until_page("tenant")


@pytest.mark.parametrize(
    ("behind", "sign"), [(timedelta(minutes=3), "!"), (timedelta(hours=1), "✗")], ids=["warns", "fails"]
)
async def test_a_clock_that_is_off_stays_on_the_page(behind: timedelta, sign: str) -> None:
    async with wizard(size=(100, 40), checks_machine=True) as driver:
        driver.services.clock_ahead = behind
        await begun(driver)

        assert driver.shell.page.page_id == "start"
        row = driver.shell.query_one(CheckList).row("start.clock")
        assert row is not None
        assert f"{sign} {row.title}" in driver.text
        assert "behind" in driver.text
        await driver.press("f6")
        assert driver.shell.page.page_id == ("tenant" if sign == "!" else "start")


async def test_without_an_identity_it_says_what_to_do_and_goes_on_at_a_key() -> None:
    async with wizard(size=(100, 40), checks_machine=True) as driver:
        driver.services.environment_identity = (Usable.NO, "AZURE_CLIENT_ID is not set")
        await begun(driver)

        assert driver.shell.page.page_id == "start"
        assert "az login" in driver.text
        await driver.press("f6")
        await driver.until_page("tenant")


async def test_stopped_it_stays_and_can_be_checked_again() -> None:
    async with wizard(checks_machine=True) as driver:
        driver.services.hold.clear()
        await driver.press("enter")
        await driver.until_text("▸ The sign-in host can be reached checking")
        await driver.press("escape")
        await driver.until(lambda: not driver.running, "the checks to end")
        assert "Stopped." in driver.text
        driver.services.hold.set()

        await driver.check()
        assert driver.journey is not None
        assert driver.journey.state("start") is State.PROVEN


async def test_resumed_it_stays_as_it_was_saved_and_can_be_gone_to(tmp_path: Path) -> None:
    file = tmp_path / "journey" / "journey.json"
    async with wizard(file=file, checks_machine=True) as driver:
        await begun(driver)
        await driver.until_page("tenant")
    async with wizard(file=file, size=(120, 40)) as again:
        await again.until_text("It goes on with step 1, Tenant association.")
        await again.press("enter")
        await again.until_page("tenant")
        assert not [call for call in again.services.calls if call.startswith("look at")]
        again.app.screen.query_one("#rail").focus()
        await again.press("up", "enter")
        await again.until_page("start")
        await again.check()
        assert "look at login" in again.services.calls


async def test_another_vault_identity_in_step_4_does_not_close_the_way_there() -> None:
    async with wizard(checks_machine=True) as driver:
        await driver.stand_on("user")
        assert driver.journey is not None
        driver.journey.change("vault_identity", "device-code")
        driver.shell.draw()

        assert driver.journey.lock("user") is None
        assert "✓ Start proven" in driver.rail
