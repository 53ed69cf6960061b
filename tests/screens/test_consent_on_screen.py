"""Admin consent on the screen: the link in full, a message for elsewhere, and the answer pasted, caught or said."""

from __future__ import annotations

import pytest
from textual.events import Paste

from screens.panels.consent_panel import ConsentPanel
from tests.screens.driving import Driver, screen_text, wizard
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

        assert url in "".join(line.strip() for line in screen_text(driver.app).splitlines())
        assert link.allow_select
        assert driver.session.watched == [{"type": "consent_link", "url": url}]


async def test_f2_copies_the_link_and_f3_shows_the_message_to_send() -> None:
    async with wizard(size=(100, 40)) as driver:
        url = await show_link(driver)
        await driver.press("f2")
        assert driver.app.clipboard == url
        await driver.press("f3")
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

        assert "✗ The consent page's answer says yes: fails" in driver.text
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


async def test_the_time_left_stands_on_one_line_with_what_comes_after_it() -> None:
    async with wizard() as driver:
        await show_link(driver)
        await driver.until_text(" left, until ")
        (line,) = [line for line in screen_text(driver.app).splitlines() if " left, until " in line]

        assert "after that F5 waits again. Esc stops." in line


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
        (line,) = [line for line in screen_text(driver.app).splitlines() if "Paste the answer here:" in line]
        assert line.strip().startswith("Paste the answer here: https://…")
        reached = set()
        for _ in range(8):
            reached.add(driver.app.focused.id if driver.app.focused else "")
            await driver.press("tab")

        assert {"consent-answer", "granted", "copy", "message", "qr", "cancel"} <= reached


async def test_the_button_for_a_grant_without_an_answer_reads_as_an_action_and_does_it() -> None:
    async with wizard() as driver:
        await show_link(driver)
        assert "[Consent was granted; there is nothing to paste]" in driver.text
        await driver.press("tab", "enter")
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
