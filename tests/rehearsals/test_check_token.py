"""`partner-wizard check` of a stored token: its age, its revocation, its account, its MFA and its consent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import SECRET_NAME, in_world
from tests.rehearsals.stored_journeys import CLIENT, DAY, OURS, stored
from wizard.core.findings import Outcome, Who
from wizard.rehearsal import load_scene
from wizard.rehearsal.choices import MfaHeader
from wizard.rehearsal.sign_in_rules import new_session


def test_a_token_that_nobody_has_renewed_for_90_days_is_dead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(91 * DAY)

        checked = journey.check()

        assert checked.exit == 1
        assert checked.failed() == {"store.redeems": "AADSTS700082"}
        assert checked.findings["store.read_back"].outcome is Outcome.WARNS
        assert "run --restart" in checked.findings["store.redeems"].remedy
        assert checked.findings["store.redeems"].ids.correlation_id
        assert checked.not_asked["user.mfa"] == "store.redeems comes first"
        assert "ends: " not in checked.text, "an expired token has no end to name"


def test_a_token_that_nears_its_end_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(61 * DAY)

        checked = journey.check()

        assert checked.exit == 0
        assert checked.findings["store.read_back"].outcome is Outcome.WARNS
        assert "Nobody has written a renewed token" in checked.findings["store.read_back"].message


def test_a_revoked_token_is_told_with_the_services_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.state.refresh_tokens.clear()

        checked = journey.check()

        assert list(checked.failed()) == ["store.redeems"]
        assert checked.failed()["store.redeems"].startswith("AADSTS")


def test_a_policy_against_device_code_switched_on_later_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        policy = journey.cloud.state.world.policy
        journey.in_world(policy=replace(policy, device_code_blocked_on_refresh=True))

        checked = journey.check()

        assert (checked.exit, checked.failed()) == (1, {"store.redeems": "AADSTS530036"})
        assert Who.ADMIN in checked.findings["store.redeems"].who


def test_mfa_that_counts_no_more_and_a_lost_role_are_both_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One failure does not end the run."""
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        world = journey.cloud.state.world
        people = dict(world.people) | {"integration": replace(world.people["integration"], admin_agent=False)}
        view = replace(world.partner_center, mfa_header=MfaHeader.FALSE)
        journey.in_world(people=people, partner_center=view)

        checked = journey.check()

        assert checked.exit == 1
        assert set(checked.failed()) == {"user.admin_agent", "store.mfa_compliant"}
        assert "run --restart" in checked.findings["store.mfa_compliant"].remedy


def test_another_account_s_token_is_told_and_the_next_checks_still_have_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        state = journey.cloud.state
        session = new_session(state, state.person("adele"), CLIENT, True, "device_code")
        session.amr = ("pwd",)
        journey.cloud.vault.add_aged_version(SECRET_NAME, state.new_refresh_token(session), 0, True, OURS)

        checked = journey.check()

        assert set(checked.failed()) == {"user.account", "user.mfa", "store.mfa_compliant"}
        assert "adele@contoso.com's; partner-integration@contoso.com was expected" in checked.text
        assert checked.findings["store.partner_center"].outcome is Outcome.HOLDS


@pytest.mark.parametrize("readable", [True, False], ids=["read in Graph", "seen by the token"])
def test_consent_that_was_withdrawn_is_told(readable: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scene = load_scene("all-holds-secret")
    app = replace(scene.world.app, graph_roles=readable)
    with stored(in_world(scene, app=app), monkeypatch, tmp_path) as journey:
        journey.cloud.state.grants.clear()
        since = journey.cloud.clock.now()

        checked = journey.check(journey.at_hand)

        expected = {"consent.granted": "", "consent.permissions": "", "store.redeems": "AADSTS65001"}
        assert checked.failed() == (expected if readable else {"store.redeems": "AADSTS65001"})
        assert (journey.cloud.clock.now() - since).total_seconds() < 60, "a grant that is gone is not waited for"
