"""Every scene ends on the screens as its table says, walked with the keys an operator would press."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import pytest
from textual.pilot import Pilot

from screens.app import WizardApp
from screens.launch import Launch
from tests.sampling import every
from tests.screens.driving import screen_text, wait_for
from wizard.commands.rehearse import PacedClock, let_people_paste
from wizard.core.findings import Finding
from wizard.core.inbox import AlreadyGranted, Purpose
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.journey import Journey
from wizard.plain.answers_file import read_answers
from wizard.rehearsal import RehearsalClock, RehearsalCloud, load_scene, scene_names

KEPT_SIZES = {"vault-forbidden": (120, 40), "consent-declined": (200, 60), "all-holds-secret": (120, 40)}
"""Most scenes are walked at 80×24; these at other sizes."""
WALKED = (
    "all-holds-secret", "all-holds-public", "consent-declined", "tls-inspected", "client-type-7000218",
    "unknown-tenant", "vault-fails-late", "wrong-secret", "wrong-account", "no-consent", "sign-in-without-mfa",
    "vault-forbidden", "vendor-all-holds", "referrals-admin", "app-only",
)  # fmt: skip
"""One of each ending and kind; the others are walked by `make soak`, and played without screens by `make test`."""


def watching(cloud: RehearsalCloud, asked_for: list[object]) -> Callable[[Mapping[str, object]], None]:
    def watch(event: Mapping[str, object]) -> None:
        asked_for.append(event["type"])
        cloud.people.on_event(event)

    return watch


@contextmanager
def rehearsing(
    name: str, monkeypatch: pytest.MonkeyPatch, asked_for: list[object] | None = None
) -> Iterator[tuple[RehearsalCloud, WizardApp]]:
    clock = RehearsalClock()
    with RehearsalCloud(load_scene(name), clock=clock) as cloud:
        for variable, value in cloud.environment.items():
            monkeypatch.setenv(variable, value)
        session = Session(
            read_cloud_file(cloud.cloud_file),
            clock=PacedClock(clock),
            file=JourneyFile(cloud.folder / "state" / "journey.json"),
        )
        let_people_paste(cloud, session)
        answers, _ = read_answers(cloud.answers_file, os.environ)
        launch = Launch(session, answers, watch=watching(cloud, [] if asked_for is None else asked_for))
        yield cloud, WizardApp(lambda: launch)


def saying_granted(cloud: RehearsalCloud, app: WizardApp) -> None:
    """The operator says that consent is granted as soon as the address is there, although nobody consented."""

    def watch(event: Mapping[str, object]) -> None:
        if event["type"] == "consent_link" and app.shell.controller._journey:
            app.shell.controller._journey.submit(Purpose.CONSENT, AlreadyGranted())
        cloud.people.on_event(event)

    app.shell.controller._watch = watch


async def begin(pilot: Pilot[int], app: WizardApp) -> Journey:
    await pilot.press("enter")
    await wait_for(pilot, lambda: app.shell.controller._journey is not None, "the journey is open")
    await wait_for(pilot, lambda: not app.shell.controller.running_step, "what is checked by itself has ended")
    await pilot.pause()
    assert app.shell.controller._journey is not None
    return app.shell.controller._journey


async def run_shown_step(pilot: Pilot[int], app: WizardApp) -> None:
    await pilot.press("f5")
    await pilot.pause()
    await wait_for(pilot, lambda: not app.shell.controller.running_step, "the checks have ended")
    await pilot.pause()


def shows(app: WizardApp, page: str) -> bool:
    return app.shell.page.page_id == page


async def walk(pilot: Pilot[int], app: WizardApp) -> Finding | None:
    """Press on until a gate stays closed, or to the last page; gives what closed the gate."""
    journey = await begin(pilot, app)
    if journey.state("start") not in PASSABLE:
        return journey.blocking("start")
    if shows(app, "start"):  # there is something to read
        await pilot.press("f6")
    for step in [each for each in journey.profile.steps[1:] if not each.not_needed]:
        await wait_for(pilot, partial(shows, app, step.id), f"step {step.id} is shown")
        await run_shown_step(pilot, app)
        if journey.state(step.id) not in PASSABLE:
            return journey.blocking(step.id)
        await pilot.press("f6")
    await wait_for(pilot, lambda: app.shell.page.page_id == "done", "the last page is shown")
    return None


@pytest.mark.parametrize(
    "name",
    [
        *every(3, WALKED),
        *(pytest.param(name, marks=pytest.mark.soak) for name in scene_names() if name not in WALKED),
    ],
)
async def test_scene_ends_on_the_screens_as_its_table_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = load_scene(name).expected
    with rehearsing(name, monkeypatch) as (cloud, app):
        async with app.run_test(size=KEPT_SIZES.get(name, (80, 24))) as pilot:
            if name == "no-consent":
                saying_granted(cloud, app)
            blocking = await walk(pilot, app)
            shown = screen_text(app)
            journey = app.shell.controller._journey
            assert journey is not None
            for check, outcome in () if blocking else expected.other_findings:
                assert journey.findings[check].outcome.value == outcome
            await pilot.press("ctrl+q")
            await pilot.pause()
            if app.is_running and journey.onboarding.memory.sign_in.tokens is not None and not journey.is_proven:
                await pilot.press("right", "enter")
        found = (blocking.check, blocking.outcome.value, blocking.code) if blocking else None
        assert found == ((expected.check, expected.outcome, expected.code) if expected.exit_code else None), shown
        assert app.return_code == expected.exit_code
        assert cloud.refused_hosts == []


async def test_a_failure_shows_what_came_back_what_to_do_and_who_can(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing("app-not-here", monkeypatch) as (_cloud, app):
        async with app.run_test(size=(120, 40)) as pilot:
            blocking = await walk(pilot, app)
            shown = " ".join(screen_text(app).replace("▕", " ").split())

    assert blocking is not None
    assert "AADSTS700016" in shown
    assert blocking.remedy.split(".")[0][:30] in shown
    assert "Check again" in shown


@pytest.mark.system
async def test_a_vault_that_fails_late_is_mended_without_a_second_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsing("vault-fails-late", monkeypatch) as (cloud, app):
        async with app.run_test(size=(80, 24)) as pilot:
            blocking = await walk(pilot, app)
            assert blocking is not None
            assert blocking.check == "store.written"
            cloud.repair()
            await run_shown_step(pilot, app)
            journey = app.shell.controller._journey
            assert journey is not None
            assert journey.is_proven
        codes = [each for each in cloud.log if each.path.endswith("/devicecode")]
        assert len(codes) == 2, "one to see whether the app is known, one to sign in"
        assert len(cloud.vault.versions("partner-center-refresh-token")) == 1


@pytest.mark.system
async def test_an_unfinished_journey_is_offered_and_goes_on_without_asking_for_consent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked_for: list[object] = []
    with rehearsing("all-holds-public", monkeypatch, asked_for) as (cloud, first):
        async with first.run_test(size=(80, 24)) as pilot:
            journey = await begin(pilot, first)
            for _ in ("tenant", "app", "consent"):
                await run_shown_step(pilot, first)
                await pilot.press("f6")
                await pilot.pause()
            assert journey.open_step.id == "user"
        kept = first.shell.controller
        session = Session(kept.session.clouds, clock=kept.session.clock, file=kept.session.file)
        launch = Launch(session, kept.defaults, watch=watching(cloud, asked_for))
        second = WizardApp(lambda: launch)
        async with second.run_test(size=(80, 24)) as pilot:
            await wait_for(pilot, lambda: "step 4" in screen_text(second), "where it goes on is said")
            await pilot.press("enter")
            await wait_for(pilot, lambda: second.shell.page.page_id == "user", "step 4 is shown")
            await run_shown_step(pilot, second)
            await pilot.press("f6")
            await pilot.pause()
            await run_shown_step(pilot, second)
            assert second.shell.controller._journey is not None
            assert second.shell.controller._journey.is_proven
        assert asked_for == ["consent_link", "sign_in"]
