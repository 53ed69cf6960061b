"""Fields: made from what the step asks, checked where they stand, kept as typed."""

from __future__ import annotations

import pytest
from textual.events import Paste
from textual.widgets import Input, Select, Static

from screens.stray_pastes import what_it_looks_like
from screens.terminal.paste_bytes import as_text
from screens.widgets.answer_input import AnswerInput
from tests.screens.driving import Driver, screen_text, wizard
from wizard.core.answers import Answers


async def fill(driver: Driver, key: str, text: str) -> None:
    field = driver.app.query_one(f"#field-{key}", Input)
    field.focus()
    field.value = ""
    await driver.press(*text)


async def test_a_wrong_value_is_explained_under_its_field_and_kept() -> None:
    async with wizard(Answers()) as driver:
        await driver.begin()
        assert driver.app.focused is driver.app.query_one("#field-tenant")
        await fill(driver, "tenant", "https://contoso.com/about")
        await driver.press("f5")

        assert "✗ expected a domain such as contoso.com, without https://" in driver.text
        assert driver.app.query_one("#field-tenant", Input).value == "https://contoso.com/about"
        assert not driver.running
        assert "discover" not in driver.services.calls


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

        assert driver.journey is not None
        secret = driver.journey.onboarding.answers.client_secret
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
        await driver.until_text("Only the first of 2 lines is taken.")
        driver.app.post_message(Paste("y" * 20_000))
        await driver.until_text("20,000 characters are too many")
        assert field.value == "fabrikam.com"


@pytest.mark.parametrize("step", ["tenant", "app", "consent", "user"])
async def test_the_address_of_a_sign_in_is_taken_by_no_other_field_and_not_drawn(step: str) -> None:
    async with wizard() as driver:
        await driver.stand_on(step)
        for field in driver.shell.query(AnswerInput):
            before = field.value
            field.focus()
            driver.app.post_message(Paste("http://localhost:8400/?code=1.AXkA-c4n4ry-code_of&state=x"))
            await driver.until_text("✗ that looks like an address with a sign-in's code")
            assert field.value == before
            assert "c4n4ry" not in screen_text(driver.app)


async def test_idle_inputs_do_not_blink() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        assert all(not field.cursor_blink for field in driver.app.query(Input))


@pytest.mark.parametrize(
    ("pasted", "looks_like"),
    [
        ("AADSTS700016: Application with identifier 'x' was not found", "an error"),
        ('{"error":"invalid_grant"}', "an error"),
        ("{\n  'code': 1}", ""),
        ("HTTP/1.1 403 Forbidden", "an error"),
        ("HTTP/2 401", "an error"),
        ("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.x", "a token"),
        ("Bearer eyJ0eXAiOiJKV1QiLCJhbGci", "a token"),
        ("\ufffdPNG\r\r\x1a\r\ufffd\ufffd\ufffd", "no text"),
        ("http://localhost:8400/?code=1.AXkA-c4n4ry-code_of&state=x", "an address with a sign-in's code"),
        ("CODE=1.AXkA-c4n4ry-code_of", "an address with a sign-in's code"),
        ("1.AXkA-c4n4ry-code_of-contoso_0123456789abcdef", "a token"),
        ("https://contoso.com/?code=short", ""),
        ("contoso.com", ""),
        ("caf\ufffd-contoso.example", ""),
        ("https://contoso.vault.azure.net", ""),
        ("33333333-cccc-4ccc-8ccc-000000000003", ""),
        ("", ""),
    ],
)
def test_what_is_plainly_no_value_is_told_from_what_may_be_one(pasted: str, looks_like: str) -> None:
    assert what_it_looks_like(pasted) == looks_like


def test_a_credential_may_have_nearly_any_form() -> None:
    assert not what_it_looks_like("eyJ0eXAiOiJKV1QiLCJhbGci", is_credential=True)
    assert not what_it_looks_like("HTTP/1.1 403 Forbidden", is_credential=True)
    assert what_it_looks_like("AADSTS7000215: Invalid client secret", is_credential=True) == "an error"
    assert what_it_looks_like('{"error": "invalid_client"}', is_credential=True) == "an error"
    answer = "http://localhost:8400/?code=1.AXkA-c4n4ry-code_of&state=x"
    assert what_it_looks_like(answer, is_credential=True) == "an address with a sign-in's code"


async def test_an_error_pasted_into_a_field_is_not_taken_and_f9_is_named() -> None:
    async with wizard(credential="secret", public_client=False) as driver:
        await driver.stand_on("tenant")
        field = driver.app.query_one("#field-tenant", Input)
        field.focus()
        await driver.pilot.pause()
        driver.app.post_message(Paste("AADSTS90002: Tenant not found. Trace ID: x"))
        await driver.until_text("✗ that looks like an error, not like “Partner tenant”: F9 explains it")
        assert field.value == "contoso.com"
        await driver.stand_on("app")
        secret = driver.app.query_one("#field-client_secret", Input)
        secret.focus()
        await driver.pilot.pause()
        driver.app.post_message(Paste("eyJ-a-secret-may-begin-so"))
        await driver.until(lambda: secret.value, "the paste")
        assert secret.value == "eyJ-a-secret-may-begin-so"


async def test_a_paste_that_is_no_utf_8_is_drawn_with_replacement_characters() -> None:
    async with wizard() as driver:
        await driver.begin()
        field = driver.app.query_one("#field-tenant", Input)
        field.focus()
        field.value = ""
        await driver.pilot.pause()
        driver.app.post_message(Paste(as_text(b"caf\xe9.contoso.com")))
        await driver.until(lambda: field.value, "the paste")
        assert field.value == "caf\ufffd.contoso.com"


async def test_what_is_typed_is_taken_as_meant_when_its_field_is_left_and_says_so_until_it_is_edited() -> None:
    async with wizard(Answers()) as driver:
        await driver.begin()
        await fill(driver, "tenant", "https://contoso.com/")
        await driver.press("tab")
        assert driver.app.query_one("#field-tenant", Input).value == "contoso.com"
        await driver.until_text("Taken as contoso.com: the scheme and the slash are left off.")
        assert "✗" not in driver.text
        assert driver.journey is not None
        assert driver.journey.onboarding.answers.tenant == "contoso.com"
        await driver.press("shift+tab", "tab")
        assert "Taken as contoso.com" in driver.text
        await driver.press("shift+tab", "end", "x")
        assert "Taken as" not in driver.text


async def test_what_is_pasted_is_taken_as_meant_at_once() -> None:
    async with wizard(vault_url="") as driver:
        await driver.stand_on("user")
        field = driver.app.query_one("#field-vault_url", Input)
        field.focus()
        await driver.pilot.pause()
        driver.app.post_message(Paste("\ufeff“contoso-partner” \r\n"))
        await driver.until_text("the name is put in full")
        assert field.value == "https://contoso-partner.vault.azure.net"


async def test_a_paste_into_the_middle_of_a_text_is_no_value_of_its_own() -> None:
    async with wizard() as driver:
        await driver.begin()
        field = driver.app.query_one("#field-tenant", Input)
        field.focus()
        await driver.press("home")
        driver.app.post_message(Paste("a@x.com"))
        await driver.until(lambda: field.value == "a@x.comcontoso.com", "the paste")


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("Value\nabc8Q~defghijklmno", "that is 2 lines, and a secret is one; nothing was taken"),
        ("abc8Q~def\u200bghijklmno", "an invisible character is in the middle of that; nothing was taken"),
    ],
)
async def test_the_inside_of_a_secret_is_never_altered(pasted: str, words: str) -> None:
    async with wizard(credential="secret", public_client=False) as driver:
        await driver.stand_on("app")
        field = driver.app.query_one("#field-client_secret", Input)
        field.focus()
        await driver.pilot.pause()
        driver.app.post_message(Paste(pasted))
        form = driver.shell.query_one("#form")
        await driver.until(
            lambda: any(f"✗ {words}" in str(each.content) for each in form.query(Static)), "what is wrong with it"
        )
        assert field.value == ""


async def test_a_secret_in_quotes_is_taken_without_them_and_not_shown() -> None:
    async with wizard(credential="secret", public_client=False) as driver:
        await driver.stand_on("app")
        field = driver.app.query_one("#field-client_secret", Input)
        field.focus()
        await driver.pilot.pause()
        driver.app.post_message(Paste(' "abc8Q~defghijklmno"\n'))
        await driver.until_text("The blanks and the quotes around it are left off.")
        assert field.value == "abc8Q~defghijklmno"
        assert "20 characters" not in driver.text
        assert "18 characters" in driver.text
        assert "8Q~" not in driver.text


async def test_a_failure_is_dimmed_while_the_field_that_it_hangs_on_has_another_text() -> None:
    async with wizard() as driver:
        driver.services.refuse("discover", "AADSTS90002", "Tenant not found.")
        await driver.begin()
        await driver.check()
        assert "AADSTS90002" in driver.text
        block = driver.shell.query_one("#failure")
        assert not block.has_class("-changed")
        field = driver.app.query_one("#field-tenant", Input)
        field.focus()
        await driver.press("end", "x")
        assert "changed; check again" in driver.text
        assert block.has_class("-changed")
        await driver.press("backspace")
        assert "changed; check again" not in driver.text
        assert not block.has_class("-changed")


async def test_a_paste_takes_the_place_of_a_value_that_was_come_to() -> None:
    async with wizard() as driver:
        await driver.begin()
        field = driver.app.query_one("#field-tenant", Input)
        field.focus()
        await driver.pilot.pause()
        driver.app.post_message(Paste("fabrikam.com"))
        await driver.until(lambda: field.value == "fabrikam.com", "the paste")
