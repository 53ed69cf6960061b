"""A scene can be entered at a step: what comes before it is asked of the cloud, and passed."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator

import pytest

from tests.in_process import call_cli
from tests.rehearsals.scene_runs import run_scene
from tests.sampling import sample
from wizard.commands.rehearse import Rehearsal
from wizard.commands.scene_play import OWN_STEP, step_to_enter
from wizard.core.errors import BadInput
from wizard.core.events import CheckStarted
from wizard.onboarding.gate import PASSABLE
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import CSP, PROFILES
from wizard.rehearsal import load_scene, scene_names

SCENES = [load_scene(name) for name in scene_names()]
FAILING_LATE = [scene.name for scene in SCENES if scene.expected.exit_code and scene.check.split(".")[0] != "start"]


@pytest.fixture
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    options = argparse.Namespace(
        production_names=False, by_hand=False, port=None, scene="sign-in-without-mfa", at_step=OWN_STEP
    )
    with Rehearsal(options) as opened:
        yield opened


def passed(journey: Journey) -> list[str]:
    return [step.id for step in CSP.steps if journey.state(step.id) in PASSABLE]


@pytest.mark.parametrize("name", sample(4, FAILING_LATE))
def test_a_scene_entered_at_its_step_fails_and_ends_as_from_the_beginning(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = load_scene(name)
    assert scene.repair is not None
    profile = PROFILES[str(scene.answers.get("profile", "csp"))]
    step = profile.step_of(scene.check)

    played = run_scene(name, monkeypatch, repaired=True, at_step=OWN_STEP)

    assert played.failed_with is not None
    assert (played.failed_with.check, played.failed_with.code) == (scene.expected.check, scene.expected.code)
    assert played.exit == 0
    assert f"Begun at step {profile.number_of(step.id)}, {step.title}" in played.text
    asked = [event.check for event in played.events_before_repair if isinstance(event, CheckStarted)]
    assert {check.partition(".")[0] for check in asked} == {step.id}, "the checks before are passed without a word"


def test_a_step_is_named_by_number_id_or_title() -> None:
    for wanted in ("4", "user", CSP.steps[4].title, CSP.steps[4].title.upper()):
        assert step_to_enter(CSP, wanted, "") is CSP.steps[4]


def test_a_scene_about_no_step_is_entered_at_its_first() -> None:
    assert step_to_enter(CSP, OWN_STEP, "") is CSP.steps[0]


def test_an_unknown_step_is_refused_with_those_that_there_are() -> None:
    ended = call_cli("rehearse", "wrong-secret", "--unattended", "--at-step", "9")

    assert ended.returncode == 2
    assert "expected a step, by number or name: 0 start, 1 tenant" in ended.stderr


def test_a_scene_is_not_entered_behind_the_step_that_it_stops_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="stops before that: at step 2, app"):
        run_scene("wrong-secret", monkeypatch, at_step="user")


def test_nobody_is_on_the_way_to_a_step_by_hand() -> None:
    ended = call_cli("rehearse", "wrong-secret", "--unattended", "--by-hand", "--at-step", "2")

    assert ended.returncode == 2
    assert "--by-hand" in ended.stderr


def test_the_screens_get_a_journey_that_stands_at_the_step(rehearsal: Rehearsal) -> None:
    launch = rehearsal.start_as_asked()

    assert launch.journey is not None
    assert launch.journey is launch.session.open_journey
    assert passed(launch.journey) == ["start", "tenant", "app", "consent"]
    assert launch.journey.findings["tenant.exists"].outcome == "holds"


def test_another_scene_begins_at_the_beginning_unless_it_is_to_be_entered_at_its_step(rehearsal: Rehearsal) -> None:
    assert rehearsal.start("wrong-secret").journey is None

    entered = rehearsal.start("wrong-secret", at_its_step=True).journey
    assert entered is not None
    assert passed(entered) == ["start", "tenant"]


def test_the_screens_get_the_repair_of_a_scene_once(rehearsal: Rehearsal) -> None:
    launch = rehearsal.start("security-defaults")
    assert launch.repair is not None
    assert launch.repair.is_open

    first, second = launch.repair.apply(), launch.repair.apply()

    assert not launch.repair.is_open
    assert first.answers == second.answers == {"sign_in_flow": "browser"}
    assert first.says == "You chose the sign-in in a browser, which security defaults allow."
    assert rehearsal.start("all-holds-public").repair is None


def test_the_list_as_json_says_what_each_scene_is_about_and_how_it_ends() -> None:
    ended = call_cli("rehearse", "--list", "--json")
    listed = {scene["id"]: scene for scene in map(json.loads, ended.stdout.splitlines())}

    assert sorted(listed) == sorted(scene_names())
    for scene in SCENES:
        told = listed[scene.name]
        assert (told["title"], told["step"]) == (scene.title, scene.check.partition(".")[0])
        assert told["ends"]["exit_code"] == scene.expected.exit_code
        assert (told["repair"] is None) is (scene.repair is None)
    assert listed["security-defaults"]["repair"]["ends"] == "proven"


def test_unattended_a_repair_is_a_line_of_json_and_the_exit_code_is_that_of_the_end() -> None:
    ended = call_cli("rehearse", "unknown-tenant", "--unattended", "--repair", "--json")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]

    assert ended.returncode == 0
    repair = {"type": "repair", "who": "you", "says": "You corrected the domain: contoso.com."}
    assert [line for line in lines if line["type"] == "repair"] == [repair]
    assert lines[-1]["outcome"] == "proven"
