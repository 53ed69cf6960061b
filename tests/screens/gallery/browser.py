"""The states of a sign-in in a browser."""

from __future__ import annotations

from textual.events import Paste

from tests.screens.driving import Driver
from tests.screens.gallery.state import BOTH, state
from tests.screens.gallery.ways import show_browser
from tests.screens.stubs import DESKTOP
from wizard.core.inbox import Purpose


@state("user-browser", sizes=((80, 24), (60, 20), (120, 40)))
async def _user_browser(driver: Driver) -> None:
    await show_browser(driver)


@state("user-browser-forwarded", sizes=BOTH)
async def _user_browser_forwarded(driver: Driver) -> None:
    await show_browser(driver, port=8400)


@state("user-browser-desktop", sizes=BOTH, machine=DESKTOP)
async def _user_browser_desktop(driver: Driver) -> None:
    await show_browser(driver, port=8400)


@state("user-browser-pasted")
async def _user_browser_pasted(driver: Driver) -> None:
    await show_browser(driver)
    driver.app.post_message(Paste("http://localhost/?code=1.AXkAERER&state=state-of-link-1"))
    await driver.until_text("not shown")


@state("user-browser-rejected")
async def _user_browser_rejected(driver: Driver) -> None:
    await show_browser(driver)
    await driver.press(*"http", "enter")
    await driver.until_text("✗ This is not the address")
    await driver.pilot.pause()


@state("user-browser-for-vault")
async def _user_browser_for_vault(driver: Driver) -> None:
    await show_browser(driver, Purpose.VAULT, app="Microsoft Azure CLI")


@state("help-browser", screen="Reader")
async def _help_browser(driver: Driver) -> None:
    await show_browser(driver)
    await driver.press("f1")


@state("stop-link", screen="Confirm")
async def _stop_link(driver: Driver) -> None:
    await show_browser(driver)
    await driver.press("escape")
