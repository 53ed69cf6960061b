"""What is drawn as dots goes to no clipboard, whatever key, action or mouse asks for it, and is not drawn later."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.actions import SkipAction
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input

import screens
from screens.widgets.quiet_input import QuietInput
from tests.sampling import sample
from tests.screens.driving import Driver, screen_text, wizard
from wizard.core.answers import Kind
from wizard.core.secret import Secret
from wizard.onboarding.profile import CSP

CANARY = "c4n4ry~Secret.of-the_app~0123456789abcdef"
LONG = CANARY * 3
MASKED: dict[str, dict[str, Any]] = {
    "client_secret": {"credential": "secret", "client_secret": Secret(CANARY)},
    "passphrase": {"credential": "certificate", "certificate": "/app.pem", "passphrase": Secret(CANARY)},
    "stored_token": {"sign_in_flow": "stored-token", "token_layout": "typed", "stored_token": Secret(CANARY)},
    "error-text": {},
    "browser-address": {},
}
"""The masked fields, and the answers with which each is asked; the last two are that of F9 with a long line, and that
of the address which a browser ended on."""
SELECTING = ("home", "shift+end", "end", "shift+home", "shift+left", "ctrl+shift+left", "ctrl+shift+a", "ctrl+a")
OSC_52 = re.compile(r"\x1b\]52;[^;]*;([^\x07\x1b]*)")


class Sent:
    """What the terminal of a wizard was sent, and would have been told to keep."""

    def __init__(self, driver: Driver) -> None:
        self._app = driver.app
        self._written: list[str] = []
        assert driver.app._driver is not None
        driver.app._driver.write = self._written.append  # type: ignore[method-assign, assignment]

    @property
    def copied(self) -> list[str]:
        """Every text that went to a clipboard: the terminal's, or the wizard's own."""
        kept = [self._app.clipboard] if self._app.clipboard else []
        return [base64.b64decode(each).decode() for each in OSC_52.findall("".join(self._written))] + kept


@asynccontextmanager
async def standing_in(name: str) -> AsyncIterator[tuple[Driver, Input, Sent]]:
    """A wizard with the focus in a masked field that holds a secret."""
    async with wizard(**MASKED[name]) as driver:
        if name == "error-text":
            await driver.press("f9", *LONG)
            field = driver.app.screen.query_one(f"#{name}", Input)
        elif name == "browser-address":
            await driver.wait_for_link()
            await driver.press(*LONG)
            field = driver.app.screen.query_one(f"#{name}", Input)
        else:
            await driver.stand_on("user" if name == "stored_token" else "app")
            field = driver.app.query_one(f"#field-{name}", Input)
            field.focus()
            await driver.pilot.pause()
        assert driver.app.focused is field
        assert CANARY in field.value
        yield driver, field, Sent(driver)


def keys_that(*actions: str) -> list[str]:
    """Every key that a field, a page or the application binds to one of these actions."""
    owners = (Input, Screen, App)
    bound = [each for owner in owners for each in Binding.make_bindings(owner.BINDINGS)]
    return sorted({each.key for each in bound if each.action.rpartition(".")[2] in actions})


@pytest.mark.parametrize("name", sample(3, MASKED))
async def test_no_key_copies_or_cuts_what_a_field_masks(name: str) -> None:
    keys = [*keys_that("copy", "cut", "copy_text"), "ctrl+insert", "shift+delete", "super+x"]
    assert {"ctrl+c", "ctrl+x", "super+c"} <= set(keys)
    async with standing_in(name) as (driver, field, sent):
        before = field.value
        for key in keys:
            for selecting in SELECTING:
                await driver.press("end", selecting, key)
                assert sent.copied == [], (selecting, key)
                assert field.value == before, (selecting, key)


@pytest.mark.parametrize("name", sample(2, MASKED))
async def test_no_action_copies_or_cuts_what_a_field_masks(name: str) -> None:
    async with standing_in(name) as (driver, field, sent):
        field.select_all()
        for action in (field.action_copy, field.action_cut):
            with pytest.raises(SkipAction):
                action()
        field.screen.text_select_all()
        assert CANARY not in (field.screen.get_selected_text() or "")
        with pytest.raises(SkipAction):
            field.action_copy()
        await driver.press("ctrl+v")
        assert not any(CANARY in each for each in sent.copied)


@pytest.mark.parametrize("name", sample(3, MASKED))
async def test_no_mouse_copies_what_a_field_masks(name: str) -> None:
    async with standing_in(name) as (driver, field, sent):
        for times in (1, 2, 3):
            await driver.pilot.click(field, offset=(3, 0), times=times)
            await driver.press("ctrl+c", "ctrl+x")
        await driver.pilot.mouse_down(field, offset=(0, 0))
        await driver.pilot.hover(field, offset=(20, 0))
        await driver.pilot.mouse_up(field, offset=(20, 0))
        await driver.press("ctrl+c", "ctrl+x")
        await driver.pilot.mouse_down("#heading" if name != "error-text" else "#ask", offset=(0, 0))
        await driver.pilot.hover(field, offset=(20, 0))
        await driver.pilot.mouse_up(field, offset=(20, 0))
        await driver.press("ctrl+c", "ctrl+x")
        assert not any(CANARY[:8] in each for each in sent.copied)
        assert CANARY in field.value


async def test_a_field_that_masks_nothing_is_copied_and_cut_as_ever() -> None:
    async with wizard() as driver:
        await driver.begin()
        field = driver.app.query_one("#field-tenant", Input)
        field.focus()
        await driver.pilot.pause()
        sent = Sent(driver)
        await driver.press("home", "shift+end", "ctrl+c", "ctrl+x")
        assert sent.copied == ["contoso.com"] * 3
        assert field.value == ""


async def test_a_long_line_is_masked_before_the_next_key_and_stays_masked_until_it_is_gone() -> None:
    async with wizard() as driver:
        await driver.press("f9")
        field = driver.app.screen.query_one("#error-text", Input)
        field.value = LONG
        assert field.password  # at once, before any message is handled
        for _ in range(60):
            field.action_delete_left()
        await driver.pilot.pause()
        assert 0 < len(field.value) < 100
        assert CANARY[:20] not in screen_text(driver.app)
        field.action_delete_left_all()
        assert not field.password


def test_every_masked_field_of_the_steps_is_tried_here() -> None:
    asked = {field.key for step in CSP.steps for field in step.fields if field.kind is Kind.SECRET}
    assert asked | {"error-text", "browser-address"} == MASKED.keys()


def test_no_screen_has_a_field_of_textuals_own() -> None:
    for path in Path(screens.__path__[0]).rglob("*.py"):
        made = re.findall(r"(?<![A-Za-z_.])(?:Masked)?(?:Input|TextArea)\(", path.read_text(encoding="utf-8"))
        is_base = path.name == "quiet_input.py"
        assert not made or is_base, path
    assert issubclass(QuietInput, Input)
