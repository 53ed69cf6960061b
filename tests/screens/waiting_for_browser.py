"""A wizard that waits for a sign-in in a browser, and what stands on its screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.widgets import Input

from screens.machine import Machine
from screens.panels.browser_panel import BrowserPanel
from tests.screens.driving import Driver, screen_text, wizard
from tests.screens.stubs import SERVER, BrowserRun

CODE = "1.AXkA-c4n4ry-code_of-contoso"
RIGHT = f"http://localhost:8400/?code=right{CODE}&state=state-of-link-1"
"""An address that `BrowserRun` takes."""
WRONG = f"http://localhost:8400/?code={CODE}&state=another"
ACCOUNT = "partner-integration@contoso.com"


@asynccontextmanager
async def waiting(
    size: tuple[int, int] = (80, 24), *, machine: Machine = SERVER, **more: Any
) -> AsyncIterator[tuple[Driver, BrowserRun]]:
    """A wizard that waits for a sign-in in a browser; `more` is what `BrowserRun` takes."""
    async with wizard(size=size, machine=machine) as driver:
        yield driver, await driver.wait_for_link(**more)


def panel_of(driver: Driver) -> BrowserPanel:
    panel = driver.panel(BrowserPanel)
    assert panel is not None
    return panel


def field_of(driver: Driver) -> Input:
    return driver.shell.query_one("#browser-address", Input)


def joined(driver: Driver) -> str:
    """The screen without blanks and line ends, in which a wrapped link can be found."""
    return "".join(screen_text(driver.app).replace("│", "").split())


async def paste(driver: Driver, text: str) -> None:
    driver.app.post_message(events.Paste(text))
    await driver.pilot.pause()


async def press_new_link(driver: Driver) -> None:
    await driver.pilot.click("#new-link")
    await driver.pilot.pause()


async def until_rejected(driver: Driver) -> None:
    await driver.until_text("✗ This is not the address that the sign-in ended on.")
    await driver.pilot.pause()
