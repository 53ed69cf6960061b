"""An error is explained wherever it was met: the field never draws a paste, and a failing check opens the same view."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import cast

import pytest
from textual.events import Key, Paste
from textual.widgets import OptionList, Static

from screens import page_dialogs
from screens.check_details import answer_of_check
from screens.dialogs import explain_dialog
from screens.dialogs.details import Details
from screens.dialogs.explain_dialog import ExplainDialog, names_it
from screens.dialogs.reader import Reader
from screens.drawing import COPIED
from screens.messages import CheckChosen, TextRead
from screens.widgets.action_button import ActionButton
from screens.widgets.check_list import CheckList
from screens.widgets.hidden_paste import HiddenPaste
from tests.patience import PATIENCE
from tests.screens.driving import Driver, screen_text, wizard
from wizard.catalogue import Diagnosis, write_message
from wizard.core.findings import Finding, Outcome, Retry, SupportIds, Who
from wizard.explain import Explanation
from wizard.onboarding.profile import CSP

CANARY = "0.AX8canaryTokenOfTheRefreshKind-xyz"
CALLER_ID = "22222222-bbbb-4bbb-8bbb-000000000002"
CALLER = f"Caller is not authorized.\r\nCaller: appid=04b07795-8ddb-461a-bbee-02f9e1bf7b46;oid={CALLER_ID}"
COMMAND = (
    f'az role assignment create --role "Key Vault Secrets Officer" --assignee {CALLER_ID} '
    "--scope $(az keyvault show --name contoso-partner --query id -o tsv)"
)
ROLE = Diagnosis(
    "ForbiddenByRbac",
    "The caller has no role on the vault",
    "The identity has no role.",
    (f"An owner runs `{COMMAND}`.", "Or `az logout --yes`."),
    (Who.ADMIN,),
    Retry.WAIT,
    ("tenant",),
    "https://learn.microsoft.com/azure/key-vault/general/rest-error-codes",
    SupportIds(correlation_id="4b8a2c10-5d6e-4f70-8a91-b2c3d4e5f607"),
    "key_vault",
    "Caller is not authorized",
    (("vault", "contoso-partner"),),
)
MFA = replace(
    ROLE,
    code="AADSTS50076",
    title="Multifactor authentication is required",
    actions=("Sign in again.",),
    service_text="",
    service="entra",
)


async def opened(driver: Driver) -> ExplainDialog:
    await driver.press("f9")
    screen = driver.app.screen
    assert isinstance(screen, ExplainDialog)
    return screen


async def paste(driver: Driver, text: str) -> None:
    driver.app.post_message(Paste(text))
    await driver.until(lambda: "Pasted: " in driver.text and "reading" not in driver.text, "the answer")
    await driver.pilot.pause()


def explaining(monkeypatch: pytest.MonkeyPatch, *found: Diagnosis, read_as: str = "a log") -> list[str]:
    """Let every text mean this; gives the texts that were asked about."""
    asked: list[str] = []

    def explain(text: str, _now: object) -> Explanation:
        asked.append(text)
        return Explanation(found, read_as, ("What was cut off was not read.",))

    monkeypatch.setattr(explain_dialog, "explain_text", explain)
    return asked


def labels(driver: Driver) -> list[str]:
    return [button.words for button in driver.app.screen.query(ActionButton) if button.display]


@pytest.mark.parametrize("focus", ["#error-text", "#answer-close"])
async def test_a_paste_is_explained_and_never_drawn_or_kept(focus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = explaining(monkeypatch, ROLE, read_as="an answer of Key Vault")
    pasted = f"\ufeffHTTP/1.1 403\r\n{CANARY}\r\n{{}}\r\n"
    async with wizard() as driver:
        screen = await opened(driver)
        screen.query_one(focus).focus()
        await paste(driver, pasted)

        assert asked == [pasted]  # as it came: a byte order mark and line ends tell something
        assert f"Pasted: {len(pasted)} characters in 3 lines · an answer of Key Vault" in driver.text
        assert "The caller has no role on the vault" in driver.text
        assert "canary" not in screen_text(driver.app).lower()
        assert screen.query_one(HiddenPaste).value == ""
        assert CANARY not in repr(vars(screen))
        await driver.press("f2")
        assert CANARY not in driver.app.clipboard


async def test_a_long_line_that_comes_as_keys_is_drawn_as_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = explaining(monkeypatch, ROLE)
    async with wizard() as driver:
        await opened(driver)
        await driver.press(*("x" * 80), *CANARY)
        assert "canary" not in screen_text(driver.app)
        assert "••••" in driver.text
        await driver.press("enter")
        await driver.until_text("Typed: 116 characters · a log")
        assert asked == ["x" * 80 + CANARY]
        assert not driver.app.screen.query_one(HiddenPaste).password


async def test_a_code_that_was_typed_is_explained() -> None:
    async with wizard() as driver:
        await opened(driver)
        assert "AADSTS65001 or ForbiddenByRbac" in driver.text
        await driver.press(*"AADSTS65001", "enter")
        await driver.until_text("The app has no consent for this API")
        assert "Typed: 11 characters" in driver.text
        assert isinstance(driver.app.focused, HiddenPaste)


@pytest.mark.parametrize(("pause", "expected"), [(600.0, "one\ntwo"), (-1.0, "two")])
async def test_a_paste_of_several_lines_that_comes_as_keys_is_one_text(
    pause: float, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = explaining(monkeypatch, ROLE)
    monkeypatch.setattr(explain_dialog, "SAME_PASTE", pause)
    async with wizard() as driver:
        await opened(driver)
        await driver.press(*"one", "enter", "enter", *"two", "enter")
        await driver.until(lambda: expected in asked, "the second line")
        assert asked[0] == "one"


@pytest.mark.parametrize(("later", "expected"), [(0.2, "one\ntwo"), (0.4, "two")])
async def test_whether_lines_came_together_is_told_by_their_arrival_however_long_the_page_takes(
    later: float, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = explaining(monkeypatch, ROLE)
    async with wizard() as driver:
        await opened(driver)
        for at, keys in ((100.0, ("o", "n", "e", "enter")), (100.0 + later, ("t", "w", "o", "enter"))):
            for key in keys:
                pressed = Key(key, key if len(key) == 1 else None)
                pressed.time = at
                driver.app.post_message(pressed)
            await driver.until(lambda: "one" in asked, "the first line")
        await driver.until(lambda: expected in asked, "the second line")


async def test_a_new_paste_takes_the_place_of_the_old_one_and_delete_clears(monkeypatch: pytest.MonkeyPatch) -> None:
    async with wizard() as driver:
        await opened(driver)
        explaining(monkeypatch, ROLE)
        await paste(driver, "first")
        explaining(monkeypatch, MFA)
        driver.app.post_message(Paste("second text"))
        await driver.until_text("Pasted: 11 characters · a log")
        await driver.until_text("Multifactor authentication is required")
        assert "No role" not in driver.text
        await driver.press("delete")
        assert "What it reads" in driver.text
        assert "Multifactor authentication is required" not in driver.text
        assert labels(driver) == ["Close"]


async def test_the_screen_answers_while_a_large_paste_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    readers: list[str] = []

    def slowly(text: str, _now: object) -> Explanation:
        readers.append(threading.current_thread().name)
        if text.startswith("A"):
            go_on.wait(PATIENCE)
            return Explanation((ROLE,), "the first")
        return Explanation((MFA,), "the second")

    monkeypatch.setattr(explain_dialog, "explain_text", slowly)
    async with wizard() as driver:
        screen = await opened(driver)
        driver.app.post_message(Paste("A" * 3_000_000))
        await driver.until_text("Pasted: 3,000,000 characters · reading …")
        await driver.press("f1")
        assert isinstance(driver.app.screen, Reader)
        await driver.press("escape")
        driver.app.post_message(Paste("B"))
        await driver.until_text("Multifactor authentication is required")
        go_on.set()
        await driver.until(lambda: all(worker.is_finished for worker in screen.workers), "the first text to be read")
        await driver.pilot.pause()
        assert "Multifactor authentication is required" in driver.text  # the answer to the earlier paste comes too late
        assert threading.main_thread().name not in readers


async def test_nothing_found_is_said_with_what_would_help_and_nothing_is_echoed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    explaining(monkeypatch, read_as="a picture")
    async with wizard() as driver:
        await opened(driver)
        await paste(driver, CANARY)
        assert "? Nothing in it could be explained What was cut off was not read." in driver.text
        assert "· a picture" in driver.text
        assert "What it reads" in driver.text
        assert CANARY not in driver.text
        assert labels(driver) == ["Close"]
        await driver.press("f2", "f7", "f6")
        assert driver.app.clipboard == ""
        assert isinstance(driver.app.screen, ExplainDialog)


async def test_a_reader_that_breaks_is_told_by_kind_and_place_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str, _now: object) -> Explanation:
        raise ValueError(text)

    monkeypatch.setattr(explain_dialog, "explain_text", broken)
    async with wizard() as driver:
        await opened(driver)
        await paste(driver, CANARY)
        assert "Reading stopped unexpectedly (ValueError in " in driver.text
        assert CANARY not in driver.text


async def test_of_several_the_first_is_shown_and_the_arrows_go_through_them(monkeypatch: pytest.MonkeyPatch) -> None:
    explaining(monkeypatch, replace(MFA, count=14), ROLE)
    async with wizard() as driver:
        screen = await opened(driver)
        await paste(driver, "a log")
        assert (
            "1. Multifactor authentication is required · AADSTS50076 · 14 times 2. The caller has no role"
            in driver.text
        )
        assert "14 times in this text" in _text(screen)
        assert screen.query_one(OptionList).highlighted == 0
        await driver.press("down", "down")
        assert "1 An owner runs" in driver.text
        await driver.press("f2")
        assert driver.app.clipboard.startswith("✗ The caller has no role on the vault · ForbiddenByRbac\n")
        await driver.press("up")
        assert "An owner runs" not in driver.text
        assert "What was cut off was not read." in _text(screen)


def _text(screen: ExplainDialog | Details) -> str:
    """All that the answer says, what is scrolled away as well."""
    return "\n".join(str(each.render()) for each in screen.query("#answer-scroll Static").results(Static))


async def test_a_command_is_copied_in_one_line_although_the_window_is_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    explaining(monkeypatch, ROLE)
    async with wizard() as driver:
        await opened(driver)
        await paste(driver, "x")
        assert COMMAND not in screen_text(driver.app)
        assert labels(driver) == ["Close", "Copy", "Message", "Copy command"]
        button = driver.app.screen.query_one("#answer-command")
        await driver.pilot.click(button)
        await driver.until(lambda: driver.app.clipboard == COMMAND, "the first command")
        assert "Command 1 of 2: Sent to your terminal's clipboard." in driver.text
        await driver.until(lambda: not button.has_class("-active"), "the button to come up again")
        await driver.pilot.click(button)
        await driver.until(lambda: driver.app.clipboard == "az logout --yes", "the second command")
        await driver.press("f2")
        assert COMMAND in driver.app.clipboard.split("\n")


async def test_a_command_with_a_gap_says_so_and_is_not_offered_to_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    template = COMMAND.replace(CALLER_ID, "<object id>")
    explaining(monkeypatch, replace(ROLE, actions=(f"An owner runs `{template}`.",)))
    async with wizard() as driver:
        await opened(driver)
        await paste(driver, "x")
        assert "command · fill in <object id> first" in driver.text
        assert labels(driver) == ["Close", "Copy", "Message"]


async def test_a_refusal_on_a_step_gets_the_names_of_the_journey_and_keeps_the_gaps_that_nobody_can_fill() -> None:
    async with wizard() as driver:
        driver.services.refuse("write_check", "ForbiddenByRbac", "No.", service="key_vault", status=403)
        await driver.stand_on("user")
        await driver.check()
        await driver.until_text("command · fill in <object id> first")
        assert "--name contoso-partner " in driver.text
        assert "copy-command" not in driver.shell.offers.by_name


async def test_the_message_is_ready_for_whoever_can_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    explaining(monkeypatch, ROLE)
    async with wizard(size=(120, 60)) as driver:
        await driver.stand_on("user")
        await opened(driver)
        await paste(driver, "GET https://contoso-partner.vault.azure.net/secrets x")
        await driver.pilot.click("#answer-message")
        await driver.pilot.pause()
        assert isinstance(driver.app.screen, Reader)
        assert f"To: {write_message(ROLE, {}).to}" in driver.text
        assert "Subject: " in driver.text
        await driver.press("f2")
        head, _, text = driver.app.clipboard.partition("\n\n")
        to, subject = head.splitlines()
        assert to == f"To: {write_message(ROLE, {}).to}"
        assert subject.startswith("Subject: ")
        assert to in driver.text
        assert subject in driver.text
        assert "contoso.com" in driver.app.clipboard
        assert "https://contoso-partner.vault.azure.net" in text
        assert "4b8a2c10-5d6e-4f70-8a91-b2c3d4e5f607" in text
        await driver.press("escape")
        assert isinstance(driver.app.screen, ExplainDialog)


async def test_an_error_of_somebody_else_is_not_sent_on_as_one_of_this_journey(monkeypatch: pytest.MonkeyPatch) -> None:
    explaining(monkeypatch, ROLE)
    async with wizard() as driver:
        await driver.stand_on("user")
        await opened(driver)
        await paste(driver, "contoso-partner.vault.azure.net")
        await paste(driver, "GET https://fabrikam-kv.vault.azure.net/secrets x")
        await driver.press("f7", "f2")

        assert "A request fails" in driver.app.clipboard
        assert "contoso.com" not in driver.app.clipboard
        assert "What it is about" not in driver.app.clipboard


@pytest.mark.parametrize("name", ["tenant", "tenant id", "app", "integration user", "vault"])
def test_a_text_is_about_a_journey_when_it_names_what_that_is_about(name: str) -> None:
    known = {
        "tenant": "contoso.com",
        "tenant id": "11111111-aaaa-4aaa-8aaa-000000000001",
        "app": "Our app (33333333-cccc-4ccc-8ccc-000000000003)",
        "integration user": "partner@contoso.example",
        "vault": "https://contoso-partner.vault.azure.net/",
        "cloud": "Global",
    }
    said = {**known, "app": "33333333-CCCC-4ccc-8ccc-000000000003", "vault": "contoso-partner.vault.azure.net"}[name]

    assert names_it(f"an error of {said}", known)
    assert names_it(f"an error of {said}".encode(), known)
    assert not names_it("an error of Fabrikam in the Global cloud, our app", known)
    assert not names_it(f"an error of {said}", {})


async def test_what_is_said_after_a_copy_fits_beside_the_buttons(monkeypatch: pytest.MonkeyPatch) -> None:
    explaining(monkeypatch, ROLE)
    async with wizard() as driver:
        await opened(driver)
        await paste(driver, "x")
        await driver.press("f2")
        assert COPIED in driver.text
        await driver.press("f7", "f2")
        assert COPIED in driver.text


async def test_the_step_that_is_shown_already_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    explaining(monkeypatch, ROLE)
    async with wizard() as driver:
        await driver.begin()
        await opened(driver)
        await paste(driver, "x")
        assert driver.shell.page.page_id == ROLE.step
        assert "F6" not in driver.text
        assert "Go to step" not in driver.text
        await driver.press("f6")
        assert isinstance(driver.app.screen, ExplainDialog)


async def test_a_journey_that_is_open_can_be_gone_on_with_at_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    explaining(monkeypatch, ROLE)
    number = [step.id for step in CSP.steps].index("tenant")
    async with wizard() as driver:
        await opened(driver)
        await paste(driver, "x")
        assert "Go to step" not in driver.text  # no journey is open
        await driver.press("escape")
        await driver.stand_on("tenant")
        await opened(driver)
        await paste(driver, "x")
        assert "Go to step" not in driver.text  # this is the step
        await driver.press("escape")
        await driver.stand_on("app")
        await opened(driver)
        await paste(driver, "x")
        assert f"Go to step {number}" in labels(driver)
        await driver.press("f6")
        await driver.until(lambda: driver.shell.page.page_id == "tenant", "the step")


async def test_from_a_check_that_disproved_an_earlier_one_its_step_is_gone_to() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        journey = driver.journey
        assert journey is not None
        refused = Finding("user.redeems", Outcome.FAILS, "No consent.", back_to="consent.granted")
        driver.app.push_screen(
            Details(
                CSP,
                "It is refused",
                answer_of_check(journey.view(), refused),
                partial(page_dialogs.can_go_to, driver.shell),
            ),
            partial(page_dialogs.go_to, driver.shell),
        )
        await driver.until_text("Go to step 3")
        await driver.press("f6")
        await driver.until(lambda: driver.shell.page.page_id == "consent", "the step of the earlier check")


async def test_no_step_is_gone_to_while_checks_run(monkeypatch: pytest.MonkeyPatch) -> None:
    explaining(monkeypatch, ROLE)
    async with wizard() as driver:
        await driver.stand_on("app")
        driver.services.hold.clear()
        await driver.press("f5")
        await opened(driver)
        await paste(driver, "x")
        assert "Go to step" not in driver.text
        driver.session.stop()
        driver.services.hold.set()


@pytest.mark.parametrize("way", ["welcome", "palette"])
async def test_it_opens_from_the_first_page_and_from_the_palette(way: str) -> None:
    async with wizard() as driver:
        if way == "welcome":
            assert "Explain" in driver.text
            await driver.pilot.click("#explain")
        else:
            commands = {each.title: each.callback for each in driver.app.get_system_commands(driver.app.screen)}
            commands["Explain an error"]()
        await driver.until(lambda: isinstance(driver.app.screen, ExplainDialog), "the screen")


async def test_every_button_can_be_reached_by_tab(monkeypatch: pytest.MonkeyPatch) -> None:
    explaining(monkeypatch, ROLE)
    async with wizard() as driver:
        await driver.stand_on("app")
        await opened(driver)
        await paste(driver, "x")
        reached = []
        for _ in range(6):
            await driver.press("tab")
            reached.append(cast("object", driver.app.focused and driver.app.focused.id))
        assert reached == [
            "answer-close", "answer-copy", "answer-message", "answer-command", "answer-goto", "error-text",
        ]  # fmt: skip


# --- a failing check ----------------------------------------------------------------------------------------------


async def _failed(driver: Driver) -> None:
    ids = SupportIds("4b8a2c10-5d6e-4f70-8a91-b2c3d4e5f607", "9f0e1d2c-3b4a-4958-8766-554433221100")
    await driver.stand_on("tenant")
    driver.services.refuse("discover", "AADSTS90002", "Tenant 'contoso.com' not found.", ids=ids)
    await driver.check()


async def by_key(driver: Driver) -> None:
    await driver.press("f3")


async def by_enter(driver: Driver) -> None:
    driver.shell.query_one("#checks").focus()
    await driver.press("enter")


async def by_click(driver: Driver) -> None:
    checks = driver.shell.query_one(CheckList)
    checks.scroll_visible(animate=False)
    await driver.pilot.pause()
    rows = screen_text(driver.app).splitlines()
    at = next(y for y in range(checks.region.y, checks.region.bottom) if "The tenant does not exist" in rows[y])
    await driver.pilot.click("#checks", offset=(4, at - checks.region.y))


@pytest.mark.parametrize("way", [by_key, by_enter, by_click])
async def test_a_failing_check_opens_the_same_view_in_the_order_it_is_read(way: Callable[[Driver], object]) -> None:
    async with wizard() as driver:
        await _failed(driver)
        await way(driver)  # type: ignore[misc]
        await driver.until(lambda: isinstance(driver.app.screen, Details), "the details")
        screen = cast("Details", driver.app.screen)
        assert screen.answer is not None
        finding = driver.journey and driver.journey.findings["tenant.exists"]
        assert finding
        text = screen.answer.copied
        expected = [
            f"✗ {finding.title} · AADSTS90002",
            "No tenant has this domain",
            "What to do\n1. Compare it with the Tenant ID",
            "Send this to: ",
            "Try again: only once this is done",
            "Belongs to: Step 1, Tenant association",
            "Service said: Tenant 'contoso.com' not found.",
            "For support:\ncheck: tenant.exists\ncorrelation id: 4b8a2c10-5d6e-4f70-8a91-b2c3d4e5f607\ntrace id: 9f0e",
            f"Read more: {finding.link}",
        ]
        at = [text.find(words) for words in expected]
        assert -1 not in at, expected[at.index(-1)]
        assert at == sorted(at)
        assert CSP.checks["tenant.exists"].title in driver.text
        await driver.press("f2")
        assert driver.app.clipboard == text


async def test_a_finding_that_leads_back_offers_the_step_where_it_is_fixed() -> None:
    async with wizard() as driver:
        await driver.stand_on("user")
        driver.services.refuse("write_check", "ForbiddenByRbac", "no role", service="key_vault", status=403)
        await driver.check()
        journey = driver.journey
        assert journey is not None
        blocking = journey.blocking("user")
        assert blocking is not None
        journey.findings[blocking.check] = replace(blocking, back_to="tenant")
        driver.refresh_view()
        await driver.press("f3", "f6")
        await driver.until(lambda: driver.shell.page.page_id == "tenant", "the earlier step")


async def test_a_check_that_holds_or_was_not_asked_keeps_its_plain_details() -> None:
    async with wizard() as driver:
        await _failed(driver)
        driver.shell.query_one("#checks").focus()
        checks = [row.check for row in driver.shell.query_one(CheckList).rows if row.sign in "✓·" and row.check]
        assert len(checks) > 1
        for check in (checks[0], checks[-1]):
            driver.shell.post_message(CheckChosen(check))
            await driver.pilot.pause()
            assert isinstance(driver.app.screen, Reader)
            await driver.press("escape")
        await driver.press("f1")
        await driver.press("f1")
        assert driver.app.screen is driver.shell, "F1 closes the help that it opened"


async def test_a_locked_step_that_failed_still_has_its_details() -> None:
    async with wizard() as driver:
        await driver.stand_on("app")
        journey = driver.journey
        assert journey is not None
        journey.findings["app.exists"] = Finding("app.exists", Outcome.FAILS, "It is gone.", code="AADSTS700016")
        journey.findings["tenant.exists"] = Finding("tenant.exists", Outcome.FAILS, "No such tenant.")
        await driver.show("app")
        await driver.until_text("This step is locked")
        assert "Details" in [button.words for button in driver.shell.query(ActionButton) if button.display]
        await driver.press("f3")
        assert "It is gone." in driver.text


async def test_the_page_of_a_failed_step_names_whom_to_send_it_to_and_copies_the_command() -> None:
    async with wizard(size=(120, 40)) as driver:
        await driver.stand_on("user")
        driver.services.refuse("write_check", "ForbiddenByRbac", CALLER, service="key_vault", status=403)
        await driver.check()
        assert "Who Whoever manages access to the key vault" in driver.text
        assert "Copy command" in driver.text
        await driver.press("f2")
        assert driver.app.clipboard.startswith("az role assignment create")
        assert f"--assignee {CALLER_ID} " in driver.app.clipboard
        assert driver.app.clipboard.endswith("-o tsv)")
        assert "Command sent to your terminal's clipboard" in driver.text


async def test_what_the_operator_alone_can_mend_is_sent_to_nobody() -> None:
    async with wizard() as driver:
        await _failed(driver)
        assert "Send this to" not in driver.text
        assert "Who You" in driver.text
        assert "Copy command" not in driver.text


async def test_an_answer_that_comes_after_the_screen_was_closed_hurts_nobody() -> None:
    async with wizard() as driver:
        screen = await opened(driver)
        await driver.press("escape")
        screen.post_message(TextRead(1, Explanation((ROLE,), "a log")))
        await driver.pilot.pause()
        assert driver.shell.page.page_id == "welcome"
