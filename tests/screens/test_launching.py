"""What the wizard works on is opened in a thread of its own: keys are heard meanwhile, and what fails is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from textual.screen import Screen

from screens.app import WizardApp
from screens.first_page import TITLE, FirstPage
from screens.launch import Launch
from screens.shell import Shell
from tests.patience import PATIENCE
from tests.screens.driving import FILLED, screen_text, wait_for
from tests.screens.stubs import StubSession
from wizard.core.errors import BadInput


class AsOnTerminal(WizardApp):
    """Begins with the page that is drawn at once, as the wizard does outside of tests."""

    def get_default_screen(self) -> Screen[None]:
        return FirstPage(self.open_launch)


def slowly(opened: Launch | Exception, may_open: threading.Event) -> Callable[[], Launch]:
    """Opens when the test says so, and never on the drawing thread."""

    def open_launch() -> Launch:
        assert threading.current_thread() is not threading.main_thread()
        assert may_open.wait(PATIENCE)
        if isinstance(opened, Exception):
            raise opened
        return opened

    return open_launch


async def test_the_frame_follows_when_the_stage_is_open() -> None:
    may_open = threading.Event()
    app = AsOnTerminal(slowly(Launch(StubSession(), FILLED), may_open))
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.screen, FirstPage)
        may_open.set()
        await wait_for(pilot, lambda: isinstance(app.screen, Shell) and app.screen.is_mounted, "the frame")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (110, 30), (120, 40), (200, 60)], ids=str)
async def test_heading_and_title_stand_where_the_welcome_page_has_them(size: tuple[int, int]) -> None:
    may_open = threading.Event()
    app = AsOnTerminal(slowly(Launch(StubSession(), FILLED), may_open))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        first = places_of(app)
        may_open.set()
        await wait_for(pilot, lambda: isinstance(app.screen, Shell) and app.screen.is_mounted, "the frame")
        await pilot.pause()
        assert first == places_of(app)
        assert len(first) == 2


def places_of(app: WizardApp) -> dict[str, tuple[int, int]]:
    """Column and row of the heading and of the title on the screen."""
    lines = screen_text(app).splitlines()
    return {
        words: (line.index(words), row)
        for words in ("partner-wizard", TITLE)
        for row, line in enumerate(lines)
        if words in line
    }


async def test_keys_are_heard_while_the_stage_is_opened() -> None:
    may_open = threading.Event()
    app = AsOnTerminal(slowly(Launch(StubSession(), FILLED), may_open))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+q")
        assert app.return_code == 1
        may_open.set()


async def test_a_stage_that_cannot_be_opened_ends_the_wizard_with_its_exit_code() -> None:
    may_open = threading.Event()
    may_open.set()
    app = AsOnTerminal(slowly(BadInput("--cloud-file", "is not TOML"), may_open))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.refusal is not None, "the refusal")
    assert app.return_code == 2


async def test_an_error_nobody_expected_while_opening_is_a_crash() -> None:
    may_open = threading.Event()
    may_open.set()
    app = AsOnTerminal(slowly(KeyError("as the test says"), may_open))
    with pytest.raises(KeyError):
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_for(pilot, lambda: app.return_code is not None, "the end")
    assert app.return_code == 1
