"""The states of the dialogs, and of a window that is too small."""

from __future__ import annotations

from tests.screens.driving import Driver
from tests.screens.gallery.scenes import LISTED, SCENES
from tests.screens.gallery.state import state
from tests.screens.gallery.ways import refused, save_report, show_code, show_link, stand_on


@state("help-welcome", screen="Reader")
async def _help_welcome(driver: Driver) -> None:
    await driver.press("f1")


@state("help-user", screen="Reader")
async def _help_user(driver: Driver) -> None:
    await stand_on(driver, "user")
    await driver.press("f1")


@state("help-code", screen="Reader")
async def _help_code(driver: Driver) -> None:
    await show_code(driver)
    await driver.press("f1")


@state("details", screen="Reader")
async def _details(driver: Driver) -> None:
    said = "Tenant 'contoso.com' not found. Check to make sure you have the correct tenant ID."
    await refused(driver, "tenant", "discover", "AADSTS90002", said, error="invalid_tenant")
    driver.app.screen.query_one("#checks").focus()
    await driver.press("enter")


@state("consent-message", screen="Reader")
async def _consent_message(driver: Driver) -> None:
    await show_link(driver)
    await driver.press("f3")


@state("consent-qr", screen="QrDialog", is_remade=True)
async def _consent_qr(driver: Driver) -> None:
    await show_link(driver)
    await driver.press("f4")


@state("cloud-choice", screen="Choice")
async def _cloud_choice(driver: Driver) -> None:
    await driver.frame.run_action("screen.cloud")


@state("leave", screen="Confirm")
async def _leave(driver: Driver) -> None:
    await stand_on(driver, "store")
    await driver.press("ctrl+q")


@state("stop-code", screen="Confirm")
async def _stop_code(driver: Driver) -> None:
    await show_code(driver)
    await driver.press("escape")


@state("begin-anew", screen="Confirm")
async def _begin_anew(driver: Driver) -> None:
    await driver.begin()
    await driver.press("escape")
    await driver.frame.run_action("screen.begin")


@state("report", screen="LineDialog")
async def _report(driver: Driver) -> None:
    await stand_on(driver, "done")
    await save_report(driver)


@state("explain", screen="LineDialog")
async def _explain(driver: Driver) -> None:
    await driver.begin()
    await driver.frame.run_action("screen.explain")
    await driver.press(*"AADSTS65001")


@state("explained", screen="Reader")
async def _explained(driver: Driver) -> None:
    await _explain(driver)
    await driver.press("enter")


@state("code-qr", screen="QrDialog", is_remade=True)
async def _code_qr(driver: Driver) -> None:
    await show_code(driver)
    await driver.press("f4")


@state("scenes", screen="Scenes", scene=SCENES[2], scenes=LISTED)
async def _scenes(driver: Driver) -> None:
    await driver.frame.run_action("screen.scenes")


@state("palette", screen="CommandPalette")
async def _palette(driver: Driver) -> None:
    await stand_on(driver, "app")
    await driver.press("ctrl+p")
    await driver.until_text("Step 1")


@state("too-small", sizes=((50, 15),))
async def _too_small(driver: Driver) -> None:
    await driver.until_text("make it larger")
