"""Whatever stands where a file is expected, a sentence says it: nothing hangs, fills the memory or crashes."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.in_process import call_cli
from wizard.commands.all_onboardings import _names_in
from wizard.commands.customers import _text_of
from wizard.core.errors import BadInput, NotRecorded
from wizard.core.files import read_own_file, write_in_one_stroke
from wizard.core.fixes import Action, ActionState
from wizard.jobs.alert_memory import MemoryFile
from wizard.journeys.action_file import ActionFile
from wizard.journeys.kept_grants import KeptGrants
from wizard.journeys.pace_file import PaceFile
from wizard.journeys.saved_journey import JourneyFile
from wizard.microsoft.clouds import read_cloud_file
from wizard.microsoft.credentials import read_certificate_file
from wizard.microsoft.federated import _read_file
from wizard.plain.answers_file import parse_answers, read_tables
from wizard.reporting.fleet_record import read_lines, read_record

APP = "33333333-cccc-4ccc-8ccc-000000000003"
CLOUD = """
[another]
title = "Another"
login = "login.example"
graph = "graph.example"
partner_center = "partner.example"
vault_suffix = "vault.example"
device_pages = ["https://login.example/device"]
portal_partner_center = "https://partner.example"
cloud_instance_name = "example"
"""
PLACES: dict[str, Callable[[Path], object]] = {
    "--cloud-file": read_cloud_file,
    "--answers": read_tables,
    "--secrets": lambda path: _names_in(str(path)),
    "--wanted": _text_of,
    "a secret": lambda path: parse_answers({"credential": {"file": str(path)}}, path.parent, {}),
    "a certificate": lambda path: read_certificate_file(path, None),
    "an outside token": lambda path: _read_file(str(path), "file"),
    "--journey": lambda path: JourneyFile(path).read(),
    "alerts.state": lambda path: MemoryFile(path, None, None).read(),  # type: ignore[arg-type]  # it waits for nobody
}
"""What the operator names."""
KEPT: dict[str, Callable[[Path], object]] = {
    "journeys/x.json": lambda state: JourneyFile(state / "journeys" / "x.json").read(),
    f"customers/{APP}/{APP}.json": lambda state: KeptGrants(state, APP).read(APP),
    "actions.jsonl": lambda state: ActionFile(state / "actions.jsonl").read("", ""),
    "all-check.txt": lambda state: [*read_lines(str(state), "check"), *read_record(str(state), "check").lines][:0],
}
"""What the program keeps in the state folder; the readers of the last two take what is none of theirs for nothing."""


def open_files() -> set[tuple[str, str]]:
    """The handles of files and devices that are open, with their paths; sockets of earlier tests may end meanwhile."""
    found: set[tuple[str, str]] = set()
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that lists them is closed by now
            found.add((handle.name, str(handle.readlink())))
    return {(number, path) for number, path in found if path.startswith("/") and not path.startswith("/proc/")}


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3_000_000_000)  # a hole, which takes no room


STRANGE: dict[str, Callable[[Path], None]] = {"folder": Path.mkdir, "pipe": os.mkfifo, "device": device, "huge": huge}


def action(number: str) -> Action:
    return Action(number, "", "a fix", "", (1, 1), "", "", APP, "PUT", "x", "/x", ActionState.SENT)


def test_a_line_of_the_record_is_whole_or_nothing_is_sent_and_none_is_lost_behind_a_torn_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, write = ActionFile(tmp_path / "actions.jsonl"), os.write
    room = [70]

    def nearly_full(handle: int, content: bytes) -> int:
        taken = min(len(content), room[0])
        room[0] -= taken
        if not taken:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, bytes(content[:taken]))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", nearly_full)
        with pytest.raises(NotRecorded, match="No space left"):
            record.add(action("1.1"))
    assert record.path.stat().st_size == 70, "a disk takes what it can"
    record.add(action("1.2"))
    record.add(action("1.3"))

    assert [each.number for each in record.read("", APP)] == ["1.2", "1.3"]


def test_a_moment_that_no_clock_shows_holds_back_nobody(tmp_path: Path) -> None:
    pace = PaceFile(tmp_path / "redeemed.json")
    pace._path.write_text(f'{{"a": 1{"0" * 400}, "b": Infinity, "c": -1e999}}')

    assert [pace.seconds_left(each, datetime(2026, 11, 21, tzinfo=UTC)) for each in "abca"] == [0, 0, 0, 60]


@pytest.mark.parametrize("what", STRANGE)
def test_a_file_that_is_named_may_be_anything(what: str, tmp_path: Path) -> None:
    STRANGE[what](tmp_path / "it")
    for name, read in PLACES.items():
        with pytest.raises(BadInput) as refused:
            read(tmp_path / "it")
        assert str(tmp_path / "it") in str(refused.value), name
        words = {"folder": "Is a directory", "huge": "too large"}.get(what, "a pipe or a device")
        is_own_link = name in {"--journey", "alerts.state"} and what == "device"
        assert (words if not is_own_link else "symbolic links") in str(refused.value), name


@pytest.mark.parametrize("what", STRANGE)
def test_what_is_kept_may_have_become_anything(what: str, tmp_path: Path) -> None:
    for name, read in KEPT.items():
        if name == "actions.jsonl" and what == "huge":
            continue  # its end is read
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        STRANGE[what](path)
        before = open_files()
        if name.startswith(("journeys", "customers")):
            with pytest.raises((BadInput, NotRecorded), match=re.escape(str(path))):
                read(tmp_path)
        else:
            assert read(tmp_path) == [], name
        assert not open_files() - before, name


@pytest.mark.parametrize("kind", ["folder", "pipe", "file"])
def test_every_command_says_what_is_in_the_way_in_the_state_folder(kind: str, tmp_path: Path) -> None:
    make = {**STRANGE, "file": Path.touch}[kind]
    for number, place in enumerate(("", "journeys", "journeys/x.json", "journey.json", "index.txt", "index.lock")):
        state = tmp_path / str(number) / "partner-wizard"
        (state / place).parent.mkdir(parents=True)
        make(state / place)
        for command in ("status", "report"):
            done = call_cli(*command.split(), XDG_STATE_HOME=str(state.parent))
            assert "unexpectedly" not in done.stderr, (place, command, done.stderr)
            assert done.stdout + done.stderr, (place, command)


def test_a_record_cannot_be_written_over_a_folder_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "it").mkdir()
    with pytest.raises(IsADirectoryError):
        write_in_one_stroke(tmp_path / "it", b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["it"]


def test_a_file_of_somebody_else_is_not_read_as_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "it").write_text("{}")
    monkeypatch.setattr(os, "getuid", lambda: 4321)
    with pytest.raises(PermissionError, match="somebody else"):
        read_own_file(tmp_path / "it", 10)


MISLEADING = (
    (CLOUD.replace('["https://login.example/device"]', "[]"), "[another] device_pages: expected at least one"),
    (CLOUD.replace('"login.example"', '""'), "[another] login: expected a value"),
    (CLOUD.replace("[another]", "[global]"), "[global] is the name of a built-in cloud"),
)


@pytest.mark.parametrize(("text", "words"), MISLEADING)
def test_a_cloud_file_that_would_mislead_is_refused(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "clouds.toml").write_text(text)
    with pytest.raises(BadInput, match=re.escape(words)):
        read_cloud_file(tmp_path / "clouds.toml")


def test_the_cloud_file_that_is_spoilt_above_is_a_good_one(tmp_path: Path) -> None:
    (tmp_path / "clouds.toml").write_text(CLOUD)
    assert set(read_cloud_file(tmp_path / "clouds.toml")) == {"another"}
