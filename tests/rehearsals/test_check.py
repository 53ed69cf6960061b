"""`partner-wizard check`: what is stored is asked again, by the same checks, without a person and without a trace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import SECRET_NAME, in_world
from tests.rehearsals.stored_journeys import DAY, stored
from tests.sampling import every
from wizard.core.events import DeviceCodePrompt
from wizard.core.findings import NotAsked, Outcome
from wizard.microsoft import host_probe, token_response
from wizard.onboarding.profile import CSP
from wizard.rehearsal import load_scene, scene_names
from wizard.rehearsal.world import ClientSecret

PROVEN = [name for name in scene_names() if load_scene(name).expected.exit_code == 0]
"""Scenes that end with a proven journey."""


@pytest.mark.parametrize("scene", every(4, PROVEN))
def test_a_proven_journey_still_holds_and_nothing_is_written_anywhere(
    scene: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored(scene, monkeypatch, tmp_path) as journey:
        kept, before = journey.path.read_bytes(), journey.versions()
        files = {path: path.stat().st_mtime_ns for path in journey.path.parent.iterdir()}
        dummies = journey.cloud.vault.versions(f"{SECRET_NAME}-write-check")

        checked = journey.check(journey.at_hand)

        assert checked.exit == 0, checked.text
        advisory = {check for check, outcome in load_scene(scene).expected.other_findings if outcome == "fails"}
        assert set(checked.failed()) == advisory
        assert checked.summary.startswith("proven: start proven, tenant proven, app proven, ")
        assert journey.path.read_bytes() == kept
        assert {path: path.stat().st_mtime_ns for path in journey.path.parent.iterdir()} == files
        assert journey.versions() == before
        assert journey.cloud.vault.versions(f"{SECRET_NAME}-write-check") == dummies
        written = [f"{each.method} {each.path}" for each in checked.requests if each.method not in ("GET", "HEAD")]
        assert {each for each in written if not each.endswith("/oauth2/v2.0/token")} == set()


def test_nobody_is_asked_for_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        checked = journey.check()

        assert not any(isinstance(event, DeviceCodePrompt) for event in checked.events)
        assert [each.path for each in checked.requests if "devicecode" in each.path or "consent" in each.path] == []
        read = [each.path for each in checked.requests if each.path == f"/secrets/{SECRET_NAME}"]
        assert len(read) == 1, "what is stored is read once for all its checks"


def test_every_check_is_asked_or_says_why_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        checked = journey.check()

        assert set(checked.findings) | set(checked.not_asked) == set(CSP.checks)
        assert set(checked.findings) & set(checked.not_asked) == set()
        assert all(checked.not_asked.values())


def test_a_journey_that_was_stopped_on_its_way_is_provisional(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        begun = {name: each for name, each in journey.saved.findings.items() if each.step in {"start", "tenant"}}

        checked = journey.check(replace(journey.saved, findings=begun, skipped={}))

        assert checked.exit == 1
        assert checked.summary.startswith("provisional: start proven, tenant ")
        assert "not done yet: App registration." in checked.text


def test_what_one_check_settles_by_another_still_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        read = token_response.read_access_claims
        monkeypatch.setattr(token_response, "read_access_claims", lambda token: replace(read(token), client_type=""))

        checked = journey.check()

        for told_by_none in ("app.public_client", "user.client_type"):
            assert checked.findings[told_by_none].outcome is Outcome.UNKNOWN
        assert checked.not_asked["user.redeems"] == "store.redeems covers it"
        assert checked.kinds["user.redeems"] is NotAsked.COVERED
        assert checked.exit == 0, checked.text
        assert checked.summary.startswith("proven: ")


@pytest.mark.parametrize("is_used", [True, False])
def test_a_clock_that_was_not_compared_is_proven_by_a_redemption_alone(
    is_used: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scene = "all-holds-public" if is_used else "all-holds-secret"
    with stored(scene, monkeypatch, tmp_path) as journey:
        monkeypatch.setattr(host_probe, "_date", lambda _header: None)

        checked = journey.check()  # without the client secret, which is never kept

        assert checked.findings["start.clock"].outcome is Outcome.UNKNOWN
        assert ("store.redeems" in checked.findings) is is_used
        assert f"start {'proven' if is_used else 'provisional'}" in checked.summary


@pytest.mark.parametrize("scene", ["all-holds-secret", "all-holds-certificate"])
def test_without_what_is_never_kept_the_token_is_not_called_proven(
    scene: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored(scene, monkeypatch, tmp_path) as journey:
        checked = journey.check()

        what = "client secret" if scene == "all-holds-secret" else "certificate's passphrase"
        assert checked.exit == 1
        assert checked.summary.startswith("provisional: ")
        assert "store provisional" in checked.summary
        assert checked.not_asked["store.redeems"] == f"the {what} is never kept; give it by --answers FILE"
        assert checked.kinds["store.redeems"] is checked.kinds["store.mfa_compliant"] is NotAsked.MISSING_INPUT
        assert (
            f"checks could not be asked, because the {what} is never kept; give it by --answers FILE." in checked.text
        )
        assert checked.findings["store.read_back"].outcome is Outcome.HOLDS, "what needs no credential is asked"


def test_a_credential_in_the_vault_needs_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        secret = journey.at_hand.answers.client_secret
        assert secret
        journey.cloud.vault.add_aged_version("app-credential", secret.reveal(), 0, True, {})
        answers = replace(journey.saved.answers, credential="vault_secret", credential_name="app-credential")

        assert journey.check(replace(journey.saved, answers=answers)).exit == 0

        journey.cloud.vault.settings = replace(journey.cloud.vault.settings, refusal_code="ForbiddenByRbac")
        checked = journey.check(replace(journey.saved, answers=answers))
        assert checked.failed() == {"user.vault_reachable": "ForbiddenByRbac"}
        assert checked.not_asked["app.credential"] == "user.vault_reachable comes first"


def test_a_journey_of_before_step_0_is_checked_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        older = {name: each for name, each in journey.saved.findings.items() if each.step != "start"}

        checked = journey.check(
            replace(
                journey.saved,
                findings=older,
                skipped={name: why for name, why in journey.saved.skipped.items() if not name.startswith("start.")},
            )
        )

        assert checked.exit == 0, checked.text


def test_a_secret_that_has_ended_since_is_named_and_the_vault_is_looked_at_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scene = load_scene("all-holds-secret")
    short = ClientSecret("client-secret", "77777777-1111-4111-8111-000000000001", expires_in_days=5)
    with stored(in_world(scene, app=replace(scene.world.app, secrets=(short,))), monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(6 * DAY)

        checked = journey.check(journey.at_hand)

        assert checked.exit == 1
        assert checked.failed() == {"app.credential": "AADSTS7000222"}
        assert checked.findings["app.credential"].remedy
        assert checked.not_asked["store.redeems"] == "app.credential comes first"
        assert checked.findings["store.read_back"].outcome is Outcome.HOLDS


def test_a_refused_credential_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from wizard.core.secret import Secret

    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        at_hand = replace(journey.at_hand, answers=replace(journey.at_hand.answers, client_secret=Secret("another")))
        before = journey.cloud.clock.now()

        checked = journey.check(at_hand)

        assert checked.failed() == {"app.credential": "AADSTS7000215"}
        assert (journey.cloud.clock.now() - before).total_seconds() < 60


def test_a_journey_that_never_got_there_says_where_it_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("wrong-account", monkeypatch, tmp_path) as journey:
        checked = journey.check()

        assert checked.exit == 1
        assert checked.summary.startswith("failed: ")
        assert "user failed, store locked" in checked.summary
        assert "The last try ended at user.account: adele@contoso.com signed in" in checked.text
        assert "not done yet: Integration user. partner-wizard, or partner-wizard run, continues there." in checked.text
        assert checked.not_asked["store.redeems"] == "the step “Store and prove” is not done yet"
        assert checked.findings["tenant.exists"].outcome is Outcome.HOLDS
        assert "ends: " not in checked.text


def test_what_a_check_needs_is_a_check_and_what_settles_it_is_asked() -> None:
    for check in CSP.checks.values():
        rule = check.health_rule
        assert rule.covered_by in {"", *CSP.checks}
        assert not rule.covered_by or not CSP.checks[rule.covered_by].health_rule.covered_by
        if check.settled_by:
            settler = CSP.checks[check.settled_by].health_rule
            assert settler.covered_by or not settler.run, check.id
