"""A screen that waits for hours does not grow: nothing is kept of a tick."""

from __future__ import annotations

import gc
import sys
from datetime import datetime, timedelta

from screens.widgets.countdown import Countdown
from screens.widgets.wait_line import WaitLine
from tests.screens.driving import wizard
from tests.screens.gallery.state import StillClock
from tests.screens.stubs import StubSession
from tests.screens.test_qr_decoded import show_device_code
from wizard.core.events import Waiting

WARM, TICKS = 1_000, 5_000
ALLOWED = 1_000
"""Blocks of memory: a quarter of one for each tick."""


class CountedClock(StillClock):
    """Time goes on where the test says so."""

    passed = timedelta()

    def now(self) -> datetime:
        return super().now() + self.passed


async def test_a_waiting_screen_does_not_grow_over_five_thousand_ticks() -> None:
    clock = CountedClock()
    clock.passes = False
    async with wizard(session=StubSession(clock=clock)) as driver:
        await show_device_code(driver)
        countdown, line = driver.app.screen.query_one(Countdown), driver.shell.query_one(WaitLine)
        end = clock.now() + timedelta(seconds=2 * TICKS)
        countdown.until = end
        line.show(Waiting("the grant", clock.now(), end))
        said, blocks = set[str](), dict[int, int]()
        for tick in range(TICKS + 1):
            clock.passed = timedelta(seconds=tick)
            countdown.tick()
            line._tick()
            if tick % 250 == 0:
                await driver.pilot.pause()
                said.add(str(countdown.visual))
            if tick in (WARM, TICKS):
                gc.collect()
                blocks[tick] = sys.getallocatedblocks()
    assert len(said) == TICKS // 250 + 1, "it counts"
    assert blocks[TICKS] - blocks[WARM] < ALLOWED
