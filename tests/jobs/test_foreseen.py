"""The end of a token is told before: at Done, by check and by renew, with its day and its cause."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import in_world
from tests.jobs.renewals import DAY, renew
from tests.rehearsals.stored_journeys import stored
from wizard.core.findings import Outcome
from wizard.journeys.standing import entry_of
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import PolicyState
from wizard.rehearsal.sign_in_policies import ConditionalAccess

MANAGED = ConditionalAccess(
    "Microsoft-managed: Block device code flow",
    PolicyState.REPORT_ONLY,
    blocks_device_code=True,
    created="2026-11-20T08:00:00Z",
)


def reading_policies(**policy: object) -> Scene:
    """A scene whose operator reads the tenant's rules."""
    scene = load_scene("all-holds-public")
    world = scene.world
    seen = in_world(
        scene,
        operator=replace(world.operator, reads_policies=True),
        policy=replace(world.policy, **policy),  # type: ignore[arg-type]
    )
    return replace(seen, answers={**seen.answers, "graph": {"identity": "environment"}})


def test_mfa_that_is_remembered_is_told_at_the_sign_in_in_status_and_by_renew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored(reading_policies(remember_mfa_days=30), monkeypatch, tmp_path) as journey:
        entry = entry_of(str(journey.path), "contoso")
        assert entry
        assert entry.expires_why == "MFA is remembered for 30 days"
        journey.cloud.clock.advance(DAY)

        came = renew(journey)

        assert came.summary["expires"] == {"at": entry.expires_at, "why": entry.expires_why}
        assert came.findings["renew.ends"].outcome is Outcome.WARNS
        assert came.findings["renew.ends"].evidence["ends_at"] == entry.expires_at
        assert (came.exit, came.state) == (0, "not_due"), "it is told before, and ends nothing"
        journey.cloud.clock.advance(8 * DAY)
        assert renew(journey).summary["expires"]["at"] == entry.expires_at, "a renewal does not move it"


def test_a_policy_that_comes_later_is_told_by_check_with_the_day_on_which_it_may_be_switched_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored(reading_policies(), monkeypatch, tmp_path) as journey:
        assert journey.check().findings["user.way"].outcome is Outcome.HOLDS
        policy = journey.cloud.state.world.policy
        journey.in_world(policy=replace(policy, conditional_access=(MANAGED,)))

        checked = journey.check()

        found = checked.findings["user.way"]
        assert found.outcome is Outcome.WARNS
        assert "From 2027-01-04 on Microsoft may switch on the policy" in found.message
        assert checked.exit == 0, "the token still works"
        summary = json.loads(journey.check(as_json=True).text.splitlines()[-1])
        assert summary["expires"]["at"] == "2027-01-04T08:00:00Z"
        assert any(line.startswith("From 2027-01-04 on") for line in summary["expires_when"])


def test_without_a_graph_identity_no_rule_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        assert journey.check().not_asked["user.way"] == "nobody signs in here"
