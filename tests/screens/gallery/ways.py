"""Ways through the wizard that lead to its states."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

from screens.panels.browser_panel import BrowserPanel
from screens.panels.consent_panel import ConsentPanel
from screens.panels.device_code_panel import DeviceCodePanel
from tests.screens.driving import Driver
from tests.screens.gallery.state import clock_of
from tests.screens.stubs import BrowserRun
from wizard.core.events import DeviceCodePrompt, Event, Waiting
from wizard.core.findings import SupportIds
from wizard.core.inbox import AlreadyGranted, Purpose, RedirectResponse
from wizard.microsoft.host_probe import HostProbe
from wizard.onboarding.profile import CSP

IDS = SupportIds(
    correlation_id="4b8a2c10-5d6e-4f70-8a91-b2c3d4e5f607",
    trace_id="9f0e1d2c-3b4a-4958-8766-554433221100",
    timestamp="2026-11-21 10:00:00Z",
)
STATE = "state-of-this-consent0"
"""The `state` of the consent address."""


async def stand_on(driver: Driver, step: str) -> None:
    """Prove every step before `step`, unseen, and show its page; "done" is the last page."""
    await driver.begin()
    journey = driver.journey
    assert journey is not None
    onboarding = journey.onboarding

    def act(event: Event) -> None:
        if isinstance(event, DeviceCodePrompt):
            driver.services.approve()
        elif isinstance(event, Waiting):
            journey.submit(Purpose.CONSENT, AlreadyGranted())

    emit, onboarding.emit = onboarding.emit, act
    for each in CSP.steps:
        if each.id == "consent":
            onboarding.learn(consent_state=STATE)
        if each.id == step:
            break
        if each.id != "start":  # that holds from the beginning
            journey.run(each.id)
    onboarding.emit = emit
    if step == "done":
        await driver.show("done")
    elif step != "tenant":
        await driver.show(step)
    await driver.pilot.pause()


async def run_checks(driver: Driver) -> None:
    """Press F5, let people do what they do, and wait for the end."""
    await driver.prove()


async def looked(driver: Driver, **host_probes: HostProbe) -> None:
    """Begin, and stay on step 0 with what a look at each host, by its service, came to."""
    driver.services.host_probes = host_probes
    await driver.press("enter")
    await driver.until(lambda: driver.journey and not driver.running, "the checks to end")
    await driver.pilot.pause()


async def begin_checks(driver: Driver) -> None:
    """Press F5 and stay where the first wait begins."""
    clock_of(driver).passes = False
    await driver.press("f5")


async def refused(driver: Driver, step: str, call: str, code: str, said: str, **more: object) -> None:
    """Stand on a step where a service has refused a call."""
    await stand_on(driver, step)
    driver.services.refuse(call, code, said, ids=IDS, **more)
    await run_checks(driver)


async def show_code(driver: Driver) -> None:
    """Stand on step 4 while a device code is shown."""
    await stand_on(driver, "user")
    await begin_checks(driver)
    await driver.until(lambda: driver.panel(DeviceCodePanel), "a device code")
    await driver.pilot.pause()


async def show_browser(driver: Driver, purpose: Purpose = Purpose.INTEGRATION_USER, **more: Any) -> BrowserRun:
    """Stand on step 4 while a sign-in in a browser is waited for; `more` is what `BrowserRun` takes."""
    await stand_on(driver, "user")
    assert driver.journey is not None
    run = BrowserRun(driver.journey, purpose, **more)
    await driver.press("f5")
    await driver.until(lambda: driver.panel(BrowserPanel), "a link")
    await driver.pilot.pause()
    return run


async def show_link(driver: Driver) -> None:
    """Stand on step 3 while its address waits for an answer."""
    await stand_on(driver, "consent")
    await begin_checks(driver)
    await driver.until(lambda: driver.panel(ConsentPanel), "the consent address")
    await driver.pilot.pause()


async def choose_way(driver: Driver, way: str) -> None:
    """Open one of the ways to consent."""
    panel = driver.panel(ConsentPanel)
    assert panel is not None
    panel.choose(way)
    await driver.pilot.pause()


async def decline(driver: Driver) -> None:
    """Run the checks of step 3, and hand in what the page says where the administrator declines."""
    await driver.press("f5")
    await driver.until(lambda: driver.panel(ConsentPanel), "the consent address")
    assert driver.journey is not None
    said = "error=access_denied&error_description=AADSTS65004%3A+User+declined+to+consent"
    driver.journey.submit(Purpose.CONSENT, RedirectResponse(f"http://localhost/?{said}&state={STATE}"))
    await driver.until(lambda: not driver.running, "the checks to end")
    await driver.pilot.pause()


async def save_report(driver: Driver) -> None:
    """Press F8 as if in a folder of the operator's."""
    with patch("screens.report_files.Path.cwd", lambda: Path("/home/operator")):
        await driver.press("f8")


async def start_anew(driver: Driver) -> None:
    """Show what the next start of the wizard shows."""
    driver.journey = None
    await driver.shell.action_look_again()
