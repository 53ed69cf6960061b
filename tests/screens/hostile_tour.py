"""A tour that shows a string in every field that a server, a file or an operator fills.

`python -m tests.screens.hostile_tour FILE` makes it with every hostile string on the terminal it is started in, and
writes into the file what was drawn unclean.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from screens.app import WizardApp
from screens.check_details import answer_of, answer_of_check, details_of
from screens.dialogs.choice import Choice
from screens.dialogs.confirm import Confirm
from screens.dialogs.details import Details
from screens.dialogs.explain_dialog import ExplainDialog
from screens.dialogs.line import LineDialog
from screens.dialogs.qr import QrDialog
from screens.dialogs.reader import Reader
from screens.launch import Launch
from screens.messages import Delivered
from screens.notices import OpeningFailed, RunEnded
from screens.scenes import SceneInfo
from tests.screens import settling
from tests.screens.clean_drawing import faults
from tests.screens.driving import FILLED, Driver
from tests.screens.hostile_strings import groups
from tests.screens.stubs import StubSession
from wizard.catalogue import Diagnosis
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.core.events import (
    BrowserPrompt,
    CheckEnded,
    CheckSkipped,
    CheckStarted,
    ConsentLink,
    DeviceCodePrompt,
    NotSaved,
    PromptClosed,
    SubmissionRejected,
    Waiting,
)
from wizard.core.facts import Facts
from wizard.core.findings import Finding, NotAsked, Outcome, Retry, Skipped, SupportIds, Who
from wizard.journeys.entry import Entry
from wizard.journeys.saved_journey import SavedJourney
from wizard.onboarding.profile import CSP

CHOSEN = {"cloud": "global", "profile": "csp", "credential": "certificate", "sign_in_flow": "device-code"}
"""Answers that are names of ours, not words of anybody."""


def evil_finding(check: str, evil: str, outcome: Outcome = Outcome.FAILS) -> Finding:
    """A finding of which every text is hostile."""
    ids = SupportIds(evil, evil, evil, evil)
    return Finding(check, outcome, evil, {evil: evil, "service_said": evil}, (evil,), (Who.ADMIN,), evil, ids)


def texts_of(shape: Answers | Facts, evil: str) -> dict[str, Any]:
    """Every text field of `shape` with the hostile string in it."""
    return {each.name: evil for each in fields(shape) if isinstance(getattr(shape, each.name), str)}


async def tour(driver: Driver, evil: str) -> AsyncIterator[str]:
    """Show a string on every page and dialog; gives the name of what is on the screen now."""
    shell, controller = driver.shell, driver.controller
    driver.journey = None
    controller.kept.saved = SavedJourney(replace(FILLED, tenant=evil), Facts(), {}, {}, evil)
    controller.scene, controller.kept.unreadable = SceneInfo(evil, evil, evil), evil
    await shell.show("welcome")
    shell.post_message(Delivered(lambda: OpeningFailed(evil)))
    yield "welcome"
    controller.scene, controller.kept.saved, controller.kept.unreadable = None, None, ""
    evil_entry = Entry(**dict.fromkeys(Entry._fields, evil))
    controller.kept.entries = (evil_entry, evil_entry._replace(outcome="failed"))
    await shell.show("welcome")
    yield "onboardings"
    controller.kept.entries = ()

    journey = driver.journey = driver.session.begin(FILLED, lambda _event: None)
    journey.onboarding.answers = replace(FILLED, **texts_of(FILLED, evil) | CHOSEN)
    journey.onboarding.learn(**texts_of(Facts(), evil))
    for each in CSP.steps:
        await driver.show(each.id, evil)
        yield f"{each.id}, locked or open"
        for check in each.checks:
            journey.findings[check.id] = evil_finding(check.id, evil, Outcome.WARNS)
    async for page in _findings(driver, evil):
        yield page
    async for page in _run(driver, evil):
        yield page
    for name, dialog in _dialogs(driver, evil).items():
        await driver.app.push_screen(dialog)
        yield name
        await driver.app.pop_screen()
    await driver.show("done")
    shell.page.say(evil)
    yield "done"


async def _findings(driver: Driver, evil: str) -> AsyncIterator[str]:
    """What came back, in the verdict, the list and the details."""
    journey = driver.journey
    assert journey is not None
    journey.findings.clear()
    for outcome in Outcome:
        journey.findings["tenant.exists"] = evil_finding("tenant.exists", evil, outcome)
        journey.skipped["tenant.cloud"] = Skipped(NotAsked.DOES_NOT_APPLY, evil)
        await driver.show("tenant")
        yield f"a finding that {outcome.value}"
    journey.findings["tenant.exists"] = evil_finding("tenant.exists", evil)
    await driver.show("tenant")
    page = driver.page
    page.show_mistake(BadInput("tenant", evil))
    yield "a mistake in a field"
    view = journey.view()
    for ended in (
        RunEnded("tenant", view, unexpected_error=evil),
        RunEnded("tenant", view, mistake=BadInput(evil, evil)),
    ):
        driver.shell.post_message(Delivered(partial(_as_it_is, ended)))
        yield "a run that ended in trouble"


async def _run(driver: Driver, evil: str) -> AsyncIterator[str]:
    """What running checks tell."""
    journey, page, now = driver.journey, driver.page, driver.session.clock.now()
    assert journey is not None
    later, soon = now + timedelta(seconds=90), now + timedelta(seconds=5)
    page.begin_run()
    for event in (
        CheckStarted("tenant.exists"),
        CheckEnded(evil_finding("tenant.exists", evil)),
        CheckSkipped("tenant.cloud", Skipped(NotAsked.DOES_NOT_APPLY, evil)),
        Waiting(evil, now, later, soon, evil, evil),
        ConsentLink(f"https://login.microsoftonline.com/{evil}", evil),
        Waiting(evil, now, later),
        DeviceCodePrompt("integration_user", evil, f"https://microsoft.com/{evil}", evil, later, evil),
        PromptClosed(evil),
        DeviceCodePrompt("vault", "", "https://microsoft.com/devicelogin", evil, later, evil),
        BrowserPrompt("integration_user", evil, f"https://login.microsoftonline.com/{evil}", evil, later, 0, evil),
        SubmissionRejected("integration_user", evil),
        Waiting(evil, now, later, soon),
        BrowserPrompt("integration_user", evil, f"https://login.microsoftonline.com/{evil}", evil, later, 8400, evil),
        PromptClosed(evil),
    ):
        await driver.follow(event)
        driver.shell.draw()
        yield type(event).__name__
    page.say(f"! The journey cannot be saved ({NotSaved(evil).why}); it goes on in memory alone.")
    yield "not saved"
    await driver.end_run()


def _as_it_is(ended: RunEnded) -> RunEnded:
    return ended


def _dialogs(driver: Driver, evil: str) -> dict[str, Screen[Any]]:
    """Every dialog that shows words from outside."""
    journey = driver.journey
    assert journey is not None
    diagnosis = Diagnosis(evil, evil, evil, (evil,), (Who.ADMIN,), next(iter(Retry)), (), evil)
    return {
        "details": Reader(*details_of(journey.view(), "tenant.exists"), copied=evil),
        "a failure": Details(
            CSP, evil, answer_of_check(journey.view(), evil_finding("tenant.exists", evil)), lambda _step: True
        ),
        "an error explained": Details(CSP, evil, answer_of(CSP, diagnosis, {evil: evil}, (evil,)), lambda _step: True),
        "an error to explain": ExplainDialog(CSP, driver.session.clock.now, {evil: evil}, lambda _step: True),
        "a message": Reader(evil, evil, copied=evil),
        "a choice": Choice(evil, {"one": evil, "two": evil}, "one"),
        "a question": Confirm(evil, evil, yes=evil, no=evil),
        "a line": LineDialog(evil, evil, evil, evil, lambda _line: evil),
        "a QR code": QrDialog("https://login.microsoftonline.com/", evil),
    }


async def _on_a_terminal(pilot: Pilot[Any], kept: Path) -> None:
    app = pilot.app
    assert isinstance(app, WizardApp)
    session = app.shell.controller.session
    assert isinstance(session, StubSession)
    while app.screen is not app.shell or not app.shell.is_mounted:
        await pilot.pause(0.02)
    driver = Driver(app, pilot, session)
    with kept.open("w", encoding="utf-8") as found:
        for number, evil in enumerate(groups()):
            async for page in tour(driver, evil):
                await pilot.pause()
                found.writelines(f"group {number}, {page}: {fault}\n" for fault in faults(driver))
    app.exit(0, return_code=0)


def main() -> int:
    """Make the tour with every group of strings; write what is unclean into the file that is named."""
    kept = Path(sys.argv[1])
    settling.install()
    app = WizardApp(lambda: Launch(StubSession(checks_machine=True), FILLED))
    app.run(auto_pilot=partial(_on_a_terminal, kept=kept))
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
