"""Nothing but this process gets at its memory or at the keys of its connections."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import answering, program
from tests.patience import PATIENCE
from wizard.rehearsal import RehearsalCloud, load_scene

DUMPABLE = "ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == 'linux' else 0"
"""PR_GET_DUMPABLE of prctl(2)."""
SAID = "SSLKEYLOGFILE is ignored"
AFTER_A_COMMAND = f"""
import ctypes, os, resource, ssl, subprocess, sys
from wizard.cli import main
main(["explain", "AADSTS50076"])
print("core", resource.getrlimit(resource.RLIMIT_CORE)[0])
print("dumpable", {DUMPABLE})
print("keys", ssl.create_default_context().keylog_filename)
print("umask", oct(os.umask(0)), "home", os.environ.get("HOME"))
print("child", subprocess.run(["env"], capture_output=True, text=True).stdout.count("SSLKEYLOGFILE"))
"""
"""A command, then what the process is like."""


def after_a_command(umask: int = 0o022, **more: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **more}
    return subprocess.run(
        [sys.executable, "-c", AFTER_A_COMMAND],
        env=env, capture_output=True, text=True, check=True, timeout=PATIENCE, umask=umask,
    )  # fmt: skip


def test_no_core_is_written_and_no_other_process_reads_the_memory() -> None:
    said = after_a_command().stdout
    assert "core 0\n" in said
    assert "dumpable 0\n" in said


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_a_process_that_ran_no_command_can_be_dumped_so_that_the_question_proves_something() -> None:
    asked = [sys.executable, "-c", f"import ctypes, sys; print({DUMPABLE})"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout == "1\n"


def test_keys_of_connections_are_not_written_by_it_or_by_what_it_starts_and_it_says_so_once(tmp_path: Path) -> None:
    ended = after_a_command(SSLKEYLOGFILE=str(tmp_path / "keys"))
    assert "keys None\n" in ended.stdout
    assert "child 0\n" in ended.stdout
    assert ended.stderr.count(SAID) == 1
    assert not (tmp_path / "keys").exists()


def test_a_umask_that_takes_our_own_rights_and_an_empty_home_keep_nobody_from_what_was_written() -> None:
    ended = after_a_command(0o777, HOME="")
    assert f"umask 0o77 home {pwd.getpwuid(os.getuid()).pw_dir}\n" in ended.stdout
    assert "umask 0o22 home None\n" in after_a_command().stdout


def test_without_the_variable_nothing_is_said() -> None:
    assert after_a_command().stderr == ""
    assert after_a_command(SSLKEYLOGFILE="").stderr == ""


@pytest.mark.system
def test_a_run_with_the_variable_writes_no_keys_and_ends_as_ever(tmp_path: Path) -> None:
    with (
        RehearsalCloud(load_scene("all-holds-secret"), people="wait") as cloud,
        program(cloud, tmp_path, answering(cloud)) as run,
    ):
        run.environment = {"SSLKEYLOGFILE": str(tmp_path / "keys")}
        assert run.run().end() == 0, run.stderr
    assert run.stderr.count(SAID) == 1
    assert not (tmp_path / "keys").exists()
