"""Keys, pastes and clicks that arrive in one read: each reaches what the one before it led to, however slow it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

import screens.terminal.key_order
from screens.terminal.key_order import KeyOrder
from screens.widgets.page_scroll import PageScroll
from tests.sampling import sample
from tests.screens.driving import CLIENT_ID, Driver, wizard
from tests.screens.slow_widgets import slow_widgets
from wizard.core.secret import Secret

SECRET = "s3cr3t~of.the_app~0123456789abcdefghijkl"
SPEEDS = ["", pytest.param("1", marks=pytest.mark.soak)]
"""Seeds of the slow widgets; none are slow with the first."""


@contextmanager
def at_speed(seed: str) -> Iterator[None]:
    """Let some widgets be slow."""
    with slow_widgets(f"keys {seed}") if seed else nullcontext():
        yield


def event_of(what: str) -> events.Event:
    """A key by its name, or a paste: the text behind “paste:”."""
    if what.startswith("paste:"):
        return events.Paste(what.removeprefix("paste:"))
    is_character = len(what) == 1
    return events.Key(_character_to_key(what) if is_character else what, what if is_character else None)


async def in_one_read(driver: Driver, *arrived: str | events.Event) -> None:
    """Let all this arrive before anything of it is handled, and wait until it was."""
    for each in arrived:
        driver.app.post_message(event_of(each) if isinstance(each, str) else each)
    await driver.until(lambda: not driver.app._message_queue.values and has_given_turns(driver), "every key's turn")
    await driver.pilot.pause()


def has_given_turns(driver: Driver) -> bool:
    task = driver.app._key_order._task
    return not driver.app._key_order._held and (task is None or task.done())


def typed(driver: Driver, key: str) -> str:
    return driver.shell.query_one(f"#field-{key}", Input).value


async def stand_in(driver: Driver, key: str) -> None:
    """Stand in a field of step 2."""
    await driver.stand_on("app")
    driver.shell.query_one(f"#field-{key}").focus()
    await driver.pilot.pause()


WAYS_TO_THE_SECRET = {
    "tabs and a paste": ("client_id", "tab", "tab", f"paste:{SECRET}"),
    "tabs and characters": ("client_id", "tab", "tab", *SECRET),
    "tabs back and a paste": ("public_client", "shift+tab", f"paste:{SECRET}"),
    "entered from field to field": ("client_id", "enter", "tab", f"paste:{SECRET}"),
    "characters before the tab": ("client_id", "end", "backspace", CLIENT_ID[-1], "tab", "tab", *SECRET),
    "a list that is opened and shut": ("credential", "enter", "enter", "tab", f"paste:{SECRET}"),
    "help that is opened and shut": ("client_id", "f1", "escape", "tab", "tab", f"paste:{SECRET}"),
    "a paste for a dialog before": ("client_id", "f9", "paste:AADSTS50076", "escape", "tab", "tab", *SECRET),
}


@pytest.mark.parametrize("seed", SPEEDS)
@pytest.mark.parametrize("way", sample(2, WAYS_TO_THE_SECRET))
async def test_a_secret_reaches_its_field_and_no_other(way: str, seed: str) -> None:
    start, *arrived = WAYS_TO_THE_SECRET[way]
    async with wizard(credential="secret", client_secret=Secret("old")) as driver:
        await stand_in(driver, start)
        with at_speed(seed):
            await in_one_read(driver, *arrived)
        assert typed(driver, "client_secret") == SECRET
        assert typed(driver, "client_id") == CLIENT_ID


@pytest.mark.parametrize("seed", SPEEDS)
async def test_a_field_that_a_list_brings_about_gets_the_paste_behind_it(seed: str) -> None:
    async with wizard() as driver:
        await stand_in(driver, "credential")
        with at_speed(seed):
            await in_one_read(driver, "enter", "up", "up", "enter", "tab", f"paste:{SECRET}")
        assert typed(driver, "client_secret") == SECRET
        assert typed(driver, "client_id") == CLIENT_ID


async def test_tab_does_not_pass_a_new_field_by_however_late_it_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual sorts what can have the focus by where it stands; what is not laid out yet stands nowhere."""
    async with wizard() as driver:
        await stand_in(driver, "credential")
        timer, lay_out = driver.shell._update_timer, driver.shell._on_timer_update

        def late() -> None:
            timer.pause()
            asyncio.get_running_loop().call_later(0.1, lay_out)

        await in_one_read(driver, "enter", "up", "up")
        monkeypatch.setattr(timer, "_callback", late)
        monkeypatch.setattr(
            screens.terminal.key_order, "_waits_for_drawing", lambda _screen: False
        )  # mostly it waits as well
        await in_one_read(driver, "enter", "tab", f"paste:{SECRET}")
        assert typed(driver, "client_secret") == SECRET


@pytest.mark.parametrize("seed", SPEEDS)
async def test_a_paste_behind_the_key_that_opens_a_dialog_is_the_dialogs(seed: str) -> None:
    async with wizard() as driver:
        await stand_in(driver, "client_id")
        with at_speed(seed):
            await in_one_read(driver, "f9", f"paste:{SECRET}")
        await driver.until_text(f"Pasted: {len(SECRET)} characters")
        assert typed(driver, "client_id") == CLIENT_ID
        assert SECRET not in driver.text


@pytest.mark.parametrize("seed", SPEEDS)
async def test_characters_behind_enter_on_a_button_go_to_the_dialog_that_it_opens(seed: str) -> None:
    async with wizard() as driver:
        await driver.finish()
        await driver.until(lambda: getattr(driver.app.focused, "id", "") == "save-report", "the button")
        with at_speed(seed):
            await in_one_read(driver, "enter", *"-of-today")
        assert driver.app.screen.query_one("#line", Input).value.endswith("-of-today")


@pytest.mark.parametrize("seed", SPEEDS)
async def test_characters_behind_the_key_that_closes_a_dialog_go_to_the_page(seed: str) -> None:
    async with wizard() as driver:
        await stand_in(driver, "client_id")
        await driver.press("end", "f9")
        with at_speed(seed):
            await in_one_read(driver, *"ab", "escape", *"cd")
        assert typed(driver, "client_id") == f"{CLIENT_ID}cd"


@pytest.mark.parametrize("seed", SPEEDS)
async def test_characters_behind_the_key_that_changes_the_page_go_to_its_field(seed: str) -> None:
    async with wizard(client_id="") as driver:
        await driver.begin()
        await driver.check()
        with at_speed(seed):
            await in_one_read(driver, "f6", *"3333", "tab", "tab")
        assert driver.shell.page.page_id == "app"
        assert typed(driver, "client_id") == "3333"


@pytest.mark.parametrize("seed", SPEEDS)
async def test_a_click_and_the_keys_around_it_keep_their_order(seed: str) -> None:
    async with wizard(credential="secret") as driver:
        await stand_in(driver, "client_id")
        region = driver.shell.query_one("#field-client_secret").region
        at = (region.x + 1, region.y)
        click = [
            kind(None, *at, 0, 0, 1, shift=False, meta=False, ctrl=False, screen_x=at[0], screen_y=at[1])
            for kind in (events.MouseDown, events.MouseUp)
        ]
        with at_speed(seed):
            await in_one_read(driver, "end", "backspace", CLIENT_ID[-1], *click, f"paste:{SECRET}")
        assert typed(driver, "client_secret") == SECRET
        assert typed(driver, "client_id") == CLIENT_ID


async def test_a_page_that_hangs_can_be_left_and_gets_no_key_that_was_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(screens.terminal.key_order, "PATIENCE", 200)
    hangs = asyncio.Event()
    async with wizard() as driver:
        await stand_in(driver, "client_id")
        driver.shell.query_one(PageScroll).call_next(hangs.wait)
        for each in ("tab", "x", "ctrl+q"):
            driver.app.post_message(event_of(each))
        try:
            for _ in range(50 * screens.terminal.key_order.PATIENCE):  # a pause of the pilot would wait for the page
                if driver.app.return_code is None:
                    await asyncio.sleep(screens.terminal.key_order.PAUSE)
            assert "x" not in typed(driver, "client_id")
            assert driver.app.return_code == 1
        finally:
            hangs.set()


async def test_a_character_does_not_wait_for_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by how often it is looked whether there is something left to do."""
    host_probes = 0
    look = KeyOrder._is_at_rest

    def counted(order: KeyOrder) -> bool:
        nonlocal host_probes
        host_probes += 1
        return look(order)

    monkeypatch.setattr(KeyOrder, "_is_at_rest", counted)
    async with wizard() as driver:
        await stand_in(driver, "client_id")
        taken = []
        for length in (20, 2_000):
            host_probes = 0
            await in_one_read(driver, *"x" * length)
            taken.append(host_probes)
        assert typed(driver, "client_id").count("x") == 2_020
    assert taken[1] <= taken[0] + 5
