"""The bare link on the terminal itself, for the mouse: the screen is left for a moment, and nothing drawn meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest
from textual.app import SuspendNotSupported
from textual.widgets import Input

from screens.app import WizardApp
from screens.panels.browser_panel import BrowserPanel
from screens.terminal import aside
from tests.screens.driving import Driver, wizard
from tests.screens.test_consent_on_screen import show_link
from tests.screens.test_sign_in_on_screen import show_code


class Left:
    """A terminal whose screen was left: what was printed on it, and Enter as a test presses it."""

    def __init__(self) -> None:
        self.printed: list[str] = []
        self.is_left = False
        self.entered = asyncio.Event()

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.is_left = True
        yield
        self.is_left = False


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> Left:
    terminal = Left()
    monkeypatch.setattr(WizardApp, "suspend", lambda _app: terminal.suspend())
    monkeypatch.setattr(aside, "print_bare", terminal.printed.append)
    monkeypatch.setattr(aside, "until_enter", terminal.entered.wait)
    return terminal


async def show_browser_link(driver: Driver) -> None:
    await driver.wait_for_link()


@pytest.mark.parametrize("show", [show_browser_link, show_link, show_code])
async def test_the_bare_link_stands_on_a_line_of_its_own_until_enter(
    show: Callable[[Driver], Awaitable[object]], left: Left
) -> None:
    async with wizard() as driver:
        await show(driver)
        panel = driver.shell.page.panel
        assert panel is not None
        await driver.pilot.click("#print-link")
        await driver.until(lambda: left.printed, "the link")
        assert panel.link in left.printed[0].splitlines()
        assert "ABCD1234X" not in left.printed[0]
        assert left.is_left
        left.entered.set()
        await driver.until(lambda: not left.is_left, "the screen to come back")
        assert driver.running
        await driver.pilot.pause()
        takes_answer = isinstance(driver.app.focused, Input)
        assert takes_answer is (show is not show_code)  # what is pasted next has its field


async def test_nothing_is_drawn_while_the_screen_is_left_and_all_of_it_afterwards(
    left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[bool] = []
    monkeypatch.setattr("textual.app.App._display", lambda *_: drawn.append(left.is_left))
    async with wizard() as driver:
        await driver.wait_for_link()
        await driver.pilot.click("#print-link")
        await driver.until(lambda: left.printed, "the link")
        drawn.clear()
        panel = driver.panel(BrowserPanel)
        assert panel is not None
        panel.note("Something has happened meanwhile.")
        await driver.pilot.pause()
        assert drawn == []
        left.entered.set()
        await driver.until(lambda: drawn, "the screen to be drawn")
        assert not any(drawn)


async def test_a_terminal_that_cannot_be_left_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_suspension(_app: WizardApp) -> None:
        raise SuspendNotSupported

    monkeypatch.setattr(WizardApp, "suspend", no_suspension)
    async with wizard() as driver:
        await driver.wait_for_link()
        await driver.pilot.click("#print-link")
        await driver.until_text("This terminal has no other screen to print it on: select the link here.")


async def test_the_end_of_the_wait_meanwhile_and_the_end_of_the_wizard_are_no_error(left: Left) -> None:
    async with wizard() as driver:
        run = await driver.wait_for_link()
        await driver.pilot.click("#print-link")
        await driver.until(lambda: left.printed, "the link")
        assert run.links
        driver.app.leave(143)
    assert driver.app.return_code == 143
