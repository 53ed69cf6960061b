"""Every key is pressed at every place of the wizard, and does what this table says; a click does the same."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

import screens
from screens.first_page import FirstPage
from screens.terminal.terminal_app import TerminalApp
from tests.documented import README
from tests.screens.driving import Driver, wizard
from tests.screens.places import PLACES, outcomes
from wizard.catalogue.help_topics import topics

GONE = {FirstPage, TerminalApp}
"""The screen that is gone before a key can be pressed, and the base of the application."""
PAGE_KEYS = ("pageup", "pagedown")
"""Whether these move anything depends on how much there is to read: tests/screens/test_keys_on_screen.py."""
ON_A_TERMINAL = ("ctrl+l", "ctrl+z")
"""What these do only a terminal shows: tests/terminal/test_terminals_of_all_kinds.py."""
ALL_KEYS = (
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "f6",
    "f7",
    "f8",
    "f9",
    "f10",
    "escape",
    "ctrl+q",
    "ctrl+p",
    "ctrl+l",
    *PAGE_KEYS,
)
"""Pressed at every place, after those its own row names; what the row does not name does nothing."""
READER, PALETTE, DETAILS = "opens Reader", "opens CommandPalette", "opens Details"
EVERYWHERE = {"f1": READER, "f9": "opens ExplainDialog", "ctrl+q": "quits with 1", "ctrl+p": PALETTE}
TABLE: dict[str, dict[str, str]] = {
    "welcome": EVERYWHERE | {},
    "welcome of a rehearsal": EVERYWHERE | {},
    "onboardings": EVERYWHERE | {"up": "moves", "down": "moves"},
    "start, running": EVERYWHERE | {"escape": "stops"},
    "start, failed": EVERYWHERE
    | {
        "f2": "copies",
        "f3": DETAILS,
        "f5": "checks start",
        "escape": "goes to welcome",
        "ctrl+q": "quits with 3",  # a host could not be reached
    },
    "start, proven": EVERYWHERE | {"f5": "checks start", "f6": "goes to tenant", "escape": "goes to welcome"},
    "tenant, open": EVERYWHERE | {"f5": "checks tenant", "escape": "goes to start"},
    "tenant, running": EVERYWHERE | {"escape": "stops"},
    "tenant, failed": EVERYWHERE | {"f3": DETAILS, "f5": "checks tenant", "escape": "goes to start"},
    "tenant, failed in a rehearsal": EVERYWHERE
    | {"f3": DETAILS, "f5": "checks tenant", "ctrl+r": "checks tenant", "escape": "goes to start"},
    "tenant, proven": EVERYWHERE
    | {
        "left": "moves",
        "right": "moves",
        "enter": "goes to app",
        "f5": "checks tenant",
        "f6": "goes to app",
        "escape": "goes to start",
    },
    "app, open": EVERYWHERE | {"f5": "checks app", "escape": "goes to tenant"},
    "consent, open": EVERYWHERE | {"f5": "checks consent", "escape": "goes to app"},
    "consent link": EVERYWHERE | {"f2": "copies", "f7": READER, "f4": "opens QrDialog", "escape": "stops"},
    "way to consent": EVERYWHERE
    | {
        "enter": "moves",
        "space": "moves",
        "up": "moves",
        "f2": "copies",
        "f7": READER,
        "f4": "opens QrDialog",
        "escape": "stops",
    },
    "user, open": EVERYWHERE | {"f5": "checks user", "escape": "goes to consent"},
    "device code": EVERYWHERE
    | {
        "f2": "copies",
        "f4": "opens QrDialog",
        "escape": "opens Confirm",
        "ctrl+q": "opens Confirm",
    },
    "sign-in in a browser": EVERYWHERE
    | {
        "f2": "copies",
        "f4": "opens QrDialog",
        "escape": "opens Confirm",
        "ctrl+q": "opens Confirm",
    },
    "sign-in in a browser of this machine": EVERYWHERE
    | {
        "f2": "copies",
        "f4": "opens QrDialog",
        "escape": "opens Confirm",
        "ctrl+q": "opens Confirm",
    },
    "user, token in memory": {
        "f1": READER,
        "f9": "opens ExplainDialog",
        "f5": "checks user",
        "f6": "goes to store",
        "escape": "goes to consent",
        "ctrl+q": "opens Confirm",
        "ctrl+p": PALETTE,
    },
    "store, locked": EVERYWHERE | {"escape": "goes to user"},
    "store, open": {
        "f1": READER,
        "f9": "opens ExplainDialog",
        "f5": "checks store",
        "escape": "goes to user",
        "ctrl+q": "opens Confirm",
        "ctrl+p": PALETTE,
    },
    "done": {
        "f1": READER,
        "f9": "opens ExplainDialog",
        "f2": "copies",
        "f8": "opens LineDialog",
        "escape": "goes to store",
        "ctrl+q": "quits with 0",
        "ctrl+p": PALETTE,
    },
    "check list": EVERYWHERE
    | {
        "up": "moves",
        "down": "moves",
        "home": "moves",
        "end": "moves",
        "enter": DETAILS,
        "f3": DETAILS,
        "f5": "checks tenant",
        "escape": "goes to start",
    },
    "tick box": EVERYWHERE | {"enter": "checks tenant", "f5": "checks tenant", "escape": "goes to start"},
    "rail": EVERYWHERE
    | {
        "up": "moves",
        "down": "moves",
        "enter": "goes to app",
        "f3": DETAILS,
        "f5": "checks tenant",
        "escape": "goes to start",
    },
    "help": {
        "left": "moves",
        "right": "moves",
        "enter": "closes",
        "f1": "closes",
        "escape": "closes",
        "ctrl+q": "quits with 1",
        "ctrl+p": PALETTE,
    },
    "user, failed": EVERYWHERE
    | {"f2": "copies", "f3": DETAILS, "f5": "checks user", "f7": READER, "escape": "goes to consent"},
    "app, failed with a fix": EVERYWHERE
    | {
        "f3": DETAILS,
        "f5": "checks app",
        "f7": READER,
        "f10": "opens FixDialog",
        "escape": "goes to tenant",
    },
    "fix": {
        "left": "moves",
        "right": "moves",
        "enter": "closes",
        "f2": "copies",
        "escape": "closes",
        "ctrl+q": "quits with 1",
        "ctrl+p": PALETTE,
    },
    "first password": {
        "left": "moves",
        "right": "moves",
        "enter": "moves",
        "f2": "copies",
        "escape": "moves",
        "ctrl+q": "quits with 1",
        "ctrl+p": PALETTE,
    },
    "choice": EVERYWHERE
    | {
        "enter": "moves",
        "space": "moves",
        "up": "moves",
        "down": "moves",
        "f5": "checks user",
        "escape": "goes to consent",
    },
    "folded fields": EVERYWHERE
    | {
        "enter": "moves",
        "space": "moves",
        "f2": "copies",
        "f3": DETAILS,
        "f5": "checks user",
        "f7": READER,
        "escape": "goes to consent",
    },
    "details": {
        "left": "moves",
        "right": "moves",
        "enter": "closes",
        "f1": READER,
        "f2": "copies",
        "f7": READER,
        "escape": "closes",
        "ctrl+q": "quits with 1",
        "ctrl+p": PALETTE,
    },
    "explain": {"f1": READER, "escape": "closes", "ctrl+q": "quits with 1", "ctrl+p": PALETTE},
    "explained": {
        "up": "moves",
        "down": "moves",
        "delete": "moves",
        "f1": READER,
        "f2": "copies",
        "f7": READER,
        "f6": "goes to tenant",
        "escape": "closes",
        "ctrl+q": "quits with 1",
        "ctrl+p": PALETTE,
    },
    "details of a check that holds": {
        "left": "moves",
        "right": "moves",
        "enter": "closes",
        "c": "copies",
        "f2": "copies",
        "escape": "closes",
        "ctrl+q": "quits with 1",
        "ctrl+p": PALETTE,
    },
    "QR code": {"enter": "closes", "f4": "closes", "escape": "closes", "ctrl+q": "quits with 1", "ctrl+p": PALETTE},
    "question": {"left": "moves", "right": "moves", "enter": "closes", "escape": "closes", "ctrl+p": PALETTE},
    "clouds": {
        "up": "moves",
        "down": "moves",
        "enter": "closes",
        "escape": "closes",
        "ctrl+q": "quits with 1",
        "ctrl+p": PALETTE,
    },
    "report": {"enter": "closes", "escape": "closes", "ctrl+q": "quits with 0", "ctrl+p": PALETTE},
    "customers": {
        "enter": READER,
        "up": "moves",
        "down": "moves",
        "escape": "closes",
        "ctrl+q": "quits with 1",
        "ctrl+p": PALETTE,
    },
    "scenes": {
        "up": "moves",
        "down": "moves",
        "home": "moves",
        "end": "moves",
        "escape": "closes",
        "ctrl+q": "quits with 1",
        "ctrl+p": PALETTE,
    },
}
NAMES = {"Esc": "escape", "PgUp": "pageup", "PgDn": "pagedown", "Enter": "enter", "Tab": "tab"}


ACTIONS = {"f1": "help", "f9": "explain", "ctrl+p": "command_palette", "ctrl+q": "quit"}
SAMPLES = ("welcome", "tenant, running", "user, failed", "device code", "done")
"""Where the keys that do the same everywhere are pressed; elsewhere they are read to be bound to the same action."""


VARIANTS = {
    "start, running", "start, proven", "tenant, proven", "app, open", "consent, open", "user, open", "store, locked",
    "store, open", "check list", "tick box", "rail", "question", "details of a check that holds", "explain", "QR code",
    "clouds", "report", "welcome of a rehearsal", "start, failed", "tenant, open", "consent link", "user, failed",
    "user, token in memory", "explained", "scenes", "customers", "app, failed with a fix",
    "way to consent", "choice", "details", "fix", "help", "sign-in in a browser of this machine",
}  # fmt: skip
"""Places that differ little from another one in what its keys do: the longer runs press them there."""
LONGER = {name: (pytest.mark.system, pytest.mark.soak)[at % 2] for at, name in enumerate(sorted(VARIANTS))}
"""In which of them: `make test-system`, or the soak."""


@pytest.mark.parametrize("name", [pytest.param(name, marks=LONGER.get(name, ())) for name in PLACES])
async def test_every_key_does_what_the_table_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that no binding answers to just now does nothing; each of the others is pressed."""
    monkeypatch.chdir(tmp_path)  # a report is saved there
    row = TABLE[name]
    as_elsewhere = {key for key, done in EVERYWHERE.items() if name not in SAMPLES and row.get(key) == done}
    answered: dict[str, str] = {}

    def to_press(driver: Driver) -> list[str]:
        answered.update(answered_keys(driver))
        wanted = (answered.keys() | row.keys()) - as_elsewhere
        # Last what every page has in common, as it may end the wizard.
        return [*(key for key in row if key in wanted - set(ALL_KEYS)), *(key for key in ALL_KEYS if key in wanted)]

    found = await outcomes(PLACES[name], to_press)

    moved = {found.pop(key) for key in PAGE_KEYS if key in found}
    assert moved <= {"moves", "nothing"}
    assert {key: answered.get(key) for key in as_elsewhere} == {key: ACTIONS[key] for key in as_elsewhere}
    assert {key: done for key, done in found.items() if done != "nothing"} == {
        key: done for key, done in row.items() if key not in as_elsewhere
    }


def answered_keys(driver: Driver) -> dict[str, str]:
    """The action of each key that a binding answers to at this moment."""
    screen = driver.app.screen
    urgent = [each for _, bindings in screen._binding_chain for _, each in bindings if each.priority]
    others = [each.binding for each in screen.active_bindings.values() if each.enabled]
    return {each.key: each.action for each in (*others, *urgent)}


def test_no_class_of_the_screens_listens_to_keys_beside_its_bindings() -> None:
    """Else a key might do something that no binding tells of. One notes when a key arrived."""
    listening = {
        f"{each.__name__}.{name}"
        for each in classes()
        for name in vars(each)
        if name in {"on_key", "_on_key"} or name.startswith("key_")
    }

    assert listening == {"HiddenPaste.on_key"}
    assert not [each for each in classes() if events.Key in vars(each).get("_decorated_handlers", {})]


def classes() -> set[type[DOMNode]]:
    """Every class of the screens that can have keys."""
    found: set[type[DOMNode]] = set()
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        for each in vars(importlib.import_module(module.name)).values():
            if isinstance(each, type) and issubclass(each, DOMNode) and each.__module__ == module.name:
                found.add(each)
    return found


def keys_of(owner: type[DOMNode]) -> set[str]:
    """The keys that a class binds itself."""
    bindings = vars(owner).get("BINDINGS", [])
    return {key for each in Binding.make_bindings(bindings) for key in each.key.split(",")}


OWNERS = sorted((each for each in classes() if keys_of(each)), key=repr)


def test_the_table_has_a_row_for_every_place_and_a_place_for_every_screen() -> None:
    owners = {owner for place in PLACES.values() for owner in place.owners}
    wanted = {each for each in classes() if issubclass(each, Screen | App) or keys_of(each)}

    assert TABLE.keys() == PLACES.keys()
    assert wanted - GONE == owners


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.__name__)
def test_every_binding_is_in_the_table(owner: type[DOMNode]) -> None:
    pressed = {key for name, place in PLACES.items() if owner in place.owners for key in TABLE[name]}

    assert keys_of(owner) - {*PAGE_KEYS, *ON_A_TERMINAL} <= pressed


@pytest.mark.parametrize("page", ["README", *topics()])
def test_every_documented_key_is_in_the_table(page: str) -> None:
    text = README.read_text(encoding="utf-8") if page == "README" else topics()[page].text
    named = set(re.findall(r"\b(?:F[1-9]|Esc|PgUp|PgDn|Ctrl\+[A-Z])\b", text))
    pressed = {key for row in TABLE.values() for key in row} | {*PAGE_KEYS, *ON_A_TERMINAL}

    assert {NAMES.get(key, key.lower()) for key in named} <= pressed


async def test_a_click_does_what_a_key_does() -> None:
    async with wizard(size=(120, 40)) as driver:
        await driver.pilot.click("#begin")
        await driver.until(lambda: driver.shell.page.page_id == "tenant", "step 1")
        await driver.pilot.click("#field-tenant")
        assert driver.app.focused is driver.shell.query_one("#field-tenant")
        await driver.pilot.click("#check")
        await driver.until(lambda: driver.journey and driver.journey.findings, "findings")
        await driver.until(lambda: not driver.running, "the checks to end")
        await driver.pilot.pause()
        checks = driver.shell.query_one("#checks")
        checks.scroll_visible(animate=False)
        await driver.pilot.pause()
        await driver.pilot.click("#checks", offset=(4, 1))  # all groups are open: below the first its first check
        await driver.until(lambda: driver.app.screen is not driver.shell, "the details")
        await driver.pilot.click("#close")
        await driver.until(lambda: driver.app.screen is driver.shell, "the page")
        await driver.pilot.click("#rail", offset=(4, 2))
        await driver.until(lambda: driver.shell.page.page_id == "app", "step 2")
        await driver.pilot.click("#rail", offset=(4, 1))
        await driver.until(lambda: driver.shell.page.page_id == "tenant", "step 1")
        await driver.pilot.click("#next")
        await driver.until(lambda: driver.shell.page.page_id == "app", "step 2")
        await driver.pilot.click("#back")
        await driver.until(lambda: driver.shell.page.page_id == "tenant", "step 1")
