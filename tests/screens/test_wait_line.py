"""Every wait says for what, how long already, how long at most, and that Esc stops it; a slow service is named."""

from __future__ import annotations

from datetime import timedelta

from screens.widgets.check_list import CheckLine, CheckList
from screens.widgets.wait_line import SLOW, WaitLine
from tests.screens.driving import Driver, screen_text, wizard
from wizard.core.events import Waiting
from wizard.core.wording import clock_time
from wizard.microsoft.http_adapter import PendingRequest


def wait_of(driver: Driver) -> str:
    """The line as it stands on the screen, its rows joined."""
    line = driver.shell.query_one(WaitLine)
    rows = screen_text(driver.app).splitlines()[line.region.y : line.region.bottom] if line.display else []
    return " ".join(" ".join(row[line.region.x :] for row in rows).split())


async def test_a_wait_says_for_what_how_long_and_how_to_leave_it() -> None:
    async with wizard(size=(120, 40)) as driver:
        await driver.begin()
        page = driver.shell.step_page
        assert page is not None
        page.begin_run()
        now = driver.session.clock.now()
        since, until = now - timedelta(seconds=12), now + timedelta(seconds=108)
        await driver.follow(Waiting("the grant", since, until))
        await driver.pilot.pause()
        assert wait_of(driver) == "▸ Waiting for the grant · 0:12 of at most 2:00 · Esc stops"
        await driver.follow(Waiting("the grant", since, until, now + timedelta(seconds=5)))
        await driver.pilot.pause()
        assert "0:12 of at most 2:00, next try " in wait_of(driver)
        again = now + timedelta(seconds=5)
        await driver.follow(Waiting("the vault", since, again, again))
        await driver.pilot.pause()
        assert "▸ Waiting for the vault · 0:12 so far, next try " in wait_of(driver)
        await driver.end_run()
        assert wait_of(driver) == ""


async def test_a_service_that_is_slow_is_named_and_one_that_is_not_costs_nothing() -> None:
    async with wizard(size=(120, 40)) as driver:
        await driver.begin()
        page = driver.shell.step_page
        assert page is not None
        page.begin_run()
        now = driver.session.clock.now()
        driver.services.http.pending_request = PendingRequest("vault.example", now, now + timedelta(seconds=50))
        page.query_one(WaitLine).clear()
        await driver.pilot.pause()
        assert wait_of(driver) == ""
        since = now - timedelta(seconds=SLOW + 1)
        driver.services.http.pending_request = PendingRequest("vault.example", since, since + timedelta(seconds=50))
        page.query_one(WaitLine).clear()
        await driver.pilot.pause()

        assert wait_of(driver) == "▸ vault.example is slow to answer · 0:05 of at most 0:50 · Esc stops"


async def test_enter_on_a_line_that_is_being_checked_says_so_since_when_and_what_is_waited_for() -> None:
    async with wizard() as driver:
        await driver.begin()
        driver.services.hold.clear()
        await driver.press("f5")
        checks = driver.shell.query_one(CheckList)
        lines = list(checks.query(CheckLine))
        await driver.until(lambda: any(line.since for line in lines), "a check that asks")
        at = next(index for index, line in enumerate(lines) if line.since)
        began = lines[at].since
        assert began is not None
        page = driver.shell.step_page
        assert page is not None
        until = began + timedelta(seconds=50)
        driver.services.http.pending_request = PendingRequest("login.example", began, until)
        await driver.press("home", *["down"] * at, "enter")
        assert f"▸ It is being checked now, since {clock_time(began)}." in driver.text
        times = f"since {clock_time(began)}, until {clock_time(until)} at most."
        assert f"Waiting for login.example to answer {times}" in driver.text
        assert "Not asked yet" not in driver.text
        await driver.press("escape")
        await driver.follow(Waiting("the grant", began, until))
        await driver.press("enter")
        assert f"Waiting for the grant {times}" in driver.text
        await driver.press("escape", "down", "enter")
        assert "Not asked yet." in driver.text
        await driver.press("escape")
        driver.services.http.pending_request = None
        driver.services.hold.set()
        await driver.until(lambda: not driver.running, "the checks to end")
        assert not any(line.since for line in lines)
