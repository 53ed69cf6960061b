"""The command as it is installed: it starts, says what it is, and says what it wants instead of a screen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.in_process import call_cli
from tests.patience import PATIENCE
from wizard import __version__
from wizard.journeys.session import Session

PROGRAM = Path(sys.executable).with_name("partner-wizard")


def call(*arguments: str, program: tuple[str, ...] = (str(PROGRAM),)) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.mark.parametrize("program", [(str(PROGRAM),), (sys.executable, "-m", "wizard")], ids=["script", "module"])
def test_version_is_said(program: tuple[str, ...]) -> None:
    ended = call("--version", program=program)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"partner-wizard {__version__}\n", "")


def test_help_names_every_command_and_the_exit_codes() -> None:
    ended = call("--help")

    assert ended.returncode == 0
    for word in ("run", "rehearse", "report", "check", "exit codes: 0 proven"):
        assert word in ended.stdout


def test_an_unknown_command_is_wrong_usage() -> None:
    ended = call("rehears")

    assert ended.returncode == 2
    assert "rehears" in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("eyJ0Tr0ub4dorHorse",),
        ("Tr0ub4dor", "--json"),
        ("--Tr0ub4dor",),
        ("run", "Tr0ub4dor"),
        ("check", "--Tr0ub4dor=1"),
        ("run", "--json=Tr0ub4dor"),
        ("run", "--no=Tr0ub4dor"),
        ("rehearse", "one", "Tr0ub4dor"),
        ("rehearse", "Tr0ub4dor", "--unattended"),
        ("explain", "-Tr0ub4dor"),
    ],
    ids=" ".join,
)
def test_what_is_not_understood_may_be_a_secret_and_is_not_repeated(arguments: tuple[str, ...]) -> None:
    ended = call(*arguments)

    assert ended.returncode == 2
    assert "Tr0ub4dor" not in ended.stdout + ended.stderr
    assert len(ended.stderr.splitlines()[-1]) > 40


def test_a_forgotten_explain_is_told_of() -> None:
    for arguments in (("AADSTS50076",), ("run", "AADSTS50076")):
        assert "to explain an error: partner-wizard explain" in call(*arguments).stderr


@pytest.mark.parametrize(
    ("arguments", "instead"),
    [((), "partner-wizard run"), (("rehearse",), "partner-wizard rehearse --unattended")],
    ids=["wizard", "rehearse"],
)
def test_without_a_terminal_the_way_without_screens_is_named(arguments: tuple[str, ...], instead: str) -> None:
    ended = call(*arguments)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "is not a terminal" in ended.stderr
    assert instead in ended.stderr


def test_an_unknown_scene_is_named() -> None:
    ended = call("rehearse", "all-is-well", "--unattended")

    assert ended.returncode == 2
    assert "all-is-well" in ended.stderr
    assert "--list" in ended.stderr


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["lines", "JSON"])
def test_a_cloud_that_is_served_says_where_its_files_are(
    options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped() -> Session:
        session = Session()
        session.stop()
        return session

    monkeypatch.setattr("wizard.commands.rehearse.Session", stopped)
    ended = call_cli("rehearse", "--serve", *options)

    assert ended.returncode == 130
    if not options:
        assert [line.split()[1] for line in ended.stdout.splitlines()[:4]] == ["cloud", "answers", "CA", "proxy"]
        assert ended.stdout.splitlines()[4].startswith("export ")
        return
    told = json.loads(ended.stdout)
    assert set(told) == {"type", "cloud_file", "answers_file", "ca_bundle", "proxy", "environment"}
    assert told["environment"]


def test_a_reader_that_goes_away_is_no_crash() -> None:
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; '{PROGRAM}' rehearse --list | head -n 1 >/dev/null"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr
