"""Bytes that are no UTF-8, pasted or typed in a real terminal: nothing ends, nothing after them is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.terminal.terminals import Terminal
from tests.terminal.test_real_terminal import in_one_line, rehearsing

pytestmark = pytest.mark.system

LATIN = b"caf\xe9"
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x11\x1b[A\x1b\xff\x11" + bytes(range(255, -1, -1)) * 20
IN_TMUX = PICTURE.replace(b"\n", b"\r")


def send(terminal: Terminal, octets: bytes) -> None:
    """Bytes as the terminal sends them."""
    while octets:
        octets = octets[os.write(terminal._fd, octets[:1000]) :]
        terminal.read(0.05)


def pasted(octets: bytes) -> bytes:
    """A paste as a terminal marks it."""
    return b"\x1b[200~" + octets + b"\x1b[201~"


def stand_in_field(terminal: Terminal) -> None:
    """Go from the welcome page to the end of the first field of step 1."""
    terminal.press("enter")
    terminal.wait_for("1 of 5")
    terminal.wait_for("Asks the services")  # the cursor is on [Check]
    for hint in ("Space ticks", "The domain of your partner tenant"):
        terminal.press("shift+tab")
        terminal.wait_for(hint)
    terminal.press("end")


@pytest.mark.parametrize("odd", [LATIN, pasted(LATIN), pasted(PICTURE), pasted(b"\xff\xfe\x1b\x1b")])
def test_odd_bytes_end_nothing_on_any_page(odd: bytes, tmp_path: Path) -> None:
    with rehearsing("all-holds-public", tmp_path) as terminal:
        terminal.wait_for("Begin")
        send(terminal, odd)
        stand_in_field(terminal)
        send(terminal, odd)
        terminal.press("f9")
        terminal.wait_for("paste here, or type a code")
        send(terminal, odd)
        terminal.press("escape")
        terminal.wait_for("1 of 5")
        terminal.press("ctrl+q")

        assert terminal.exit_code() == 1
    assert b"unexpectedly" not in terminal.raw


def test_in_a_field_a_replacement_character_stands_for_the_byte_and_the_rest_is_there(tmp_path: Path) -> None:
    with rehearsing("all-holds-public", tmp_path) as terminal:
        terminal.wait_for("Begin")
        stand_in_field(terminal)
        send(terminal, pasted(b"\xe9.example") + b"\xe9z")
        terminal.wait_for("\ufffd.example\ufffdz")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 1


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (PICTURE, "bytes · a PNG picture"),
        (IN_TMUX, "bytes · a PNG picture"),
        (b"\x00\x01\x02\xff\xfe\x03\x04" * 300, "bytes · binary data"),
        ("Anmeldung verweigert für Jérôme: AADSTS50105".encode("latin-1"), "AADSTS50105"),
    ],
)
def test_what_is_no_text_is_named_on_the_diagnose_screen(octets: bytes, said: str, tmp_path: Path) -> None:
    with rehearsing("all-holds-public", tmp_path) as terminal:
        terminal.wait_for("Begin")
        terminal.press("f9")
        terminal.wait_for("paste here, or type a code")
        send(terminal, pasted(octets))
        terminal.wait_for(lambda text: said in in_one_line(text))
        terminal.press("delete", "escape", "ctrl+q")
        assert terminal.exit_code() == 1
