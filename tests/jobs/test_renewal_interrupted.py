"""A renewal that ends in the middle, or meets another one: the newest version works, or it is said what to do."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.jobs.renewals import DAY, DUE, Killed, Renewed, enabled, killed_at, newest, redeems, renew, sign_in_again
from tests.rehearsals.stored_journeys import Stored, stored
from wizard.core.events import CheckEnded, CheckStarted, Event
from wizard.core.findings import Outcome
from wizard.journeys.action_file import ActionFile

MOST = 40
"""Requests of a renewal, and more."""


def ended_at(number: int, journey: Stored, monkeypatch: pytest.MonkeyPatch, *, answered: bool) -> bool:
    """Let a renewal end at a request; return whether it made as many."""
    try:
        with killed_at(number, answered=answered, monkeypatch=monkeypatch):
            renew(journey)
    except Killed:
        return True
    return False


@pytest.mark.parametrize(
    "answered", [pytest.param(False, marks=pytest.mark.system), True], ids=["before it leaves", "after its answer"]
)
def test_killed_at_any_request_the_newest_version_works_and_the_next_run_ends_well(
    answered: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        changed_at: list[int] = []
        for number in range(1, MOST):
            journey.cloud.clock.advance(DUE)
            before = newest(journey)["version"]
            was_ended = ended_at(number, journey, monkeypatch, answered=answered)

            assert redeems(journey), number
            if newest(journey)["version"] != before:
                changed_at.append(number)
            came = renew(journey)
            assert came.exit == 0, (number, came.lines)
            assert came.state in {"renewed", "not_due"}
            assert redeems(journey)
            assert len(enabled(journey)) <= 2, (number, "what the killed run left, this one disables")
            if not was_ended:
                break

        assert number > 8, "it was ended at each of its requests"
        assert changed_at, "and after the write as well"
        records = ActionFile(journey.path.with_name("journey.actions.jsonl"))
        facts = journey.saved.facts
        assert {each.fix for each in records.read(facts.tenant_id, journey.saved.answers.client_id)} == {"renew"}


@pytest.mark.parametrize(
    "answered", [pytest.param(False, marks=pytest.mark.system), True], ids=["before it leaves", "after its answer"]
)
def test_on_a_service_that_revokes_on_reuse_it_works_or_says_sign_in_again_and_disables_nothing(
    answered: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        sign_in_again(journey)
        policy = journey.cloud.state.world.policy
        journey.in_world(policy=replace(policy, revokes_on_reuse=True))
        said: list[int] = []
        for number in range(1, MOST):
            journey.cloud.clock.advance(DUE)
            was_ended = ended_at(number, journey, monkeypatch, answered=answered)

            left = enabled(journey)
            came = renew(journey)
            if came.exit:
                said.append(number)
                finding = came.findings["store.redeems"]
                assert finding.outcome is Outcome.FAILS
                assert any("Sign in again" in act for act in finding.actions)
                assert (came.exit, came.changes, enabled(journey)) == (1, [], left)
                sign_in_again(journey)
            else:
                assert redeems(journey), number
            if not was_ended:
                break

        assert said, "between the answer and the write"
        assert len(said) < number


STOPS = ("store.redeems", "renew.proven", "renew.written", "renew.read_back", "renew.older")


def check_of(seen: Event) -> str:
    """The check that an event is about, "" for another event."""
    if isinstance(seen, CheckStarted):
        return seen.check
    return seen.finding.check if isinstance(seen, CheckEnded) else ""


@pytest.mark.parametrize("kind", [CheckStarted, CheckEnded], ids=["begins", "ends"])
def test_of_two_one_wins_wherever_the_other_comes_between(
    kind: type[Event], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        states = dict[str, str]()
        for stop in STOPS:
            journey.cloud.clock.advance(DUE)
            others: list[Renewed] = []
            began = list[str]()

            def meanwhile(
                seen: Event, stop: str = stop, began: list[str] = began, others: list[Renewed] = others
            ) -> None:
                if isinstance(seen, kind) and check_of(seen) == stop and not began:
                    began.append(stop)
                    journey.cloud.clock.advance(5)  # the vault tells the two apart
                    others.append(renew(journey, is_forced=True))

            came = renew(journey, on_event=meanwhile)

            states[stop] = came.state
            assert (came.exit, others[0].exit, others[0].state) == (0, 0, "renewed"), stop
            assert redeems(journey)
            if came.state == "renewed_by_another":
                (warned,) = [each for each in came.findings.values() if each.outcome is Outcome.WARNS]
                assert warned.title == "Another run has renewed the token"
                assert str(newest(journey)["version"]) in warned.message, "it says who won"
                assert came.summary["renewal"]["disabled"] == []
            assert journey.saved.facts.secret_version == newest(journey)["version"]

        late = {"renew.older": "renewed"} if kind is CheckEnded else {}
        assert states == dict.fromkeys(STOPS, "renewed_by_another") | late


def side_by_side(journey: Stored) -> list[Renewed]:
    """Two renewals at once, which begin with the same saved journey."""
    saved, ends, line = journey.saved, list[Renewed](), threading.Barrier(2)

    def run() -> None:
        line.wait()
        ends.append(renew(journey, saved, is_forced=True))

    runs = [threading.Thread(target=run) for _ in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    return ends


@pytest.mark.parametrize("races", [3, pytest.param(50, marks=pytest.mark.soak)])
def test_races_of_two_renewals_leave_one_good_newest_version(
    races: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        for race in range(races):
            journey.cloud.clock.advance(DAY)  # fifty are less than the year that the vault identity's secret lasts

            ends = side_by_side(journey)

            assert [each.exit for each in ends] == [0, 0], race
            assert redeems(journey)
            assert len(enabled(journey)) <= 4
            assert "renewed" in {each.state for each in ends}
