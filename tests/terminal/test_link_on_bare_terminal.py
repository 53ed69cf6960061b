"""The link printed on a real terminal: bare and whole in its scrollback, and the screen is back after Enter."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.terminal.terminals import Terminal

pytestmark = pytest.mark.system

OFF, ON = "\x1b[?1049l", "\x1b[?1049h"
"""Leaves the screen of full-screen programs, and enters it."""


@contextmanager
def at_the_printed_link() -> Iterator[Terminal]:
    """A wizard on stub services whose consent link stands on the bare terminal."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8",
        "SSH_TTY": "/dev/pts/1", "TEXTUAL_ANIMATIONS": "none",
    }  # fmt: skip
    terminal = Terminal([sys.executable, "-m", "tests.bench.stub_wizard"], environment)
    terminal.wait_for(" Begin ")
    terminal.press("enter")
    terminal.wait_for("1 of 5")
    for following in ("2 of 5", "3 of 5"):
        terminal.press("f5")
        terminal.wait_for("Enter Next")
        terminal.press("f6")
        terminal.wait_for(following)
    terminal.press("f5")
    terminal.wait_for("paste it, then Enter")
    terminal.press("tab", "tab", "tab")
    terminal.wait_for("Enter Print link")
    terminal.press("enter")
    terminal.wait_for("Select it with the mouse.")
    yield terminal


def test_the_link_stands_bare_and_whole_and_enter_brings_the_screen_back() -> None:
    with at_the_printed_link() as terminal:
        raw = terminal.raw.decode()
        left = raw[raw.rindex(OFF) :]
        assert re.search(r"^https://login\.microsoftonline\.com/[!-~]+adminconsent\?[!-~]+\r?$", left, re.MULTILINE)
        assert ON not in left
        assert terminal.is_as_new
        terminal.press("enter")
        terminal.wait_for(lambda _text: terminal.raw.rindex(ON.encode()) > terminal.raw.rindex(OFF.encode()))
        terminal.wait_for("● I am the administrator")
        terminal.press("ctrl+q")
        terminal.exit_code()


def test_a_signal_ends_the_wizard_while_its_screen_is_left() -> None:
    with at_the_printed_link() as terminal:
        terminal.send_signal(signal.SIGTERM)
        assert terminal.exit_code() == 128 + signal.SIGTERM
        assert terminal.is_as_new
