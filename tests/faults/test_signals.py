"""TERM, HUP, INT and QUIT end a run in the middle of a wait, with the signal's exit code; nothing is asked after it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.harness import PROGRAM, answering, program, wait_for, with_faults
from tests.sampling import every
from wizard.rehearsal import RehearsalCloud, Scene, load_scene
from wizard.rehearsal.choices import Service
from wizard.rehearsal.world import Fault

EXITS = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130, signal.SIGQUIT: 131}
SLOW_ANSWER = with_faults("all-holds-public", Fault(Service.LOGIN, "POST", "*/devicecode", delay=3_600))
BUSY = with_faults("all-holds-public", Fault(Service.LOGIN, "GET", times=0, status=429, retry_after=3_600))
WAITS = {
    "for an administrator": (load_scene("all-holds-public"), "consent.link", "the administrator's answer"),
    "for a sign-in": (load_scene("all-holds-public"), "user.sign_in_ready", "to sign in"),
    "for a slow answer": (SLOW_ANSWER, "app.well_formed", ""),
    "for a busy service": (BUSY, "", "429"),
}


@pytest.mark.parametrize("number", every(len(EXITS), EXITS), ids=lambda number: number.name)
@pytest.mark.parametrize("wait", WAITS)
def test_a_signal_ends_each_wait_with_its_exit_code_and_a_last_line(
    wait: str, number: signal.Signals, tmp_path: Path
) -> None:
    scene, check, words = WAITS[wait]
    assert isinstance(scene, Scene)
    with RehearsalCloud(scene, people="wait") as cloud:
        people = answering(cloud, consents=check != "consent.link", signs_in=False)
        with program(cloud, tmp_path, people) as run:
            run.run()
            if check:
                run.wait_for("finding", check)
            wait_for(lambda: words in run.stderr, f"the wait {wait}")
            if not words:
                wait_for(lambda: cloud._injector._matched[0], "the request that is held")
            run.signal(number)
            assert run.end() == EXITS[number]
        asked = len(cloud.log)
        assert run.events[-1]["type"] == "summary"
        assert run.summary["outcome"] == "cancelled"
        assert "Traceback" not in run.stderr
        with program(cloud, tmp_path, command=(PROGRAM,)) as report:
            report.start("report", "--journey", str(report.journey), "--cloud-file", str(cloud.cloud_file))
            assert report.end() == 1, report.stderr
        assert len(cloud.log) == asked


@pytest.mark.system
def test_a_cancelled_run_is_taken_up_again(tmp_path: Path) -> None:
    with RehearsalCloud(load_scene("all-holds-public"), people="wait") as cloud:
        with program(cloud, tmp_path, answering(cloud, signs_in=False)) as first:
            first.run()
            first.wait_for("sign_in")
            first.signal(signal.SIGTERM)
            assert first.end() == 143
        with program(cloud, tmp_path) as second:
            assert second.run().end() == 0
        assert second.of("consent_link") == []
        assert "Resuming" in second.stderr
