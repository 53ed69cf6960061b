"""Fields: made from what the step asks, checked where they stand, kept as typed."""

from __future__ import annotations

from textual.events import Paste
from textual.widgets import Input, Select

from tests.screens.driving import Driver, wizard
from wizard.answers import Answers


async def fill(driver: Driver, key: str, text: str) -> None:
    field = driver.app.query_one(f"#field-{key}", Input)
    field.focus()
    field.value = ""
    await driver.press(*text)


async def test_a_wrong_value_is_explained_under_its_field_and_kept() -> None:
    async with wizard(Answers()) as driver:
        await driver.begin()
        assert driver.app.focused is driver.app.query_one("#field-tenant")
        await fill(driver, "tenant", "https://contoso.com")
        await driver.press("f5")

        assert "✗ expected a domain such as contoso.com, without https://" in driver.text
        assert driver.app.query_one("#field-tenant", Input).value == "https://contoso.com"
        assert not driver.frame.running
        assert driver.services.calls == []


async def test_a_missing_value_is_asked_for_where_it_is_missing() -> None:
    async with wizard(Answers()) as driver:
        await driver.begin()
        await driver.press("f5")

        assert "✗ needs a value" in driver.text
        assert driver.app.focused is driver.app.query_one("#field-tenant")


async def test_enter_goes_from_field_to_field_and_then_checks() -> None:
    async with wizard(Answers(associated=True)) as driver:
        await driver.begin()
        await driver.press(*"contoso.com", "enter")
        assert driver.app.focused is driver.app.query_one("#field-associated")
        await driver.press("f5")
        await driver.until(lambda: "discover" in driver.services.calls, "the check to ask")


async def test_fields_come_and_go_with_the_answers() -> None:
    async with wizard() as driver:
        await driver.stand_on("app")
        shown = {"none": set(), "secret": {"client_secret"}, "certificate": {"certificate", "passphrase"}}
        for kind, keys in shown.items():
            driver.app.query_one("#field-credential", Select).value = kind
            await driver.pilot.pause()
            for key in ("client_secret", "certificate", "passphrase", "credential_name"):
                rows = [row for row in driver.app.query(f"#row-{key}") if row.display]
                assert bool(rows) is (key in keys), (kind, key)


async def test_a_secret_is_never_on_the_screen() -> None:
    async with wizard(credential="secret", public_client=False) as driver:
        await driver.stand_on("app")
        await fill(driver, "client_secret", "canary~secret")
        await driver.press("tab")

        assert driver.frame.journey is not None
        secret = driver.frame.journey.onboarding.answers.client_secret
        assert secret is not None
        assert secret.reveal() == "canary~secret"
        assert "canary" not in driver.text
        assert "canary" not in driver.app.export_screenshot()


async def test_the_help_of_the_field_in_use_is_shown() -> None:
    async with wizard() as driver:
        await driver.begin()
        driver.app.query_one("#field-tenant").focus()
        await driver.pilot.pause()
        assert "The domain of your partner tenant" in driver.text


async def test_a_paste_is_cleaned_and_one_too_long_refused() -> None:
    async with wizard() as driver:
        await driver.begin()
        field = driver.app.query_one("#field-tenant", Input)
        field.focus()
        field.value = ""
        await driver.pilot.pause()
        driver.app.post_message(Paste("\n\x1b]52;c;aGk=\x07  fabrikam.com \nsecond line"))
        await driver.until(lambda: field.value, "the paste")
        assert field.value == "fabrikam.com"
        driver.app.post_message(Paste("y" * 20_000))
        await driver.until_text("20,000 characters are too many")
        assert field.value == "fabrikam.com"


async def test_idle_inputs_do_not_blink() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        assert all(not field.cursor_blink for field in driver.app.query(Input))
