"""The states of the dialogs, and of a window that is too small."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from unittest.mock import patch

from textual.events import Paste

from screens.beginning import choose_scene
from screens.dialogs.first_password_dialog import FirstPasswordDialog
from tests.screens.driving import Driver
from tests.screens.gallery.scenes import LISTED, MFA
from tests.screens.gallery.several_customers import show_customers
from tests.screens.gallery.state import BOTH, state
from tests.screens.gallery.ways import IDS, refused, save_report, show_code, show_link, stand_on
from wizard.catalogue import explain
from wizard.core.first_password import FirstPassword
from wizard.core.secret import Secret
from wizard.explain import Explanation


@state("help-welcome", screen="Reader")
async def _help_welcome(driver: Driver) -> None:
    await driver.press("f1")


@state("help-user", sizes=BOTH, screen="Reader")
async def _help_user(driver: Driver) -> None:
    await stand_on(driver, "user")
    await driver.press("f1")


@state("help-code", screen="Reader")
async def _help_code(driver: Driver) -> None:
    await show_code(driver)
    await driver.press("f1")


@state("details", sizes=BOTH, screen="Details")
async def _details(driver: Driver) -> None:
    said = "Tenant 'contoso.com' not found. Check to make sure you have the correct tenant ID."
    await refused(driver, "tenant", "discover", "AADSTS90002", said, error="invalid_tenant")
    driver.app.screen.query_one("#checks").focus()
    await driver.press("enter")


@state("fix", sizes=BOTH, screen="FixDialog")
async def _fix(driver: Driver) -> None:
    said = "The resource principal named https://api.partnercenter.microsoft.com was not found in the tenant."
    await refused(driver, "app", "request", "AADSTS500011", said, error="invalid_resource")
    await driver.press("f10")


@state("first-password", sizes=BOTH, screen="FirstPasswordDialog")
async def _first_password(driver: Driver) -> None:
    await stand_on(driver, "user")
    first = FirstPassword("partner-integration@contoso.com", Secret("Kx7fm-q4NdR-7Vhtb-pW2xy"))
    driver.app.push_screen(FirstPasswordDialog(first))
    await driver.pilot.pause()


@state("consent-message", screen="Reader")
async def _consent_message(driver: Driver) -> None:
    await show_link(driver)
    await driver.press("f7")


@state("consent-qr", sizes=BOTH, screen="QrDialog", is_remade=True)
async def _consent_qr(driver: Driver) -> None:
    await show_link(driver)
    await driver.press("f4")


@state("cloud-choice", screen="Choice")
async def _cloud_choice(driver: Driver) -> None:
    await driver.shell.run_action("screen.offer('cloud')")


@state("leave", screen="Confirm")
async def _leave(driver: Driver) -> None:
    await stand_on(driver, "store")
    await driver.press("ctrl+q")


@state("stop-code", screen="Confirm")
async def _stop_code(driver: Driver) -> None:
    await show_code(driver)
    await driver.press("escape")


@state("begin-anew", screen="Confirm")
async def _begin_anew(driver: Driver) -> None:
    driver.session.checks_machine = True
    await driver.begin()
    await driver.press("escape")
    await driver.until(lambda: driver.shell.page.page_id == "start", "step 0")
    await driver.press("escape")
    await driver.until(lambda: driver.shell.page.page_id == "welcome", "the first page")
    await driver.shell.run_action("screen.offer('begin')")
    await driver.until(lambda: driver.app.screen is not driver.shell, "the question")


@state("report", screen="LineDialog")
async def _report(driver: Driver) -> None:
    await stand_on(driver, "done")
    await save_report(driver)


@state("details-command", screen="Details")
async def _details_command(driver: Driver) -> None:
    said = (
        "Caller is not authorized to perform action on resource. "
        "Caller: appid=04b07795-8ddb-461a-bbee-02f9e1bf7b46;oid=22222222-bbbb-4bbb-8bbb-000000000002"
    )
    await refused(driver, "user", "write_check", "ForbiddenByRbac", said, service="key_vault", status=403)
    await driver.press("f3")
    await driver.pilot.click("#answer-command")


@state("details-holds", screen="Reader")
async def _details_holds(driver: Driver) -> None:
    await stand_on(driver, "app")
    await driver.press("escape")
    driver.app.screen.query_one("#checks").focus()
    await driver.press("home", "enter", "down", "enter")


@state("details-message", screen="Reader")
async def _details_message(driver: Driver) -> None:
    await _details(driver)
    await driver.press("f7")


@state("explain", screen="ExplainDialog")
async def _explain(driver: Driver) -> None:
    await driver.press("f9")


@state("explain-reading", screen="ExplainDialog")
async def _explain_reading(driver: Driver) -> None:
    asked, hold = Event(), driver.services.hold
    hold.clear()

    def explain_at_last(*_: object) -> Explanation:
        asked.set()
        hold.wait()
        return Explanation((), "")

    with patch("screens.dialogs.explain_dialog.explain_text", explain_at_last):
        await driver.press("f9")
        driver.app.post_message(Paste("AADSTS65001\n" * 90_000))
        await driver.until(asked.is_set, "the reading to begin")


@state("explained", sizes=BOTH, screen="ExplainDialog")
async def _explained(driver: Driver) -> None:
    await stand_on(driver, "user")
    await driver.press("f9", *"AADSTS65001", "enter")
    await driver.until_text("Nobody has consented")


@state("explained-several", screen="ExplainDialog")
async def _explained_several(driver: Driver) -> None:
    said = "Due to a configuration change you must use multi-factor authentication to access '00000003'."
    found = [
        replace(explain("entra", "AADSTS50076"), ids=IDS, service_text=said, count=14),
        explain("entra", "AADSTS65001"),
        replace(explain("key_vault", "ForbiddenByRbac"), count=2),
    ]
    with patch(
        "screens.dialogs.explain_dialog.explain_text", lambda *_: Explanation(tuple(found), "a log of 41 lines")
    ):
        await driver.press("f9")
        driver.app.post_message(Paste("a line of a log\n" * 41))
        await driver.until_text("3. ")
        await driver.pilot.pause()


@state("explained-nothing", screen="ExplainDialog")
async def _explained_nothing(driver: Driver) -> None:
    notes = ("It is a picture. Copy the text of the error instead.",)
    with patch("screens.dialogs.explain_dialog.explain_text", lambda *_: Explanation((), "a picture", notes)):
        await driver.press("f9")
        driver.app.post_message(Paste("PNG" * 500))
        await driver.until_text("a picture")


@state("help-diagnose", screen="Reader")
async def _help_diagnose(driver: Driver) -> None:
    await driver.press("f9", "f1")


@state("code-qr", screen="QrDialog")
async def _code_qr(driver: Driver) -> None:
    await show_code(driver)
    await driver.press("f4")


@state("scenes", sizes=BOTH, screen="SceneList", scene=MFA, scenes=LISTED)
async def _scenes(driver: Driver) -> None:
    choose_scene(driver.shell)


@state("customers", sizes=BOTH, screen="CustomerTable")
async def _customers(driver: Driver) -> None:
    await show_customers(driver)


@state("palette", sizes=BOTH, screen="CommandPalette")
async def _palette(driver: Driver) -> None:
    await stand_on(driver, "app")
    await driver.press("ctrl+p")
    await driver.until_text("Explain an error")


@state("too-small", sizes=((50, 15),))
async def _too_small(driver: Driver) -> None:
    await driver.until_text("make it larger")
