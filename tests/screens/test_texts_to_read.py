"""Texts to read are wrapped so that items, tables and indented lines hang under their beginning."""

from __future__ import annotations

from screens.dialogs.reader import Reader
from screens.help import table
from tests.screens.driving import screen_text, wizard

WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"


async def test_an_item_a_row_of_a_table_and_an_indented_line_hang_under_their_beginning() -> None:
    text = f"{WORDS}\n\n· {WORDS}\nF1    {WORDS}\n  {WORDS}\n1. {WORDS}"
    async with wizard(size=(60, 30)) as driver:
        driver.app.push_screen(Reader("Title", text))
        await driver.pilot.pause()
        lines = [line for line in screen_text(driver.app).splitlines() if line.startswith("  ")][1:]
        further = [line for line in lines if "sixteen" in line]
        assert [len(line) - len(line.lstrip()) for line in further[:5]] == [2, 4, 8, 4, 5]


def test_keys_are_a_table_of_two_columns() -> None:
    lines = table("Words before.\n\n- **F1**: help\n- **Ctrl+P**: all actions,\n  whatever they are")

    assert [line.plain for line in lines] == ["F1      help", "Ctrl+P  all actions, whatever they are"]
