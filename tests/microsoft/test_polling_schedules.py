"""The wait for a sign-in over many schedules of trouble, and under a wall clock that is set meanwhile."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.each import for_each
from tests.microsoft.test_polling import (
    EXPIRED,
    HOST,
    LONG_BUSY,
    NOT_YET,
    RESET,
    SIGNED_IN,
    SLOWER,
    WEB_PAGE,
    Answer,
    FakeClock,
    polling,
    until,
)
from wizard.core.errors import AuthorizationPending, Busy, ServiceRefusal, Unreachable
from wizard.core.trouble import Trouble

SCHEDULES = 300
HANGS = Unreachable(HOST, Trouble.TIMEOUT, "gave no whole answer within 40 s")
ANSWERS = (
    NOT_YET, NOT_YET, SLOWER, RESET, WEB_PAGE, HANGS, LONG_BUSY, Busy(HOST, 429, None), Busy(HOST, 429, 0.0),
    Busy(HOST, 500, None), Busy(HOST, 502, None), Busy(HOST, 503, 1.0), Busy(HOST, 503, 1e9),
)  # fmt: skip
LAST = 4.0
"""Seconds before the end of its life by which a code that gets well is a sign-in."""


@for_each(range(SCHEDULES))
def test_whatever_happens_on_the_way_what_gets_well_before_the_end_is_a_sign_in(seed: int) -> None:
    """One code, no poll sooner than the service wants, and none after the tokens are there."""
    drawn = random.Random(seed)  # a battery, not a secret
    life, interval, takes = drawn.choice((60.0, 240.0, 900.0)), drawn.choice((1.0, 5.0, 10.0)), drawn.choice((0.0, 0.4))
    well = drawn.uniform(0, life - LAST)
    given: list[Answer] = []

    def answer(at: float) -> Answer:
        given.append(drawn.choice(ANSWERS) if at < well else None if at < life else EXPIRED)
        return given[-1]

    waits, service, _ = polling(answer, life=life, interval=interval, takes=takes)

    assert waits.wait_for_tokens(None) is SIGNED_IN
    assert given[-1] is None
    assert all(isinstance(each, AuthorizationPending | Unreachable) for each in given[:-1])
    wanted = interval
    for (before, after), said in zip(pairwise(service.asked), given, strict=False):
        wanted += 5.0 * (said is SLOWER)
        if after < life - 2 * LAST - takes - wanted:
            assert after - before > wanted - 0.001


class SetClock(FakeClock):
    """A clock whose wall time is set by so much at a moment; seconds that only grow do not notice."""

    def __init__(self, moment: float, by: timedelta) -> None:
        super().__init__()
        self.moment, self.by = moment, by

    def now(self) -> datetime:
        return super().now() + (self.by if self.at >= self.moment else timedelta())


def under(clock: FakeClock, answers: list[Exception], well: float | None) -> tuple[str, list[float]]:
    """How a wait ends under a clock, and when it polled."""
    waits, service, _ = polling(lambda _at: None)
    waits._clock = service.clock = clock
    left = list(answers)
    then = until(well, NOT_YET) if well is not None else until(900.0, NOT_YET, EXPIRED)
    service.answer = lambda at: left.pop(0) if left else then(at)
    try:
        ended = "signed in" if waits.wait_for_tokens(None) is SIGNED_IN else "?"
    except ServiceRefusal as refusal:
        ended = refusal.error
    return ended, service.asked


@pytest.mark.parametrize("moment", [2.0, 300.0, 896.0])
@pytest.mark.parametrize("by", [timedelta(**{unit: sign}) for unit in ("hours", "days") for sign in (1, -1)], ids=str)
@pytest.mark.parametrize("ends", ["signed in", "expired_token"])
def test_a_wall_clock_that_is_set_while_a_code_is_polled_changes_no_poll(
    ends: str, by: timedelta, moment: float
) -> None:
    """The service's word on the life of a code wins."""
    said: list[Exception] = [SLOWER, RESET, Busy(HOST, 429, 30.0)]
    well = 600.0 if ends == "signed in" else None

    ended, asked = under(SetClock(moment, by), said, well)

    assert ended == ends
    assert asked == under(FakeClock(), said, well)[1]
