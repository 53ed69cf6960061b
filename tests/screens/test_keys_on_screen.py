"""Every documented key is pressed, buttons and keys agree, and no page shows more than five keys beside F1."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from textual.app import ComposeResult
from textual.widgets._footer import FooterKey

from screens.actions import ACTIONS
from screens.help import help_for
from screens.shell import Shell
from screens.terminal.key_footer import KeyFooter
from tests.screens.driving import Driver, wizard
from wizard.onboarding.profile import CSP

HEAVY = ("msal", "azure", "requests", "cryptography", "qrcode")


def footer(driver: Driver) -> list[str]:
    return [key.key for key in driver.app.screen.query(FooterKey)]


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
        await driver.press("f1")
        assert "tenant.associated" in driver.text


@pytest.mark.system
async def test_the_footer_shows_at_most_five_keys_beside_f1_on_every_page() -> None:
    async with wizard() as driver:
        await driver.pilot.pause()
        pages = []
        while True:
            await driver.until(lambda: "f1" in footer(driver), "the footer")
            shown = footer(driver)
            assert len(shown) <= 6, (driver.shell.page.page_id, shown)
            assert "ctrl+q" in shown
            pages.append(driver.shell.page.page_id)
            if driver.shell.page.page_id == "done":
                break
            if driver.shell.page.page_id == "welcome":
                await driver.begin()
            else:
                await driver.prove()
                assert len(footer(driver)) <= 6
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
    offered = {binding.action for binding in Shell.BINDINGS if binding.show} - {"help"}  # type: ignore[union-attr]

    assert offered <= {f"offer('{action.name}')" for action in ACTIONS}


async def test_the_command_palette_offers_the_actions_of_the_page() -> None:
    async with wizard() as driver:
        await driver.begin()
        words = [command.title for command in driver.app.get_system_commands(driver.app.screen)]

        assert {"Check", "Back", "Help", "Save report", "Support bundle", "Explain an error", "Theme"} <= set(words)
        assert "Step 4: Integration user" in words
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
async def test_every_page_can_be_gone_through_at_this_size(size: tuple[int, int]) -> None:
    async with wizard(size=size) as driver:
        await driver.go_to("done")
        await driver.until_text("Proven: contoso.com is onboarded")


def test_the_screens_load_nothing_heavy_before_they_are_drawn() -> None:
    program = f"import sys, screens.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


async def test_the_footer_is_made_anew_only_when_its_keys_change(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[list[str]] = []
    compose = KeyFooter.compose

    def counted(drawn: KeyFooter) -> ComposeResult:
        shown = [binding for _, binding, _, _ in drawn.screen.active_bindings.values() if binding.show]
        made.append([f"{binding.key} {binding.description}" for binding in shown])
        return compose(drawn)

    monkeypatch.setattr(KeyFooter, "compose", counted)
    async with wizard() as driver:
        await driver.begin()
        on_step_1 = footer(driver)
        made.clear()
        for _ in range(3):
            await driver.press("tab")
            driver.shell.draw()
            await driver.pilot.pause()
        assert made == []
        await driver.check()
        assert footer(driver) != on_step_1
        assert all(one != other for one, other in pairwise(made))
