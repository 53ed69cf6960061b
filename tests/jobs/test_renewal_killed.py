"""`partner-wizard renew` as a program of its own, killed for good between any two of its requests."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.harness import Program, program, wait_for
from tests.jobs.renewals import DUE, enabled, redeems, renew
from tests.rehearsals.stored_journeys import Stored, stored

REQUESTS = 20
"""Of a renewal, and some more."""


def renewing(journey: Stored, made: Program) -> Program:
    files = ("--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file))
    return made.start("renew", "--force", *files)


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(15))
def test_killed_after_any_request_the_newest_version_works(
    turn: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Twenty kills a turn, three hundred in all."""
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        for number in range(1, REQUESTS + 1):
            journey.cloud.clock.advance(DUE / 8)
            before = len(journey.cloud.log)
            with program(journey.cloud, tmp_path / f"run-{number}") as made:
                running = renewing(journey, made)._process
                wait_for(
                    lambda: len(journey.cloud.log) >= before + number or running.poll() is not None,  # noqa: B023
                    "its requests",
                )
                made.signal(signal.SIGKILL)
                made.end()
            assert redeems(journey), number
        journey.cloud.clock.advance(DUE)

        assert renew(journey).exit == 0
        assert len(enabled(journey)) == 2


@pytest.mark.system
def test_a_run_that_ends_by_itself_says_what_it_did(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        with program(journey.cloud, tmp_path / "run") as made:
            assert renewing(journey, made).end() == 0, made.stdout + made.stderr
        assert "✓ renew.written: The new token is version" in made.stdout
        assert "PUT contoso-partner." in made.stdout
        assert "expires: On " in made.stdout
        assert redeems(journey)
