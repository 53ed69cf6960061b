"""Whether a browser can be opened, and a link be put behind a text, as the variables of a session tell."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from screens.machine import OPENS_WITHIN, Machine, machine_of, open_in_browser, this_machine

DESKTOP = {"DISPLAY": ":0", "TERM": "xterm-256color"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0", "TERM": "xterm-256color"}
SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22", "TERM": "xterm-256color"}


def machine(environ: dict[str, str], platform: str = "linux") -> Machine:
    return machine_of(environ, platform, "operator", "partner-host")


@pytest.mark.parametrize(
    ("environ", "platform", "has_browser"),
    [
        (DESKTOP, "linux", True),
        (WAYLAND, "linux", True),
        ({"TERM": "linux"}, "linux", False),
        ({"DISPLAY": "", "TERM": "xterm"}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
        (SSH, "linux", False),
        (SSH | DESKTOP, "linux", False),  # X11 is forwarded: the browser would run here and be drawn there
        ({"SSH_TTY": "/dev/pts/1"} | DESKTOP, "linux", False),
        (SSH, "darwin", False),
    ],
)
def test_a_browser_is_offered_where_the_person_would_see_it(
    environ: dict[str, str], platform: str, has_browser: bool
) -> None:
    assert machine(environ, platform).has_browser is has_browser


@pytest.mark.parametrize(
    ("environ", "shows_links"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/tmux,1,0"}, True),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux,1,0"}, True),
        ({"TERM": "screen"}, False),
        ({"TERM": "xterm-256color", "STY": "1.pts-0"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "vt220"}, False),
    ],
)
def test_links_go_to_terminals_that_do_not_draw_them(environ: dict[str, str], shows_links: bool) -> None:
    assert machine(environ).shows_links is shows_links


def test_the_forwarding_names_port_user_and_host() -> None:
    assert machine(SSH).forwarding(8400) == "ssh -L 8400:localhost:8400 operator@partner-host"
    assert machine_of({}, "linux", "a\x1b[2Jb", "c\u202ed").forwarding(1) == "ssh -L 1:localhost:1 ab@cd"


def test_this_machine_has_a_user_and_a_name() -> None:
    here = this_machine()
    assert here.user
    assert here.host


@pytest.mark.parametrize(("code", "is_open"), [(0, True), (1, False)])
def test_a_browser_is_asked_for_apart_from_the_terminal(
    code: int, is_open: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process with a session of its own has no terminal that a browser could write to, or read keys from."""
    asked: list[tuple[list[str], dict[str, Any]]] = []

    def run(command: list[str], **more: Any) -> subprocess.CompletedProcess[bytes]:
        asked.append((command, more))
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(subprocess, "run", run)
    assert open_in_browser("https://contoso.com/?a=1&b=$HOME") is is_open

    [(command, more)] = asked
    assert command[0] == sys.executable
    assert command[1] == "-I"
    assert command[-1] == "https://contoso.com/?a=1&b=$HOME"
    assert more.pop("start_new_session") is True
    assert [more.pop(name) for name in ("stdin", "stdout", "stderr")] == [subprocess.DEVNULL] * 3
    assert more == {"timeout": OPENS_WITHIN, "check": False}


def test_a_browser_that_cannot_be_started_or_hangs_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (OSError("no such program"), subprocess.TimeoutExpired("python", 1.0)):

        def fail(*_: object, error: Exception = error, **__: object) -> None:
            raise error

        monkeypatch.setattr(subprocess, "run", fail)
        assert open_in_browser("https://contoso.com/") is False


def test_a_browser_gets_the_address_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The real thing, with a program for the browser that writes down what it was given."""
    folder = tmp_path_factory.mktemp("browser")
    browser = folder / "browser"
    browser.write_text(f'#!{sys.executable}\nimport json, sys\njson.dump(sys.argv[1:], open("{folder}/given", "w"))\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", f"{browser} %s")

    assert open_in_browser("https://contoso.com/?a=1&b=$HOME'")
    assert json.loads((folder / "given").read_text()) == ["https://contoso.com/?a=1&b=$HOME'"]
