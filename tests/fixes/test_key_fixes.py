"""The fixes of credentials: a certificate uploaded, old ones removed, an app excepted from the ban on secrets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fixes.fixable import fixable, stopped_at_its_failure, writes
from tests.harness import Rehearsed, with_faults
from wizard.core.findings import Outcome
from wizard.core.fixes import ActionState, Fix
from wizard.rehearsal.choices import FaultBody, Service
from wizard.rehearsal.cloud_state import AppState, SecretValue
from wizard.rehearsal.world import Fault

BY_SCENE = {
    "certificate-created": ("add-certificate", "app.certificate"),
    "registration-needs-work": ("remove-old-keys", "app.keys"),
    "secrets-forbidden": ("allow-secrets", "app.credential_policy"),
}
"""The fix that a scene's step 2 offers, and the check that offers it."""


def fix_of(played: Rehearsed, name: str) -> Fix:
    """Return a fix that the app's step offers."""
    return {each.name: each for each in played.journey.view().fixes("app")}[name]


def app_of(played: Rehearsed) -> AppState:
    """Return the app as the cloud knows it."""
    return played.cloud.state.apps[played.journey.onboarding.answers.client_id]


@pytest.mark.parametrize(("scene", "name", "check"), [(scene, *fix) for scene, fix in BY_SCENE.items()])
def test_it_is_made_once_and_the_check_no_longer_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, scene: str, name: str, check: str
) -> None:
    with stopped_at_its_failure(scene, monkeypatch) as played:
        fix = fix_of(played, name)
        assert (fix.check, writes(played)) == (check, [])

        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        assert result.found is not None
        assert name not in [each.name for each in result.found.fixes]
        assert len(writes(played)) == len(fix.requests)
        played.run()
        assert played.journey.is_proven, played.journey.findings
        assert len(writes(played)) == len(fix.requests)


@pytest.mark.parametrize(("scene", "name"), [("certificate-created", "add-certificate"),
                                             ("registration-needs-work", "remove-old-keys")])  # fmt: skip
def test_made_again_it_changes_nothing(monkeypatch: pytest.MonkeyPatch, scene: str, name: str) -> None:
    with stopped_at_its_failure(scene, monkeypatch) as played:
        fix = fix_of(played, name)
        played.journey.make_fix(fix)
        sent = len(writes(played))

        again = played.journey.make_fix(fix)

        assert {each.state for each in again.actions} == {ActionState.NOT_NEEDED}
        assert len(writes(played)) == sent


@pytest.mark.parametrize(("scene", "name"), [(scene, name) for scene, (name, _) in BY_SCENE.items()])
def test_whoever_lacks_the_right_changes_nothing(monkeypatch: pytest.MonkeyPatch, scene: str, name: str) -> None:
    with stopped_at_its_failure(fixable(scene, may_change=False), monkeypatch) as played:
        fix = fix_of(played, name)

        result = played.journey.make_fix(fix)

        assert not result.is_made
        assert fix.permissions[0] in result.message
        assert result.actions[-1].state is ActionState.REFUSED


def test_certificates_that_are_there_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at_its_failure("certificate-created", monkeypatch) as played:
        before = [each.thumbprint for each in app_of(played).keys]
        assert before

        played.journey.make_fix(fix_of(played, "add-certificate"))

        after = [each.thumbprint for each in app_of(played).keys]
        assert after[: len(before)] == before
        assert len(after) == len(before) + 1


def test_a_certificate_that_somebody_added_meanwhile_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at_its_failure("certificate-created", monkeypatch) as played:
        fix, app = fix_of(played, "add-certificate"), app_of(played)
        app.keys = [*app.keys, replace(app.keys[0], key_id="77777777-2222-4222-8222-000000000009")]

        result = played.journey.make_fix(fix)

        assert result.actions[-1].state is ActionState.CHANGED_BEFORE
        assert len(app.keys) == 2


def test_the_secret_in_use_is_never_removed_and_a_valid_old_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at_its_failure("registration-needs-work", monkeypatch) as played:
        app, journey = app_of(played), played.journey
        now = played.cloud.clock.now()
        used = replace(app.secrets[0], expires_at=now + timedelta(days=20))
        soon = SecretValue("77777777-1111-4111-8111-000000000009", "abc8Q~" + "x" * 34, now, app.secrets[1].expires_at)
        app.secrets = [used, app.secrets[1], replace(soon, expires_at=now + timedelta(days=10))]
        journey.onboarding.memory.forget_answers()
        journey.run("app")

        fix = fix_of(played, "remove-old-keys")
        assert "can no longer sign in" in fix.effect
        assert "2 old secrets" in fix.title
        result = journey.make_fix(fix)

        assert result.is_made, result.message
        assert [each.id for each in app.secrets] == [used.id]


def test_an_exception_that_cannot_be_assigned_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Fault(
        Service.GRAPH, "POST", path="*/appManagementPolicies/$ref", status=403, body=FaultBody.JSON, times=1
    )
    with stopped_at_its_failure(with_faults(fixable("secrets-forbidden"), refused), monkeypatch) as played:
        result = played.journey.make_fix(fix_of(played, "allow-secrets"))

        assert not result.is_made
        assert played.cloud.state.credential_exceptions == {}
        assert [each.is_undo for each in result.actions] == [False, False, True]


def test_the_exception_names_only_what_the_tenant_forbids(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at_its_failure("secrets-forbidden", monkeypatch) as played:
        played.journey.make_fix(fix_of(played, "allow-secrets"))

        (policy,) = played.cloud.state.credential_exceptions.values()
        restrictions = policy["restrictions"]
        assert isinstance(restrictions, dict)
        assert [each["restrictionType"] for each in restrictions["passwordCredentials"]] == ["passwordAddition"]
        assert restrictions["keyCredentials"] == []
        assert played.journey.findings["app.credential_policy"].outcome is Outcome.HOLDS
