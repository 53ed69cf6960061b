"""The fixes of a registration and its service principal: each from the finding that names it, each made and undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.fixes.fixable import fixable, writes
from tests.harness import Rehearsed, rehearsed, with_faults
from tests.sampling import every
from wizard.core.findings import Outcome
from wizard.core.fixes import ActionState, Fix
from wizard.microsoft.changes import Seen
from wizard.microsoft.partner_api import PARTNER_CENTER
from wizard.rehearsal import Scene
from wizard.rehearsal.choices import Service
from wizard.rehearsal.cloud_state import AppState
from wizard.rehearsal.world import Fault

RETIRED = "00000002-0000-0000-c000-000000000000"


@dataclass(frozen=True)
class Case:
    """What is wrong in the directory, and the fix that a check then offers.

    Args:
        check: offers it.
        path: of what it sends.
        seen: what the cloud holds afterwards.
        scene: on which it is.
        parts: of the world, in place of the scene's.
        answers: in place of the scene's.
    """

    check: str
    method: str
    path: str
    seen: Any
    scene: str = "all-holds-public"
    directory: tuple[tuple[str, Any], ...] = ()
    app: tuple[tuple[str, Any], ...] = ()
    answers: tuple[tuple[str, Any], ...] = ()
    is_off: bool = False


CASES = {
    "add-permissions": Case(
        "app.registration", "PATCH", "applications",
        lambda state: [each["resourceAppId"] for each in state.required][-1] == PARTNER_CENTER.app_id,
        app=(("requests", (Service.GRAPH,)),), directory=(("requests_retired_api", True),),
    ),
    "allow-public-client": Case(
        "app.public_client", "PATCH", "applications", lambda state: state.app.public_client,
        app=(("public_client", False),),
    ),
    "change-audience": Case(
        "app.registration", "PATCH", "applications", lambda state: state.audience == "AzureADMultipleOrgs",
        directory=(("audience", "AzureADandPersonalMicrosoftAccount"),),
    ),
    "enable-app": Case(
        "app.credential", "PATCH", "servicePrincipals", lambda state: state.is_enabled,
        scene="all-holds-secret", is_off=True,
    ),
    "assign-user": Case(
        "consent.principal", "POST", "appRoleAssignedTo", lambda state: len(state.assigned) == 1,
        directory=(("assignment_required", True),),
    ),
    "assign-group-cccccccc-0000-4000-8000-000000000001": Case(
        "consent.principal", "POST", "appRoleAssignedTo", lambda state: state.assigned[0]["principalType"] == "Group",
        directory=(("assignment_required", True),),
    ),
}  # fmt: skip


def scene_of(case: Case) -> Scene:
    """Return the scene in which it is wrong, and may be put right."""
    scene = fixable(case.scene)
    world = scene.world
    app, directory = replace(world.app, **dict(case.app)), replace(world.directory, **dict(case.directory))
    operator = replace(world.operator, reads_people=True)
    return replace(scene, world=replace(world, app=app, directory=directory, operator=operator))


def app_of(played: Rehearsed) -> AppState:
    """Return the app as the cloud has it."""
    return played.cloud.state.apps[played.journey.onboarding.answers.client_id]


@contextmanager
def offering(name: str, monkeypatch: pytest.MonkeyPatch, *faults: Fault) -> Iterator[tuple[Rehearsed, Fix]]:
    """Yield a journey that has run until something stops it or nothing does, with the fix that is to be made."""
    case = CASES[name]
    with rehearsed(with_faults(scene_of(case), *faults), monkeypatch) as played:
        played.journey.change("graph_identity", "environment")
        app_of(played).is_enabled = not case.is_off
        played.run()
        offered = played.journey.findings[case.check].fixes
        yield played, next(each for each in offered if each.name == name)


@pytest.mark.parametrize("name", CASES)
def test_it_is_made_and_the_check_no_longer_offers_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    case = CASES[name]
    with offering(name, monkeypatch) as (played, fix):
        assert writes(played) == [], "nothing leaves before a confirmation"
        ((method, path),) = [(each.method, each.path) for each in fix.requests]
        assert (method, case.path in path) == (case.method, True)
        assert fix.command.startswith("az ")

        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        assert case.seen(app_of(played))
        assert [each.name for each in played.journey.findings[case.check].fixes if each.name == name] == []
        played.run()
        assert played.journey.is_proven, played.journey.findings


@pytest.mark.parametrize("name", every(2, CASES))
def test_made_again_it_changes_nothing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with offering(name, monkeypatch) as (played, fix):
        played.journey.make_fix(fix)
        again = played.journey.make_fix(fix)

        assert again.is_made
        assert {each.state for each in again.actions} == {ActionState.NOT_NEEDED}


@pytest.mark.parametrize("name", every(2, CASES))
def test_a_refusal_names_the_permission_and_changes_nothing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with offering(name, monkeypatch) as (played, fix):
        world = played.cloud.state.world
        policy = replace(world.policy, changes_refused="Insufficient privileges to complete the operation.")
        played.cloud.state.world = replace(world, policy=policy)

        result = played.journey.make_fix(fix)

        assert not result.is_made
        assert f"it takes {fix.permissions[0]}" in result.message
        assert [each.state for each in result.actions] == [ActionState.REFUSED]


@pytest.mark.parametrize("name", ["add-permissions", "allow-public-client", "change-audience", "enable-app"])
def test_what_somebody_else_has_changed_is_not_overwritten(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    other: dict[str, dict[str, object]] = {
        "add-permissions": {"required": ({"resourceAppId": RETIRED, "resourceAccess": []},)},
        "change-audience": {"audience": "AzureADMyOrg"},
    }
    with offering(name, monkeypatch) as (played, fix):
        state = app_of(played)
        for member, value in other.get(name, {}).items():
            setattr(state, member, value)
        if name not in other:
            path = fix.requests[0].path
            body: dict[str, dict[str, object]] = {
                "enable-app": {"accountEnabled": None},
                "allow-public-client": {"isFallbackPublicClient": "odd"},
            }
            changes = played.journey.onboarding.services.changes
            monkeypatch.setattr(changes, "read", lambda _host, at, *_more: Seen(body[name] if path in at else None))

        result = played.journey.make_fix(fix)

        assert not result.is_made
        assert [each.state for each in result.actions] == [ActionState.CHANGED_BEFORE]
        assert writes(played) == []


def test_permissions_that_are_asked_for_stay_a_retired_api_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with offering("add-permissions", monkeypatch) as (played, fix):
        body = fix.requests[0].body
        assert body is not None
        asked = json.loads(json.dumps(body))["requiredResourceAccess"]
        before = fix.requests[0].precondition
        assert before is not None
        assert asked[: len(asked) - 1] == before.values["requiredResourceAccess"]
        assert RETIRED in {each["resourceAppId"] for each in asked}
        assert played.journey.findings["app.registration"].outcome is Outcome.FAILS


def test_what_widens_or_lifts_a_ban_needs_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = {}
    for name in CASES:
        with offering(name, monkeypatch) as (_played, fix):
            needs[name.partition("-cccc")[0]] = fix.widens
    assert needs == {
        "add-permissions": False,
        "allow-public-client": True,
        "change-audience": False,
        "enable-app": True,
        "assign-user": True,
        "assign-group": True,
    }


def test_a_fix_of_a_warning_that_was_cut_off_opens_its_step_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check keeps nothing closed: without that nobody would ask it, or offer the fix, at the next start."""
    with offering("change-audience", monkeypatch) as (played, fix):
        journey = played.journey
        journey.make_fix(fix)
        journey.onboarding.memory.actions.pop()  # that the check was asked again
        assert journey.is_proven

        left = journey.settle_interrupted_fix()

        assert left is not None
        assert (left.check, journey.open_step.id) == ("app.registration", "app")
