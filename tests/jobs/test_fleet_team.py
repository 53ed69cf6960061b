"""Processes are begun while onboardings are still looked for, once it is sure that there are many."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from tests.jobs.asked_in_processes import named
from wizard.commands import fleet_team
from wizard.commands.fleet_team import FROM, Team
from wizard.core.waiting import Cancel
from wizard.jobs.fleet import Member, Result


class Begun:
    """Takes note of how many processes were asked for; there is none where `can_begin` is False."""

    wanted: list[int]
    can_begin = True

    def __init__(self, *_given: object) -> None:
        type(self).wanted = []

    def __enter__(self) -> Begun:
        return self

    def __exit__(self, *_error: object) -> None: ...

    def have(self, number: int) -> None:
        self.wanted.append(number)

    @property
    def ids(self) -> list[int]:
        return self.wanted if self.can_begin else []

    def begin(self, member: Member) -> Future[Result]:
        answer = Future[Result]()
        answer.set_result(Result(member, "proven"))
        return answer


@pytest.fixture
def team(monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    monkeypatch.setattr(fleet_team, "Processes", Begun)
    monkeypatch.setattr(fleet_team, "cores", lambda: 2)
    monkeypatch.setattr(fleet_team, "memory_limit", lambda: None)
    fleet: Any = SimpleNamespace(
        clouds={}, state="", answers=None, wire=None, session=SimpleNamespace(clock=None, cancel=Cancel()),
        asked=lambda member, **_how: Result(member, "failed"),
    )  # fmt: skip
    telling: Any = SimpleNamespace(to_look_for=None, look=None)
    with Team(fleet, print, 16, telling) as made:  # type: ignore[arg-type]
        yield made


def outcomes(team: Team, number: int) -> set[str]:
    return {each.outcome for each in team.results([named(f"tenant-{at}") for at in range(number)])}


def test_they_are_begun_when_so_many_are_found_and_not_when_all_are(team: Team) -> None:
    for _ in range(FROM - 1):
        team.expect()
    assert Begun.wanted == []
    team.expect()
    assert Begun.wanted == [2]


def test_few_are_asked_by_threads_of_this_process(team: Team) -> None:
    assert outcomes(team, 3) == {"failed"}
    assert Begun.wanted == []


def test_many_that_were_not_expected_are_asked_by_processes(team: Team) -> None:
    assert outcomes(team, FROM) == {"proven"}
    assert {*Begun.wanted} == {2}


def test_where_the_system_begins_none_threads_ask_them(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Begun, "can_begin", False)
    assert outcomes(team, FROM) == {"failed"}
