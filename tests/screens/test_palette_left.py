"""The command palette can be left at any moment, also while it searches."""

from __future__ import annotations

from textual.command import CommandPalette
from textual.widgets import Input

from tests.screens.driving import screen_text, wizard


async def test_a_search_that_begins_when_the_palette_was_left_is_no_crash() -> None:
    async with wizard() as driver:
        await driver.begin()
        await driver.press("ctrl+p")
        palette = driver.app.screen
        assert isinstance(palette, CommandPalette)
        letter_comes_late = palette.query_one(Input).Changed(palette.query_one(Input), "x")
        await driver.press("escape")
        palette._input(letter_comes_late)
        await driver.pilot.pause()
        await driver.press("f1", "escape")
        assert driver.app.screen is driver.shell
    assert driver.app._exception is None


async def test_ctrl_c_says_on_the_page_how_the_wizard_is_left() -> None:
    async with wizard() as driver:
        await driver.press("ctrl+c")
        assert "Ctrl+Q quits" in driver.text
        assert "Do you want to quit" not in screen_text(driver.app)
        assert "Onboard a partner tenant" in driver.text
