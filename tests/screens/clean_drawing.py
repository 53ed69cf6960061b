"""What is unclean on a drawn screen: characters, widths, looks, and a rail that is not in its place."""

from __future__ import annotations

import re
import unicodedata

import pyte
from rich.cells import cell_len
from rich.console import Console

from screens.terminal.changed_lines import SentLines, bare
from tests.screens.driving import Driver

UNSEEN = {"Cc", "Cs", "Cf", "Zl", "Zp"}
BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}
RAIL_ENDS = "▕"
LINK = re.compile(r"https://[!-~]*")
"""What may stand behind a text: nothing that ends the sequence it is sent in. Whose it may be is tested elsewhere."""


def is_unclean(character: str) -> bool:
    """Whether a character would move a terminal, turn a line around, or be there unseen."""
    return unicodedata.category(character) in UNSEEN or unicodedata.bidirectional(character) in BIDIRECTIONAL


def faults(driver: Driver) -> list[str]:
    """What is wrong with the screen as it is, in words."""
    found = []
    width = driver.app.size.width
    for row, strip in enumerate(driver.app.screen._compositor.render_strips()):
        if not strip.cell_length == width == cell_len(strip.text):
            found.append(f"row {row} is {cell_len(strip.text)} cells wide, not {width}")
        if unclean := {character for character in strip.text if is_unclean(character)}:
            found.append(f"row {row} has {sorted(unclean)!a}")
        styles = [segment.style for segment in strip if segment.style]
        if any(style.blink or (style.link and not LINK.fullmatch(style.link)) for style in styles):
            found.append(f"row {row} has a link that is none, or blinks")
    if driver.app.screen is driver.shell and driver.shell.query_one("#rail").display:
        rail = driver.shell.query_one("#rail").region
        ends = {line[rail.right - 1] for line in shown_by_a_terminal(driver)[rail.y : rail.bottom]}
        if ends != {RAIL_ENDS}:
            found.append(f"the rail ends with {ends}")
    return found


def shown_by_a_terminal(driver: Driver) -> list[str]:
    """The lines as a terminal shows them that counts cells in its own way."""
    screen = pyte.Screen(*driver.app.size)
    screen.reset_mode(pyte.modes.DECAWM)
    console = Console(color_system="truecolor", force_terminal=True, _environ={})
    lines = [bare(strip) for strip in driver.app.screen._compositor.render_strips()]
    pyte.Stream(screen).feed(SentLines().update(lines, console))
    return list(screen.display)
