"""The whole journey on the screen, with keys alone, and what is written on it on the way."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input, Static

from screens.widgets.check_list import CheckList
from screens.widgets.failure_block import FailureBlock
from tests.screens.driving import screen_text, wizard
from wizard.onboarding.gate import State
from wizard.onboarding.profile import CSP


async def test_a_happy_journey_goes_from_welcome_to_done_with_enter_and_two_answers() -> None:
    async with wizard() as driver:
        await driver.begin()
        for step in CSP.steps[1:]:
            assert driver.shell.page.page_id == step.id
            await driver.prove()
            assert driver.app.focused is not None
            assert driver.app.focused.id == "next"
            await driver.press("enter")
        await driver.until_text("✓ contoso.com is onboarded")

        assert driver.journey is not None
        assert driver.journey.is_proven
        assert "unused for 90 days, it expires" in driver.text
        page = "\n".join(str(each.render()) for each in driver.shell.page.query(Static))
        assert "version version1" in page
        assert "90 idle days" in page
        assert driver.services.codes_issued == 2  # one to see whether the app is known, one to sign in
        await driver.press("ctrl+q")
    assert driver.app.return_code == 0


async def test_quitting_before_the_end_exits_with_1() -> None:
    async with wizard() as driver:
        await driver.begin()
        await driver.press("ctrl+q")
    assert driver.app.return_code == 1


async def test_the_rail_tells_every_state_in_words() -> None:
    async with wizard() as driver:
        await driver.begin()
        assert driver.rail == "✓ Start proven ● Tenant open ○ App  ○ Consent  ○ User  ○ Store  ○ Done "
        await driver.check()
        assert "◐ Tenant to confirm" in driver.rail
        await driver.press("f6")
        assert "● App open ○ Consent  ○ User" in driver.rail


async def test_every_check_has_a_line_that_turns_from_waiting_to_its_outcome() -> None:
    async with wizard() as driver:
        await driver.begin()
        checks = driver.shell.query_one(CheckList)

        def signs() -> list[str]:
            rows = [checks.row(f"tenant.{name}") for name in ("well_formed", "exists", "cloud")]
            return [row.sign for row in rows if row]

        assert signs() == ["·", "·", "·"]
        driver.services.hold.clear()
        await driver.press("f5")
        await driver.until_text("▸ The tenant exists checking")
        assert signs() == ["✓", "▸", "·"]
        driver.services.hold.set()
        await driver.until(lambda: not driver.running, "the checks to end")
        assert signs() == ["✓", "✓", "✓"]


async def test_a_failing_check_shows_message_code_remedy_and_who_without_any_key() -> None:
    async with wizard() as driver:
        await driver.begin()
        driver.services.refuse("discover", "AADSTS90002", "Tenant not found.")
        await driver.check()

        block = driver.shell.query_one(FailureBlock)
        assert block.failure is not None
        assert f"✗ {block.failure.title}" in driver.text
        assert "AADSTS90002" in driver.text
        assert f"1 {block.failure.actions[0].split('.')[0]}" in driver.text
        assert "Who " in driver.text
        assert driver.app.focused is driver.app.query_one("#field-tenant")
        assert "The domain of your partner tenant" in driver.text
        assert "Check again" in driver.text
        assert driver.journey is not None
        assert driver.journey.state("tenant") is State.FAILED

        await driver.check()
        assert driver.journey.state("tenant") is State.PROVISIONAL
        assert "Next" in driver.text


async def test_enter_on_a_check_shows_its_details_each_on_its_own_line() -> None:
    async with wizard(size=(100, 40)) as driver:
        await driver.begin()
        driver.services.refuse("discover", "AADSTS90002", "Tenant not found.")
        await driver.check()
        driver.app.screen.query_one("#checks").focus()
        await driver.pilot.pause()
        row = driver.shell.query_one(CheckList).pointed_at
        assert row is not None
        assert row.check == "tenant.exists"
        await driver.press("enter")

        lines = [line.strip() for line in _lines(driver.app)]
        assert any(line.endswith("  check: tenant.exists") for line in lines)
        assert any(
            line.startswith("▌ ✗ The tenant does not exist") and line.endswith("  AADSTS90002") for line in lines
        )
        assert any(line.startswith("▌ 1  Compare it with the Tenant ID") for line in lines)
        assert "Service said  Tenant not found." in lines
        await driver.press("escape")
        assert driver.app.screen is driver.shell


async def test_back_and_a_changed_field_unprove_visibly() -> None:
    async with wizard() as driver:
        await driver.stand_on("consent")
        await driver.press("escape", "escape")
        assert driver.shell.page.page_id == "tenant"
        field = driver.app.screen.query_one("#field-tenant")
        field.focus()
        await driver.press("end", *"x", "tab")

        assert "what hangs on it has to be checked again" in driver.text
        assert "● Tenant open ○ App  ○ Consent " in driver.rail
        assert driver.journey is not None
        assert driver.journey.onboarding.answers.tenant == "contoso.comx"


async def test_a_locked_step_names_the_check_that_locks_it_and_leads_there() -> None:
    async with wizard(size=(120, 40)) as driver:
        await driver.begin()
        driver.app.screen.query_one("#rail").focus()
        await driver.press("down", "down", "down", "enter")

        assert "locked by a check of step 1: “The tenant is a domain or an id”" in driver.text
        assert "Go to step 1, Tenant association" in driver.text
        await driver.pilot.click("#goto")
        await driver.until(lambda: driver.shell.page.page_id == "tenant", "step 1")


async def test_a_click_on_the_stepper_goes_to_the_step() -> None:
    async with wizard() as driver:
        await driver.begin()
        line = screen_text(driver.app).splitlines()[1]
        await driver.pilot.click(offset=(line.index("App"), 1))
        await driver.until(lambda: driver.shell.page.page_id == "app", "step 2")


async def test_the_whole_journey_goes_by_enter_alone() -> None:
    async with wizard() as driver:
        await driver.begin()
        fields = [*driver.shell.query(Input)]
        assert fields
        fields[0].focus()
        await driver.press(*["enter"] * 2)
        await driver.until(lambda: not driver.running, "the checks to end")
        await driver.pilot.pause()
        await driver.press("enter")
        assert driver.shell.page.page_id == "app"


async def test_the_report_is_saved_for_its_owner_alone(tmp_path: Path, monkeypatch: object) -> None:
    monkeypatch.chdir(tmp_path)  # type: ignore[attr-defined]
    async with wizard() as driver:
        await driver.finish()
        await driver.press("f8")
        line = driver.app.screen.query_one("#line", Input)
        assert line.value == str(tmp_path / "partner-wizard-contoso.com.md")
        await driver.press("enter")

        await driver.until_text("✓ The report is saved")
        await driver.until_text("1 Give the report to whoever runs your programs.")
        assert driver.shell.offers.primary == "copy-command", "Enter goes on to what is not done yet"
        await driver.press("enter")
        assert driver.app.clipboard.startswith("partner-wizard check")
        await driver.press("f8")
        await driver.until_text("are there")
        await driver.press("escape")
    files = sorted(tmp_path.iterdir())
    assert [file.suffix for file in files] == [".json", ".md"]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert "canary" not in "".join(file.read_text() for file in files)


async def test_another_onboarding_starts_with_what_can_be_kept() -> None:
    async with wizard() as driver:
        await driver.finish()
        await driver.pilot.click("#another")
        await driver.until(lambda: driver.shell.page.page_id == "tenant", "step 1")

        assert driver.journey is not None
        answers = driver.journey.onboarding.answers
        assert (answers.tenant, answers.client_id, answers.integration_user) == ("", "", "")
        assert answers.vault_url == "https://contoso-partner.vault.azure.net"


def _lines(app: object) -> list[str]:
    return screen_text(app).splitlines()
