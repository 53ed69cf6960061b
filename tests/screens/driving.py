"""Driving the wizard in tests: waiting for what is to come, and reading what is on the screen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from textual.pilot import Pilot

from screens.app import WizardApp
from screens.controller import Controller
from screens.launch import Launch
from screens.machine import Machine
from screens.notices import RunEnded
from screens.pages.step_page import StepPage
from screens.panels.browser_panel import BrowserPanel
from screens.panels.consent_panel import GRANTED, ConsentPanel
from screens.panels.device_code_panel import DeviceCodePanel
from screens.panels.panel import Panel
from screens.scenes import Repair, SceneCatalog, SceneInfo
from screens.shell import Shell
from screens.widgets.rail import Rail
from tests.patience import PATIENCE
from tests.screens.stubs import SERVER, TENANT_ID, BrowserRun, StubServices, StubSession
from wizard.core.answers import Answers
from wizard.core.events import Event
from wizard.core.findings import Finding, Outcome
from wizard.core.inbox import Purpose
from wizard.journeys.saved_journey import JourneyFile
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import CSP

PanelKind = TypeVar("PanelKind", bound=Panel)

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


FRAMES = str.maketrans(dict.fromkeys("│▌┃╭╮╰╯─", " "))
"""What stands around texts."""


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
    """What stands on the screen in one line, without rail and frames, so that wrapped sentences can be found."""
    lines = screen_text(app).splitlines()
    if app.screen is app.shell and app.shell.is_mounted:
        column, middle = app.shell.query_one("#column").region, app.shell.query_one("#middle").region
        lines = [
            line[column.x : column.right] if middle.y <= row < middle.bottom else line for row, line in enumerate(lines)
        ]
    return " ".join(" ".join(lines).translate(FRAMES).split())


class Driver:
    """A running wizard: its app, pilot, session and stub services."""

    def __init__(self, app: WizardApp, pilot: Pilot[int], session: StubSession) -> None:
        self.app = app
        self.pilot = pilot
        self.session = session

    @property
    def shell(self) -> Shell:
        """The wizard's screen; another one once another scene is on."""
        return self.app.shell

    @property
    def controller(self) -> Controller:
        """What the wizard does."""
        return self.shell.controller

    @property
    def running(self) -> str:
        """The step whose checks run, "" while none do."""
        return self.controller.running_step

    @property
    def journey(self) -> Journey | None:
        """The open journey itself; what a test changes in it is drawn after `show`."""
        return self.controller._journey

    @journey.setter
    def journey(self, journey: Journey | None) -> None:
        self.controller._journey = journey
        self.refresh_view()

    def refresh_view(self) -> None:
        """Let the wizard see what a test has changed in the journey."""
        self.controller.view = self.journey.view() if self.journey else None

    async def show(self, page_id: str, notice: str = "") -> None:
        """Show a page of the journey as it stands now."""
        self.refresh_view()
        await self.shell.show(page_id, notice)

    @property
    def page(self) -> StepPage:
        """The page of the step that is shown."""
        assert self.shell.step_page is not None
        return self.shell.step_page

    async def follow(self, event: Event) -> None:
        """Let the page of a step draw an event, as if a running check had told it."""
        self.refresh_view()
        assert self.controller.view is not None
        await self.page.follow(event, self.controller.view)

    async def end_run(self) -> None:
        """Let the page of a step draw that its checks came to an end."""
        self.refresh_view()
        assert self.controller.view is not None
        await self.page.end_run(RunEnded(self.page.page_id, self.controller.view))

    def panel(self, kind: type[PanelKind]) -> PanelKind | None:
        """The panel on the page, None where there is none of this kind."""
        panel = self.shell.page.panel
        return panel if isinstance(panel, kind) else None

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
        """The steps with their signs and words, in one line; they stand in the rail of a wide window."""
        return self.shell.query_one(Rail).words

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

    async def until_page(self, page_id: str) -> None:
        """Wait for a page."""
        await self.until(lambda: self.shell.page.page_id == page_id, f"the page {page_id}")

    async def begin(self) -> None:
        """Go from the welcome page to step 1."""
        await self.press("enter")
        await self.until(lambda: self.shell.page.page_id == "tenant" and not self.running, "step 1")
        await self.pilot.pause()

    async def check(self) -> None:
        """Press F5 and wait until the checks have ended."""
        await self.press("f5")
        await self.until(lambda: not self.running, "the checks to end")
        await self.pilot.pause()

    async def stand_on(self, step: str) -> None:
        """Stand on a step's page with every check before it as if it held."""
        journey = self.journey
        if journey is None:
            journey = self.journey = self.session.begin(self.controller.defaults, self.controller._emit)
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
        await self.show(step)
        await self.pilot.pause()

    async def wait_for_link(self, purpose: Purpose = Purpose.INTEGRATION_USER, **more: Any) -> BrowserRun:
        """Stand on step 4 while a sign-in in a browser is waited for; `more` is what `BrowserRun` takes."""
        await self.stand_on("user")
        assert self.journey is not None
        run = BrowserRun(self.journey, purpose, **more)
        await self.press("f5")
        await self.until(lambda: self.panel(BrowserPanel), "a link")
        await self.pilot.pause()
        return run

    async def finish(self) -> None:
        """Stand on the last page of a journey that is proven."""
        await self.stand_on("store")
        await self.prove()
        await self.press("f6")

    async def go_to(self, step: str) -> None:
        """Prove every step before `step`, and stand on its page."""
        if self.shell.step_page is None:
            await self.begin()
        for _ in CSP.steps:
            if self.shell.page.page_id == step:
                return
            await self.prove()
            await self.press("f6")
            await self.pilot.pause()
        assert self.shell.page.page_id == step, f"not on {step}, but here:\n{screen_text(self.app)}"

    async def say_granted(self) -> None:
        """Say on the consent page that it is granted already."""
        panel = self.panel(ConsentPanel)
        assert panel is not None
        panel.choose(GRANTED)
        await self.pilot.pause()
        await self.pilot.click("#granted")

    async def prove(self) -> None:
        """Run the checks of the step shown, doing what a person would."""
        await self.press("f5")
        page = self.shell.step_page
        assert page is not None
        if page.step.id == "consent":
            await self.until(lambda: self.panel(ConsentPanel) is not None, "the consent panel")
            await self.pilot.pause()
            await self.say_granted()
        if page.step.id == "user":
            await self.until(lambda: self.panel(DeviceCodePanel) is not None or not self.running, "a device code")
            self.services.approve()
        await self.until(lambda: not self.running, "the checks to end")
        await self.pilot.pause()


@asynccontextmanager
async def wizard(
    answers: Answers = FILLED,
    *,
    size: tuple[int, int] = (80, 24),
    session: StubSession | None = None,
    file: Path | None = None,
    scene: SceneInfo | None = None,
    catalog: SceneCatalog | None = None,
    checks_machine: bool = False,
    machine: Machine = SERVER,
    repair: Repair | None = None,
    **changed: object,
) -> AsyncIterator[Driver]:
    """A wizard at its welcome page; `checks_machine` as in `StubSession`, `changed` are answers that differ."""
    session = session or StubSession(checks_machine=checks_machine)
    if file:
        session.file = JourneyFile(file)
    watched: list[object] = []
    defaults = replace(answers, **changed)  # type: ignore[arg-type]
    launch = Launch(session, defaults, scene, watched.append, machine, repair=repair)
    app = WizardApp(lambda: launch, catalog=catalog)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        driver = Driver(app, pilot, session)
        session.watched = watched
        try:
            yield driver
        finally:
            session.stop()
        await wait_for(pilot, lambda: not driver.running, "the last run to end")
