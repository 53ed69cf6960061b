"""Nothing needs what Python on Windows does not have: every module loads, and the unattended journey runs to its end.

This is no Windows. What stands in for it is said in `without_posix`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.packaging import without_posix
from tests.patience import PATIENCE
from wizard.plain.answers_file import read_answers


def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program without what is taken away, with a state folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.packaging.without_posix", *words],
        cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[bytes]:
    """One process that loads every module, and keeps files."""
    return run(tmp_path_factory.mktemp("here"), "import")


def said_by(ended: subprocess.CompletedProcess[bytes]) -> dict[str, dict[str, object]]:
    """Return which modules it says do not load, and how files are kept."""
    assert ended.returncode == 0, ended.stderr.decode()
    read: dict[str, dict[str, object]] = json.loads(ended.stdout)
    return read


@pytest.mark.xdist_group("without posix")
def test_every_module_loads_without_what_windows_lacks(ended: subprocess.CompletedProcess[bytes]) -> None:
    assert said_by(ended)["failed"] == {}


@pytest.mark.xdist_group("without posix")
def test_files_are_kept_locked_and_moved_where_none_may_be_open_meanwhile(
    ended: subprocess.CompletedProcess[bytes],
) -> None:
    kept = said_by(ended)["kept"]

    assert kept.pop("a redemption is noted") == [0, True, True]
    assert [what for what, holds in kept.items() if holds is not True] == []


def test_the_unattended_journey_runs_to_its_end_on_a_console_without_utf_8(tmp_path: Path) -> None:
    ended = run(tmp_path, "rehearse", "all-holds-secret", "--unattended", PYTHONIOENCODING="cp437")

    written = ended.stdout.decode("cp437")
    assert ended.returncode == 0, ended.stderr.decode("cp437")
    assert "start proven, tenant proven, app proven, consent proven, user proven, store proven" in written
    assert "+ store.mfa_compliant: Partner Center counts the sign-in as MFA." in written, "the sign ✓ has a twin"
    assert "Python sees no owners of files on this system" in ended.stderr.decode("cp437")


def test_the_driver_of_a_posix_terminal_is_loaded_on_posix_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.app import App
    from textual.drivers.headless_driver import HeadlessDriver

    from screens.terminal.terminal_app import TerminalApp

    assert {"screens.terminal.driver"} == without_posix.OF_POSIX_ALONE
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(App, "get_driver_class", lambda _self: HeadlessDriver)

    assert TerminalApp.get_driver_class(TerminalApp.__new__(TerminalApp)) is HeadlessDriver


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with the mark that Notepad and PowerShell 5 put first"])
def test_an_answers_file_with_the_line_ends_of_windows_means_the_same(tmp_path: Path, mark: str) -> None:
    text = 'tenant = "contoso.com"\ncredential = { file = "secret.txt" }\n'
    (tmp_path / "posix.toml").write_bytes(text.encode())
    (tmp_path / "windows.toml").write_bytes((mark + text.replace("\n", "\r\n")).encode())
    (tmp_path / "secret.txt").write_bytes(mark.encode() + b"a~secret~of~forty~characters~or~so~12345\r\n")
    (tmp_path / "secret.txt").chmod(0o600)

    (posix, given), (windows, given_there) = (
        read_answers(tmp_path / f"{name}.toml", {}) for name in ("posix", "windows")
    )

    assert given == given_there
    assert replace(posix, client_secret=None) == replace(windows, client_secret=None)
    assert windows.client_secret is not None
    assert windows.client_secret.reveal() == "a~secret~of~forty~characters~or~so~12345"
