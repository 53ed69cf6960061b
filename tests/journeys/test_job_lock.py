"""The jobs of one onboarding take turns on a machine; a wizard that stays open keeps none from its work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wizard.core.errors import Cancelled
from wizard.core.waiting import Cancel
from wizard.journeys.job_lock import Turn, job_turn
from wizard.journeys.saved_journey import JourneyFile, JourneyInUse


class WaitedClock:
    """A clock that a wait moves; `during` is called meanwhile."""

    def __init__(self, during: Callable[[], None] = lambda: None) -> None:
        self.moment = datetime(2026, 11, 27, tzinfo=UTC)
        self.during = during

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def wait(self, seconds: float, cancel: Cancel) -> None:
        cancel.check()
        self.moment += timedelta(seconds=seconds)
        self.during()


def turn(clock: WaitedClock) -> Turn:
    return Turn(clock, Cancel(), lambda _event: None)


def test_a_job_waits_for_the_one_before_and_then_has_its_turn(tmp_path: Path) -> None:
    place = tmp_path / "journey.json"
    with ExitStack() as first:
        first.enter_context(job_turn(place, turn(WaitedClock())))
        clock = WaitedClock()
        clock.during = lambda: first.close() if clock.moment.second >= 10 else None

        with job_turn(place, turn(clock)):
            assert clock.moment.second >= 10


def test_one_that_does_not_end_is_said(tmp_path: Path) -> None:
    place = tmp_path / "journey.json"
    with job_turn(place, turn(WaitedClock())), pytest.raises(JourneyInUse), job_turn(place, turn(WaitedClock())):
        pass


def test_a_signal_ends_the_wait(tmp_path: Path) -> None:
    place, waiter = tmp_path / "journey.json", turn(WaitedClock())
    waiter.cancel.set()
    with job_turn(place, turn(WaitedClock())), pytest.raises(Cancelled), job_turn(place, waiter):
        pass


def test_an_open_wizard_and_a_folder_that_cannot_be_written_keep_no_job_from_its_work(tmp_path: Path) -> None:
    wizard = JourneyFile(tmp_path / "journey.json")
    wizard.lock()
    closed = tmp_path / "a file"
    closed.write_text("", encoding="utf-8")

    for place in (wizard.path, closed / "journey.json", None):
        with job_turn(place, turn(WaitedClock())):
            pass
    wizard.unlock()
