"""Every state of every screen looks as it is kept in tests/screens/snapshots, also without colour and wide."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import re

import pytest
from textual.screen import ModalScreen

import screens.dialogs
from tests.sampling import every
from tests.screens.gallery import GALLERY, brought
from tests.screens.gallery.drawn import as_text, strips_of
from tests.screens.gallery.snapshots import FOCUS, FOLDER, drawings
from wizard.onboarding.profile import CSP

ANEW = "Right so? Then `.venv/bin/python -m tests.screens.gallery` keeps it anew."


@pytest.mark.parametrize("name", every(4, GALLERY))
async def test_a_state_looks_as_it_is_kept(name: str) -> None:
    await looks_as_it_is_kept(name)


@pytest.mark.parametrize("name", ["tenant-failed", "user-code", "store-another-vault", "report"])
async def test_colour_changes_no_character_but_the_brackets_of_buttons(name: str) -> None:
    async with brought(GALLERY[name], (80, 24)) as driver:
        drawn = as_text(strips_of(driver.app)).splitlines()
    without_brackets = re.sub(r"\[([A-Z][^\]]*)\]", r" \1 ", kept(f"80x24/{name}.txt").rstrip("\n"))
    assert drawn == [line.rstrip() for line in without_brackets.splitlines()]


def test_every_file_kept_belongs_to_a_state() -> None:
    sizes = {f"{width}x{height}/{name}.txt" for name, each in GALLERY.items() for width, height in each.sizes}
    expected = sizes | {f"no-colour/{name}.txt" for name in GALLERY}

    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.txt")} == expected, ANEW


def test_every_dialog_and_every_step_is_in_the_gallery() -> None:
    modules = [importlib.import_module(f"screens.dialogs.{each.name}") for each in pkgutil.iter_modules(_dialogs())]
    dialogs = {
        name
        for module in modules
        for name, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, ModalScreen) and found.__module__ == module.__name__ and not inspect.isabstract(found)
    }

    assert dialogs <= {state.screen for state in GALLERY.values()}
    for step in CSP.steps:
        assert len([name for name in GALLERY if name.startswith(f"{step.id}-")]) > 2, f"few states of step {step.id}"


@pytest.mark.parametrize("name", GALLERY)
def test_without_colour_the_focus_can_be_seen(name: str) -> None:
    _, _, focus = kept(f"no-colour/{name}.txt").partition(FOCUS)

    assert len(focus.strip().splitlines()) > 1 or GALLERY[name].screen in READ_ONLY or name in WITHOUT_FOCUS, focus


READ_ONLY = {"Reader", "Details", "QrDialog", "FirstPasswordDialog", "Choice"}  # a choice is one list: it has the keys
WITHOUT_FOCUS = {"too-small", "tenant-running", "tenant-waiting"}
"""Screens and states in which no key goes to one thing rather than another."""


def kept(file: str) -> str:
    """What is kept of a drawing."""
    path = FOLDER / file
    return path.read_text(encoding="utf-8") if path.exists() else ""


async def looks_as_it_is_kept(name: str) -> None:
    """Draw a state; fail with what differs."""
    drawn = await drawings(GALLERY[name])

    differing = [text for file in drawn if (text := difference(file, drawn[file]))]
    assert not differing, "\n".join([*differing, ANEW])


def difference(file: str, drawn: str) -> str:
    """How a drawing differs from the one kept, line by line; "" where it does not."""
    lines = kept(file).splitlines(), drawn.splitlines()
    return "\n".join(difflib.unified_diff(*lines, f"kept {file}", "drawn now", lineterm="", n=1))


def _dialogs() -> list[str]:
    return list(screens.dialogs.__path__)
