"""A client secret in a real terminal: it reaches its field in one write with the keys before, and leaves it nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.terminals import Terminal
from tests.terminal.test_real_terminal import rehearsing, walk

pytestmark = pytest.mark.system

SECRET = "c4n4ry~of.the_app~0123456789abcdefghijkl"
PASTE = f"\x1b[200~{SECRET}\x1b[201~"
GRAPH = "As whom the wizard reads"
APPLICATION_ID, LIST = "Entra > App registrations", "What the app proves itself with"
COPIES_AND_CUTS = ("\x03", "\x18", "\x1b[99;9u", "\x1b[120;9u", "\x1b[2;5~", "\x1b[3;2~")
"""Ctrl+C, Ctrl+X, both with Super, Ctrl+Insert, Shift+Delete."""
SELECTS = ("\x1b[1;2H", "\x1b[1;2F", "\x1b[97;6u")
"""Shift+Home, Shift+End, Ctrl+Shift+A."""


def stand_in_application_id(terminal: Terminal) -> None:
    """From the first page to the first field of step 2."""
    walk(terminal, "tenant")
    terminal.press("f6")
    terminal.wait_for("2 of 5")
    terminal.wait_for("Asks the services")  # the cursor is on [Check]
    for hint in (GRAPH, "What “Allow public", "The secret's value", LIST, APPLICATION_ID):
        terminal.press("shift+tab")
        terminal.wait_for(hint)


def test_tabs_and_a_paste_in_one_write_fill_the_secret_and_no_key_copies_it(tmp_path: Path) -> None:
    with rehearsing("all-holds-secret", tmp_path, (100, 40)) as terminal:
        stand_in_application_id(terminal)
        terminal.type(f"\t\t{PASTE}")
        terminal.wait_for(f"{len(SECRET)} characters")
        terminal.wait_for("The secret's value")
        terminal.type(f"\t\x1b[Z{PASTE}1")  # away and back: all of it is selected, and written over
        terminal.wait_for(f"{len(SECRET) + 1} characters")
        for selects in SELECTS:
            for key in COPIES_AND_CUTS:
                terminal.type(f"\t\x1b[Z\x1b[F{selects}{key}")
        terminal.type("2")  # writes over what was selected last
        terminal.wait_for(" 1 characters")
        terminal.type(f"\x1b[20~{PASTE}")
        terminal.wait_for(f"Pasted: {len(SECRET)} characters")
        terminal.press("escape")
        terminal.wait_for("2 of 5")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 1
    assert b"]52;" not in terminal.raw
    assert SECRET.encode() not in terminal.raw
    assert SECRET[:12].encode() not in terminal.raw
