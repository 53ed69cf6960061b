"""The kind of onboarding is chosen on the first page, and the journey that is begun is of that kind."""

from __future__ import annotations

from datetime import timedelta

from screens.panels.browser_panel import BrowserPanel
from screens.panels.device_code_panel import DeviceCodePanel
from tests.screens.driving import FILLED, wizard
from wizard.core.answers import Answers
from wizard.core.events import BrowserPrompt, DeviceCodePrompt


async def test_the_first_page_says_for_whom_it_is_and_offers_the_other_kinds() -> None:
    async with wizard(Answers()) as driver:
        assert "CSP partner: direct bill partner or indirect provider" in driver.text
        assert "Indirect resellers have no API access." in driver.text
        await driver.pilot.click("#profile")
        await driver.until_text("What do you onboard?")
        for kind in ("CSP partner", "Control panel vendor", "Referrals", "App-only"):
            assert kind in driver.text


async def test_a_vendor_chooses_its_kind_and_is_asked_for_its_own_tenant() -> None:
    async with wizard(Answers()) as driver:
        await driver.pilot.click("#profile")
        await driver.until_text("What do you onboard?")
        await driver.press("down", "enter")
        await driver.until_text("Control panel vendor: your product works for other partners")
        assert driver.shell.focused is not None
        assert driver.shell.focused.id == "begin"
        await driver.press("enter")
        await driver.until_page("tenant")

        assert driver.journey is not None
        assert driver.journey.profile.name == "cpv"
        assert driver.journey.onboarding.spec.name == "cpv"
        assert "The domain of the partner's tenant" in driver.text


async def test_the_steps_drawn_are_those_of_the_kind() -> None:
    async with wizard(Answers(profile="app-only")) as driver:
        assert "○ Access" in driver.text
        assert "○ Store" not in driver.text
        await driver.press("enter")
        await driver.until_page("tenant")
        assert "– Consent" in driver.text
        assert "– User" in driver.text


async def test_a_journey_that_is_started_over_keeps_its_kind() -> None:
    async with wizard(Answers(profile="app-only")) as driver:
        await driver.press("enter")
        await driver.until_page("tenant")
        driver.controller.defaults = Answers()

        assert driver.controller.begun_profile.name == "app-only"
        driver.controller.choose("profile", "referrals")
        assert driver.controller.begun_profile.name == "referrals"


async def test_whoever_signs_in_for_a_vendor_gets_a_message() -> None:

    async with wizard(FILLED, profile="cpv", home_tenant="fabrikam.com") as driver:
        journey = driver.journey = driver.session.begin(driver.controller.defaults, lambda _event: None)
        await driver.show("user")
        driver.page.begin_run()
        until = driver.session.clock.now() + timedelta(minutes=15)
        account = journey.onboarding.answers.integration_user
        code = DeviceCodePrompt("integration_user", account, "https://microsoft.com/devicelogin", "ABCD1234", until)
        await driver.follow(code)
        panel = driver.panel(DeviceCodePanel)
        assert panel is not None
        assert "message" in panel.offers().by_name
        assert panel.invitation is not None
        assert "ABCD1234" in panel.invitation()
        assert "only if you expect this message" in panel.invitation()

        address = "https://login.microsoftonline.com/x"
        link = BrowserPrompt("integration_user", account, address, "http://localhost", until)
        await driver.follow(link)
        browser = driver.panel(BrowserPanel)
        assert browser is not None
        assert browser.invitation is not None
        assert address in browser.invitation()
        assert "good for one minute" in browser.invitation()


async def test_where_the_operators_own_user_signs_in_nobody_is_sent_a_message() -> None:
    async with wizard(FILLED) as driver:
        driver.journey = driver.session.begin(FILLED, lambda _event: None)
        await driver.show("user")
        driver.page.begin_run()
        until = driver.session.clock.now() + timedelta(minutes=15)
        await driver.follow(DeviceCodePrompt("integration_user", "", "https://microsoft.com/devicelogin", "X", until))
        panel = driver.panel(DeviceCodePanel)
        assert panel is not None
        assert "message" not in panel.offers().by_name
