"""The palette writes the support bundle of the open journey where the operator wants it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from textual.widgets import Input

from screens.palette import palette_commands
from screens.scenes import SceneInfo
from tests.screens.driving import Driver, screen_text, wizard
from tests.screens.stubs import CANARY


async def bundle_into(driver: Driver, line: str) -> None:
    """Choose the command, and enter a line."""
    command = next(each for each in palette_commands(driver.shell) if each.title == "Support bundle")
    command.callback()
    await driver.until(lambda: driver.app.screen.query("LineDialog #line"), "the question where to")
    driver.app.screen.query_one("#line", Input).value = line
    await driver.press("enter")
    await driver.until(lambda: driver.app.screen is driver.shell, "the dialog to close")


async def test_the_bundle_is_written_into_the_folder_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with wizard() as driver:
        driver.services.refuse("discover", "AADSTS90002", error="invalid_tenant", status=400)
        await driver.begin()
        await driver.check()
        await bundle_into(driver, str(tmp_path))
        await driver.until_text("The support bundle is saved")

    files = list(tmp_path.glob("*.zip"))
    assert len(files) == 1
    assert files[0].stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(files[0]) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "AADSTS90002" in texts["README.md"]
    assert not any(CANARY in text for text in texts.values())


async def test_a_place_that_cannot_be_written_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    async with wizard() as driver:
        await driver.begin()
        await bundle_into(driver, str(tmp_path / "no" / "such" / "folder" / "file.zip"))
        await driver.until_text("The support bundle could not be saved")
        assert driver.journey is not None


async def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    there = tmp_path / "bundle.zip"
    there.write_bytes(b"somebody's")
    async with wizard() as driver:
        await driver.begin()
        await bundle_into(driver, str(there))
        await driver.until_text("The support bundle could not be saved")
    assert there.read_bytes() == b"somebody's"


@pytest.mark.parametrize("word", ["bundle", "support"])
@pytest.mark.parametrize("scene", [None, SceneInfo("What if?", "Look.")], ids=["real", "rehearsal"])
async def test_either_word_finds_it_in_the_palette(word: str, scene: SceneInfo | None) -> None:
    async with wizard(scene=scene) as driver:
        await driver.begin()
        await driver.press("ctrl+p", *word)
        await driver.until(lambda: "Support bundle" in screen_text(driver.app), "the command")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen.query("LineDialog #line"), "the question where to")


async def test_without_a_journey_or_while_checks_run_it_says_why_it_has_to_wait() -> None:
    async with wizard() as driver:
        await driver.press("ctrl+p", *"bundle")
        await driver.until(lambda: "Support bundle" in screen_text(driver.app), "the command")
        await driver.press("enter")
        await driver.until_text("Begin or resume a journey first")
        await driver.begin()
        driver.services.hold.clear()
        await driver.press("f5")
        await driver.until(lambda: driver.running, "the checks to run")
        driver.shell.action_support_bundle()
        await driver.until_text("Checks are running. Stop them first (Esc), then save the support bundle.")
        assert driver.app.screen is driver.shell
        driver.services.hold.set()
