"""Nothing from outside reaches the terminal unclean: the drawing guards itself, whoever cleaned before (T1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from screens.app import SceneNote
from screens.messages import OpeningFailed, RunEnded
from screens.plain import plain
from tests.screens.driving import Driver, wizard
from wizard.errors import BadInput
from wizard.events import CheckEnded, CodeSpent, ConsentLink, SignIn, Waiting
from wizard.findings import Finding, Outcome, SupportIds, Who

HOSTILE = (
    "\x1b]52;c;aGk=\x07",
    "\x1b[2J\x1b[1;1H",
    "\x9b31mred",
    "\x9d52;c;aGk=\x9c",
    "\x1bP$qm\x1b\\",
    "\u202ecod.exe\u202c",
    "\u2066\u2069\u200f",
    "a\rb\x08c\x0bd\x0ce\x00f\x7f",
    "[link=javascript:alert(1)]click[/link]",
    "[/client_secret][bold red]",
    "\u200b\ufeff\ud800",
    "\x1b]8;;https://evil.example\x1b\\text\x1b]8;;\x1b\\",
    "\x0e\x0f\x1bc\x1b(0",
    "\U000e0041\U000e007f",
)
EVIL = " ".join(HOSTILE)
FORBIDDEN = {chr(number) for number in (*range(32), *range(0x7F, 0xA0))} | set(
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ud800"
)


def assert_clean(driver: Driver) -> None:
    for strip in driver.app.screen._compositor.render_strips():
        for segment in strip:
            assert not FORBIDDEN & set(segment.text), repr(segment.text)
            assert segment.style is None or not segment.style.link, segment.style


def evil_finding(check: str, outcome: Outcome = Outcome.FAILS) -> Finding:
    ids = SupportIds(EVIL, EVIL, EVIL, EVIL)
    return Finding(check, outcome, EVIL, {EVIL: EVIL, "service_said": EVIL}, EVIL, (Who.ADMIN,), EVIL, ids)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_plain_text_holds_no_control_and_no_bidirectional_character(number: int) -> None:
    drawn = plain(f"before {HOSTILE[number]} after")

    assert not (FORBIDDEN - {"\n"}) & set(drawn.plain)
    assert drawn.spans == []


async def test_findings_are_drawn_clean_in_the_list_and_in_the_details() -> None:
    async with wizard(size=(120, 50)) as driver:
        await driver.begin()
        journey, page = driver.frame.journey, driver.frame.step_page
        assert journey is not None
        assert page is not None
        for outcome in Outcome:
            journey.findings["tenant.exists"] = evil_finding("tenant.exists", outcome)
            page.refresh_state()
            await driver.pilot.pause()
            assert_clean(driver)
            driver.app.query_one("#checks").focus()
            await driver.press("home", "down", "enter")
            assert driver.app.screen is not driver.frame
            assert_clean(driver)
            await driver.press("escape")
        journey.skipped["tenant.cloud"] = EVIL
        page.refresh_state()
        await driver.pilot.pause()
        assert_clean(driver)


async def test_what_running_checks_tell_is_drawn_clean() -> None:
    async with wizard(size=(120, 50)) as driver:
        await driver.begin()
        page = driver.frame.step_page
        assert page is not None
        page.begin_run()
        now = driver.session.clock.now()
        later = now + timedelta(seconds=90)
        for event in (
            CheckEnded(evil_finding("tenant.exists")),
            Waiting(EVIL, now, later, now + timedelta(seconds=5)),
            ConsentLink(f"https://login.microsoftonline.com/{EVIL}", EVIL),
            SignIn("integration_user", EVIL, f"https://microsoft.com/{EVIL}", EVIL, later, EVIL),
            CodeSpent(EVIL),
        ):
            await page.follow(event)
            driver.frame.draw()
            await driver.pilot.pause()
            assert_clean(driver)
        await page.follow(ConsentLink("https://login.microsoftonline.com/x", EVIL))
        driver.frame.draw()
        await driver.press("f3")
        assert_clean(driver)


async def test_answers_mistakes_and_troubles_are_drawn_clean() -> None:
    async with wizard(size=(120, 50), tenant=EVIL, client_id=EVIL, integration_user=EVIL) as driver:
        await driver.begin()
        assert_clean(driver)
        page = driver.frame.step_page
        assert page is not None
        page.show_mistake(BadInput("tenant", EVIL))
        await driver.pilot.pause()
        assert_clean(driver)
        for message in (RunEnded("tenant", trouble=EVIL), RunEnded("tenant", mistake=BadInput(EVIL, EVIL))):
            driver.frame.post_message(message)
            await driver.pilot.pause()
            assert_clean(driver)
        driver.frame.post_message(OpeningFailed(EVIL))
        await driver.pilot.pause()
        assert_clean(driver)


async def test_the_first_and_the_last_page_are_drawn_clean() -> None:
    async with wizard(size=(120, 50), scene=SceneNote(EVIL, EVIL, EVIL)) as driver:
        assert_clean(driver)
        await driver.begin()
        journey = driver.frame.journey
        assert journey is not None
        facts = dict.fromkeys(("vault_url", "secret_name", "secret_version", "stored_at", "user_name"), EVIL)
        journey.onboarding.learn(**facts, partner_name=EVIL, tenant_id=EVIL, credential_ends=EVIL, token_dies_at=EVIL)
        journey.onboarding.answers = replace(journey.onboarding.answers, tenant=EVIL)
        await driver.frame.show_done(journey)
        await driver.pilot.pause()
        assert_clean(driver)
