"""The QR codes as a camera sees them: read from the pixels of the drawn screen, in every theme and without colour."""

from __future__ import annotations

import pytest
from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

from screens.app import WizardApp
from screens.dialogs.qr import QrDialog
from screens.panels.consent_panel import ConsentPanel
from screens.panels.device_code_panel import DeviceCodePanel
from screens.widgets import qr_code
from tests.sampling import sample
from tests.screens.driving import Driver, wizard
from tests.screens.pixels import DARK, LIGHT, Terminal, image_of, read_codes

THEMES = ("textual-dark", "textual-light", "ansi-dark", "ansi-light", "solarized-light", "high-contrast")
TERMINALS = {"dark": DARK, "light": LIGHT}


async def show_device_code(driver: Driver) -> str:
    """The page of the device code; gives the address its QR code has to say."""
    await driver.stand_on("user")
    await driver.press("f5")
    await driver.until(lambda: driver.panel(DeviceCodePanel), "a device code")
    await driver.until(lambda: driver.app.screen.query(qr_code.QrCode), "its QR code")
    await driver.pilot.pause()
    return driver.services.cloud.device_pages[0]


async def show_consent_code(driver: Driver) -> str:
    """The QR code of the consent link, on the whole screen; gives the address."""
    await driver.stand_on("consent")
    await driver.press("f5")
    await driver.until(lambda: driver.panel(ConsentPanel), "the link")
    await driver.press("f4")
    await driver.until(lambda: isinstance(driver.app.screen, QrDialog), "the QR code")
    await driver.pilot.pause()
    panel = driver.panel(ConsentPanel)
    assert panel is not None
    return panel.link


PAGES = {"device code": (show_device_code, (120, 40)), "consent link": (show_consent_code, (120, 40))}


def drawn(driver: Driver) -> list[list[Segment]]:
    """The screen as Textual hands it to the terminal."""
    return [list(strip) for strip in driver.app.screen._compositor.render_strips()]


def sent(driver: Driver, colours: str) -> list[list[Segment]]:
    """The screen as the bytes say it that a terminal with these colours is sent."""
    console = Console(color_system=colours, force_terminal=True, _environ={})  # type: ignore[arg-type]
    lines = [strip.render(console) for strip in driver.app.screen._compositor.render_strips()]
    width = driver.app.size.width
    decoded = [next(iter(AnsiDecoder().decode(line))).render(console, end="") for line in lines]
    return [list(Strip(list(line)).crop_extend(0, width, None)) for line in decoded]


@pytest.mark.parametrize("page", sample(2, PAGES))
@pytest.mark.system
async def test_a_camera_reads_the_code_in_every_theme(page: str) -> None:
    show, size = PAGES[page]
    async with wizard(size=size) as driver:
        address = await show(driver)
        for theme in THEMES:
            driver.app.theme = theme
            await driver.pilot.pause()
            for name, terminal in TERMINALS.items():
                assert read_codes(image_of(drawn(driver), terminal)) == [address], (theme, name)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("theme", sample(2, ["textual-dark", "textual-light", "ansi-dark", "ansi-light"]))
async def test_a_camera_reads_the_code_without_colour_on_a_dark_and_on_a_light_terminal(
    theme: str, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TEXTUAL_THEME", theme)
    monkeypatch.setattr(WizardApp.theme, "_default", theme)  # as TEXTUAL_THEME does
    show, size = PAGES[page]
    async with wizard(size=size) as driver:
        assert (driver.app.no_color, driver.app.theme) == (True, theme)
        address = await show(driver)

        for terminal in (DARK, LIGHT):
            assert read_codes(image_of(drawn(driver), terminal)) == [address]


@pytest.mark.parametrize("page", PAGES)
async def test_a_camera_reads_the_code_with_the_colours_a_terminal_has(page: str) -> None:
    show, size = PAGES[page]
    async with wizard(size=size) as driver:
        address = await show(driver)
        for colours in ("standard", "256", "truecolor"):
            for name, terminal in TERMINALS.items():
                assert read_codes(image_of(sent(driver, colours), terminal)) == [address], (colours, name)


async def test_without_its_quiet_zone_the_code_could_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr_code, "QUIET_ZONE", 0)
    async with wizard(size=(120, 40)) as driver:
        await show_device_code(driver)

        assert read_codes(image_of(drawn(driver), DARK)) == []


def inverted(terminal: Terminal) -> Terminal:
    """A terminal with its colours exchanged."""
    return Terminal(terminal.background, terminal.foreground)


async def test_light_modules_on_a_dark_ground_could_not_be_read() -> None:
    async with wizard(size=(120, 40)) as driver:
        await show_device_code(driver)
        uncoloured = [[Segment(text) for text, _, _ in line] for line in drawn(driver)]

        assert read_codes(image_of(uncoloured, DARK)) == []
        assert read_codes(image_of(uncoloured, inverted(DARK))) != []
