"""Calls the command line in this process, which is faster than to start a program for each call."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pytest

from wizard.cli import main


def call_cli(*arguments: str, paste: bytes | str = b"", folder: Path | None = None, **environment: str) -> CliResult:
    """Call `partner-wizard` with `arguments`, and return its exit code and output.

    Args:
        paste: what standard input gives.
        folder: the working directory.
        environment: variables beside those of the test.
    """
    given = paste.encode() if isinstance(paste, str) else paste
    streams = [io.TextIOWrapper(io.BytesIO(each), encoding="utf-8") for each in (given, b"", b"")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wizard.core.process.guard_memory", lambda: None)  # for good, of the process that runs the tests
        patch.setenv("NO_COLOR", os.environ.get("NO_COLOR", ""))  # an option sets it; the test's own comes back
        for name, value in environment.items():
            patch.setenv(name, value)
        if folder:
            patch.chdir(folder)
        for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
            patch.setattr(f"sys.{name}", stream)
        try:
            code = main(list(arguments))
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    out, err = (stream.detach() for stream in streams[1:])
    return subprocess.CompletedProcess(
        ["partner-wizard", *arguments], code, out.getvalue().decode(), err.getvalue().decode()
    )


CliResult = subprocess.CompletedProcess[str]
