"""What a kill leaves in the state folder is swept at the next start, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.in_process import call_cli
from tests.journeys.kept import here, keep
from tests.test_saved_journey import gone_process
from wizard.journeys.index import FOLDER
from wizard.journeys.kept_grants import KeptGrants
from wizard.journeys.saved_journey import JourneyFile

APP = "33333333-cccc-4ccc-8ccc-000000000003"


def left_by_a_kill(state: Path) -> list[Path]:
    gone = gone_process()
    folder = state / FOLDER
    return [
        state / f".index.txt.{gone}",
        state / f".all-check.txt.{gone}",
        folder / f".contoso.com-1f2e3d4c5b.json.{gone}",
        folder / "draft-9a8b7c6d.lock",
        folder / "contoso.com-1f2e3d4c5b.job.lock",
    ]


@pytest.mark.parametrize("command", ["run --tenant nobody", "check --all --json"])
def test_what_killed_processes_left_is_swept_at_the_next_start(command: str) -> None:
    journey, state = keep("contoso.com", passed=["tenant"]), here().state
    held = JourneyFile(state / FOLDER / "draft-00000000.json")
    held.lock()
    kept = {journey, held.path.with_suffix(".lock")}
    for each in left_by_a_kill(state):
        each.touch()

    call_cli(*command.split())

    caches = {state / name for name in ("index.txt", "index.lock", "all-check.txt")}
    assert {each for each in state.rglob("*") if each.is_file()} - caches == kept
    held.unlock()


def test_what_was_granted_is_kept_and_its_leftovers_are_swept(tmp_path: Path) -> None:
    kept = KeptGrants(tmp_path, APP)
    kept.keep(APP, ())
    (kept.folder / f".{APP}.json.{gone_process()}").touch()
    with kept.locked():
        assert sorted(each.name for each in kept.folder.iterdir()) == [f"{APP}.json", "lock"]
