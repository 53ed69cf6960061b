"""Each command takes the options that its code reads, and no others."""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from screens.launch import Launch
from tests.in_process import call_cli
from tests.test_journey import ALL, holding, journey_with
from wizard.commands import (
    alerts,
    check,
    completion,
    explain,
    full_screen,
    rehearse,
    report,
    revoke,
    run,
    status,
    support_bundle,
    token,
)
from wizard.commands import help as help_command
from wizard.commands.options import REHEARSE_MODES, SHARED, SHARED_BY, build_parser, read_options
from wizard.core.answers import Answers
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.state_folder import state_folder
from wizard.reporting.fleet_record import FleetRecord, write_record

MAIN: dict[str, Callable[[argparse.Namespace], int]] = {
    "": full_screen.main,
    "run": run.main,
    "rehearse": rehearse.main,
    "status": status.main,
    "check": check.main,
    "alerts": alerts.main,
    "token": token.main,
    "revoke": revoke.main,
    "explain": explain.main,
    "report": report.main,
    "support-bundle": support_bundle.main,
    "completion": completion.main,
    "help": help_command.main,
}
READ_BY_THE_COMMAND_LINE = {"command", "ascii"}
"""What the command line itself reads of the options: to call a command, and for the streams that it writes to."""


class RecordingNamespace(argparse.Namespace):
    """Options that remember which of them were read."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(**vars(options))
        self._read: set[str] = set()

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if not name.startswith("_"):
            super().__getattribute__("_read").add(name)
        return value


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Every command, up to where it would draw, ask or call a service; returns the file of a saved journey."""
    file = JourneyFile(tmp_path / "journey.json")
    file.write(journey_with(holding(*ALL), Answers(tenant="contoso.com")), "2026-11-21T10:00:00Z")
    monkeypatch.chdir(tmp_path)
    Path("alerts.toml").write_text('[alerts]\nto = [{ file = "hook" }]')
    Path("hook").write_text("json://hooks.example")
    monkeypatch.setenv("NO_COLOR", "")  # a command may set it
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr(full_screen, "run_wizard", open_and_close)
    monkeypatch.setattr("screens.app.run_wizard", lambda _launch, **_more: 0)
    monkeypatch.setattr(run, "run_in_plain_lines", lambda *_given, **_more: 0)
    monkeypatch.setattr(rehearse, "run_in_plain_lines", lambda *_given, **_more: 0)
    monkeypatch.setattr(check, "check_stored", lambda *_given: 0)
    monkeypatch.setattr("wizard.jobs.alert_tags.AlertTags.read", lambda _self: True)
    monkeypatch.setattr(token, "write_token", lambda *_given: 0)
    monkeypatch.setattr(revoke, "revoke_stored", lambda *_given, **_more: 0)
    return file.path


def open_and_close(launch: Callable[[], Launch], **_more: object) -> int:
    """What the screens do with their launch, without a screen."""
    file = launch().session.file
    assert file is not None
    file.unlock()
    return 0


def read_by(command: str, *arguments: str) -> set[str]:
    """The options that a command reads of the ones it takes."""
    options = RecordingNamespace(read_options([*([command] if command else []), *arguments]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", io.StringIO())
        MAIN[command](options)
    return options._read - READ_BY_THE_COMMAND_LINE


def taken_by(command: str) -> set[str]:
    """The options and words that the parser takes behind a command."""
    parsers = build_parser()
    if command:
        (subparsers,) = (each for each in parsers._actions if isinstance(each, argparse._SubParsersAction))
        return {action.dest for action in subparsers.choices[command]._actions} - {"help", "ascii"}
    taken = {action.dest for action in parsers._actions if action.help != argparse.SUPPRESS}
    return taken - {"help", "version", "command", "ascii"}


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("", []),
        ("run", []),
        ("status", []),
        ("check", []),
        ("alerts", ["list", "--answers", "alerts.toml"]),
        ("token", []),
        ("revoke", []),
        ("explain", ["AADSTS50076"]),
        ("report", []),
        ("support-bundle", []),
        ("completion", ["bash"]),
        ("help", []),
    ],
    ids=lambda value: value or "the wizard" if isinstance(value, str) else "",
)
def test_a_command_reads_every_option_that_it_takes_and_takes_every_one_that_it_reads(
    command: str, arguments: list[str], commands: Path
) -> None:
    journey = ["--journey", str(commands)] if "journey" in SHARED_BY[command] else []

    read = read_by(command, *journey, *arguments)
    if command == "check":  # what goes with --all is read with it
        read |= read_by("check", "--all") | read_by("check", "--all", "--results", str(commands.with_name("results")))
    if command == "report":
        write_record(state_folder(os.environ), FleetRecord("check", "2026-11-21T10:00:00Z"))
        read |= read_by("report", "--all")
    assert read == taken_by(command)


@pytest.mark.usefixtures("commands")
def test_a_rehearsal_reads_the_options_of_its_mode_and_takes_those_of_all_modes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rehearse, "_serve", lambda _cloud, **_more: 0)
    monkeypatch.setattr("screens.app.run_wizard", open_and_close)
    modes = set(REHEARSE_MODES) - {""}
    for mode, expected in REHEARSE_MODES.items():
        read = read_by("rehearse", *([f"--{mode}"] if mode else [])) - modes - {"scene"}
        assert read == set(expected) - {"ascii"}, mode

    every = {name for names in REHEARSE_MODES.values() for name in names}
    assert taken_by("rehearse") == (every - {"ascii"}) | modes | {"scene"}


def pairs(are_read: bool) -> Iterable[tuple[str, str]]:
    return [(command, name) for command in SHARED_BY for name in SHARED if (name in SHARED_BY[command]) is are_read]


WORDS = {"completion": ["bash"], "alerts": ["list"], "customers": ["list"]}
"""What a command cannot do without."""
VALUES = {"port": ["8400"], "journey": ["a.json"], "tenant": ["contoso.com"], "cloud_file": ["a.toml"]}


def flag(name: str) -> list[str]:
    return [f"--{name.replace('_', '-')}", *VALUES.get(name, [])]


@pytest.mark.parametrize(("command", "name"), pairs(are_read=False))
@pytest.mark.parametrize("is_before", [True, False], ids=["before", "behind"])
def test_an_option_that_a_command_ignores_is_refused(command: str, name: str, is_before: bool) -> None:
    words = [*([command] if command else []), *WORDS.get(command, [])]
    ended = call_cli(*([*flag(name), *words] if is_before else [*words, *flag(name)]))

    assert ended.returncode == 2
    assert ended.stdout == ""
    if command != "explain" or is_before:
        assert f"{flag(name)[0]} does not apply to " in ended.stderr


@pytest.mark.parametrize(("command", "name"), [pair for pair in pairs(are_read=True) if pair[0]])
def test_an_option_before_the_command_counts_as_one_behind_it(command: str, name: str) -> None:
    mode = ["--unattended"] if (command, name) == ("rehearse", "json") else WORDS.get(command, [])

    before, behind = read_options([*flag(name), command, *mode]), read_options([command, *flag(name), *mode])

    assert vars(before) == vars(behind)
    assert getattr(before, name)


@pytest.mark.parametrize(
    ("mode", "name"),
    [(mode, name) for mode, names in REHEARSE_MODES.items() for name in SHARED_BY["rehearse"] if name not in names],
)
def test_an_option_that_a_mode_of_a_rehearsal_ignores_is_refused(mode: str, name: str) -> None:
    ended = call_cli("rehearse", *([f"--{mode}"] if mode else []), *flag(name))

    assert ended.returncode == 2
    assert f"{flag(name)[0]} does not apply to " in ended.stderr
