"""Every wait says for what, how long still, and when it is tried again; a slow service is named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from screens.scenes import SceneInfo
from screens.widgets.check_list import CheckList
from screens.widgets.wait_line import SLOW, WaitLine
from tests.screens.driving import Driver, screen_text, wizard
from tests.screens.gallery.state import StillClock
from tests.screens.stubs import StubSession
from wizard.core.events import Waiting
from wizard.core.timestamps import clock_time
from wizard.microsoft.http_adapter import PendingRequest


def wait_of(driver: Driver) -> str:
    """The line as it stands on the screen, its rows joined."""
    line = driver.shell.query_one(WaitLine)
    rows = screen_text(driver.app).splitlines()[line.region.y : line.region.bottom] if line.display else []
    return " ".join(" ".join(row[line.region.x : line.region.right] for row in rows).replace("▌", " ").split())


async def test_a_wait_says_for_what_how_long_still_and_when_it_is_tried_again() -> None:
    async with wizard(size=(120, 40), session=StubSession(clock=StillClock())) as driver:
        await driver.begin()
        page = driver.shell.step_page
        assert page is not None
        page.begin_run()
        now = driver.session.clock.now()
        since, until = now - timedelta(seconds=12), now + timedelta(seconds=108)
        await driver.follow(Waiting("the grant", since, until))
        await driver.pilot.pause()
        assert wait_of(driver) == "· Waiting for the grant ⠂ 1:48 left"
        await driver.follow(Waiting("the grant", since, until, now + timedelta(seconds=5)))
        await driver.pilot.pause()
        assert wait_of(driver) == "· Waiting for the grant ⠂ Trying again in 5 s · 1:48 left"
        await driver.follow(Waiting("the grant", since, until, now))
        await driver.pilot.pause()
        assert wait_of(driver) == "· Waiting for the grant ⠂ Trying again now · 1:48 left"
        again = now + timedelta(seconds=5)
        await driver.follow(Waiting("the vault", since, again, again, advice="It takes a moment."))
        await driver.pilot.pause()
        assert wait_of(driver) == "· Waiting for the vault It takes a moment. ⠂ Trying again in 5 s"
        await driver.end_run()
        assert wait_of(driver) == ""


async def test_what_holds_a_step_up_stands_first_and_apart_from_a_wait_for_what_is_to_come() -> None:
    async with wizard(size=(120, 40), session=StubSession(clock=StillClock())) as driver:
        await driver.begin()
        driver.page.begin_run()
        now = driver.session.clock.now()
        again = now + timedelta(seconds=30)
        trouble = "vault.example is not answering (HTTP 503)"
        await driver.follow(Waiting("reading the vault", now, again, again, trouble, next_try=2, tries=5))
        await driver.pilot.pause()
        line = driver.shell.query_one(WaitLine)
        assert wait_of(driver) == f"! {trouble} ⠂ Trying again in 30 s · try 2 of 5"
        assert line.has_class("-held-up")
        assert line.words == f"{trouble} since {clock_time(now)}; trying again at {clock_time(again)}."
        await driver.follow(Waiting("the grant", now, again))
        await driver.pilot.pause()
        assert not line.has_class("-held-up")
        await driver.end_run()


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("consent", "⠂ waiting for the administrator's answer · 5:00 left · the administrator answers in 6 s"),
        ("user", "⠂ waiting for this sign-in · 15:00 left · the sign-in comes in 12 s"),
    ],
)
async def test_a_rehearsal_says_when_somebody_acts_by_himself(step: str, says: str) -> None:
    scene = SceneInfo("", "", acts_after={"consent": 6, "integration_user": 12})
    async with wizard(session=StubSession(clock=StillClock()), scene=scene) as driver:
        await driver.stand_on(step)
        driver.session.clock.passes = False  # type: ignore[attr-defined]
        await driver.press("f5")
        await driver.until_text(says)


async def test_a_service_that_is_slow_is_named_and_one_that_is_not_costs_nothing() -> None:
    async with wizard(size=(120, 40), session=StubSession(clock=StillClock())) as driver:
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

        assert wait_of(driver) == "· vault.example is slow to answer ⠐ 0:45 left"


async def test_enter_on_a_line_that_is_being_checked_says_so_since_when_and_what_is_waited_for() -> None:
    async with wizard() as driver:
        await driver.begin()
        driver.services.hold.clear()
        await driver.press("f5")
        checks = driver.shell.query_one(CheckList)
        await driver.until(lambda: any(checks.since(row.check) for row in checks.rows), "a check that asks")
        at = next(index for index, row in enumerate(checks.rows) if checks.since(row.check))
        began = checks.since(checks.rows[at].check)
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
        assert not any(checks.since(row.check) for row in checks.rows)


async def test_a_check_that_takes_its_time_says_how_long() -> None:
    async with wizard() as driver:
        await driver.begin()
        driver.services.hold.clear()
        await driver.press("f5")
        checks = driver.shell.query_one(CheckList)
        await driver.until(lambda: any(checks.since(row.check) for row in checks.rows), "a check that asks")
        running = next(row.check for row in checks.rows if checks.since(row.check))
        began = checks.since(running)
        assert began is not None
        checks.tick(began + timedelta(seconds=1))
        row = checks.row(running)
        assert row is not None
        assert row.aside == "checking"
        checks.tick(began + timedelta(seconds=7))
        await driver.pilot.pause()
        assert "checking · 7 s" in driver.text
        checks.tick(None)
        await driver.pilot.pause()
        assert "The tenant exists checking · The tenant is in" in driver.text  # the next row's sign follows
        driver.services.hold.set()
        await driver.until(lambda: not driver.running, "the checks to end")
