"""Many tenants, some of them bad: each ends in its own finding; whoever was asked is not asked again; parts are one."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Program, is_running, program, wait_for
from tests.in_process import call_cli
from tests.jobs.fleets import BAD, address, cloud_of
from wizard.commands import all_onboardings
from wizard.commands.rehearse import PacedClock
from wizard.jobs.fleet import COUNT_VARIABLE, INDEX_VARIABLE
from wizard.journeys.session import Session
from wizard.rehearsal import RehearsalCloud

Lines = list[dict[str, Any]]


def read(lines: Iterable[str]) -> Lines:
    return [json.loads(line) for line in lines]


def ends(lines: Lines) -> dict[str, str]:
    return {line["onboarding"]: line["outcome"] for line in lines if line["type"] == "summary"}


def failing(lines: Lines) -> dict[str, set[tuple[str, str]]]:
    """The checks that did not hold, and their codes, by the onboarding."""
    found: dict[str, set[tuple[str, str]]] = {}
    for line in lines:
        if line["type"] == "finding" and line["outcome"] in {"fails", "unknown"}:
            found.setdefault(line["onboarding"], set()).add((line["check"], line["code"]))
    return found


def wrong(lines: Lines, kinds: dict[str, str]) -> dict[str, object]:
    """The onboardings that did not end as their kind says."""
    ended, found = ends(lines), failing(lines)
    return {
        name: (kind, ended.get(name), found.get(name))
        for name, kind in kinds.items()
        if ended.get(name) != (BAD[kind].outcome if kind else "proven")
        or (kind and (BAD[kind].check, BAD[kind].code) not in found.get(name, set()))
    }


def checking(cloud: RehearsalCloud, *more: str) -> tuple[str, ...]:
    place = ("--vault", address(cloud), "--cloud-file", str(cloud.cloud_file))
    return ("check", "--all", "--json", *place, *more)


def test_each_bad_tenant_ends_in_its_own_finding_and_the_good_ones_are_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(BAD) >= 20
    with cloud_of([*BAD, "", ""]) as (cloud, kinds):
        for name, value in cloud.environment.items():
            monkeypatch.setenv(name, value)
        clock = PacedClock(cloud.clock)
        monkeypatch.setattr(all_onboardings, "Session", partial(Session, clock=clock))

        ended = call_cli(*checking(cloud))

        lines = read(ended.stdout.splitlines())
        assert wrong(lines, kinds) == {}
        assert ended.returncode == 1
        assert (lines[-1]["type"], lines[-1]["onboardings"]) == ("total", len(kinds))
        spoken = [line for line in lines if line.get("outcome") == "fails"]
        assert all(line["actions"] and line["who"] for line in spoken)
        sign_in = f"/{cloud.environment['AZURE_TENANT_ID']}/oauth2/v2.0/token"
        assert 1 <= sum(each.path == sign_in for each in cloud.log) <= 3, (
            "the identity that opens the vault signs in once"
        )


def killed_and_started_again(cloud: RehearsalCloud, kinds: dict[str, str], base: Path, *, at: int) -> None:
    """Check all, kill it once so many have ended, and start it again: the ends are those of one run."""
    results = base / "results.jsonl"
    words = checking(cloud, "--results", str(results), "--resume")

    def done() -> list[str]:
        return [json.loads(line)["onboarding"] for line in whole(results) if '"summary"' in line]

    with program(cloud, base / "first") as made:
        made.start(*words)
        wait_for(lambda: len(done()) >= at or made._process.poll() is not None, "half of them", 600)
        made.signal(signal.SIGKILL)
        made.end()
    early, before = done(), len(cloud.log)
    assert at <= len(early) < len(kinds)
    with program(cloud, base / "second") as made:
        assert made.start(*words).end(1_800) == 1, made.stderr
    lines = read(whole(results))
    assert wrong(lines, kinds) == {}
    assert Counter(line["onboarding"] for line in lines if line["type"] == "summary") == Counter(list(kinds))
    asked = {each.path for each in cloud.log[before:]}
    assert not [name for name in early if f"/secrets/{name.partition('/')[2]}" in asked], "they were asked again"
    assert lines[-1]["asked_earlier"] == len(early)


def whole(path: Path) -> list[str]:
    """The lines of a file that are whole."""
    return [line for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")] if path.exists() else []


def played_by_pods(cloud: RehearsalCloud, kinds: dict[str, str], base: Path) -> None:
    """Four processes with the environment of an indexed Job's pods, one of them killed and started again."""
    results = [base / f"results-{index}.jsonl" for index in range(4)]

    def pod(index: int, name: str) -> Program:
        environment = {INDEX_VARIABLE: str(index), COUNT_VARIABLE: "4"}
        made = Program(cloud, base / name, environment=environment)
        return made.start(*checking(cloud, "--results", str(results[index]), "--resume"))

    pods = [pod(index, f"pod-{index}") for index in range(4)]
    try:
        wait_for(lambda: len(whole(results[2])) > 1 or pods[2]._process.poll() is not None, "a result", 600)
        pods[2].signal(signal.SIGKILL)
        pods[2].end()
        pods[2] = pod(2, "pod-2-again")
        for made in pods:
            made.end(1_800)
    finally:
        for made in pods:
            made.stop()
    lines = [line for path in results for line in read(whole(path))]
    assert Counter(line["onboarding"] for line in lines if line["type"] == "summary") == Counter(list(kinds))
    assert wrong(lines, kinds) == {}


DIVIDED = (
    "import wizard.core.system_limits as limits, sys; limits.cores = lambda: 2;"
    "import wizard.commands.fleet_team as team; team.FROM = 2; from wizard.__main__ import main; sys.exit(main())"
)
"""Starts the product so that two processes ask a few tenants."""
QUICK = [kind for kind in BAD if BAD[kind].outcome == "failed"]
"""What needs no waits: a program of its own waits in real time."""


@pytest.mark.system
def test_killed_at_half_time_and_started_again_nobody_is_asked_twice(tmp_path: Path) -> None:
    with cloud_of(["", *QUICK[:6]] * 3) as (cloud, kinds):
        killed_and_started_again(cloud, kinds, tmp_path, at=len(kinds) // 2)


@pytest.mark.system
def test_the_pods_of_an_indexed_job_come_to_what_one_run_does(tmp_path: Path) -> None:
    with cloud_of(["", *QUICK[6:12]] * 3) as (cloud, kinds):
        played_by_pods(cloud, kinds, tmp_path)


def begun_by(number: int) -> list[int]:
    """The processes that a process has begun."""
    return [int(each) for path in Path(f"/proc/{number}/task").glob("*/children") for each in path.read_text().split()]


@pytest.mark.system
@pytest.mark.parametrize("way", ["one is killed", "the whole is killed", "the whole is ended"])
def test_processes_of_a_run_that_are_ended_lose_nobody_and_leave_none(way: str, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    with cloud_of(["", *QUICK[:6]] * 4) as (cloud, kinds):
        made = Program(cloud, tmp_path / "run", command=(sys.executable, "-c", DIVIDED))
        made.start(*checking(cloud, "--results", str(results)))
        try:
            wait_for(lambda: len(whole(results)) > 1 or made._process.poll() is not None, "a result", 600)
            processes = begun_by(made._process.pid)
            assert len(processes) == 2
            if way == "one is killed":
                os.kill(processes[0], signal.SIGKILL)
            else:
                made.signal(signal.SIGKILL if way == "the whole is killed" else signal.SIGTERM)
            code = made.end(600)
        finally:
            made.stop()
        wait_for(lambda: not any(map(is_running, processes)), "the end of its processes")
        lines = read(whole(results))
        if way == "one is killed":
            assert (code, wrong(lines, kinds)) == (1, {})
            assert "a process of this run was ended (SIGKILL)" in made.stderr
            assert Counter(line["onboarding"] for line in lines if line["type"] == "summary") == Counter(list(kinds))
            return
        assert code == (-signal.SIGKILL if way == "the whole is killed" else 128 + signal.SIGTERM)
        assert wrong(lines, {name: kind for name, kind in kinds.items() if name in ends(lines)}) == {}
        assert lines[-1]["type"] == "summary"


@pytest.mark.soak
@pytest.mark.parametrize("way", [killed_and_started_again, played_by_pods], ids=["killed", "pods"])
def test_a_thousand_tenants_with_forty_bad_ones_end_with_forty_findings(way: Any, tmp_path: Path) -> None:
    kinds = [""] * 960 + (QUICK * 2)[:40]
    with cloud_of([kinds[at * 7 % 1_000] for at in range(1_000)]) as (cloud, expected):
        assert sum(map(bool, expected.values())) == 40
        more = {"at": 500} if way is killed_and_started_again else {}
        way(cloud, expected, tmp_path, **more)
