"""What a slow line is sent, counted in bytes: for the first page, another step, a typed character, a second of waiting.

What is sent while nothing happens, and how fast, `make bench` measures in a real terminal.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from rich.console import Console
from textual.widgets import Input

from screens.terminal.changed_lines import SentLines, bare
from screens.widgets.countdown import Countdown
from screens.widgets.wait_line import WaitLine
from tests.screens.driving import Driver, wizard
from tests.screens.gallery.drawn import strips_of
from tests.screens.gallery.state import MOMENT, StillClock
from tests.screens.stubs import StubSession
from wizard.core.events import CheckStarted, Waiting


class Line:
    """The line to a terminal, as the program writes to it."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._sent = SentLines()
        self._console = Console(color_system="truecolor", force_terminal=True, _environ={})

    def takes(self) -> int:
        """How many bytes turn what the terminal shows into what is drawn now."""
        lines = [bare(line) for line in strips_of(self._driver.app)]
        return len(self._sent.update(lines, self._console).encode())


async def test_the_first_page_a_step_and_a_character_keep_to_their_bytes() -> None:
    async with wizard() as driver:
        line = Line(driver)
        assert 0 < line.takes() <= 6_000
        steps = []
        await driver.begin()
        steps.append(line.takes())
        for following in ("app", "consent", "user"):
            await driver.stand_on(following)
            steps.append(line.takes())
        assert min(steps) > 0
        assert max(steps) <= 9_000, steps
        driver.shell.query_one("#field-integration_user").focus()
        await driver.pilot.pause()
        line.takes()
        await driver.press("x")
        assert 0 < line.takes() <= 300


class TickingClock(StillClock):
    """Stands still until a test moves it."""

    moved = timedelta()

    def now(self) -> datetime:
        """The moment, and what it was moved by."""
        return MOMENT + self.moved


@pytest.mark.parametrize("trouble", ["", "login.microsoftonline.com is not answering (HTTP 503)"])
async def test_a_second_of_waiting_costs_only_the_digits(trouble: str) -> None:
    clock = TickingClock()
    async with wizard(session=StubSession(clock=clock)) as driver:
        await driver.begin()
        page = driver.shell.step_page
        assert page is not None
        page.begin_run()
        again = MOMENT + timedelta(seconds=30)
        await driver.follow(CheckStarted("tenant.exists"))
        await driver.follow(Waiting("the grant", MOMENT, MOMENT + timedelta(seconds=120), again, trouble))
        clock.moved = timedelta(seconds=7)
        driver.shell.query_one(WaitLine)._tick()
        await driver.pilot.pause()
        line = Line(driver)
        line.takes()
        clock.moved = timedelta(seconds=8)
        driver.shell.query_one(WaitLine)._tick()
        await driver.pilot.pause()
        assert 0 < line.takes() <= 100
        await driver.end_run()


@pytest.mark.parametrize("step", ["user", "consent"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_second_of_waiting_for_a_person_costs_little(step: str, size: tuple[int, int]) -> None:
    clock = TickingClock()
    async with wizard(session=StubSession(clock=clock), size=size) as driver:
        await driver.stand_on(step)
        clock.passes = False
        await driver.press("f5")
        await driver.until(lambda: driver.shell.page.panel, "a code, or a link")
        await driver.pilot.pause()
        line = Line(driver)
        line.takes()
        clock.moved = timedelta(seconds=1)
        driver.shell.query_one(Countdown).tick()
        await driver.pilot.pause()
        assert 0 < line.takes() <= 200


async def test_a_question_has_no_timer_that_could_draw() -> None:
    async with wizard() as driver:
        await driver.begin()
        nodes = [driver.app, *driver.app.screen.walk_children(with_self=True)]
        running = {
            f"{type(node).__name__}: {timer.name}"
            for node in nodes
            for timer in node._timers
            if timer._active.is_set() and timer._repeat is None
        }
        assert running == set()


async def test_the_palettes_cursor_stands_still() -> None:
    async with wizard() as driver:
        await driver.press("ctrl+p")
        assert driver.app.screen.query_one(Input).cursor_blink is False


async def test_a_link_is_sent_once_and_what_is_said_below_it_sends_none_of_its_lines_again() -> None:
    clock = TickingClock()
    async with wizard(session=StubSession(clock=clock)) as driver:
        line = Line(driver)
        await driver.stand_on("user")
        line.takes()
        run = await driver.wait_for_link(port=8400)
        assert 12 * len(run.links[0]) < line.takes() <= 16_500  # behind each line stands the whole link
        await driver.press("x")
        assert 0 < line.takes() <= 3_000  # a scroll bar comes beside all lines
        await driver.press("enter")
        await driver.until_text("✗ This is not the address")
        await driver.pilot.pause()
        assert 0 < line.takes() < len(run.links[0])
        clock.moved += timedelta(seconds=1)
        driver.shell.query_one(Countdown).tick()
        await driver.pilot.pause()
        assert 0 < line.takes() <= 200
