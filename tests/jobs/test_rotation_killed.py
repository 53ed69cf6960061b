"""`partner-wizard renew --credential` as a program of its own, killed for good between any two of its requests."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness import Program, program, wait_for
from tests.jobs.rotations import Kept, kept, lasting

TURNS = 5
REQUESTS = 50
"""Of a renewal, and some more."""


def rotating(app: Kept, made: Program, answers: Path) -> Program:
    files = ("--journey", str(app.journey.path), "--cloud-file", str(app.journey.cloud.cloud_file))
    return made.start("renew", "--credential", "--force", "--answers", str(answers), *files)


def answers_of(app: Kept, folder: Path) -> Path:
    """Write the answers file of a job."""
    named, path = app.saved.answers, folder / "job.toml"
    path.write_text(
        f'tenant = "{named.tenant}"\nclient_id = "{named.client_id}"\n'
        f'credential = {{ vault_secret = "{named.credential_name}" }}\n'
        f'[vault]\nidentity = "{named.vault_identity}"\n[graph]\nidentity = "{named.graph_identity}"\n'
    )
    return path


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(TURNS))
def test_killed_after_any_request_the_newest_version_works(
    turn: int, tried: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Between “secret made” and “secret stored” as well; the next run removes what nobody can know."""
    with kept(monkeypatch, tmp_path, lasting(days=300)) as app:
        answers, were_left, killed = answers_of(app, tmp_path), 0, 0
        for number in range(turn + 1, REQUESTS + 1, TURNS):
            before = len(app.journey.cloud.log)
            with program(app.journey.cloud, tmp_path / f"run-{number}") as made:
                running = rotating(app, made, answers)._process
                wait_for(
                    lambda: len(app.journey.cloud.log) >= before + number or running.poll() is not None,  # noqa: B023
                    "its requests",
                )
                made.signal(signal.SIGKILL)
                killed += made.end() == -signal.SIGKILL
            assert app.works(), number
            were_left += bool(set(app.values) - app.known)
            app.journey.cloud.clock.advance(3_600)

            assert app.rotate().exit == 0
            assert set(app.values) <= app.known, number
            assert app.works(), number
        assert were_left
        tried("L1", killed)


@pytest.mark.system
def test_a_run_that_ends_by_itself_says_what_it_did(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with kept(monkeypatch, tmp_path) as app, program(app.journey.cloud, tmp_path / "run") as made:
        assert rotating(app, made, answers_of(app, tmp_path)).end() == 0, made.stdout + made.stderr
        assert "✓ renew.credential_made: It is proven" in made.stdout
        assert "fix renew-secret: " in made.stdout
        assert app.values[-1] not in made.stdout + made.stderr
        assert app.works()
