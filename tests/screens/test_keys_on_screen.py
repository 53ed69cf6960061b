"""Every documented key is pressed, buttons and keys agree, and no page shows more than five keys beside F1."""

from __future__ import annotations

import subprocess
import sys

import pytest
from textual.widgets import Button
from textual.widgets._select import SelectOverlay

from screens.actions import ACTIONS
from screens.check_rows import CHECKING, UNDER_WAY
from screens.help import help_for
from screens.panels.consent_panel import ConsentPanel
from screens.shell import Shell
from screens.widgets.check_list import CheckList
from screens.widgets.key_footer import KeyFooter
from tests.screens.driving import Driver, screen_text, wizard
from tests.screens.stubs import DESKTOP
from wizard.core.events import CheckSkipped, CheckStarted
from wizard.core.findings import NotAsked, Skipped
from wizard.onboarding.profile import CSP

HEAVY = ("msal", "azure", "requests", "cryptography", "qrcode")


def footer(driver: Driver) -> list[str]:
    return [cap for cap, _, _ in driver.shell.query_one(KeyFooter).shown]


async def test_f1_explains_every_page_and_escape_closes_it() -> None:
    async with wizard() as driver:
        for title in ("Welcome", "Tenant association"):
            await driver.press("f1")
            assert driver.app.screen is not driver.shell
            assert title in driver.text
            assert "Keys" in driver.text or title
            await driver.press("escape")
            assert driver.app.screen is driver.shell
            if driver.shell.page.page_id == "welcome":
                await driver.begin()


@pytest.mark.parametrize("page", ["welcome", *(step.id for step in CSP.steps), "done"])
def test_every_page_has_a_help_text_without_markup(page: str) -> None:
    _, text = help_for(page, CSP)

    assert len(text.plain.splitlines()[0]) > 20
    assert not {"#", "`", "**"} & set(text.plain.split())


async def test_the_help_of_a_step_names_its_checks() -> None:
    async with wizard(size=(100, 60)) as driver:
        await driver.begin()
        await driver.press("f1", "end")
        assert "tenant.associated" in driver.text


@pytest.mark.system
async def test_the_footer_names_enter_help_and_the_way_out_on_every_page() -> None:
    async with wizard() as driver:
        await driver.pilot.pause()
        pages = []
        while True:
            await driver.until(lambda: "F1" in footer(driver), "the footer")
            shown = footer(driver)
            assert len(shown) <= 8, (driver.shell.page.page_id, shown)
            assert "^Q" in shown
            pages.append(driver.shell.page.page_id)
            if driver.shell.page.page_id == "done":
                break
            if driver.shell.page.page_id == "welcome":
                await driver.begin()
            else:
                await driver.prove()
                assert len(footer(driver)) <= 8
                await driver.press("f6")
        assert pages == ["welcome", "tenant", "app", "consent", "user", "store", "done"]


async def test_a_key_does_what_its_button_does_and_nothing_while_that_is_not_shown() -> None:
    async with wizard() as driver:
        await driver.press("f5", "f6", "f2", "f3", "f4", "f7", "f8", "escape")
        assert driver.shell.page.page_id == "welcome"
        await driver.begin()
        await driver.press("f6")
        assert driver.shell.page.page_id == "tenant"


def test_every_action_with_a_key_has_its_button() -> None:
    bound = {binding.action for binding in Shell.BINDINGS if binding.action.startswith("offer")}  # type: ignore[union-attr]

    assert bound == {f"offer('{action.name}')" for action in ACTIONS if action.key}


async def test_the_command_palette_offers_the_actions_of_the_page() -> None:
    async with wizard() as driver:
        await driver.begin()
        words = [command.title for command in driver.app.get_system_commands(driver.app.screen)]

        assert {"Check", "Back", "Help", "Save report", "Support bundle", "Explain an error", "Theme"} <= set(words)
        assert "Step 4, Integration user" in words
        await driver.press("ctrl+p")
        assert driver.app.screen is not driver.shell
        await driver.press("escape")
        assert driver.app.screen is driver.shell


async def test_page_keys_scroll_a_long_page() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        await driver.press("pagedown")
        assert driver.shell.page.scroll_y > 0
        await driver.press("pageup")
        assert driver.shell.page.scroll_y == 0


async def test_a_scroll_bar_that_was_away_stands_where_the_page_stands() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        await driver.press("pagedown")
        for size in ((120, 60), (80, 24)):
            await driver.pilot.resize_terminal(*size)
            await driver.pilot.pause()

        body = driver.shell.page
        assert body.show_vertical_scrollbar
        assert (body.scroll_y, body.vertical_scrollbar.position) == (0, 0)


@pytest.mark.parametrize("size", [(59, 24), (80, 19), (40, 10)])
async def test_a_terminal_too_small_gets_a_kind_sentence_with_its_size(size: tuple[int, int]) -> None:
    async with wizard(size=size) as driver:
        assert f"This window has {size[0]} columns and {size[1]} rows." in driver.text
        await driver.pilot.resize_terminal(80, 24)
        await driver.until_text("Begin")
        await driver.begin()


@pytest.mark.parametrize("size", [(60, 20), pytest.param((200, 60), marks=pytest.mark.system)])
@pytest.mark.system
async def test_every_page_can_be_gone_through_at_this_size(size: tuple[int, int]) -> None:
    async with wizard(size=size) as driver:
        await driver.go_to("done")
        await driver.until_text("✓ contoso.com is onboarded")


def test_the_screens_load_nothing_heavy_before_they_are_drawn() -> None:
    program = f"import sys, screens.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


async def test_the_footer_says_what_enter_does_with_the_word_of_the_button() -> None:
    async with wizard() as driver:
        keys = driver.shell.query_one(KeyFooter)
        assert keys.shown[0][:2] == ("Enter", "Begin")
        await driver.begin()
        assert keys.shown[0][:2] == ("Enter", "Check")
        await driver.check()
        assert keys.shown[0][:2] == ("Enter", "Next")
        await driver.press("tab")
        assert keys.shown[0][:2] == ("Enter", "Back")


def enters(driver: Driver) -> str:
    """What the footer says that Enter does."""
    return next(word for cap, word, _ in driver.shell.query_one(KeyFooter).shown if cap == "Enter")


async def test_the_footer_follows_the_row_that_the_arrows_point_to() -> None:
    async with wizard() as driver:
        await driver.begin()
        await driver.check()
        driver.shell.query_one("#checks").focus()
        await driver.pilot.pause()
        words = [enters(driver)]
        for key in ("enter", "down", "up", "enter"):
            await driver.press(key)
            words.append(enters(driver))
        assert words == ["Unfold", "Fold", "Details", "Fold", "Unfold"]


async def test_the_footer_follows_the_row_that_a_run_points_to() -> None:
    async with wizard() as driver:
        await driver.begin()
        driver.page.begin_run()
        await driver.pilot.pause()
        assert enters(driver) == "Unfold"
        await driver.follow(CheckStarted("tenant.exists"))
        await driver.pilot.pause()
        assert enters(driver) == "Details"
        await driver.follow(CheckSkipped("tenant.exists", Skipped(NotAsked.DOES_NOT_APPLY, "as the test says")))
        await driver.pilot.pause()
        assert enters(driver) == "Unfold"
        await driver.end_run()


@pytest.mark.parametrize("field", ["vault_identity", "sign_in_flow"])
async def test_a_list_that_is_open_leaves_the_footer_free(field: str) -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        driver.shell.query_one(f"#field-{field}").focus()
        await driver.press("enter")
        opened = driver.app.focused
        assert isinstance(opened, SelectOverlay)
        assert opened.region.height > 2
        assert opened.region.bottom <= driver.shell.query_one(KeyFooter).region.y


async def test_a_page_behind_a_dialog_names_no_keys_and_shows_no_focus() -> None:
    async with wizard() as driver:
        await driver.stand_on("store")
        button = driver.shell.query_one("#check", Button)
        looks = str(button.styles.background), str(button.styles.text_style)
        assert "F1 Help" in driver.text
        await driver.press("ctrl+q")
        await driver.until_text("Quit now?")
        assert "F1 Help" not in driver.text
        assert (str(button.styles.background), str(button.styles.text_style)) != looks
        await driver.press("escape")
        assert "F1 Help" in driver.text
        assert (str(button.styles.background), str(button.styles.text_style)) == looks


async def test_one_row_is_marked_as_being_checked() -> None:
    async with wizard() as driver:
        await driver.begin()
        driver.page.begin_run()
        await driver.follow(CheckStarted("tenant.exists"))
        await driver.pilot.pause()
        signs = [(row.sign, row.name) for row in driver.shell.query_one(CheckList).rows]
        assert [name for sign, name in signs if sign == CHECKING] == ["tenant.exists"]
        assert (UNDER_WAY, "Tenant") in signs
        await driver.end_run()


async def test_a_row_pointed_to_stays_so_while_a_group_above_it_unfolds() -> None:
    async with wizard() as driver:
        await driver.begin()
        driver.page.begin_run()
        await driver.pilot.pause()
        checks = driver.shell.query_one(CheckList)
        await driver.press("down")
        assert checks.pointed_at == checks.rows[1]
        await driver.follow(CheckStarted("tenant.exists"))
        await driver.pilot.pause()
        assert len(checks.rows) > 3
        assert checks.pointed_at == checks.rows[-1]
        await driver.end_run()


@pytest.mark.parametrize("step", ["consent", "user"])
async def test_the_footer_says_that_enter_submits_once_an_address_is_typed(step: str) -> None:
    async with wizard(machine=DESKTOP) as driver:
        if step == "user":
            await driver.wait_for_link(port=8400)
        else:
            await driver.stand_on(step)
            await driver.press("f5")
            await driver.until(lambda: driver.panel(ConsentPanel), "the link")
            await driver.pilot.pause()
        assert enters(driver) == "Open in browser"
        await driver.press("x")
        assert enters(driver) == "Submit"
        await driver.press("backspace")
        assert enters(driver) == "Open in browser"


async def test_a_click_on_a_key_of_the_footer_presses_it() -> None:
    async with wizard() as driver:
        await driver.begin()
        line = screen_text(driver.app).splitlines()[23]
        await driver.pilot.click(offset=(line.index("F1"), 23))
        await driver.until(lambda: driver.app.screen is not driver.shell, "the help")
        assert "Tenant association" in driver.text


async def test_where_there_is_little_room_the_way_out_stays() -> None:
    async with wizard(size=(60, 20)) as driver:
        await driver.begin()
        await driver.check()
        assert {"Enter", "F1", "Esc", "^Q"} <= set(footer(driver))
