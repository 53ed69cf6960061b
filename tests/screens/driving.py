"""Driving the wizard in tests: waiting for what is to come, and reading what is on the screen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from screens.app import WizardApp
from screens.machine import Machine
from screens.scene_note import SceneNote, Stage, Stages
from screens.widgets.rail import RailLine
from screens.wizard_screen import WizardScreen
from tests.patience import PATIENCE
from tests.screens.stubs import SERVER, TENANT_ID, BrowserRun, StubServices, StubSession
from wizard.core.answers import Answers
from wizard.core.findings import Finding, Outcome
from wizard.core.inbox import Purpose
from wizard.journeys.saved_journey import JourneyFile
from wizard.onboarding.profile import CSP

CLIENT_ID = "33333333-cccc-4ccc-8ccc-000000000003"
FILLED = Answers(
    sign_in_flow="device-code",
    tenant="contoso.com",
    associated=True,
    client_id=CLIENT_ID,
    credential="none",
    public_client=True,
    integration_user="partner-integration@contoso.com",
    vault_url="https://contoso-partner.vault.azure.net",
)
"""All that a happy journey asks for."""


async def wait_for(pilot: Pilot[int], condition: Callable[[], object], description: str) -> None:
    """Wait until `condition` is true; fail with `description` and the screen when it does not become so."""
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, f"waited in vain for: {description}\n{screen_text(pilot.app)}"
        await pilot.pause(0.02)


def screen_text(app: object) -> str:
    """What stands on the screen, line by line."""
    strips = app.screen._compositor.render_strips()  # type: ignore[attr-defined]
    return "\n".join(strip.text.rstrip() for strip in strips)


def flat_text(app: WizardApp) -> str:
    """What stands on the screen in one line, without the rail, so that wrapped sentences can be found."""
    lines = screen_text(app).splitlines()
    if app.screen is app.frame and app.frame.is_mounted:
        left = app.frame.query_one("#place").region.x
        middle = app.frame.query_one("#middle").region
        lines = [line[left:] if middle.y <= row < middle.bottom else line for row, line in enumerate(lines)]
    return " ".join(" ".join(lines).split())


class Driver:
    """A running wizard: its app, pilot, session and stub services."""

    def __init__(self, app: WizardApp, pilot: Pilot[int], session: StubSession) -> None:
        self.app = app
        self.pilot = pilot
        self.session = session

    @property
    def frame(self) -> WizardScreen:
        """The wizard's screen; another one once another scene is on."""
        return self.app.frame

    @property
    def services(self) -> StubServices:
        """What the checks ask."""
        return self.session.stub

    @property
    def text(self) -> str:
        """The screen, in one line."""
        return flat_text(self.app)

    @property
    def rail(self) -> str:
        """The rail, in one line."""
        return " ".join(str(line.content) for line in self.frame.query(RailLine))

    async def press(self, *keys: str) -> None:
        """Press keys and let them take effect."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], description: str) -> None:
        """Wait for something."""
        await wait_for(self.pilot, condition, description)

    async def until_text(self, text: str) -> None:
        """Wait for words on the screen."""
        await self.until(lambda: text in self.text, f"the words “{text}”")

    async def begin(self) -> None:
        """Go from the welcome page to step 1."""
        await self.press("enter")
        await self.until(lambda: self.frame.body.page == "tenant" and not self.frame.running, "step 1")
        await self.pilot.pause()

    async def check(self) -> None:
        """Press F5 and wait until the checks have ended."""
        await self.press("f5")
        await self.until(lambda: not self.frame.running, "the checks to end")
        await self.pilot.pause()

    async def stand_on(self, step: str) -> None:
        """Stand on a step's page with every check before it as if it held."""
        journey = self.frame.journey
        if journey is None:
            journey = self.frame.journey = self.session.begin(self.frame.defaults, self.frame._emit)
        if step == "start":
            journey.findings.clear()
        for earlier in CSP.steps[: [each.id for each in CSP.steps].index(step)]:
            for check in earlier.checks:
                journey.findings[check.id] = Finding(check.id, Outcome.HOLDS, "as the test says")
        cloud = journey.onboarding.services.cloud
        journey.onboarding.learn(tenant_id=TENANT_ID, cloud_instance=cloud.cloud_instance_name, public_client=True)
        if step == "store":
            token = self.services.token()
            signed_in = journey.onboarding.memory.sign_in
            signed_in.tokens, signed_in.refresh_token = token, token.refresh_token
            journey.onboarding.learn(client_type="public", user_name=token.user_name)
        journey.save(journey)
        await self.frame.show_step(journey, step)
        await self.pilot.pause()

    async def wait_for_link(self, purpose: Purpose = Purpose.INTEGRATION_USER, **more: Any) -> BrowserRun:
        """Stand on step 4 while a sign-in in a browser is waited for; `more` is what `BrowserRun` takes."""
        await self.stand_on("user")
        assert self.frame.journey is not None
        run = BrowserRun(self.frame.journey, purpose, **more)
        await self.press("f5")
        await self.until(lambda: self.frame.step_page and self.frame.step_page.browser, "a link")
        await self.pilot.pause()
        return run

    async def finish(self) -> None:
        """Stand on the last page of a journey that is proven."""
        await self.stand_on("store")
        await self.prove()
        await self.press("f6")

    async def go_to(self, step: str) -> None:
        """Prove every step before `step`, and stand on its page."""
        if self.frame.step_page is None:
            await self.begin()
        for _ in CSP.steps:
            if self.frame.body.page == step:
                return
            await self.prove()
            await self.press("f6")
            await self.pilot.pause()
        assert self.frame.body.page == step, f"not on {step}, but here:\n{screen_text(self.app)}"

    async def prove(self) -> None:
        """Run the checks of the step shown, doing what a person would."""
        await self.press("f5")
        page = self.frame.step_page
        assert page is not None
        if page.step.id == "consent":
            await self.until(lambda: page.consent is not None, "the consent panel")
            await self.pilot.pause()
            await self.pilot.click("#granted")
        if page.step.id == "user":
            await self.until(lambda: page.sign_in is not None or not self.frame.running, "a device code")
            self.services.approve()
        await self.until(lambda: not self.frame.running, "the checks to end")
        await self.pilot.pause()


@asynccontextmanager
async def wizard(
    answers: Answers = FILLED,
    *,
    size: tuple[int, int] = (80, 24),
    session: StubSession | None = None,
    file: Path | None = None,
    scene: SceneNote | None = None,
    stages: Stages | None = None,
    checks_machine: bool = False,
    machine: Machine = SERVER,
    **changed: object,
) -> AsyncIterator[Driver]:
    """A wizard at its welcome page; `checks_machine` as in `StubSession`, `changed` are answers that differ."""
    session = session or StubSession(checks_machine=checks_machine)
    if file:
        session.file = JourneyFile(file)
    watched: list[object] = []
    defaults = replace(answers, **changed)  # type: ignore[arg-type]
    stage = Stage(session, defaults, scene, watched.append, machine)
    app = WizardApp(lambda: stage, stages=stages)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        driver = Driver(app, pilot, session)
        session.watched = watched
        try:
            yield driver
        finally:
            session.stop()
        await wait_for(pilot, lambda: not driver.frame.running, "the last run to end")
