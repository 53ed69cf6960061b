"""`check --all` and `renew --all`: every onboarding of this machine, each with its own end."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from urllib3.connection import HTTPSConnection

from tests.in_process import CliResult, call_cli
from tests.rehearsals.stored_journeys import Stored, stored
from wizard.journeys.state_folder import state_folder

GOOD = ["good-0", "good-1", "good-2"]
BAD = ["bad-name", "bad-person", "bad-cloud", "torn"]


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stored]:
    """Onboardings of one tenant, kept under several names: good ones, and one bad of each kind."""
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        saved = json.loads(journey.path.read_text())
        folder = Path(state_folder(os.environ)) / "journeys"
        folder.mkdir(parents=True)
        for name in GOOD:
            keep(folder, name, saved)
        keep(folder, "bad-name", saved, vault_secret="another-name")
        keep(folder, "bad-person", saved, vault_identity="device-code")
        keep(folder, "bad-cloud", saved, cloud="elsewhere")
        keep(folder, "left", saved | {"revoked_at": "2026-11-01T00:00:00Z", "is_end_proven": True})
        (folder / "torn.json").write_text("{")
        yield journey


def keep(folder: Path, name: str, saved: dict[str, Any], **answers: object) -> None:
    (folder / f"{name}.json").write_text(json.dumps(saved | {"answers": saved["answers"] | answers}))


def run(journey: Stored, *words: str) -> CliResult:
    return call_cli(*words, "--cloud-file", str(journey.cloud.cloud_file))


def test_every_onboarding_ends_as_it_would_alone_over_connections_that_all_share(
    fleet: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Counter[str] = Counter()
    connect = HTTPSConnection.connect

    def counted(self: HTTPSConnection) -> None:
        made[self._tunnel_host or self.host] += 1
        connect(self)

    monkeypatch.setattr(HTTPSConnection, "connect", counted)

    ended = run(fleet, "check", "--all", "--json", "--workers", "2")

    *lines, total = map(json.loads, ended.stdout.splitlines())
    ends = {line["onboarding"]: line["outcome"] for line in lines if line["type"] == "summary"}
    assert {name: end for name, end in ends.items() if name.startswith("good")} == dict.fromkeys(GOOD, "proven")
    assert {name: end for name, end in ends.items() if not name.startswith("good")} == dict.fromkeys(BAD, "failed")
    counts = {"proven": len(GOOD), "failed": len(BAD), "provisional": 0, "unreachable": 0, "asked_earlier": 0}
    assert total == {"type": "total", "onboardings": len(GOOD + BAD), **counts}
    assert ended.returncode == 1
    errors = {line["onboarding"]: line["error"] for line in lines if line.get("error")}
    assert errors["torn"].endswith("is not a saved journey; move it away and start again")
    assert "expected one of" in errors["bad-cloud"]
    assert "for which a person signs in" in errors["bad-person"]
    failing = [line for line in lines if line["onboarding"] == "bad-name" and line.get("outcome") == "fails"]
    assert [line["check"] for line in failing] == ["user.secret_name"]
    assert max(made.values()) == 2  # as many as there are workers, however many onboardings there are


def test_a_run_that_was_ended_goes_on_with_those_that_are_left(fleet: Stored, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    first = run(fleet, "check", "--all", "--results", str(results))

    said = first.stdout.splitlines()
    assert said[-1] == f"{len(GOOD + BAD)} onboardings: {len(BAD)} failed, {len(GOOD)} proven"
    assert sum(line.startswith("✓ ") for line in said) == len(GOOD)
    at = next(index for index, line in enumerate(said) if "(bad-name)" in line)
    assert said[at].startswith("✗ ")
    assert said[at + 1].startswith("✗ user.secret_name: ")
    assert f"Checking {len(GOOD + BAD)} onboardings, at most 16 at a time." in first.stderr
    lines = results.read_text().splitlines(keepends=True)
    summaries = [index for index, line in enumerate(lines) if '"summary"' in line]
    results.write_text("".join(lines[: summaries[3] + 1]))
    done = [json.loads(lines[index])["onboarding"] for index in summaries[:4]]

    ended = run(fleet, "check", "--all", "--json", "--results", str(results), "--resume")

    *found, total = map(json.loads, ended.stdout.splitlines())
    asked = {line["onboarding"] for line in found}
    assert asked.isdisjoint(done)
    assert asked | set(done) == {*GOOD, *BAD}
    assert (total["onboardings"], total["asked_earlier"], total["failed"]) == (len(GOOD + BAD), 4, len(BAD))
    assert ended.returncode == 1
    kept = [json.loads(line) for line in results.read_text().splitlines()]
    assert Counter(line["onboarding"] for line in kept if line["type"] == "summary") == Counter([*done, *asked])
    assert kept[-1] == total


def test_renew_all_leaves_what_is_not_due_and_the_parts_of_a_job_ask_none_twice(
    fleet: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fleet.versions()
    asked: Counter[str] = Counter()
    monkeypatch.setenv("PARTNER_WIZARD_SHARDS", "3")
    for index in range(3):
        monkeypatch.setenv("JOB_COMPLETION_INDEX", str(index))
        for line in map(json.loads, run(fleet, "renew", "--all", "--json").stdout.splitlines()):
            if line["type"] == "summary":
                asked[line["onboarding"]] += 1
                assert line["onboarding"] in BAD or line["renewal"]["state"] == "not_due"
    assert asked == Counter([*GOOD, *BAD])
    assert fleet.versions() == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check", "--all", "contoso.com"), "leave out the one that is named"),
        (("check", "--all", "--tenant", "contoso.com"), "leave out the one that is named"),
        (("check", "--all", "--resume"), "name it with --results FILE"),
        (("check", "--all", "--shard", "3/2"), "expected which part of how many"),
        (("renew", "--all", "--install", "cron"), "does not go with --all"),
        (("check", "--workers", "0"), "its value is not understood"),
        (("check", "--shard", "1/2"), "goes with --all"),
    ],
)
def test_what_does_not_go_with_all_is_said(words: tuple[str, ...], says: str) -> None:
    ended = call_cli(*words)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert ended.stdout == ""


def test_without_an_onboarding_there_is_none_to_ask() -> None:
    ended = call_cli("check", "--all")
    assert (ended.returncode, ended.stdout) == (0, "0 onboardings: none to ask\n")
