"""The standard streams of real processes: full, read by nobody, or closed from the start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CALLS = ("--version", "status", "explain AADSTS50076", "explain AADSTS50076 --json", "help fleet", "--help")


def end_of(call: str, streams: str) -> subprocess.CompletedProcess[str]:
    """How a call ends whose streams a shell leads elsewhere."""
    line = f"{sys.executable} -m wizard {call} {streams}"
    return subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("call", CALLS)
def test_an_output_that_is_full_ends_in_a_sentence_and_in_one(call: str) -> None:
    ended = end_of(call, ">/dev/full")

    assert ended.returncode == 1
    assert ended.stderr == "partner-wizard: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("call", CALLS)
def test_without_any_stream_it_ends_as_with_them(call: str) -> None:
    ended = end_of(call, "<&- >&- 2>&-")

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_no_file_takes_the_number_of_a_stream_that_is_closed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    script = (
        "import os, sys; from wizard.core.streams import open_missing; open_missing();"
        f"kept = open({str(kept)!r}, 'w'); os.system('echo said by a child'); print('said here', flush=True);"
        "sys.exit(kept.fileno() < 3)"
    )

    ended = subprocess.run(
        ["sh", "-c", f'exec {sys.executable} -c "{script}" <&- >&-'], capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout, ended.stderr, kept.read_text()) == (0, "", "", "")
