"""What a program of this machine writes, within a time limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from wizard.core.waiting import POLL_INTERVAL, Cancel


def find_program(name: str) -> str | None:
    """Return the path of a program of the PATH; none that lies in whatever folder happens to be the current one."""
    found = shutil.which(name)
    return found if found and Path(found).is_absolute() else None


def read_program_output(command: Sequence[str], seconds: float, cancel: Cancel) -> str | None:
    """Run a program, and return what it writes to standard output; "" if it fails, None if it takes longer.

    Args:
        command: the program's path and its arguments; no shell reads them.
        seconds: after which the program is killed, with the programs that it started.
        cancel: ends it as well.

    Raises:
        Cancelled: the cancel signal was set.
    """
    try:
        running = subprocess.Popen(  # noqa: S603  # a program of the operator's PATH, without a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={**os.environ, "AZURE_CORE_COLLECT_TELEMETRY": "0", "AZURE_CORE_NO_COLOR": "true"},
            start_new_session=True,
        )
    except OSError:
        return ""
    written: list[bytes] = []
    reader = threading.Thread(target=lambda: written.append(running.communicate()[0]), name="program", daemon=True)
    reader.start()
    waited = 0.0
    try:
        while reader.is_alive() and waited < seconds:
            cancel.check()
            reader.join(POLL_INTERVAL / 2)
            waited += POLL_INTERVAL / 2
    finally:
        if reader.is_alive():
            _kill(running)
            reader.join(1)
    if waited >= seconds or not written:
        return None
    return written[0].decode("utf-8", "replace") if running.returncode == 0 else ""


def _kill(running: subprocess.Popen[bytes]) -> None:
    """Kill a program and those that it started, which az, a script, does; on Windows the program alone."""
    if not hasattr(os, "killpg"):
        running.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
