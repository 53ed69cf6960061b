"""A profile of made-up steps goes all the way: nothing above the steps knows those of today by name."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from screens.pages.step_page import StepPage
from tests.in_process import call_cli
from tests.screens.driving import wizard
from tests.screens.stubs import StubSession
from wizard.commands.context import EXIT_CODES
from wizard.core.answers import Answers, Field
from wizard.core.errors import BadInput
from wizard.core.findings import Finding
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.onboarding.finding_builders import could_not_tell, fails, holds
from wizard.onboarding.health import HealthCheck
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.profile import CSP, PROFILES, Profile
from wizard.onboarding.step import Check, Step
from wizard.plain.line_writer import LineWriter
from wizard.plain.runner import run_journey
from wizard.reporting.bundle import bundle_files
from wizard.reporting.journey_report import as_markdown

ANSWERS = Answers(profile="harbour", tenant="contoso.com")


def tide(onboarding: Onboarding) -> Finding:
    onboarding.learn(app_name="high water")
    return could_not_tell("The tide is not known before a ship lies at the quay.")


def quay(onboarding: Onboarding) -> Finding:
    onboarding.learn(user_name="the harbour master")
    return holds(f"A ship of {onboarding.answers.tenant} lies at the quay.")


LOOK = Step(
    "lookout",
    "Lookout",
    "Lookout",
    "Somebody looks at the sea.",
    fields=(),
    checks=(
        Check(
            "lookout.weather",
            "The weather is fair",
            "The weather is foul",
            "Sea",
            lambda _onboarding: holds("It is fair."),
        ),
        Check("lookout.tide", "The tide is high", "The tide is low", "Sea", tide, settled_by="berth.quay"),
    ),
    facts=("app_name",),
    is_anonymous=True,
    success_summary="the sea is calm",
)
BERTH = Step(
    "berth",
    "Berth",
    "Berth",
    "A ship comes in.",
    fields=(Field("tenant", "Ship", "Whose ship it is.", unproves=("berth",)),),
    checks=(Check("berth.quay", "A ship lies at the quay", "No ship lies at the quay", "Quay", quay),),
    facts=("user_name",),
    run_label="Let it in",
    success_summary="the ship is in",
)
HARBOUR = Profile(replace(CSP.spec, name="harbour"), (LOOK, BERTH))
WITH_HARBOUR = {**PROFILES, "harbour": HARBOUR}


def played(session: Session, answers: Answers = ANSWERS) -> tuple[int, str, str]:
    """Exit code, findings in JSON Lines and what was said to a person."""
    out, err = io.StringIO(), io.StringIO()
    code = EXIT_CODES[run_journey(session, answers, LineWriter(out, err, as_json=True))]
    return code, out.getvalue(), err.getvalue()


def test_it_runs_unattended_and_is_saved_and_gone_on_with(tmp_path: Path) -> None:
    file = JourneyFile(tmp_path / "journey.json")

    code, out, _ = played(Session(profiles=WITH_HARBOUR, file=file))

    *found, summary = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [each["check"] for each in found] == ["lookout.weather", "lookout.tide", "berth.quay"]
    assert summary["outcome"] == "proven"
    assert summary["steps"] == {"lookout": "proven", "berth": "proven"}
    assert "Already proven" in played(Session(profiles=WITH_HARBOUR, file=file))[2]


def test_it_is_reported_checked_and_bundled(tmp_path: Path) -> None:
    session = Session(profiles=WITH_HARBOUR, file=JourneyFile(tmp_path / "journey.json"))
    played(session)
    journey, saved = session.open_journey, session.saved()
    assert journey is not None
    assert saved is not None

    assert "settled later: The tide is high (`lookout.tide`)" in as_markdown(journey.view(), "now")
    assert bundle_files(journey, now=session.clock.now(), environ={})["README.md"]
    health = HealthCheck(session.load(saved))
    health.run_checks()
    assert health.outcome == "proven"
    assert health.states == {"lookout": "proven", "berth": "proven"}


def test_its_gate_closes_and_what_a_step_has_learnt_goes_with_it() -> None:
    session = Session(profiles=WITH_HARBOUR)
    journey = session.begin(ANSWERS, lambda _event: None)
    journey.run("lookout")
    journey.run("berth")
    assert journey.is_proven

    assert journey.change("tenant", "fabrikam.com") == ("berth.quay",)
    assert (journey.onboarding.facts.app_name, journey.onboarding.facts.user_name) == ("high water", "")
    journey.forget_sign_in()  # nobody signs in: nothing is lost by it
    assert journey.is_passed("lookout")

    storm = replace(LOOK.checks[0], run=lambda _onboarding: fails("It blows.", "Wait."))
    journey.profile = replace(HARBOUR, steps=(replace(LOOK, checks=(storm, *LOOK.checks[1:])), BERTH))
    journey.run("lookout")
    lock = journey.lock("berth")
    assert lock is not None
    assert lock.check == "lookout.weather"


def test_what_it_lacks_is_named() -> None:
    with pytest.raises(BadInput) as mistake:
        played(Session(profiles=WITH_HARBOUR), Answers(profile="harbour"))

    assert mistake.value.field == "tenant"


async def test_it_is_walked_through_on_the_screen() -> None:
    session = StubSession(profiles=WITH_HARBOUR, checks_machine=True)
    async with wizard(ANSWERS, session=session) as driver:
        await driver.press("enter")
        await driver.until_text("1 of 2 checks passed, ◐ 1 to confirm in step 1")
        await driver.press("f6")
        page = driver.shell.page
        assert isinstance(page, StepPage)
        assert page.check_label == "Let it in"
        assert "1 of 1" in driver.text
        await driver.check()
        await driver.until_text("The ship is in. Next shows all that was proven.")
        await driver.press("f6")
        await driver.until_text("Berth: proven, 1 check asked")
        assert "Lookout" in driver.rail


def test_a_profile_that_is_not_there_is_refused_and_those_that_are_there_named() -> None:
    with pytest.raises(BadInput, match=r'expected "csp" or .*"harbour"'):
        Session(profiles=WITH_HARBOUR).begin(replace(ANSWERS, profile="lighthouse"), lambda _event: None)


@pytest.mark.parametrize("command", [("run", "--restart"), ("check",)])
def test_nor_does_a_command_take_it_from_an_answers_file(command: tuple[str, ...], tmp_path: Path) -> None:
    file, answers = JourneyFile(tmp_path / "state" / "journey.json"), tmp_path / "answers.toml"
    answers.write_text('profile = "lighthouse"\nassociated = true\n', encoding="utf-8")
    journey = Session(file=file).begin(Answers(tenant="contoso.com"), lambda _event: None)
    journey.save(journey)

    ended = call_cli(*command, "--answers", str(answers), "--journey", str(file.path))

    assert ended.returncode == 2
    assert 'profile: expected "csp"' in ended.stderr
    assert file.read() is not None  # nothing was given up for it


def test_each_profile_is_found_by_its_name_and_its_checks_by_their_step() -> None:
    assert list(PROFILES) == ["csp", "cpv", "referrals", "app-only"]
    for profile in PROFILES.values():
        assert all(profile.step_of(check.id).checks.count(check) == 1 for check in profile.checks.values())


def test_a_check_that_there_is_no_more_is_dropped_from_what_was_saved(tmp_path: Path) -> None:
    file = JourneyFile(tmp_path / "journey.json")
    played(Session(profiles=WITH_HARBOUR, file=file))
    shorter = replace(
        HARBOUR, steps=(LOOK, replace(BERTH, checks=(Check("berth.rope", "It is tied", "It is adrift", "Quay", quay),)))
    )
    session = Session(profiles={"harbour": shorter}, file=file)
    saved = session.saved()
    assert saved is not None

    journey = session.resume(saved, lambda _event: None)

    assert set(journey.findings) == {"lookout.weather", "lookout.tide"}
    assert journey.open_step.id == "berth"
