"""What is said of an error that nobody expected: what is proven is called saved where it is, and only there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.in_process import call_cli
from wizard.core.answers import Answers
from wizard.core.errors import SAVED
from wizard.journeys.session import Session
from wizard.plain.line_writer import LineWriter

ANSWERS = """associated = true
tenant = "contoso.com"
client_id = "33333333-cccc-4ccc-8ccc-000000000003"
credential = { none = true }
"""


def crash(*_arguments: object, **_options: object) -> str:
    raise ValueError("1.AXcanary")


def crash_in_the_middle(session: Session, answers: Answers, lines: LineWriter, **_options: object) -> str:
    journey = session.begin(answers, lines.emit)
    journey.save(journey)
    return crash()


@pytest.mark.parametrize("disk", ["good", "full"])
def test_a_run_says_that_what_is_proven_is_saved_only_if_it_is(
    disk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.commands.plain_run.run_journey", crash_in_the_middle)
    (tmp_path / "answers.toml").write_text(ANSWERS)
    if disk == "full":
        monkeypatch.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    done = call_cli("run", "--answers", "answers.toml", folder=tmp_path)
    assert done.returncode == 1
    assert "stopped unexpectedly (ValueError in test_last_resort.py" in done.stderr
    assert (SAVED in done.stderr) is (disk == "good")
    assert "could not be saved" not in done.stderr or disk == "full"
    assert "canary" not in done.stderr


def test_a_run_that_has_not_begun_says_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.commands.plain_run.run_journey", crash)
    (tmp_path / "answers.toml").write_text(ANSWERS)
    done = call_cli("run", "--answers", "answers.toml", folder=tmp_path)
    assert "stopped unexpectedly" in done.stderr
    assert SAVED not in done.stderr


@pytest.mark.parametrize("command", ["explain AADSTS50076", "report", "rehearse --list"])
def test_a_command_that_saves_nothing_says_nothing_of_it(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"wizard.commands.{command.split()[0]}.main", crash)
    done = call_cli(*command.split())
    assert "stopped unexpectedly" in done.stderr
    assert SAVED not in done.stderr
