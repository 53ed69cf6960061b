"""A renewal of the app's secret that ends in the middle, or meets another one: what the vault has works, always."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.renewals import Killed, killed_at
from tests.jobs.rotations import Kept, Rotated, kept, lasting
from tests.jobs.test_renewal_interrupted import check_of
from wizard.core.events import CheckEnded, Event

MOST = 60
"""Requests of a renewal, and more."""


def ended_at(number: int, app: Kept, monkeypatch: pytest.MonkeyPatch, *, answered: bool) -> bool:
    """Let a renewal end at a request; return whether it made as many."""
    try:
        with killed_at(number, answered=answered, monkeypatch=monkeypatch):
            app.rotate(is_forced=True)
    except Killed:
        return True
    return False


@pytest.mark.parametrize(
    ("answered", "numbers"),
    [
        pytest.param(True, range(1, MOST), marks=pytest.mark.system, id="after each answer"),
        pytest.param(False, range(1, MOST), marks=pytest.mark.system, id="before each leaves"),
        pytest.param(True, range(14, 29, 14), id="after two answers"),
    ],
)
def test_killed_at_any_request_the_newest_version_works_and_the_next_run_leaves_no_key_that_nobody_knows(
    answered: bool,
    numbers: range,
    tried: Callable[[str, int], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with kept(monkeypatch, tmp_path, lasting(days=300)) as app:
        were_left = 0
        for number in numbers:
            was_ended = ended_at(number, app, monkeypatch, answered=answered)

            assert app.works(), number
            were_left += bool(set(app.values) - app.known)
            app.journey.cloud.clock.advance(3_600)
            came = app.rotate()
            assert came.exit == 0, (number, came.failed, came.lines[-1])
            assert set(app.values) <= app.known, number
            assert app.works(), number
            app.journey.cloud.clock.advance(25 * 3_600)
            app.rotate()
            assert app.values == [app.versions()[-1]["value"]], number
            if not was_ended:
                break

        assert number > 20, "it was ended at each of its requests"
        assert were_left, "and between “made” and “stored” as well"
        tried("L1", numbers.index(number) + was_ended)


STOPS = ("renew.credential_due", "app.credential", "renew.written", "renew.credential_used", "renew.old_keys")


@pytest.mark.parametrize(
    "stops", [STOPS[1:2], pytest.param(STOPS, marks=pytest.mark.system)], ids=["at the proof", "anywhere"]
)
@pytest.mark.system
def test_of_two_one_wins_wherever_the_other_comes_between(
    stops: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with kept(monkeypatch, tmp_path, lasting(days=300)) as app:
        states = dict[str, tuple[str, str]]()
        for stop in stops:
            others, began = list[Rotated](), list[str]()

            def meanwhile(
                seen: Event, stop: str = stop, began: list[str] = began, others: list[Rotated] = others
            ) -> None:
                if isinstance(seen, CheckEnded) and check_of(seen) == stop and not began:
                    began.append(stop)
                    app.journey.cloud.clock.advance(5)  # the vault tells the two apart
                    others.append(app.rotate(is_forced=True))

            came = app.rotate(is_forced=True, on_event=meanwhile)

            states[stop] = (came.state, others[0].state)
            assert app.works(), stop
            assert set(app.values) <= app.known, (stop, "what a run could not store, it has taken back")
            app.journey.cloud.clock.advance(25 * 3_600)
            app.rotate()
            assert app.values == [app.versions()[-1]["value"]], stop
        assert all("renewed" in each for each in states.values()), states

        def by_hand(seen: Event) -> None:
            if isinstance(seen, CheckEnded) and check_of(seen) == "app.credential":
                app.store_by_hand()

        came = app.rotate(is_forced=True, on_event=by_hand)
        assert (came.exit, came.state) == (0, "renewed_by_another"), "what somebody stores meanwhile stays the newest"
        assert app.works()
        assert set(app.values) <= app.known, "and what was made is taken back"


def side_by_side(app: Kept) -> list[Rotated]:
    """Two renewals at once."""
    ends, line = list[Rotated](), threading.Barrier(2)

    def run() -> None:
        line.wait()
        ends.append(app.rotate(is_forced=True))

    runs = [threading.Thread(target=run) for _ in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    return ends


@pytest.mark.soak
def test_fifty_races_leave_one_good_newest_version_and_no_key_that_nobody_knows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with kept(monkeypatch, tmp_path, lasting(days=300)) as app:
        for race in range(50):
            ends = side_by_side(app)

            assert "renewed" in {each.state for each in ends}, (race, [each.failed for each in ends])
            assert app.works(), race
            app.journey.cloud.clock.advance(25 * 3_600)
            app.rotate()
            assert app.values == [app.versions()[-1]["value"]], race
