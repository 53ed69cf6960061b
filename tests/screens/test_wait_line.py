"""Every wait says for what, how long already, how long at most, and that Esc stops it; a slow service is named."""

from __future__ import annotations

from datetime import timedelta

from screens.widgets.wait_line import SLOW, WaitLine
from tests.screens.driving import Driver, screen_text, wizard
from wizard.events import Waiting
from wizard.microsoft.http import Asking


def wait_of(driver: Driver) -> str:
    """The line as it stands on the screen, its rows joined."""
    line = driver.frame.query_one(WaitLine)
    rows = screen_text(driver.app).splitlines()[line.region.y : line.region.bottom] if line.display else []
    return " ".join(" ".join(row[line.region.x :] for row in rows).split())


async def test_a_wait_says_for_what_how_long_and_how_to_leave_it() -> None:
    async with wizard(size=(120, 40)) as driver:
        await driver.begin()
        page = driver.frame.step_page
        assert page is not None
        page.begin_run()
        now = driver.session.clock.now()
        since, until = now - timedelta(seconds=12), now + timedelta(seconds=108)
        await page.follow(Waiting("the grant", since, until))
        await driver.pilot.pause()
        assert wait_of(driver) == "▸ Waiting for the grant · 0:12 of at most 2:00 · Esc stops"
        await page.follow(Waiting("the grant", since, until, now + timedelta(seconds=5)))
        await driver.pilot.pause()
        assert "0:12 of at most 2:00, next try " in wait_of(driver)
        again = now + timedelta(seconds=5)
        await page.follow(Waiting("the vault", since, again, again))
        await driver.pilot.pause()
        assert "▸ Waiting for the vault · 0:12 so far, next try " in wait_of(driver)
        await page.end_run()
        assert wait_of(driver) == ""


async def test_a_service_that_is_slow_is_named_and_one_that_is_not_costs_nothing() -> None:
    async with wizard(size=(120, 40)) as driver:
        await driver.begin()
        page = driver.frame.step_page
        assert page is not None
        page.begin_run()
        now = driver.session.clock.now()
        driver.services.http.asking = Asking("vault.example", now, now + timedelta(seconds=50))
        page.query_one(WaitLine).clear()
        await driver.pilot.pause()
        assert wait_of(driver) == ""
        since = now - timedelta(seconds=SLOW + 1)
        driver.services.http.asking = Asking("vault.example", since, since + timedelta(seconds=50))
        page.query_one(WaitLine).clear()
        await driver.pilot.pause()

        assert wait_of(driver) == "▸ vault.example is slow to answer · 0:05 of at most 0:50 · Esc stops"
