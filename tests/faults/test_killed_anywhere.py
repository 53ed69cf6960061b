"""kill -9 at a request that is drawn, three times in a row, in every world: the next run goes on to the proof."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.harness import answering, program, wait_for
from tests.model.ways_in import WAYS, scene_of
from tests.ports import free_port
from wizard.journeys.saved_journey import JourneyFile
from wizard.rehearsal import RehearsalCloud, device_codes

SEED = os.environ.get("SOAK_SEED", "5")
KILLS = 3
"""Of a journey, before it is let to its end."""
FEWEST, MOST = 1, 24
"""Requests of a run before it is killed."""


def sign_ins(cloud: RehearsalCloud) -> int:
    """Sign-ins of a person whose tokens were given out."""
    granted = [each.form for each in cloud.log if each.path.endswith("/token") and each.status == 200]
    return sum("device_code" in form or "code" in form for form in granted)


def versions(cloud: RehearsalCloud) -> int:
    """Versions of every secret of the vault but the dummies by which the right to write is proven."""
    names = [name for name in cloud.vault.names() if not name.endswith("-write-check")]
    return sum(len(cloud.vault.versions(name)) for name in names)


@pytest.mark.soak
@pytest.mark.parametrize("draw", range(2))
@pytest.mark.parametrize("way", WAYS)
def test_killed_at_random_and_resumed_it_is_proven(
    way: str, draw: int, tried: Callable[[str, int], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Consent is asked for again only where its answer was not heard; no sign-in is stored twice."""
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    random, killed = Random(f"{SEED} {way} {draw}"), 0
    unheard = 0
    port = (
        ("--port", str(free_port())) if "browser" in way or "chooses" in way else ()
    )  # nobody is there to paste an address
    with RehearsalCloud(scene_of(way), people="wait") as cloud:
        people, stored_before = answering(cloud), versions(cloud)
        for _ in range(KILLS):
            until = len(cloud.log) + random.randint(FEWEST, MOST)
            with program(cloud, tmp_path, people) as run:
                process = run.run(*port)._process
                wait_for(lambda: len(cloud.log) >= until or process.poll() is not None, "its requests")  # noqa: B023
                run.signal(signal.SIGKILL)
                killed += run.end() == -signal.SIGKILL
            heard = {each["check"] for each in run.of("finding")}
            unheard += bool(run.of("consent_link")) and "consent.answer" not in heard
            if run.journey.exists():
                assert JourneyFile(run.journey).read() is not None

        with program(cloud, tmp_path, people) as last:
            assert last.run(*port).end() == 0, last.stdout + last.stderr
        assert last.summary["outcome"] == "proven"
        assert sum(each.method == "POST" and each.path.endswith("/adminconsent") for each in cloud.log) <= 1 + unheard
        assert versions(cloud) - stored_before <= max(sign_ins(cloud), way.startswith("taken-over"))
    tried("H3", killed)
    tried("P6", killed)
