"""What ends a token, and what a renewal says then: the clock is moved, and the tenant changes afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.harness import in_world
from tests.jobs.renewals import DAY, DUE, enabled, newest, redeems, renew
from tests.rehearsals.stored_journeys import Stored, stored
from tests.sampling import every
from wizard.rehearsal import load_scene
from wizard.rehearsal.choices import Home
from wizard.rehearsal.world import ClientSecret


@pytest.mark.parametrize(
    ("days", "code", "state"),
    [(1, "", "not_due"), (29, "", "renewed"), (89, "", "renewed"), (90, "AADSTS700082", ""), (91, "AADSTS700082", "")],
)
def test_after_so_many_idle_days(
    days: float, code: str, state: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(days * DAY)

        came = renew(journey)

        assert came.state == (state or "stopped")
        assert came.exit == (1 if code else 0)
        assert came.failed == ({"store.redeems": code} if code else {})
        if code:
            assert any("Sign in again" in act for act in came.findings["store.redeems"].actions)
            assert (came.changes, len(enabled(journey))) == ([], 1)


def policy(**changes: Any) -> Callable[[Stored], None]:
    return lambda journey: journey.in_world(policy=replace(journey.cloud.state.world.policy, **changes))


def account(**changes: Any) -> Callable[[Stored], None]:
    """Change the integration user's account, or what Graph tells of it."""

    def change(journey: Stored) -> None:
        people = dict(journey.cloud.state.world.people)
        person = people["integration"]
        graph = {name: value for name, value in changes.items() if name in {"enabled", "deleted"}}
        rest = {name: value for name, value in changes.items() if name not in graph}
        people["integration"] = replace(person, graph=replace(person.graph, **graph), **rest)
        journey.in_world(people=people)

    return change


def partner_center_from_the_next_call_but_one(journey: Stored) -> None:
    state = journey.cloud.state
    view = replace(state.world.partner_center, enforced_after=state.calls_of_users + 1)
    journey.in_world(partner_center=view)
    journey.cloud.clock.advance(DUE)
    assert renew(journey).state == "renewed", "the first call is answered"


AFTERWARDS: dict[str, tuple[Callable[[Stored], None], str, str]] = {
    "a block of device codes": (policy(device_code_blocked_on_refresh=True), "store.redeems", "AADSTS530036"),
    "security defaults": (
        policy(security_defaults=True, security_defaults_on_refresh=True),
        "store.redeems",
        "AADSTS530035",
    ),
    "MFA remembered for a week": (policy(remember_mfa_days=7), "store.redeems", "AADSTS50078"),
    "an account that is disabled": (account(enabled=False), "store.redeems", "AADSTS50057"),
    "an account that is deleted": (account(deleted=True), "store.redeems", "AADSTS50034"),
    "an account that is a guest": (account(home=Home.FABRIKAM), "user.account", ""),
    "Partner Center, at its second call": (partner_center_from_the_next_call_but_one, "store.partner_center", "900421"),
}


@pytest.mark.parametrize("what", every(2, AFTERWARDS))
def test_what_comes_afterwards_ends_in_its_finding_and_changes_nothing(
    what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    change, check, code = AFTERWARDS[what]
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        change(journey)
        journey.cloud.clock.advance(DUE)
        left = enabled(journey)

        came = renew(journey)

        assert came.exit == 1
        assert came.failed == {check: code}
        assert came.findings[check].actions
        assert (came.changes, enabled(journey), came.state) == ([], left, "stopped")


def test_security_defaults_that_look_at_no_flow_end_no_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        policy(security_defaults=True)(journey)
        journey.cloud.clock.advance(DUE)

        assert renew(journey).state == "renewed", "whether they do is not known"


def test_mfa_that_is_remembered_for_30_days_ends_a_token_that_is_renewed_each_week(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        policy(remember_mfa_days=30)(journey)
        for _ in range(3):
            journey.cloud.clock.advance(DUE)
            assert renew(journey).state == "renewed"
        journey.cloud.clock.advance(DUE)

        assert renew(journey).failed == {"store.redeems": "AADSTS50078"}


def test_a_secret_whose_end_is_passed_is_named_and_the_token_is_not_to_blame(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scene = load_scene("all-holds-secret")
    short = ClientSecret("client-secret", "77777777-1111-4111-8111-000000000001", expires_in_days=7)
    with stored(in_world(scene, app=replace(scene.world.app, secrets=(short,))), monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(DUE)

        came = renew(journey, journey.at_hand)

        assert (came.exit, came.failed) == (1, {"app.credential": "AADSTS7000222"})
        assert "store.redeems" not in came.findings
        assert not any("Sign in again" in act for act in came.findings["app.credential"].actions)


@pytest.mark.parametrize(
    ("days", "each"),
    [(90, 3), pytest.param(364, 1, marks=pytest.mark.system)],
    # The secret of the identity that opens the vault ends after 365 days.
    ids=["a quarter, every third day", "a year, daily"],
)
def test_daily_jobs_leave_the_versions_that_the_rule_says_and_no_gap(
    days: int, each: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        for _ in range(days // each):
            journey.cloud.clock.advance(each * DAY)
            came = renew(journey)

            assert came.exit == 0
            assert redeems(journey)
            assert newest(journey)["version"] == journey.saved.facts.secret_version
        interval = -(-7 // each) * each

        assert len(journey.versions()) == 1 + days // interval
        assert len(enabled(journey)) == 2
