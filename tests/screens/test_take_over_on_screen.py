"""A stored token in place of a sign-in, chosen, proven and marked with the keys that an operator would press."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from screens.app import WizardApp
from screens.launch import Launch
from screens.messages import StepSelected
from screens.widgets.answer_row import AnswerRow
from tests.harness import rehearsed
from tests.screens.driving import flat_text, screen_text, wait_for
from tests.screens.test_repair_on_screen import check, entered, journey_of
from tests.screens.test_scenes_on_screen import run_shown_step, shows
from wizard.core.answers import Answers
from wizard.core.secret import Secret
from wizard.journeys.saved_journey import JourneyFile


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


async def choose(app: WizardApp, pilot: Pilot[int], key: str, value: str) -> None:
    """Choose a value in the list of a field of the shown step."""
    assert app.shell.step_page is not None
    row = next(row for row in app.shell.step_page.query(AnswerRow) if row.field.key == key)
    row.query_one(Select).value = value
    await pilot.pause()
    await wait_for(pilot, lambda: getattr(journey_of(app).onboarding.answers, key) == value, f"{key} is {value}")
    await pilot.pause()


async def test_the_choice_names_cipp_asks_for_what_it_needs_and_says_that_nobody_signs_in() -> None:
    async with entered("takeover-cipp") as (app, pilot):
        await choose(app, pilot, "sign_in_flow", "device-code")
        assert "Check and sign in" in screen_text(app)
        assert "The token lies" not in screen_text(app)

        await choose(app, pilot, "sign_in_flow", "stored-token")
        assert "with a token stored by CIPP" in screen_text(app)
        assert "in the vault of CIPP" in screen_text(app)
        assert "Check and sign in" not in screen_text(app)
        assert "Secret's name" not in screen_text(app)

        await choose(app, pilot, "token_layout", "typed")
        assert "Refresh token" in screen_text(app)
        assert "Secret's name" in screen_text(app)


async def test_a_token_of_cipp_is_marked_with_one_tick_and_the_last_page_says_where_it_is_from() -> None:
    async with entered("takeover-not-confirmed") as (app, pilot):
        await check(app, pilot, "f5")
        assert "The stored token is not marked yet" in screen_text(app)
        assert "[ ] May mark the stored token" in screen_text(app)
        assert app.shell.focused is not None

        await pilot.press("space")
        await check(app, pilot, "enter")
        await wait_for(pilot, lambda: journey_of(app).is_proven, "all is proven")
        if not shows(app, "done"):
            await pilot.press("f6")
            await wait_for(pilot, lambda: shows(app, "done"), "the last page is shown")
        assert "RefreshToken" in flat_text(app)


async def test_a_new_secret_in_a_proven_journey_leads_from_step_2_to_step_4_and_nobody_signs_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "state" / "journey.json"
    with rehearsed("all-holds-secret", monkeypatch, file=file) as played:
        played.run()
        secret = played.journey.onboarding.answers.client_secret
        asked_for: list[object] = []
        launch = Launch(
            replace(played.session, file=JourneyFile(file)), Answers(cloud="rehearsal"), watch=asked_for.append
        )
        app = WizardApp(lambda: launch)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.press("enter")
            await wait_for(pilot, lambda: app.shell.page.page_id not in ("welcome", ""), "the journey is open")
            app.shell.post_message(StepSelected("app"))
            await wait_for(pilot, lambda: shows(app, "app"), "step 2 is shown")
            assert journey_of(app).is_proven
            await fill(app, pilot, "client_secret", secret)
            assert not journey_of(app).is_proven
            await run_shown_step(pilot, app)
            await pilot.press("f6")
            await wait_for(pilot, lambda: shows(app, "user"), "step 4 is shown, past the consent that stays given")
            assert "Check and sign in" not in screen_text(app)
            await run_shown_step(pilot, app)
            if not shows(app, "store"):
                await pilot.press("f6")
            await wait_for(pilot, lambda: shows(app, "store"), "step 5 is shown")
            await run_shown_step(pilot, app)

            assert journey_of(app).is_proven
            assert asked_for == []


async def fill(app: WizardApp, pilot: Pilot[int], key: str, secret: Secret | None) -> None:
    """Type a secret into its field, and leave it."""
    assert app.shell.step_page is not None
    assert secret is not None
    row = next(row for row in app.shell.step_page.query(AnswerRow) if row.field.key == key)
    row.query_one(Input).value = secret.reveal()
    row.query_one(Input).focus()
    await pilot.press("tab")
    await wait_for(pilot, lambda: getattr(journey_of(app).onboarding.answers, key) == secret, f"{key} is given")
