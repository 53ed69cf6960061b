"""Many onboardings are asked side by side: each result counts once, and nothing that befalls one befalls another."""

from __future__ import annotations

import json
import os
import threading
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from wizard.commands.all_onboardings import Ledger, done_in
from wizard.commands.fleet_members import Fleet
from wizard.core.errors import BadInput, Cancelled, Unreachable
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel
from wizard.jobs.fleet import COUNT_VARIABLE, INDEX_VARIABLE, Member, Result, Shard, Totals, ask_all, read_shard
from wizard.jobs.fleet_results import ResultsFile
from wizard.journeys.session import Session

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def member(number: int) -> Member:
    return Member(f"tenant-{number}", f"tenant-{number}.example", f"{number:08}-aaaa-4aaa-8aaa-000000000001", "")


def result_of(each: Member, outcome: str = "proven") -> Result:
    return Result(each, outcome, ({"type": "summary", "outcome": outcome},))


def ask(members: int, answer: Callable[[Member], Result], workers: int = 4) -> dict[str, Result]:
    found = list(ask_all(map(member, range(members)), answer, workers, Cancel()))
    assert len(found) == members
    return {each.member.name: each for each in found}


def test_each_is_asked_once_and_no_more_at_a_time_than_there_are_workers() -> None:
    running, most, asked = 0, 0, []
    lock, full = threading.Lock(), threading.Barrier(4)

    def answer(each: Member) -> Result:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            asked.append(each.name)
            number = len(asked)
        if number <= 4:
            full.wait(60)  # nobody goes on before four run
        with lock:
            running -= 1
        return result_of(each)

    ask(40, answer)

    assert most == 4
    assert sorted(asked) == sorted(member(number).name for number in range(40))


def test_what_goes_wrong_for_one_is_its_own_result_and_nobody_elses() -> None:
    wrong = {
        "tenant-1": BadInput("client_id", "expected a GUID"),
        "tenant-2": Unreachable("login.microsoftonline.com", Trouble.TIMEOUT, "no answer"),
        "tenant-3": ZeroDivisionError("secret"),
    }

    def answer(each: Member) -> Result:
        if each.name in wrong:
            raise wrong[each.name]
        return result_of(each)

    found = ask(8, answer)

    outcomes = [found[f"tenant-{number}"].outcome for number in range(5)]
    assert outcomes == ["proven", "failed", "unreachable", "failed", "proven"]
    assert found["tenant-1"].mistake == "client_id: expected a GUID"
    assert "test_fleet" in found["tenant-3"].mistake
    assert "secret" not in found["tenant-3"].mistake
    assert found["tenant-3"].as_json()[-1]["error"] == found["tenant-3"].mistake


def test_a_signal_ends_the_whole_and_nobody_else_is_asked() -> None:
    cancel, asked = Cancel(), []

    def answer(each: Member) -> Result:
        asked.append(each.name)
        if len(asked) == 5:
            cancel.set()
        cancel.check()
        return result_of(each)

    ended: list[Result] = []
    with pytest.raises(Cancelled):
        ended.extend(ask_all(map(member, range(1_000)), answer, 2, cancel))

    assert len(asked) < 20


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ((), 0),
        (("proven", "proven"), 0),
        (("proven", "unreachable"), 3),
        (("unreachable", "failed"), 1),
        (("unreachable", "provisional"), 1),
    ],
)
def test_the_worst_outcome_makes_the_exit_code(outcomes: tuple[str, ...], code: int) -> None:
    totals = Totals()
    totals.ended.update(outcomes)
    assert totals.exit_code == code
    assert totals.as_json()["onboardings"] == len(outcomes)


@pytest.mark.parametrize("count", [1, 2, 4, 7])
def test_each_tenant_is_in_one_part_whatever_else_there_is(count: int) -> None:
    members = [member(number) for number in range(200)]
    parts = [[each for each in members if Shard(index, count).holds(each)] for index in range(count)]
    assert sorted(each.name for part in parts for each in part) == sorted(each.name for each in members)
    assert all(len(part) > 200 / count / 2 for part in parts)
    assert [Shard(0, count).holds(each) for each in members] == [Shard(0, count).holds(each) for each in members]


def test_a_part_is_named_by_the_option_or_by_the_indexed_job() -> None:
    assert read_shard("2/4", {}) == Shard(1, 4)
    assert read_shard(None, {}) == Shard()
    assert read_shard(None, {INDEX_VARIABLE: "3"}) == Shard()  # a Job whose manifest does not say of how many
    assert read_shard(None, {INDEX_VARIABLE: "3", COUNT_VARIABLE: "4"}) == Shard(3, 4)
    assert read_shard("1/1", {INDEX_VARIABLE: "3", COUNT_VARIABLE: "4"}) == Shard()


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "1/0", "-1/4", "a/b", "1/4/2", " 1/4"])
def test_no_part_of_so_many_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="--shard"):
        read_shard(text, {})


def test_a_job_that_counts_wrongly_is_refused() -> None:
    with pytest.raises(BadInput, match=INDEX_VARIABLE):
        read_shard(None, {INDEX_VARIABLE: "4", COUNT_VARIABLE: "4"})


# --- the file of results --------------------------------------------------------------------------------------------


def results_in(path: Path, *, goes_on: bool = True, now: datetime = NOW, command: str = "check") -> tuple[
    ResultsFile, dict[str, str]
]:  # fmt: skip
    file = ResultsFile(path, command)
    return file, file.open(now, goes_on=goes_on)


def test_a_run_that_was_killed_goes_on_behind_its_last_whole_result(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    file, done = results_in(path)
    assert done == {}
    file.add(result_of(member(1)))
    file.add(result_of(member(2), "failed"))
    whole = path.read_bytes()
    file.add(Result(member(3), "proven", ({"type": "finding"}, {"type": "summary", "outcome": "proven"})))
    third = path.read_bytes().removeprefix(whole)
    file.close()
    assert path.stat().st_mode & 0o777 == 0o600

    for end in range(len(third)):  # killed at any byte of the third
        path.write_bytes(whole + third[:end])
        again, done = results_in(path)
        assert done == {"tenant-1": "proven", "tenant-2": "failed"}
        again.close()
        assert path.read_bytes() == whole
    path.write_bytes(whole + third)
    again, done = results_in(path, now=NOW + timedelta(hours=23))
    assert list(done) == ["tenant-1", "tenant-2", "tenant-3"]
    again.close()


def test_what_an_earlier_run_said_is_read_from_the_file_that_was_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    file, _ = results_in(path)
    file.add(result_of(member(1)))
    file.close()
    again, done = results_in(path)
    (tmp_path / "other").write_bytes(path.read_bytes().replace(b"tenant-1", b"tenant-9"))
    (tmp_path / "other").replace(path)

    assert [name for name, _ in again.earlier()] == list(done) == ["tenant-1"]

    again.add(result_of(member(2)))
    assert [name for name, _ in again.earlier()] == ["tenant-1"]
    again.add(result_of(member(3)))
    again.close()
    assert path.read_bytes().count(b"tenant-9") > 0, "and the file of somebody else is as it was"


FORGED: list[dict[str, object]] = [
    {"type": "finding"},
    {"outcome": "fails"},
    {"type": "finding", "outcome": "no word", "step": "x", "check": "x"},
]


@pytest.mark.parametrize("line", FORGED)
def test_results_that_no_run_writes_are_said_to_be_that(line: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    given: dict[str, object] = {"command": "check", "credential": None, "results": str(path), "resume": True}
    options = Namespace(
        **given, json=True, vault=None, no_color=True, answers=None, metrics=str(tmp_path / "m.prom"), force=False
    )
    file, _ = results_in(path, now=datetime.now(UTC))
    file.add(Result(member(1), "failed", ({"type": "summary", "outcome": "failed"},)))
    file.close()
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([lines[0], json.dumps(line) + "\n", *lines[1:]]))
    ledger = Ledger(options, cast(Fleet, SimpleNamespace(state=str(tmp_path))), Shard(), Session())

    with pytest.raises(BadInput, match="tenant-1 what no run writes"):
        ledger.take_up([member(1)])


def test_results_of_other_options_that_change_what_is_proven_are_of_another_command() -> None:
    given = {"command": "renew", "credential": None, "force": False, "dry_run": False, "yes": False}
    changes: list[dict[str, object]] = [{}, {"force": True}, {"credential": ""}]
    changes += [{"credential": "", "dry_run": True}, {"credential": "", "yes": True}]

    assert [done_in(Namespace(**given | each)) for each in changes] == [
        *("renew", "renew --force", "renew --credential"),
        *("renew --credential --dry-run", "renew --credential --yes"),
    ]


def test_what_is_finished_or_old_or_of_another_command_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    file, _ = results_in(path)
    file.add(result_of(member(1)))
    file.close()
    left = path.read_bytes()

    for now in (NOW + timedelta(days=1, seconds=1), NOW - timedelta(seconds=1)):
        path.write_bytes(left)
        file, done = results_in(path, now=now)
        file.close()
        assert done == {}
    path.write_bytes(left)
    file, done = results_in(path, goes_on=False)
    assert done == {}
    file.end(Totals())
    file.close()
    file, done = results_in(path)
    assert done == {}
    file.close()
    with pytest.raises(BadInput, match="holds something else"):
        results_in(path, command="renew")


def test_a_file_of_somebody_elses_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n")
    with pytest.raises(BadInput, match="holds something else"):
        results_in(path, goes_on=False)
    assert path.read_text() == "my notes\n"
    with pytest.raises(BadInput, match="not a regular file"):
        results_in(Path("/dev/null"))


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    first, _ = results_in(tmp_path / "results.jsonl")
    with pytest.raises(BadInput, match="another run writes"):
        results_in(tmp_path / "results.jsonl")
    first.close()


def test_a_disk_that_fills_is_said_once_and_leaves_whole_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "results.jsonl"
    file, _ = results_in(path)
    file.add(result_of(member(1)))
    whole = path.read_bytes()
    write = os.write
    room = 10

    def write_while_there_is_room(handle: int, data: bytes) -> int:
        nonlocal room
        if not room:
            raise OSError(28, "No space left on device")
        took: int = write(handle, bytes(data)[:room])
        room -= took
        return took

    monkeypatch.setattr(os, "write", write_while_there_is_room)
    file.add(result_of(member(2)))
    file.add(result_of(member(3)))
    file.end(Totals())
    file.close()

    assert "No space left on device" in file.trouble
    assert path.read_bytes() == whole
    assert json.loads(whole.splitlines()[-1])["outcome"] == "proven"
