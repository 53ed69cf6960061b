"""The sign-in in a browser on the screen: the field for the address it ends on, the link, and what becomes of both."""

from __future__ import annotations

import gc
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from textual import events
from textual.widgets import Input

from screens.panels.browser_panel import BrowserPanel
from screens.widgets.qr_code import QrCode
from tests.microsoft.test_sign_in_address import CODE as ADDRESS_CODE
from tests.microsoft.test_sign_in_address import EXPECTED, WELL_FORMED
from tests.screens.driving import Driver, wizard
from tests.screens.stubs import DESKTOP, BrowserRun, link_of
from tests.screens.waiting_for_browser import (
    ACCOUNT,
    CODE,
    RIGHT,
    WRONG,
    field_of,
    joined,
    panel_of,
    paste,
    press_new_link,
    until_rejected,
    waiting,
)
from wizard.core.events import BrowserPrompt, PromptClosed, SubmissionRejected, Waiting
from wizard.core.findings import Finding, Outcome
from wizard.core.inbox import NewLink, Purpose, RedirectResponse
from wizard.core.secret import Secret
from wizard.microsoft.sign_in_address import read_sign_in_address
from wizard.onboarding.journey import Journey


async def test_a_paste_and_enter_hand_in_once_and_the_field_is_empty_at_once() -> None:
    async with waiting() as (driver, run):
        await paste(driver, f"  {RIGHT[:40]}\r\n{RIGHT[40:]}\n")
        field = field_of(driver)
        assert field.value == f"{RIGHT[:40]}\n{RIGHT[40:]}"
        assert CODE not in joined(driver)
        assert f"{len(RIGHT) + 1} characters, not shown." in driver.text
        run.may_end.clear()  # else the second Enter may come to the button that is there afterwards
        driver.app.post_message(events.Key("enter", None))
        driver.app.post_message(events.Key("enter", None))
        await driver.until_text("Paste the address that the browser ended on")
        run.may_end.set()
        await driver.until(lambda: not driver.running, "the run to end")

        assert run.taken == [RedirectResponse(f"{RIGHT[:40]}\n{RIGHT[40:]}")]
        assert field.value == ""


@pytest.mark.parametrize("name", ["quoted by a mail", "quoted twice", "quoted-printable", "wrapped by a terminal"])
async def test_an_address_is_handed_in_so_that_it_can_be_read_in_whatever_form_it_is_pasted(name: str) -> None:
    async with waiting() as (driver, _):
        await paste(driver, WELL_FORMED[name])
        handed_in = field_of(driver).value.strip()

    assert read_sign_in_address(handed_in, EXPECTED) == Secret(ADDRESS_CODE)


async def test_what_is_rejected_is_told_below_the_field_without_an_echo_and_the_wait_goes_on() -> None:
    async with waiting() as (driver, run):
        await paste(driver, WRONG)
        await driver.press("enter")
        await until_rejected(driver)

        assert field_of(driver).value == ""
        assert driver.app.focused is field_of(driver)
        assert driver.running == "user"
        assert CODE not in joined(driver)
        assert "characters, not shown" not in driver.text
        await paste(driver, RIGHT)
        await driver.press("enter")
        await driver.until(lambda: not driver.running, "the run to end")
        assert run.taken == [RedirectResponse(WRONG), RedirectResponse(RIGHT)]


async def test_a_rejection_for_another_purpose_is_not_this_field_s() -> None:
    async with waiting() as (driver, _):
        page = driver.shell.step_page
        assert page is not None
        await driver.follow(SubmissionRejected("vault", "Not yours."))
        assert "Not yours." not in driver.text


async def test_a_paste_too_long_for_an_address_is_refused() -> None:
    async with waiting() as (driver, run):
        await paste(driver, "x" * 16_001)
        assert "✗ 16,001 characters are no address of a browser; nothing was taken" in driver.text
        await paste(driver, "x" * 16_000)
        await driver.press("enter")
        await until_rejected(driver)
        assert run.taken == [RedirectResponse("x" * 16_000)]


async def test_enter_in_the_empty_field_hands_in_nothing() -> None:
    async with waiting() as (driver, run):
        await driver.press("enter", "space", "enter")
        assert "Paste the address that the browser ended on" in driver.text
        assert run.taken == []


async def test_a_button_asks_for_a_new_link_which_takes_the_place_of_the_old_one() -> None:
    async with waiting() as (driver, run):
        await paste(driver, WRONG)
        await press_new_link(driver)
        await driver.until_text("The link is a new one; the one before is of no use any more.")

        assert run.taken == [NewLink()]
        assert run.links[0] not in joined(driver)
        assert run.links[1] in joined(driver)
        assert field_of(driver).value == ""  # it answered the old one
        assert driver.app.focused is field_of(driver)
        assert len(driver.shell.query(BrowserPanel)) == 1


async def test_why_an_answer_was_rejected_stays_when_a_new_link_comes_by_itself() -> None:
    async with waiting() as (driver, run):
        page = driver.shell.step_page
        assert page is not None
        await driver.follow(SubmissionRejected("integration_user", "The code had expired."))
        await driver.follow(replace(panel_of(driver).prompt, url=link_of(7)))
        await driver.pilot.pause()

        assert "✗ The code had expired." in driver.text
        assert "The link is a new one" in driver.text
        await press_new_link(driver)
        await driver.until(lambda: len(run.links) == 2, "a new link")
        assert "expired" not in driver.text


async def test_f2_copies_the_link_and_never_what_was_pasted() -> None:
    async with waiting() as (driver, run):
        await paste(driver, WRONG)
        await driver.press("f2")

        assert driver.app.clipboard == run.links[0]
        assert "Link sent to your terminal's clipboard" in driver.text


async def test_no_key_copies_or_cuts_what_was_pasted() -> None:
    async with waiting() as (driver, _):
        await paste(driver, WRONG)
        await driver.press("home", "shift+end", "ctrl+c", "ctrl+x")

        assert driver.app.clipboard == ""
        assert field_of(driver).value == WRONG


@pytest.mark.system
async def test_f4_shows_the_link_as_a_qr_code_where_it_fits_and_else_says_what_it_needs() -> None:
    async with waiting((120, 60)) as (driver, _):
        await driver.press("f4")
        assert driver.app.screen.query_one(QrCode).display
    async with waiting() as (driver, _):
        await driver.press("f4")
        assert not driver.app.screen.query_one(QrCode).display
        assert "The QR code of this address needs" in driver.text


async def test_a_qr_code_of_a_link_that_is_gone_is_closed() -> None:
    async with waiting() as (driver, run):
        journey = driver.journey
        assert journey is not None
        await driver.press("f4")
        journey.submit(Purpose.INTEGRATION_USER, NewLink())
        await driver.until(lambda: driver.app.screen is driver.shell, "the old link's code to go")
        assert len(run.links) == 2
        await driver.press("f4")
        journey.submit(Purpose.INTEGRATION_USER, RedirectResponse(RIGHT))
        await driver.until(lambda: driver.app.screen is driver.shell, "the used link's code to go")


async def test_escape_asks_and_only_a_yes_stops() -> None:
    async with waiting() as (driver, run):
        await driver.press("escape")
        assert "Stop waiting for the sign-in?" in driver.text
        assert "The link shown is thrown away" in driver.text
        await driver.press("enter")
        assert driver.app.screen is driver.shell
        assert driver.running == "user"
        assert driver.app.focused is field_of(driver)
        await driver.press("escape", "right", "enter")
        await driver.until(lambda: not driver.running, "the run to end")
        await driver.pilot.pause()

        assert "Stopped." in driver.text
        assert "https://login" not in driver.text
        assert run.taken == []


async def test_a_question_about_a_link_that_is_used_meanwhile_is_taken_back() -> None:
    async with waiting() as (driver, _):
        await driver.press("escape")
        assert driver.journey is not None
        driver.journey.submit(Purpose.INTEGRATION_USER, RedirectResponse(RIGHT))
        await driver.until(lambda: driver.app.screen is driver.shell, "the question to go")


async def test_quitting_asks_while_a_link_waits() -> None:
    async with waiting() as (driver, _):
        await driver.press("ctrl+q")
        assert "Somebody may be signing in with the link shown" in driver.text
        await driver.press("escape")


async def test_the_end_takes_the_link_and_what_was_pasted_off_the_screen_and_out_of_every_widget() -> None:
    async with waiting() as (driver, run):
        page = driver.shell.step_page
        assert page is not None
        await paste(driver, WRONG)
        await driver.follow(PromptClosed("it was used"))
        driver.shell.draw(focus=True)
        await driver.pilot.pause()

        assert "The link is gone from the screen: it was used." in driver.text
        assert "https://login" not in joined(driver)
        assert not driver.shell.query("#browser, #browser-answer")
        assert "Integration user" in driver.text
        assert not driver.shell.has_class("-full")
        assert driver.shell.page.panel is None
        held = [words_of(each) for each in driver.app.screen.query("*")]
        assert not [each for each in held if CODE in each or run.links[0] in each]


def words_of(widget: object) -> str:
    """All texts that a widget holds."""
    values = [*vars(widget).values(), getattr(widget, "value", ""), getattr(widget, "content", "")]
    return "\n".join(map(str, values))


async def test_nothing_that_is_left_after_the_run_holds_what_was_handed_in() -> None:
    async with waiting() as (driver, run):
        for text in (WRONG, RIGHT):
            await paste(driver, text)
            await driver.press("enter")
            await driver.until(lambda text=text: RedirectResponse(text) in run.taken, "what was handed in")  # type: ignore[misc]
        await driver.until(lambda: not driver.running, "the run to end")
        await driver.pilot.pause()
        run.taken.clear()
        gc.collect()
        fields = [each for each in gc.get_objects() if isinstance(each, Input)]

        assert not [each for each in fields if CODE in words_of(each)]
        assert CODE not in driver.app.clipboard


async def test_what_is_tried_again_is_told_above_the_field() -> None:
    async with waiting() as (driver, _):
        page, now = driver.shell.step_page, driver.session.clock.now()
        assert page is not None
        await driver.follow(Waiting("login.microsoftonline.com", now, now + timedelta(minutes=5)))
        await driver.pilot.pause()
        assert "Waiting for login.microsoftonline.com" not in driver.text  # the page says itself who is waited for
        soon = now + timedelta(seconds=50)
        trouble = "login.microsoftonline.com is not answering (HTTP 503)"
        await driver.follow(Waiting("the sign-in", now, now + timedelta(minutes=5), soon, trouble))
        await driver.pilot.pause()
        assert re.search(rf"! {re.escape(trouble)} . Trying again in \d+ s · \d:\d\d left", driver.text)


async def test_a_sign_in_told_for_another_purpose_takes_the_place_of_the_one_shown() -> None:
    async with waiting() as (driver, _):
        page = driver.shell.step_page
        assert page is not None
        expires_at = driver.session.clock.now() + timedelta(minutes=15)
        await driver.follow(BrowserPrompt("vault", "", link_of(5), "http://localhost", expires_at))
        await driver.pilot.pause()

        assert "may open the key vault" in driver.text
        assert ACCOUNT not in driver.text.replace("partner-integration%40", "")
        assert len(driver.shell.query("#browser-answer")) == 1
        assert driver.app.focused is field_of(driver)


async def test_enter_in_the_empty_field_opens_the_browser_once_and_the_button_does_again() -> None:
    opened: list[str] = []
    machine = replace(DESKTOP, open_address=lambda url: not opened.append(url))  # type: ignore[func-returns-value]
    async with waiting(machine=machine) as (driver, run):
        assert field_of(driver).placeholder == "Enter opens the browser"
        await driver.press("enter")
        await driver.until_text("The browser is asked to open it.")
        assert field_of(driver).placeholder == "paste it, then Enter"
        await driver.press("enter")
        assert opened == [run.links[0]]
        await driver.pilot.click("#open-link")
        await driver.until(lambda: len(opened) == 2, "the browser")
        assert driver.app.focused is not None
        assert run.taken == []


async def test_a_browser_that_does_not_come_is_said_and_enter_tries_again() -> None:
    machine = replace(DESKTOP, open_address=lambda _url: False)
    async with waiting(machine=machine) as (driver, _):
        await driver.press("enter")
        await driver.until_text("✗ No browser took the link: copy it, or select it.")
        assert field_of(driver).placeholder == "Enter opens the browser"


async def test_the_link_is_told_to_whoever_watches_as_run_says_it() -> None:
    async with waiting() as (driver, run):
        said = [each for each in driver.session.watched if isinstance(each, dict)]
        assert [each["url"] for each in said if each.get("method") == "browser"] == run.links


def journey_of(driver: Driver) -> Journey:
    assert driver.journey is not None
    return driver.journey


async def test_after_a_code_was_refused_one_press_signs_in_in_a_browser() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        refused = Finding(
            "user.signed_in",
            Outcome.FAILS,
            "Security defaults refuse it.",
            {"other_flow": "browser"},
            code="AADSTS530035",
        )
        journey_of(driver).findings["user.signed_in"] = refused
        await driver.show("user")
        run = BrowserRun(journey_of(driver))
        assert driver.app.focused is not None
        driver.shell.query_one("#other-way").focus()
        await driver.press("enter")
        await driver.until(lambda: run.links, "a link")

        assert journey_of(driver).onboarding.answers.sign_in_flow == "browser"
        assert "user.signed_in" not in journey_of(driver).findings
        journey_of(driver).submit(Purpose.INTEGRATION_USER, RedirectResponse(RIGHT))
        await driver.until(lambda: not driver.running, "the run to end")


async def test_without_another_way_none_is_offered() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        journey_of(driver).findings["user.signed_in"] = Finding("user.signed_in", Outcome.FAILS, "Nobody came.", {})
        await driver.show("user")
        assert "other-way" not in driver.shell.offers.labels
