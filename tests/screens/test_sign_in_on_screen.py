"""The device code on the screen: who, where, which code, how long; copied, renewed, stopped, blanked."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Static

from screens.panels.device_code_panel import DeviceCodePanel
from screens.scenes import SceneInfo
from screens.widgets.figures import figures_of, groups_of
from screens.widgets.qr_code import LONGEST, QUIET_ZONE, QrCode, can_hold, modules_of
from tests.sampling import sample
from tests.screens.driving import Driver, screen_text, wizard
from tests.screens.places import NOTES
from tests.screens.stubs import DESKTOP
from wizard.core.events import DeviceCodePrompt, WaitEnded, Waiting

ADDRESS = "https://microsoft.com/devicelogin"


async def show_code(driver: Driver) -> None:
    await driver.stand_on("user")
    await driver.press("f5")
    await driver.until(lambda: driver.panel(DeviceCodePanel), "a device code")
    await driver.pilot.pause()


async def test_the_panel_says_who_signs_in_where_and_with_which_code() -> None:
    async with wizard() as driver:
        await show_code(driver)
        lines = [line.strip(" │") for line in screen_text(driver.app).splitlines()]

        assert driver.services.cloud.device_pages[0] in lines
        assert lines.count("ABCD1234X") == 1
        assert all(row in lines for row in figures_of("ABCD1234X"))
        assert "1 Open this page in a private window" in driver.text
        assert "Sign in as partner-integration@contoso.com, not as an administrator" in driver.text
        assert "Never enter a code that someone sent you." in driver.text
        assert "Tenant contoso.com" in driver.text
        assert any(
            line.startswith(("⠂ waiting for this sign-in · 1", "⠐ waiting for this sign-in · 1")) for line in lines
        )
        assert " left · until " in driver.text


async def test_the_address_leads_to_the_page_and_a_browser_of_this_machine_opens_it() -> None:
    opened: list[str] = []
    machine = replace(DESKTOP, open_address=lambda url: not opened.append(url))  # type: ignore[func-returns-value]
    async with wizard(machine=machine) as driver:
        await show_code(driver)
        page = driver.services.cloud.device_pages[0]
        region = driver.app.query_one("#sign-in-link").content_region
        strip = driver.app.screen._compositor.render_strips()[region.y]
        assert page in {each.style.link for each in strip if each.style}
        assert driver.app.focused is driver.app.query_one("#open-link")
        await driver.press("enter")
        await driver.until_text("The browser is asked to open it.")
        assert opened == [page]


async def test_f2_sends_the_code_to_the_clipboard_and_it_stays_on_the_screen() -> None:
    async with wizard() as driver:
        await show_code(driver)
        assert driver.app.clipboard == ""
        await driver.press("f2")

        assert driver.app.clipboard == "ABCD1234X"
        assert "sent to your terminal's clipboard" in driver.text
        assert "ABCD1234X" in driver.text


async def test_a_button_sends_the_link_to_the_clipboard() -> None:
    async with wizard() as driver:
        await show_code(driver)
        await driver.press("f3")
        assert driver.app.clipboard == ""
        await driver.pilot.click("#copy-address")
        await driver.pilot.pause()

        assert driver.app.clipboard == driver.services.cloud.device_pages[0]
        assert "Link sent to your terminal's clipboard" in driver.text


@pytest.mark.parametrize(
    ("size", "is_beside"),
    [((60, 20), False), ((80, 24), False), ((110, 30), True), ((120, 40), True), ((120, 20), False)],
)
async def test_the_qr_code_stands_beside_the_words_or_alone_on_f4_where_they_leave_it_no_room(
    size: tuple[int, int], is_beside: bool
) -> None:
    async with wizard(size=size) as driver:
        await show_code(driver)
        assert driver.app.query_one("#qr-beside").display is is_beside
        assert ("Or scan it with a phone" in driver.text) is is_beside
        assert ("F4 QR" in driver.text) is not is_beside
        assert [line for line in screen_text(driver.app).splitlines() if driver.services.cloud.device_pages[0] in line]
        await driver.press("f4")
        if is_beside:
            assert driver.app.screen is driver.shell
            return
        code = driver.app.screen.query_one(QrCode)
        assert driver.app.screen.region.contains_region(code.region)
        assert "ABCD1234X" not in driver.text
        await driver.press("escape")
        assert driver.app.screen is driver.shell


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_what_holds_the_sign_in_up_is_told_with_the_whole_code_page_in_sight(size: tuple[int, int]) -> None:
    async with wizard(size=size) as driver:
        await show_code(driver)
        now = driver.session.clock.now()
        again, until = now + timedelta(seconds=5), now + timedelta(minutes=15)
        trouble = "login.microsoftonline.com is not answering (HTTP 503)"
        await driver.follow(Waiting("the sign-in", now, until, again, trouble, "The code stays good."))
        await driver.pilot.pause()
        await driver.pilot.pause()
        assert driver.shell.page.max_scroll_y == 0
        for words in (trouble, "The code stays good.", "Trying again", ADDRESS, "ABCD1234X", "Never enter a code"):
            assert words in driver.text
        assert "waiting for this sign-in" not in driver.text
        await driver.follow(WaitEnded())
        await driver.pilot.pause()
        assert "waiting for this sign-in" in driver.text


async def test_how_far_the_journey_is_stands_on_the_screen_once() -> None:
    async with wizard(size=(120, 40)) as driver:
        await driver.stand_on("user")
        for size in ((120, 40), (80, 24), (120, 40)):
            await driver.pilot.resize_terminal(*size)
            await driver.pilot.pause()
            assert screen_text(driver.app).count("4 of 5") == 1, size
        await show_code(driver)
        assert screen_text(driver.app).count("4 of 5") == 1


async def test_the_smallest_window_shows_the_whole_code_page_without_scrolling() -> None:
    async with wizard(size=(60, 20)) as driver:
        await show_code(driver)

        assert "ABCD1234X" in driver.text
        assert "A new account? First its own password and MFA" in driver.text
        assert figures_of("ABCD1234X")[0] in screen_text(driver.app)
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


async def test_a_button_gives_a_new_code() -> None:
    async with wizard() as driver:
        await show_code(driver)
        driver.services.code = "NEWCODE99"
        await driver.pilot.click("#new-sign-in")
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
        panel.life.until = driver.session.clock.now() - timedelta(seconds=1)
        await driver.until_text("this code has expired")

        await driver.until(lambda: "ABCD1234X" not in driver.text, "the code to be gone")
        assert not [row for row in figures_of("ABCD1234X") if row in screen_text(driver.app)]
        assert " left" not in driver.text
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
        assert "new account?" not in driver.text
        assert "VAULTCODE" in driver.text
        assert "new-sign-in" not in driver.shell.offers.labels


async def test_an_address_that_no_qr_code_can_hold_is_shown_without_one() -> None:
    async with wizard(size=(120, 40)) as driver:
        await show_code(driver)
        until = driver.session.clock.now() + timedelta(minutes=15)
        link = "https://microsoft.com/\ud83d"
        await driver.follow(DeviceCodePrompt("integration_user", "", link, "ABCD1234X", until, ""))
        await driver.pilot.pause()
        assert not driver.app.query(QrCode)
        panel = driver.panel(DeviceCodePanel)
        assert panel
        panel.offer_qr("")()
        await driver.until_text("A QR code cannot hold this address: copy it.")
        assert driver.app.screen is driver.shell


@pytest.mark.parametrize(
    ("address", "can"),
    [
        (ADDRESS, True),
        ("https://a/" + "a" * (LONGEST - 10), True),
        ("https://a/" + "a" * (LONGEST - 9), False),
        ("https://microsoft.com/é", False),
        ("https://microsoft.com/\ud83d", False),
        ("https://microsoft.com/\x1b[31m", False),
    ],
)
def test_a_qr_code_holds_an_address_of_printable_ascii_that_is_not_too_long(address: str, can: bool) -> None:
    assert can_hold(address) is can


@pytest.mark.parametrize("theme", sample(3, ["textual-dark", "textual-light", "ansi-dark", "ansi-light"]))
async def test_the_qr_code_is_the_address_alone_black_on_white_in_every_theme(theme: str) -> None:
    async with wizard(size=(120, 40)) as driver:
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


async def test_all_of_the_code_page_fits_the_smallest_usual_terminal() -> None:
    async with wizard(size=(80, 24)) as driver:
        await show_code(driver)

        shown = [each for each in driver.app.query("#sign-in-words Static").results(Static) if each.display]
        assert len(shown) == 10
        for widget in shown:
            assert driver.app.query_one("#place").region.contains_region(widget.region)


def test_a_code_is_grouped_as_it_is_read_aloud() -> None:
    groups = {code: groups_of(code) for code in ("ABCD1234X", "ABCD1234", "VAULT9CODE", "ABC", "AB-CD", "")}

    assert groups["ABCD1234X"] == ["ABCD", "1234X"]
    assert groups["ABCD1234"] == ["ABCD", "1234"]
    assert groups["VAULT9CODE"] == ["VAULT", "9CODE"]
    assert [groups["ABC"], groups["AB-CD"]] == [["ABC"], ["AB-CD"]]


def test_every_figure_is_another_one_and_what_has_none_is_drawn_in_letters() -> None:
    drawn = {character: tuple(figures_of(character)) for character in string.ascii_uppercase + string.digits + "-"}

    assert len(set(drawn.values())) == 37
    assert all(len(rows) == 3 for rows in drawn.values())
    assert figures_of("abc") == figures_of("ABCD_") == figures_of("") == []


async def test_a_code_that_has_no_room_in_figures_is_drawn_in_letters() -> None:
    async with wizard(size=(60, 20)) as driver:
        driver.services.code = "WWWWMMMMW"
        await show_code(driver)
        assert "W W W W M M M M W" in driver.text
        await driver.pilot.resize_terminal(80, 24)
        await driver.pilot.pause()
        assert "W W W W" not in driver.text
        assert figures_of("WWWWMMMMW")[1] in screen_text(driver.app)


async def test_in_ascii_the_code_is_drawn_in_letters() -> None:
    async with wizard() as driver:
        driver.app.is_ascii = True
        await show_code(driver)
        assert "A B C D 1 2 3 4 X" in driver.text


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
        said = " ".join(str(each.content) for each in driver.app.screen.query(Static))

    assert ("asks first if something would be lost" in on_welcome) == (scene is None)
    assert ("This journey is not saved" in on_welcome) == (scene is not None)
    assert "again for another sign-in" in said
    assert ("All else is saved" in said) == (scene is None)


async def test_another_vault_after_a_failure_needs_no_second_sign_in() -> None:
    async with wizard(size=(100, 40)) as driver:
        await driver.stand_on("store")
        codes = driver.services.codes_issued
        driver.services.refuse("write", "ForbiddenByRbac", service="key_vault", status=403)
        await driver.check()
        assert driver.shell.query_one("#failure").has_class("-fails")
        field = driver.app.query_one("#field-vault_url")
        field.focus()
        field.value = "https://contoso-spare.vault.azure.net"  # type: ignore[attr-defined]
        await driver.press("tab")
        assert "nobody has to sign in again" in driver.text
        await driver.press("f5")
        await driver.until(lambda: driver.journey and driver.journey.is_proven, "the journey to be proven")

        assert driver.services.codes_issued == codes
        assert "contoso-spare.vault.azure.net/partner-center-refresh-token" in driver.services.store
