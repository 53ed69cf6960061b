"""Processes that ask side by side: all obey what one is told, one that dies loses nobody, none outlives its parent."""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.harness import is_running, wait_for
from tests.in_process import call_cli
from tests.jobs.asked_in_processes import HOST, named, order
from wizard.commands import all_onboardings
from wizard.commands.fleet_members import Ask
from wizard.core.waiting import Cancel, SystemClock
from wizard.jobs.fleet import Result, results_of
from wizard.jobs.fleet_processes import MEMORY_OF_ONE, MOST, Processes, how_many, read_message, write_message
from wizard.microsoft.wire import HostPause, Wire

pytestmark = pytest.mark.xdist_group("processes of a fleet")

PARENT = "from tests.jobs.asked_in_processes import main; main()"
TOLD = HostPause("login.microsoftonline.com", 400.0, 2.0)


class Team(Processes):
    """Two processes, and what is said of them."""

    def __init__(self, state: str) -> None:
        self.said: list[str] = []
        self.wire = Wire(is_shared=True)
        self.wire.take_up(TOLD, SystemClock())
        super().__init__(order(state), self.wire, SystemClock(), say=self.said.append)
        self.have(2)

    def all_of(self, *names: str) -> list[Result]:
        return list(results_of(map(named, names), self.begin, 16, Cancel()))

    def summaries(self, *names: str) -> list[Any]:
        return [each.lines[-1] for each in self.all_of(*names)]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with Team(str(tmp_path_factory.mktemp("state"))) as processes:
        yield processes


def test_each_is_asked_once_and_all_processes_ask(team: Team) -> None:
    names = [f"tenant-{number}" for number in range(40)]
    found = team.all_of(*names)
    assert sorted(each.member.name for each in found) == sorted(names)
    assert {each.outcome for each in found} == {"proven"}
    assert {each.lines[-1]["process"] for each in found} == set(team.ids)


def test_a_secret_comes_by_the_pipe_alone_and_the_memory_that_has_it_is_guarded(team: Team) -> None:
    (told,) = team.summaries("is guarded")
    assert (told["has_secret"], told["shown"], told["core"], told["dumpable"]) == (True, False, 0, 0)


def test_a_pause_that_one_is_told_is_kept_by_all_and_by_those_that_come_later(team: Team) -> None:
    team.summaries("is told a pause")

    def pauses() -> dict[int, dict[str, float]]:
        return {each["process"]: each["pauses"] for each in team.summaries(*["says its pauses"] * 8)}

    wait_for(lambda: all(HOST in each for each in pauses().values()), "the pause in each process")
    assert all(300 < each[TOLD.host] <= TOLD.left for each in pauses().values())
    assert all(400 < each[HOST] <= 500 for each in pauses().values())
    assert {each.host for each in team.wire.pauses(SystemClock())} == {HOST, TOLD.host}


def test_what_a_process_that_dies_has_not_answered_is_asked_again_and_never_counts_as_good(team: Team) -> None:
    team.all_of(*["tenant"] * 8)
    del team.said[:]
    before = set(team.ids)
    names = [*(f"tenant-{number}" for number in range(10)), "dies"]

    found = {each.member.name: each for each in team.all_of(*names)}

    assert sorted(found) == sorted(names)
    assert found["dies"].outcome == "provisional"
    assert "could not tell: the process that asked it was ended (SIGKILL)" in found["dies"].mistake
    assert {found[name].outcome for name in names[:-1]} <= {"proven", "provisional"}
    assert len(team.said) == 2
    assert "a process of this run was ended (SIGKILL)" in team.said[0]
    assert len(team.ids) == 2
    assert before != set(team.ids)
    assert team.all_of("tenant")[0].outcome == "proven"


def test_what_cannot_be_told_is_said_and_the_process_goes_on(team: Team) -> None:
    for name in ("breaks", "ends"):
        (found,) = team.all_of(name)
        assert found.outcome == "provisional"
        assert found.mistake.startswith("what was found cannot be told (")


def test_without_a_process_that_works_nobody_counts_as_good(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("wizard.jobs.fleet_processes.BEGIN", "raise SystemExit(7)")
    with Team(str(tmp_path)) as processes:
        found = processes.all_of("one", "two", "three")
    assert {each.outcome for each in found} == {"provisional"}
    assert all(each.mistake.startswith("could not tell: ") for each in found)
    assert all("ended with exit code 7" in each for each in processes.said)


def test_a_system_that_begins_no_process_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_words: object, **_more: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", full)
    with Team(str(tmp_path)) as processes:
        (found,) = processes.all_of("one")
    assert (found.outcome, found.mistake) == ("provisional", "could not tell: no process is left that could ask it")
    assert processes.said == ["partner-wizard: a process could not be begun: Resource temporarily unavailable."] * 2


@pytest.mark.parametrize(
    "way",
    [
        signal.SIGKILL,
        pytest.param(signal.SIGINT, marks=pytest.mark.system),
        pytest.param(None, marks=pytest.mark.system),
    ],
    ids=["killed", "interrupted", "in order"],
)
def test_none_outlives_the_process_that_began_it(way: signal.Signals | None, tmp_path: Path) -> None:
    words = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdin
        assert parent.stdout
        number = int(parent.stdout.readline())
        assert is_running(number)
        parent.stdin.close() if way is None else parent.send_signal(way)
        parent.wait()
    try:
        wait_for(lambda: not is_running(number), "its end")
    finally:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


@pytest.mark.parametrize("command", ["check", "renew"])
def test_what_a_command_does_can_be_handed_over(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asks: list[Ask] = []

    def main(_options: object, ask: Ask) -> int:
        asks.append(ask)
        return 0

    monkeypatch.setattr(all_onboardings, "main", main)
    assert call_cli(command, "--all").returncode == 0
    pipe = io.BytesIO()
    write_message(pipe, replace(order(str(tmp_path)), ask=asks[0]))
    pipe.seek(0)
    assert callable(read_message(pipe).ask)


def test_a_secret_can_be_pickled_for_our_own_processes_alone() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(named("tenant"))


@pytest.mark.parametrize(
    ("workers", "cores", "memory", "number"),
    [
        (16, 2, None, 2),
        (16, 64, None, MOST),
        (16, 1, None, 0),
        (3, 64, None, 3),
        (1, 64, None, 0),
        (16, 64, 100 * 1024**2, 0),
        (16, 64, 256 * 1024**2, 0),
        (16, 64, 4 * MEMORY_OF_ONE, 3),
    ],
)
def test_there_are_several_where_it_pays_and_where_there_is_room(
    workers: int, cores: int, memory: int | None, number: int
) -> None:
    assert how_many(workers, cores, memory) == number
