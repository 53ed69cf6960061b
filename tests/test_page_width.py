"""Plain lines on a terminal: wrapped with hanging indents, in colour where it has some; elsewhere as they are."""

from __future__ import annotations

import io
import re

import pytest

from tests.plain_streams import TerminalStream
from wizard.plain.page_width import PageWidth, page_width_of

LONG = "word " * 30
XTERM = {"TERM": "xterm-256color", "COLUMNS": "60"}
COLOR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize(
    ("begins", "hangs"),
    [
        ("✗ app.credential: ", 2),
        ("◇ Tenant  ", 2),
        ("◆ Key vault: ", 2),
        ("    to do (you): ", 6),
        ("    1  ", 7),
        ("    12  ", 8),
        ("1 Create a secret: ", 2),
        ("  Help for a question. ", 2),
        ("Plain prose. ", 0),
    ],
)
def test_a_line_hangs_under_its_text(begins: str, hangs: int) -> None:
    lines = PageWidth(60).lay_out(begins + LONG).split("\n")

    assert lines[0].startswith(begins.rstrip())
    assert len(lines) > 2
    for line in lines[1:]:
        assert re.match(" *", line)[0] == " " * hangs  # type: ignore[index]
    assert max(map(len, lines)) <= 60


def test_a_link_and_a_command_are_never_broken() -> None:
    link = "https://login.microsoftonline.com/" + "a" * 200
    command = "`az keyvault set-policy " + "b " * 60 + "`"

    assert PageWidth(60).lay_out(f"Open this address:\n{link}") == f"Open this address:\n{link}"
    assert command in PageWidth(60).lay_out(f"    to do: Somebody who may runs {command}, and checks again.")


def test_a_line_that_fits_keeps_its_blanks() -> None:
    text = "  address  https://microsoft.com/devicelogin\n  code     ABCD1234"
    assert PageWidth(60).lay_out(text) == text


def test_a_file_and_a_pipe_get_lines_as_they_are() -> None:
    page = page_width_of(io.StringIO(), XTERM)

    assert page == PageWidth()
    assert page.lay_out("✗ " + LONG) == "✗ " + LONG


@pytest.mark.parametrize(
    ("environ", "no_color", "has_color"),
    [
        ({}, False, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, False, True),
        ({"TERM": "dumb"}, False, False),
        ({}, True, False),
    ],
)
def test_a_sign_has_its_colour_where_the_terminal_has_colours(
    environ: dict[str, str], no_color: bool, has_color: bool
) -> None:
    page = page_width_of(TerminalStream(), XTERM | environ, no_color=no_color)
    laid_out = page.lay_out("✗ it fails\n  ✓ indented\nno sign ✗ here")

    assert bool(COLOR.search(laid_out)) is has_color is page.has_color
    assert COLOR.sub("", laid_out) == "✗ it fails\n  ✓ indented\nno sign ✗ here"
    assert "no sign ✗ here" in laid_out


@pytest.mark.parametrize(("columns", "wraps_at"), [("20", 40), ("77", 77), ("300", 100), ("", 80), ("wide", 80)])
def test_the_width_is_the_terminals_within_what_can_be_read(columns: str, wraps_at: int) -> None:
    assert page_width_of(TerminalStream(), XTERM | {"COLUMNS": columns}).columns == wraps_at
