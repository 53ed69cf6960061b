"""`--port`: the sign-in in a browser comes back there, and a port that is taken is said before anything begins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.ports import free_port, taken_port
from tests.terminal.terminals import Terminal

pytestmark = pytest.mark.system

COMMANDS: list[list[str]] = [[], ["run"], ["rehearse"], ["rehearse", "--unattended"]]


def environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words) or "the wizard")
def test_a_port_that_is_taken_is_wrong_usage(command: list[str], tmp_path: Path) -> None:
    with taken_port() as port:
        terminal = Terminal(
            [sys.executable, "-m", "wizard", *command, "--port", str(port)], environment(tmp_path), (120, 40)
        )
        try:
            assert terminal.exit_code() == 2
            assert terminal.is_as_new
        finally:
            terminal.close()

    assert "start.login" not in terminal.raw.decode(), "it is said before anything is asked"
    last = terminal.raw.decode().strip().splitlines()[-1]
    assert last.endswith(
        f"partner-wizard: --port: port {port} of this machine is taken by another program; free it, or choose another"
    )


def test_a_rehearsal_listens_where_the_port_says(tmp_path: Path) -> None:
    port = free_port()
    ended = subprocess.run(
        [sys.executable, "-m", "wizard", "rehearse", "browser-vault", "--unattended", "--json", "--port", str(port)],
        env=environment(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    links = [event for event in events if event["type"] == "sign_in"]
    assert [(each["for"], each["redirect_uri"]) for each in links] == [
        ("vault", f"http://localhost:{port}"),
        ("integration_user", f"http://localhost:{port}"),
    ]
