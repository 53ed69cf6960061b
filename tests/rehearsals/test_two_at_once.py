"""Programs at work on two onboardings of one machine at once, and on the same one; killed, resumed and listed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Program, answering, program, wait_for
from tests.in_process import call_cli
from wizard.rehearsal import RehearsalCloud, load_scene

Act = Callable[[Any], None]


def run_in(state: Path, one: Program) -> Program:
    """Start `run` with the cloud's answers and no file of its own: the state folder says where it is kept."""
    one.environment = {"XDG_STATE_HOME": str(state)}
    cloud = one.cloud
    return one.start("run", "--answers", str(cloud.answers_file), "--cloud-file", str(cloud.cloud_file), "--json")


def standing(state: Path) -> dict[str, str]:
    """The outcome of each app's onboarding, as `status` says it."""
    ended = call_cli("status", "--json", XDG_STATE_HOME=str(state))
    return {line["app"][-4:]: line["outcome"] for line in map(json.loads, ended.stdout.splitlines())}


@pytest.mark.system
def test_two_onboardings_run_at_once_are_killed_resumed_and_listed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with (
        RehearsalCloud(load_scene("all-holds-public")) as cloud,
        RehearsalCloud(load_scene("vendor-all-holds")) as other,
    ):
        nobody_signs_in: Act = answering(cloud, signs_in=False)
        with program(cloud, tmp_path / "a", nobody_signs_in) as waiting:
            run_in(state, waiting)
            wait_for(lambda: waiting.of("sign_in"), "the code of the first program")

            with program(other, tmp_path / "b") as beside:
                assert run_in(state, beside).end() == 0, beside.stderr
            with program(cloud, tmp_path / "c") as second:
                assert run_in(state, second).end() == 2
                assert "another partner-wizard uses" in second.stderr
            assert standing(state) == {"0003": "provisional", "00fa": "proven"}

            waiting.stop()
        with program(cloud, tmp_path / "d") as resumed:
            assert run_in(state, resumed).end() == 0, resumed.stderr
            assert "consent_link" not in {event["type"] for event in resumed.events}, "consent stays given"

    assert standing(state) == {"0003": "proven", "00fa": "proven"}
    assert [path.suffix for path in sorted((state / "partner-wizard" / "journeys").iterdir())] == [".json"] * 2
