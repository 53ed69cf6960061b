"""A fix on the screens: shown with its account, made by its own button alone, and what came of it stays on the page."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from screens.app import WizardApp
from screens.dialogs.choice import Choice
from screens.dialogs.first_password_dialog import FirstPasswordDialog
from screens.dialogs.fix_dialog import FixDialog
from tests.harness import in_world
from tests.screens.driving import flat_text, wait_for
from tests.screens.test_repair_on_screen import check, entered, journey_of
from wizard import rehearsal
from wizard.core.fixes import ActionState, latest
from wizard.onboarding.gate import PASSABLE
from wizard.rehearsal import load_scene


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


async def to_fix(app: WizardApp, pilot: Pilot[int]) -> None:
    """Check the step, and open what would fix it."""
    await check(app, pilot, "f5")
    await pilot.press("f10")
    await wait_for(pilot, lambda: isinstance(app.screen, FixDialog), "the fix is shown")
    await pilot.pause()


async def test_it_shows_request_account_and_effect_and_enter_leaves_it() -> None:
    async with entered("fix-redirect-uri") as (app, pilot):
        assert "fix" not in app.shell.offers.by_name, "nothing has failed yet"
        await to_fix(app, pilot)

        said = flat_text(app)
        assert "sends PATCH to graph.rehearsal.test" in said
        assert "the app 44444444-dddd-4ddd-8ddd-000000000004" in said
        assert "Application.ReadWrite.All" in said
        assert "Remove it under App registrations" in said

        await pilot.press("enter")
        await pilot.pause()
        assert not isinstance(app.screen, FixDialog)
        assert journey_of(app).onboarding.memory.actions == []


async def test_its_button_makes_it_and_the_journey_goes_on() -> None:
    async with entered("fix-redirect-uri") as (app, pilot):
        await to_fix(app, pilot)
        await pilot.press("right")
        await check(app, pilot, "enter")

        made = journey_of(app).onboarding.memory.actions
        assert [each.state for each in made] == [ActionState.SENT, ActionState.MADE, ActionState.CHECKED]
        assert journey_of(app).findings["user.redirect_uri"].outcome.value == "holds"


async def test_a_refusal_stays_on_the_page() -> None:
    async with entered("fix-not-allowed") as (app, pilot):
        await to_fix(app, pilot)
        await pilot.press("right")
        await check(app, pilot, "enter")

        said = flat_text(app)
        assert "Nothing was changed. The app 44444444" in said
        assert "it takes Application.ReadWrite.All" in said
        assert "fix" in app.shell.offers.by_name


@pytest.mark.system
async def test_the_fix_of_a_warning_is_offered_once_the_step_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Azure lists no role, and the vault lets the identity in all the same."""
    known = load_scene("fix-vault-refused")
    azure = replace(known.world.azure, may_assign_roles=True)
    scene = in_world(known, azure=azure, vault=replace(known.world.vault, refusal_code=""))
    monkeypatch.setattr(rehearsal, "load_scene", lambda _name: scene)
    async with entered("fix-vault-refused") as (app, pilot):
        await to_fix(app, pilot)
        assert journey_of(app).state("user") in PASSABLE
        said = flat_text(app)
        assert "Give the vault identity the role Key Vault Secrets Officer" in said
        assert "sends PUT to management.rehearsal.test" in said

        await pilot.press("right")
        await check(app, pilot, "enter")

        made = journey_of(app).onboarding.memory.actions
        assert [each.state for each in made] == [ActionState.SENT, ActionState.MADE, ActionState.CHECKED]
        assert "fix" not in app.shell.offers.by_name


async def test_a_first_password_is_shown_until_it_is_noted_and_is_nowhere_after_it() -> None:
    async with entered("fix-no-account") as (app, pilot):
        await to_fix(app, pilot)
        await pilot.press("right", "enter")
        await wait_for(pilot, lambda: isinstance(app.screen, FirstPasswordDialog), "the first password is shown")
        await pilot.pause()
        password = app.screen.query_one(".command", Static).content
        assert str(password).count("-") == 3

        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, FirstPasswordDialog), "a key too many does not close it"
        await pilot.press("enter")
        await wait_for(pilot, lambda: not isinstance(app.screen, FirstPasswordDialog), "it is closed")

        await wait_for(pilot, lambda: app.shell.controller.running_step == "", "the checks end")
        assert str(password) not in flat_text(app)
        assert all(str(password) not in repr(each) for each in journey_of(app).onboarding.memory.actions)
        assert journey_of(app).view().is_passed("user")


async def test_several_fixes_of_a_step_are_a_list_whose_first_line_makes_them_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = load_scene("registration-needs-work")
    operator = replace(known.world.operator, changes_apps=True)
    directory = replace(known.world.directory, audience="AzureADandPersonalMicrosoftAccount")
    scene = in_world(known, operator=operator, directory=directory)
    monkeypatch.setattr(rehearsal, "load_scene", lambda _name: scene)
    async with entered("registration-needs-work") as (app, pilot):
        await check(app, pilot, "f5")
        await pilot.press("f10")
        await wait_for(pilot, lambda: isinstance(app.screen, Choice), "which of them is asked")
        await pilot.pause()
        said = flat_text(app)
        assert "All of these (2)" in said
        assert "Let the app take accounts of any organization" in said

        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, FixDialog), "both are shown")
        await pilot.pause()
        assert "Fix it: 2 changes" in flat_text(app)
        await pilot.press("right")
        await check(app, pilot, "enter")

        made = latest(journey_of(app).onboarding.memory.actions)
        assert {each.fix for each in made if each.state is ActionState.MADE} == {"change-audience", "remove-old-keys"}
        assert "fix" not in app.shell.offers.by_name, "nothing is left"
