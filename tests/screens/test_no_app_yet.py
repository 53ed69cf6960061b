"""Step 2 for somebody without an app registration: what it asks, and how the fields are filled by a fix."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from textual.widgets import OptionList

from screens.dialogs.choice import Choice
from screens.dialogs.fix_dialog import FixDialog
from tests.screens.driving import flat_text, wait_for, wizard
from tests.screens.test_repair_on_screen import check, entered, journey_of
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.view import JourneyView

CLIENT_ID = "33333333-cccc-4ccc-8ccc-000000000003"


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


async def test_a_credential_is_asked_for_once_there_is_an_id_and_stands_below_it() -> None:
    async with wizard(client_id="", credential="secret") as driver:
        await driver.stand_on("app")
        assert "Client secret" not in driver.text

        await driver.press(*CLIENT_ID, "enter", "tab")

        await driver.until(lambda: getattr(driver.shell.focused, "id", "") == "field-client_secret", "its field")
        assert "Client secret" in driver.text


async def test_an_empty_id_is_taken_only_with_a_graph_identity_and_that_is_said() -> None:
    async with wizard(client_id="", credential="none") as driver:
        await driver.stand_on("app")
        assert "required" in driver.text
        await driver.press("f5")
        assert not driver.running
        assert "needs a value; with a Graph identity it may stay empty" in flat_text(driver.app)

        driver.shell.query_one("#field-graph_identity").focus()
        await driver.press("enter", "down", "down", "enter")
        await driver.until_text("none yet")

        assert driver.shell.step_page is not None
        assert driver.shell.step_page.commit()


async def test_what_was_created_stands_in_the_field_and_the_step_is_passed() -> None:
    async with entered("fix-no-registration") as (app, pilot):
        await check(app, pilot, "f5")
        await pilot.press("f10")
        await wait_for(pilot, lambda: isinstance(app.screen, FixDialog), "the fix is shown")
        await pilot.press("right")
        await check(app, pilot, "enter")

        client_id = journey_of(app).onboarding.answers.client_id
        assert client_id
        await wait_for(pilot, lambda: client_id in flat_text(app), "the id in its field")
        assert "done by the app 44444444" in flat_text(app)
        assert journey_of(app).state("app") in PASSABLE


async def test_of_ways_to_the_same_one_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    async with entered("fix-no-registration") as (app, pilot):
        await check(app, pilot, "f5")
        (create,) = journey_of(app).view().fixes("app")
        take = replace(create, name=f"take-app-{CLIENT_ID}", title="Take “Contoso”", requests=(), command="")
        monkeypatch.setattr(JourneyView, "fixes", lambda _view, _step: (take, create))
        await pilot.press("f10")
        await wait_for(pilot, lambda: isinstance(app.screen, Choice), "the ways are listed")
        offered = [each.id for each in app.screen.query_one(OptionList).options]
        assert offered == [take.name, create.name]

        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, FixDialog), "the fix is shown")
        said = flat_text(app)
        assert "sends" not in said
        assert "Copy command" not in said
