"""A newcomer with nothing but a Global Administrator's sign-in: by keys from the first page of the wizard to proven.

Outside the wizard people do what its pages name with a link: they sign in, consent, and give the new account its first
sign-in with a second factor; the association is the operator's word. Everything else is made by fixes.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Select

from screens.app import WizardApp
from screens.dialogs.first_password_dialog import FirstPasswordDialog
from screens.dialogs.fix_dialog import FixDialog
from screens.launch import Launch
from tests.harness import in_world
from tests.screens.driving import flat_text, wait_for
from tests.screens.test_repair_on_screen import check, journey_of
from tests.screens.test_scenes_on_screen import watching
from wizard.commands.rehearse import PacedClock
from wizard.core.answers import Answers
from wizard.core.fixes import latest
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.onboarding.gate import PASSABLE
from wizard.rehearsal import RehearsalClock, RehearsalCloud, load_scene

pytestmark = pytest.mark.system
USER = "partner-integration@contoso.com"


@asynccontextmanager
async def with_nothing(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], *, security_defaults: bool
) -> AsyncIterator[tuple[WizardApp, Pilot[int], list[object]]]:
    """The wizard on the cloud of an empty tenant, without answers, and what people were asked for."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    scene, clock, asked_for = load_scene("empty-tenant"), RehearsalClock(), list[object]()
    scene = in_world(scene, policy=replace(scene.world.policy, security_defaults=security_defaults, requires_mfa=True))
    with RehearsalCloud(scene, clock=clock) as cloud:
        for variable, value in cloud.environment.items():  # that this is no Azure machine need not be found out
            monkeypatch.setenv(variable, value)
        file = JourneyFile(cloud.folder / "state" / "journey.json")
        session = Session(read_cloud_file(cloud.cloud_file), clock=PacedClock(clock), file=file)
        app = WizardApp(lambda: Launch(session, Answers(cloud="rehearsal"), watch=watching(cloud, asked_for)))
        async with app.run_test(size=size) as pilot:
            await wait_for(pilot, lambda: app.shell.page.page_id == "welcome", "the first page")
            await pilot.pause()
            yield app, pilot, asked_for


async def to_field(app: WizardApp, pilot: Pilot[int], key: str) -> None:
    """Go to a field with Tab, unfolding the others on the way."""
    for _ in range(30):
        focused = app.shell.focused
        if focused is not None and focused.id == f"field-{key}":
            return
        await pilot.press("enter" if type(focused).__name__ == "FoldLine" else "tab")
        await pilot.pause()
    raise AssertionError(f"{key} cannot be reached\n{flat_text(app)}")


async def choose(app: WizardApp, pilot: Pilot[int], key: str, value: str) -> None:
    """Choose a value of a list."""
    await to_field(app, pilot, key)
    control = app.shell.query_one(f"#field-{key}", Select)
    values = [each for _, each in control._options]
    downs = values.index(value) - values.index(control.value)
    await pilot.press("enter", *["down"] * downs, "enter")
    await wait_for(pilot, lambda: control.value == value, f"{key} is {value}")


async def fixing(app: WizardApp, pilot: Pilot[int], name: str) -> None:
    """Open the one fix that is offered, and make it."""
    step = journey_of(app).open_step.id
    assert [each.name for each in journey_of(app).view().fixes(step)] == [name], flat_text(app)
    await pilot.press("f10")
    await wait_for(pilot, lambda: isinstance(app.screen, FixDialog), "the fix is shown")
    await pilot.pause()
    await pilot.press("right", "enter")
    await wait_for(pilot, lambda: not isinstance(app.screen, FixDialog), "it is confirmed")
    await pilot.pause()


async def until_it_stands(app: WizardApp, pilot: Pilot[int]) -> None:
    await wait_for(pilot, lambda: not app.shell.controller.running_step, "the checks have ended")
    await pilot.pause()


async def next_step(app: WizardApp, pilot: Pilot[int], step: str) -> None:
    await pilot.press("f6")
    await wait_for(pilot, lambda: app.shell.page.page_id == step, f"the page {step}")
    await pilot.pause()


@pytest.mark.parametrize(
    ("way", "security_defaults", "size"), [("browser", True, (80, 24)), ("device-code", False, (120, 40))]
)
async def test_keys_lead_from_an_empty_tenant_to_proven(
    way: str, security_defaults: bool, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with with_nothing(monkeypatch, size, security_defaults=security_defaults) as (app, pilot, asked_for):
        await check(app, pilot, "enter")  # Start
        await next_step(app, pilot, "tenant")
        await pilot.press(*"contoso.com", "enter")
        await check(app, pilot, "enter")
        assert "https://partner.microsoft.com, Account settings > Tenants" in flat_text(app), "the association"
        await to_field(app, pilot, "associated")
        await pilot.press("space")
        await check(app, pilot, "f5")

        await next_step(app, pilot, "app")
        await choose(app, pilot, "graph_identity", way)
        await check(app, pilot, "f5")
        await fixing(app, pilot, "create-app")
        await until_it_stands(app, pilot)
        await fixing(app, pilot, "keep-in-vault")
        await until_it_stands(app, pilot)
        await to_field(app, pilot, "vault_url")
        await pilot.press(*"contoso-partner")
        await choose(app, pilot, "vault_identity", way)
        await check(app, pilot, "f5")
        await fixing(app, pilot, "create-vault")
        await until_it_stands(app, pilot)
        await fixing(app, pilot, "add-secret")
        await until_it_stands(app, pilot)
        assert journey_of(app).state("app") in PASSABLE, flat_text(app)

        await next_step(app, pilot, "consent")
        await check(app, pilot, "enter")
        assert journey_of(app).state("consent") in PASSABLE, flat_text(app)

        await next_step(app, pilot, "user")
        await pilot.press(*USER)
        await check(app, pilot, "f5")
        await fixing(app, pilot, "create-account")
        await wait_for(pilot, lambda: isinstance(app.screen, FirstPasswordDialog), "the first password")
        await pilot.pause()
        assert "https://aka.ms/mfasetup" in flat_text(app), "the first sign-in and the second factor"
        await pilot.press("enter", "enter")
        await wait_for(pilot, lambda: not isinstance(app.screen, FirstPasswordDialog), "it is noted")
        await until_it_stands(app, pilot)
        assert journey_of(app).state("user") in PASSABLE, flat_text(app)

        await next_step(app, pilot, "store")
        await check(app, pilot, "f5")
        await next_step(app, pilot, "done")
        assert journey_of(app).is_proven

        made = dict.fromkeys(each.fix for each in latest(journey_of(app).onboarding.memory.actions))
        assert [*made] == ["create-app", "create-vault", "add-secret", "create-account"]
        assert {each for each in asked_for if each in ("consent_link", "sign_in")} == {"consent_link", "sign_in"}
