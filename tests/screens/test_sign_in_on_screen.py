"""The device code on the screen: who, where, which code, how long; copied, renewed, stopped, blanked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Static

from screens.panels.device_code_panel import DeviceCodePanel
from screens.scenes import SceneInfo
from screens.widgets.qr_code import QUIET_ZONE, QrCode, modules_of
from tests.sampling import every
from tests.screens.driving import Driver, screen_text, wizard
from tests.screens.places import NOTES
from wizard.core.events import DeviceCodePrompt

ADDRESS = "https://microsoft.com/devicelogin"


async def show_code(driver: Driver) -> None:
    await driver.stand_on("user")
    await driver.press("f5")
    await driver.until(lambda: driver.panel(DeviceCodePanel), "a device code")
    await driver.pilot.pause()


async def test_the_panel_says_who_signs_in_where_and_with_which_code() -> None:
    async with wizard() as driver:
        await show_code(driver)
        lines = [line.strip() for line in screen_text(driver.app).splitlines()]

        assert any(line.startswith("partner-integration@contoso.com") for line in lines)
        assert any(line.startswith(driver.services.cloud.device_pages[0]) for line in lines)
        assert any(line.startswith("ABCD1234X ") or line == "ABCD1234X" for line in lines)
        assert "In a private browser window open" in driver.text
        assert any(line.startswith("A B C D 1 2 3 4 X") for line in lines)
        assert "not as an administrator" in driver.text
        assert "Never enter a code that someone sent you." in driver.text
        assert "Tenant contoso.com" in driver.text
        assert " left ━━━" in driver.text
        assert "; then F7 makes a new code." in driver.text


async def test_f2_sends_the_code_to_the_clipboard_and_it_stays_on_the_screen() -> None:
    async with wizard() as driver:
        await show_code(driver)
        assert driver.app.clipboard == ""
        await driver.press("f2")

        assert driver.app.clipboard == "ABCD1234X"
        assert "sent to your terminal's clipboard" in driver.text
        assert "ABCD1234X" in driver.text


async def test_f3_sends_the_link_to_the_clipboard() -> None:
    async with wizard() as driver:
        await show_code(driver)
        await driver.press("f3")

        assert driver.app.clipboard == driver.services.cloud.device_pages[0]
        assert "Link sent to your terminal's clipboard" in driver.text


@pytest.mark.parametrize(("size", "is_beside"), [((60, 20), False), ((80, 24), True), ((80, 20), False)])
async def test_the_qr_code_goes_where_there_is_no_room_and_f4_shows_it_alone(
    size: tuple[int, int], is_beside: bool
) -> None:
    async with wizard(size=size) as driver:
        await show_code(driver)
        assert driver.app.query_one(QrCode).display is is_beside
        assert [line for line in screen_text(driver.app).splitlines() if driver.services.cloud.device_pages[0] in line]
        await driver.press("f4")
        code = driver.app.screen.query_one(QrCode)
        assert code.display
        assert driver.app.screen.region.contains_region(code.region)
        assert "ABCD1234X" not in driver.text
        await driver.press("escape")
        assert driver.app.screen is driver.shell


async def test_the_smallest_window_shows_the_whole_code_page_without_scrolling() -> None:
    async with wizard(size=(60, 20)) as driver:
        await show_code(driver)

        assert "ABCD1234X" in driver.text
        assert "New account? Password and MFA first: F1." in driver.text
        assert driver.shell.page.max_scroll_y == 0


async def test_a_question_about_a_code_that_is_used_meanwhile_is_taken_back() -> None:
    async with wizard() as driver:
        await show_code(driver)
        await driver.press("escape")
        assert "Stop waiting for the sign-in?" in driver.text
        driver.services.approve()
        await driver.until(lambda: not driver.running, "the checks to end")
        await driver.until(lambda: driver.app.screen is driver.shell, "the question to go")

        assert driver.journey is not None
        assert driver.journey.onboarding.memory.sign_in.tokens is not None


async def test_escape_on_the_question_and_enter_keep_waiting() -> None:
    async with wizard() as driver:
        await show_code(driver)
        for key in ("escape", "enter"):
            await driver.press("escape", key)
            assert driver.app.screen is driver.shell
            assert driver.running == "user"
            assert "ABCD1234X" in driver.text


async def test_f7_gives_a_new_code() -> None:
    async with wizard() as driver:
        await show_code(driver)
        driver.services.code = "NEWCODE99"
        await driver.press("f7")
        await driver.until_text("NEWCODE99")

        assert "ABCD1234X" not in driver.text
        driver.services.approve()
        await driver.until(lambda: not driver.running, "the checks to end")
        assert driver.journey is not None
        assert driver.journey.onboarding.memory.sign_in.tokens is not None


async def test_escape_stops_the_waiting_takes_the_code_away_and_loses_nothing() -> None:
    async with wizard() as driver:
        await show_code(driver)
        await driver.press("escape")
        assert "Stop waiting for the sign-in?" in driver.text
        await driver.press("right", "enter")
        await driver.until(lambda: not driver.running, "the wait to end")
        await driver.pilot.pause()

        assert driver.shell.page.page_id == "user"
        assert "ABCD1234X" not in driver.text
        assert "Stopped." in driver.text
        await driver.prove()
        assert "Next" in driver.text


async def test_a_used_code_is_taken_off_the_screen() -> None:
    async with wizard() as driver:
        await show_code(driver)
        driver.services.approve()
        await driver.until(lambda: not driver.running, "the checks to end")
        await driver.pilot.pause()

        assert "ABCD1234X" not in driver.text


async def test_an_expired_code_is_blanked() -> None:
    async with wizard() as driver:
        await show_code(driver)
        panel = driver.panel(DeviceCodePanel)
        assert panel is not None
        panel.prompt = DeviceCodePrompt(
            "integration_user", "", ADDRESS, "ABCD1234X", panel._now() - timedelta(seconds=1)
        )
        await driver.until_text("this code has expired")

        await driver.until(lambda: "ABCD1234X" not in driver.text, "the code to be gone")
        await driver.press("f2")
        assert driver.app.clipboard == ""


async def test_a_sign_in_for_the_vault_has_words_of_its_own() -> None:
    async with wizard() as driver:
        await driver.begin()
        page = driver.shell.step_page
        assert page is not None
        page.begin_run()
        expires = driver.session.clock.now() + timedelta(seconds=900)
        await driver.follow(DeviceCodePrompt("vault", "", ADDRESS, "VAULTCODE", expires))
        driver.shell.draw()
        await driver.pilot.pause()

        assert "an account that may open the key vault" in driver.text
        assert "Microsoft Azure CLI" in driver.text
        assert "New account?" not in driver.text
        assert "VAULTCODE" in driver.text
        assert "new-sign-in" not in driver.shell.offers.labels


@pytest.mark.parametrize("theme", every(3, ["textual-dark", "textual-light", "ansi-dark", "ansi-light"]))
async def test_the_qr_code_is_the_address_alone_black_on_white_in_every_theme(theme: str) -> None:
    async with wizard() as driver:
        driver.app.theme = theme
        await show_code(driver)
        code = driver.app.query_one(QrCode)
        address = driver.services.cloud.device_pages[0]
        width, height = code.cells
        region = code.region

        assert (region.width, region.height) == (width, height)
        assert driver.app.screen.region.contains_region(region)
        drawn = _drawn_modules(driver, region.x, region.y, width, height)
        assert drawn[: len(modules_of(address))] == modules_of(address)
        assert QUIET_ZONE == 2


def _drawn_modules(driver: Driver, left: int, top: int, width: int, height: int) -> list[list[bool]]:
    """The modules as the terminal would show them: read from glyphs and colours of the drawn cells."""
    rows: list[list[bool]] = []
    for strip in driver.app.screen._compositor.render_strips()[top : top + height]:
        upper: list[bool] = []
        lower: list[bool] = []
        for segment in strip.crop(left, left + width):
            assert segment.style is not None
            assert segment.style.bgcolor is not None
            assert segment.style.bgcolor.get_truecolor() == (255, 255, 255)
            if segment.text.strip():
                assert segment.style.color is not None
                assert segment.style.color.get_truecolor() == (0, 0, 0)
            upper += [glyph in "▀█" for glyph in segment.text]
            lower += [glyph in "▄█" for glyph in segment.text]
        rows += [upper, lower]
    return rows


async def test_the_code_and_its_qr_fit_the_smallest_usual_terminal() -> None:
    async with wizard(size=(80, 24)) as driver:
        await show_code(driver)

        for widget in driver.app.query("#sign-in Static").results(Static):
            assert driver.app.query_one("#place").region.contains_region(widget.region)


async def test_quitting_asks_when_a_token_would_be_lost_and_only_then() -> None:
    async with wizard() as driver:
        await driver.stand_on("store")
        await driver.press("ctrl+q")
        assert "only in memory" in driver.text
        await driver.press("escape")
        assert driver.app.screen is driver.shell
        await driver.press("ctrl+q", "enter")
        assert driver.app.screen is driver.shell
        await driver.press("ctrl+q", "right", "enter")
    assert driver.app.return_code == 1


@pytest.mark.parametrize("scene", [None, NOTES[0]], ids=["a journey", "a rehearsal"])
async def test_only_a_journey_that_is_written_down_is_said_to_be_saved(scene: SceneInfo | None, tmp_path: Path) -> None:
    async with wizard(file=tmp_path / "journey.json", scene=scene) as driver:
        driver.app.screen.query_one("#quit").focus()
        await driver.pilot.pause()
        on_welcome = driver.text
        driver.app.screen.query_one("#begin").focus()
        await driver.stand_on("store")
        await driver.press("ctrl+q")
        said = driver.text

    assert ("What is proven is saved" in on_welcome) == (scene is None)
    assert ("This journey is not saved" in on_welcome) == (scene is not None)
    assert "again for another sign-in" in said
    assert ("All else is saved" in said) == (scene is None)


async def test_another_vault_after_a_failure_needs_no_second_sign_in() -> None:
    async with wizard() as driver:
        await driver.stand_on("store")
        codes = driver.services.codes_issued
        driver.services.refuse("write", "ForbiddenByRbac", service="key_vault", status=403)
        await driver.check()
        assert "✗ The token is written to the vault: fails" in driver.text
        field = driver.app.query_one("#field-vault_url")
        field.focus()
        field.value = "https://contoso-spare.vault.azure.net"  # type: ignore[attr-defined]
        await driver.press("tab")
        assert "nobody has to sign in again" in driver.text
        await driver.press("f5")
        await driver.until(lambda: driver.journey and driver.journey.is_proven, "the journey to be proven")

        assert driver.services.codes_issued == codes
        assert "contoso-spare.vault.azure.net/partner-center-refresh-token" in driver.services.store
