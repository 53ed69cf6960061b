"""Admin consent on the screen: the link in full, a message for elsewhere, and the answer pasted, caught or said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from textual.events import Paste
from textual.widgets import Input

from screens.panels.consent_panel import ConsentPanel
from tests.screens.driving import Driver, screen_text, wizard
from tests.screens.stubs import DESKTOP
from wizard.core.findings import Outcome


async def show_link(driver: Driver) -> str:
    await driver.stand_on("consent")
    await driver.press("f5")
    await driver.until(lambda: driver.panel(ConsentPanel), "the link")
    await driver.pilot.pause()
    panel = driver.panel(ConsentPanel)
    assert panel is not None
    return panel.link


async def test_the_link_stands_on_the_screen_in_full_and_can_be_selected() -> None:
    async with wizard() as driver:
        url = await show_link(driver)
        link = driver.app.query_one("#consent-link")

        assert url in "".join(screen_text(driver.app).replace("│", "").split())
        assert link.allow_select
        assert driver.session.watched == [{"type": "consent_link", "url": url}]


async def test_f2_copies_the_link_and_f7_shows_the_message_to_send() -> None:
    async with wizard(size=(100, 40)) as driver:
        url = await show_link(driver)
        await driver.press("f2")
        assert driver.app.clipboard == url
        await driver.press("f7")
        assert "Please grant admin consent" in driver.text
        await driver.press("f2")
        assert driver.app.clipboard.startswith("Please grant admin consent")
        await driver.press("escape")
        assert driver.app.screen is driver.shell


async def test_f4_shows_the_qr_code_where_it_fits_and_says_so_where_not() -> None:
    async with wizard() as driver:
        await show_link(driver)
        await driver.press("f4")
        assert "The QR code of this address needs" in driver.text
        await driver.press("escape")
    async with wizard(size=(140, 50)) as driver:
        await show_link(driver)
        await driver.press("f4")
        assert driver.app.screen.query(".qr")


async def test_a_pasted_error_is_explained() -> None:
    async with wizard() as driver:
        state = (await show_link(driver)).partition("state=")[2]
        refusal = "error=access_denied&error_description=AADSTS65004%3a+declined"
        await _paste(driver, f"https://localhost/?{refusal}&state={state}")
        await driver.press("enter")
        await driver.until(lambda: not driver.running, "the answer to be read")
        await driver.pilot.pause()

        assert "AADSTS65004" in driver.text


async def test_a_pasted_address_broken_over_lines_is_joined() -> None:
    async with wizard() as driver:
        url = await show_link(driver)
        state = url.partition("state=")[2]
        tenant = driver.journey.onboarding.facts.tenant_id  # type: ignore[union-attr]
        await _paste(driver, f"http://localhost/?admin_consent=True&ten\n  ant={tenant}&state={state}")
        await driver.press("enter")
        await driver.until(lambda: not driver.running, "the answer to be read")

        assert driver.journey is not None
        assert driver.journey.findings["consent.answer"].outcome is Outcome.HOLDS


async def test_nothing_pasted_and_a_huge_paste_are_refused_in_words() -> None:
    async with wizard() as driver:
        await show_link(driver)
        await driver.press("enter")
        assert "paste the address that the browser ended on" in driver.text
        await _paste(driver, "x" * 50_000)
        assert "50,000 characters are no address" in driver.text
        assert driver.running == "consent"


async def test_the_last_line_says_who_is_waited_for_and_how_long_still() -> None:
    async with wizard() as driver:
        await show_link(driver)
        await driver.until_text(" left ")
        (line,) = [line.strip() for line in screen_text(driver.app).splitlines() if " left" in line]

        assert re.fullmatch("[⠂⠐] waiting for the administrator's answer · [45]:\\d\\d left", line)


async def test_escape_stops_the_wait_without_a_question_and_f5_gives_the_link_again() -> None:
    async with wizard() as driver:
        await show_link(driver)
        await driver.press("escape")
        await driver.until(lambda: not driver.running, "the wait to end")
        await driver.press("f5")
        await driver.until(lambda: driver.panel(ConsentPanel), "the link again")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_box_has_a_label_and_tab_reaches_all_that_can_be_pressed(size: tuple[int, int]) -> None:
    async with wizard(size=size) as driver:
        await show_link(driver)
        assert "Address paste it, then Enter" in driver.text
        reached = set()
        for _ in range(9):
            reached.add(driver.app.focused.id if driver.app.focused else "")
            await driver.press("tab")

        ways = {"alternative-self", "alternative-elsewhere", "alternative-granted"}
        assert {"consent-answer", *ways, "copy", "qr", "print-link", "cancel"} <= reached
        assert ("message" in reached) is (size == (80, 24))  # else the way “Somebody else is” has the button


async def test_one_way_is_open_at_a_time_and_arrows_and_enter_choose_it() -> None:
    async with wizard() as driver:
        await show_link(driver)
        assert "● I am the administrator" in driver.text
        await driver.press("up", "up", "enter")
        await driver.pilot.pause()
        assert "○ I am the administrator" in driver.text
        assert "● Somebody else is" in driver.text
        assert driver.app.query_one("#consent-answer").region, "the answer is pasted here as well"
        assert driver.app.focused is driver.app.query_one("#send-message")
        await driver.press("enter")
        assert "Please grant admin consent" in driver.text
        await driver.press("escape", "up")
        assert driver.app.focused is driver.app.query_one("#alternative-elsewhere"), "the line that is open"
        await driver.press("down", "enter")
        await driver.pilot.pause()
        assert "● Already granted" in driver.text
        assert not driver.app.query_one("#consent-answer").region
        await driver.press("up", "up", "up", "enter")
        await driver.pilot.pause()
        assert driver.app.focused is driver.app.query_one("#consent-answer")
        assert driver.running == "consent"


async def test_what_was_pasted_stays_while_another_way_is_looked_at() -> None:
    async with wizard() as driver:
        await show_link(driver)
        await _paste(driver, "http://localhost/?admin_consent=True")
        await driver.press("up", "up", "enter")
        await driver.pilot.pause()
        await driver.press("up", "up", "enter")
        await driver.pilot.pause()

        assert "http://localhost/?admin_consent=True" in driver.text


async def test_enter_in_the_empty_field_opens_the_browser_of_this_machine_once() -> None:
    opened: list[str] = []
    machine = replace(DESKTOP, open_address=lambda url: not opened.append(url))  # type: ignore[func-returns-value]
    async with wizard(machine=machine) as driver:
        url = await show_link(driver)
        assert "Enter Open in browser" in driver.text
        await driver.press("enter")
        await driver.until_text("The browser is asked to open it.")
        await driver.press("enter")
        assert opened == [url]
        assert "paste the address that the browser ended on" in driver.text


async def test_each_line_of_the_link_leads_to_all_of_it() -> None:
    async with wizard() as driver:
        url = await show_link(driver)
        region = driver.app.query_one("#consent-link").content_region
        strips = driver.app.screen._compositor.render_strips()[region.y : region.bottom]

        assert len(strips) > 1
        assert all(url in {each.style.link for each in strip if each.style} for strip in strips)


async def test_the_button_for_a_grant_without_an_answer_reads_as_an_action_and_does_it() -> None:
    async with wizard() as driver:
        await show_link(driver)
        await driver.press("up", "enter")
        await driver.pilot.pause()
        assert "Consent was granted" in driver.text
        await driver.press("enter")
        await driver.until(lambda: not driver.running, "the answer to be read")

        assert driver.journey is not None
        assert driver.journey.findings["consent.answer"].outcome is Outcome.UNKNOWN


async def _paste(driver: Driver, text: str) -> None:
    box = driver.app.query_one("#consent-answer")
    box.focus()
    await driver.pilot.pause()
    driver.app.post_message(Paste(text))
    await driver.pilot.pause()
    await driver.pilot.pause()


async def test_the_link_itself_is_told_from_its_answer_and_the_wait_goes_on() -> None:
    async with wizard() as driver:
        url = await show_link(driver)
        await _paste(driver, url)
        await driver.press("enter")
        await driver.until_text("This is the link itself")
        assert driver.running == "consent"
        assert driver.panel(ConsentPanel) is not None


async def test_what_was_refused_is_gone_from_the_field_and_its_sentence_with_the_next_paste() -> None:
    async with wizard() as driver:
        url = await show_link(driver)
        await _paste(driver, url)
        await driver.press("enter")
        await driver.until_text("This is the link itself")
        await _paste(driver, "http://localhost/?admin_consent=True")
        assert driver.app.query_one("#consent-answer", Input).value == "http://localhost/?admin_consent=True"
        assert "This is the link itself" not in driver.text
