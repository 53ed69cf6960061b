"""Nothing from outside reaches the terminal unclean: 300 hostile strings in every field that is shown (T1)."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from textual.events import Paste

from screens.drawing import bold, plain
from tests.screens.clean_drawing import faults, is_unclean
from tests.screens.driving import wizard
from tests.screens.hostile_strings import COUNT, SHARE, groups, strings
from tests.screens.hostile_tour import tour
from tests.screens.places import PLACES
from tests.terminal.terminals import Terminal

PARTS = 20
"""In how many cases every string is drawn by itself: each takes half a minute."""
HARMLESS = re.compile(
    rb"\x1b\[[0-9;]*m"  # looks
    rb"|\x1b\[\d+;\d+H|\x1b\[2J"  # where to write
    rb"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1049|2004|2026|2048)[hl]"  # modes
    rb"|\x1b\]8;(?:id=\d+)?;(?:https://[!-~]*?)?\x1b\\"  # a link of the web, and its end
    rb"|\x1b\[\?(?:2026|2048)\$p|\x1b\[>\d+u|\x1b\[<u|\x1b\]22;[a-z-]+\x07|\x1bP\+q[0-9A-F;]*\x1b\\\\|\r\n"
)
"""Every sequence that the wizard, or Textual, writes."""


def test_there_are_300_strings_and_each_is_in_a_group() -> None:
    assert len(set(strings())) >= COUNT
    together = "".join(groups())
    assert all(text[:SHARE] in together for text in strings())


@pytest.mark.parametrize("text", strings(), ids=ascii)
def test_plain_text_is_literal_and_clean(text: str) -> None:
    for drawn in (plain(f"before {text} after"), bold(text)):
        assert not {each for each in drawn.plain if is_unclean(each)} - {"\n", "\t"}
        assert all(span.style == "bold" for span in drawn.spans)
        drawn.plain.encode()


@pytest.mark.system
@pytest.mark.timeout(3600)
def test_every_field_is_drawn_clean_and_a_terminal_is_sent_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    env["PYTHONPATH"] = str(Path(__file__).parents[2])
    found = tmp_path / "found"
    terminal = Terminal([sys.executable, "-m", "tests.screens.hostile_tour", str(found)], env, (100, 40))
    monkeypatch.setattr(terminal._stream, "feed", lambda _data: None)  # the bytes are looked at, not the screen
    try:
        assert terminal.exit_code() == 0, terminal.raw[terminal.raw.rfind(b"\x1b[?1049l") :].decode(errors="replace")
    finally:
        terminal.close()

    assert found.read_text(encoding="utf-8") == ""
    words = HARMLESS.sub(b"", terminal.raw).decode("utf-8")
    assert not {character for character in words if is_unclean(character)}
    assert len(terminal.raw) > 1_000_000


@pytest.mark.parametrize("name", ["tenant, open", "report", "scenes", "welcome"])
async def test_what_is_pasted_is_drawn_clean_in_every_field(name: str) -> None:
    async with PLACES[name].wizard() as driver:
        await PLACES[name].go(driver)
        if name == "tenant, open":
            driver.app.screen.query_one("#field-tenant").focus()
        if name == "welcome":
            await driver.press("ctrl+p")
        await driver.pilot.pause()
        for evil in groups():
            driver.app.post_message(Paste(evil))
            await driver.pilot.pause()
            await driver.pilot.pause()
            assert not faults(driver)
        await driver.press("escape")  # a palette that still searches while the application ends stops with an error


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=str)
@pytest.mark.parametrize("part", range(PARTS))
async def test_every_string_by_itself_is_drawn_clean(part: int, size: tuple[int, int]) -> None:
    async with wizard(size=size) as driver:
        for evil in strings()[part::PARTS]:
            async for page in tour(driver, evil):
                await driver.pilot.pause()
                assert not faults(driver), (page, ascii(evil), faults(driver))
