"""The help is written once: it explains every check there is, and no other, on the screen and in the README."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from screens.help import DIALOG_TITLES, TITLES, drawn, help_for, help_source, joined
from screens.panels.consent_panel import ConsentPanel
from screens.panels.device_code_panel import DeviceCodePanel
from tests.documented import part
from tests.screens.driving import Driver, wizard
from wizard.onboarding.profile import CSP

PAGES = ["welcome", *(step.id for step in CSP.steps), "done", *TITLES]


def explained(text: str) -> list[str]:
    """The questions that a help explains, in its order."""
    return [line[2:].split("**")[1] for line in joined(text) if line.startswith("- **")]


@pytest.mark.parametrize("step", CSP.steps, ids=lambda step: step.id)
def test_every_check_of_a_step_is_explained_in_its_order_and_nothing_else(step: object) -> None:
    from wizard.onboarding.step import Step

    assert isinstance(step, Step)
    assert explained(help_source(step.id)) == [check.question for check in step.checks]


def test_every_help_belongs_to_a_page() -> None:
    written = {path.name.removesuffix(".md") for path in (files("assets") / "help").iterdir()}

    assert written == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_help_is_drawn_without_marks_and_without_its_line_breaks(page: str) -> None:
    title, text = help_for(page, CSP)

    assert title
    assert not re.search(r"\*\*|^#|`", text.plain, re.MULTILINE)
    for paragraph in help_source(page).split("\n\n"):
        first = joined(paragraph)[0]
        assert re.sub(r"^(- |## )|\*\*", "", first) in text.plain


@pytest.mark.parametrize("step", CSP.steps, ids=lambda step: step.id)
def test_ids_of_checks_stand_at_the_end_alone(step: object) -> None:
    from wizard.onboarding.step import Step

    assert isinstance(step, Step)
    text, mark, ids = help_for(step.id, CSP)[1].plain.rpartition("For support: ")

    assert mark
    assert ids.split(", ") == [check.id for check in step.checks]
    assert not [name for name in CSP.checks if name in text]


def test_soft_line_breaks_are_joined_and_items_kept_apart() -> None:
    lines = [line.plain for line in drawn("One\ntwo.\n\n- **a**: first\n  goes on\n- second\n\n## Head")]

    assert lines == ["One two.", "", "· a: first goes on", "· second", "", "Head"]


def test_the_readme_has_the_same_texts() -> None:
    readme = part("steps")

    for page in (*(step.id for step in CSP.steps), *DIALOG_TITLES):
        for line in help_source(page).splitlines():
            assert line.removeprefix("## ") in readme


async def _help(driver: Driver) -> str:
    await driver.press("f1")
    return str(driver.app.screen.query_one("#reader-title").content)  # type: ignore[attr-defined]


async def test_f1_explains_the_page_one_is_on() -> None:
    async with wizard() as driver:
        assert await _help(driver) == "Welcome"
        await driver.press("escape")
        await driver.stand_on("consent")
        assert await _help(driver) == "Admin consent"
        await driver.press("escape", "f5")
        await driver.until(lambda: driver.panel(ConsentPanel), "the link")
        assert await _help(driver) == "The consent link"
        assert "to open the link and to accept" in driver.text


async def test_f1_during_a_code_explains_the_code_and_the_first_sign_in() -> None:
    async with wizard(size=(100, 50)) as driver:
        await driver.stand_on("user")
        await driver.press("f5")
        await driver.until(lambda: driver.panel(DeviceCodePanel), "a device code")
        assert await _help(driver) == "The device code"
        assert "https://aka.ms/mfasetup" in driver.text
        assert "Never enter a code that someone sent you" in driver.text
