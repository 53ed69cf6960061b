"""Whatever is typed for the report's file is answered in words; nothing typed there ends the wizard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sampling import sample
from tests.screens.driving import wizard

NAMES = ("/", ".", "~nobody-of-this-name/report", "x" * 300, "a\x00b")


@pytest.mark.parametrize("name", sample(2, NAMES), ids=ascii)
async def test_a_name_that_no_file_can_have_is_refused_in_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with wizard() as driver:
        await driver.finish()
        await driver.press("f8")
        line = driver.app.screen.query_one("#line")
        line.value = ""  # type: ignore[attr-defined]
        await driver.pilot.pause()
        line.value = name  # type: ignore[attr-defined]
        await driver.press("enter")

        assert "✗ The report could not be saved" in driver.text
        assert not list(tmp_path.iterdir())
