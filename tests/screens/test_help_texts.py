"""The help is written once: it explains every check there is, and no other, on the screen and on the command line."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from screens.help import DIAGNOSE, drawn, help_for, joined
from screens.panels.consent_panel import ConsentPanel
from screens.panels.device_code_panel import DeviceCodePanel
from tests.documented import asked
from tests.screens.driving import Driver, wizard
from wizard.catalogue.help_topics import topics
from wizard.onboarding.profile import CSP, EVERY_CHECK, PROFILES, STEPS
from wizard.onboarding.step import Step

ON_SCREEN = [
    *("welcome", "done", DIAGNOSE, "keys", "consent-link", "browser", "device-code"),
    *STEPS,
]
"""Topics that F1 shows, or adds to what it shows."""
EACH_STEP = pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.id)


def explained(text: str) -> list[str]:
    """The questions that a help explains, in its order."""
    return [line[2:].split("**")[1] for line in joined(text) if line.startswith("- **")]


@EACH_STEP
def test_every_check_of_a_step_is_explained_in_its_order_and_nothing_else(step: Step) -> None:
    assert explained(topics()[step.id].text) == [EVERY_CHECK[check.id].title for check in step.checks]


@EACH_STEP
def test_the_help_of_a_step_has_its_title_why_it_is_there_and_what_it_asks(step: Step) -> None:
    topic = topics()[step.id]
    lines = [line for block in topic.text.split("\n\n") for line in joined(block)]

    assert topic.title == step.title
    assert lines[0] == step.why
    listed = lines[lines.index("## What is asked") + 1 :] if step.fields else []
    assert listed == joined(asked(step))[1:]


def test_every_page_has_its_topic_and_every_topic_its_page() -> None:
    written = {path.name.removesuffix(".md") for path in (files("assets") / "help").iterdir()} - {"topics.toml"}

    assert written == set(topics())
    assert {*ON_SCREEN} <= written


@pytest.mark.parametrize("page", ON_SCREEN)
def test_a_help_is_drawn_without_marks_and_without_its_line_breaks(page: str) -> None:
    title, text = help_for(page, CSP)

    assert title
    assert not re.search(r"\*\*|^#|`|<!--|\]\(", text.plain, re.MULTILINE)
    for paragraph in topics()[page].text.split("\n\n"):
        first = joined(paragraph)[0]
        assert re.sub(r"^(- |## )|\*\*", "", first) in text.plain


@EACH_STEP
def test_ids_of_checks_stand_at_the_end_alone(step: Step) -> None:
    profile = next(each for each in PROFILES.values() if step.id in each.spec.steps)
    text, mark, ids = help_for(step.id, profile)[1].plain.rpartition("For support: ")

    assert mark
    assert ids.split(", ") == [check.id for check in profile.step(step.id).checks]
    assert not [name for name in EVERY_CHECK if name in text]


def test_soft_line_breaks_are_joined_and_items_kept_apart() -> None:
    lines = [line.plain for line in drawn("One\ntwo.\n\n- **a**: first\n  goes on\n- second\n\n## Head")]

    assert lines == ["One two.", "", "· a: first goes on", "· second", "", "Head"]


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
