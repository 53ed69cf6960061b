"""The vault that keeps the app's credential: step 2 makes it, or gives the right, as step 4 does for the token's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fixes.vaults import changes, fixes, without_role, without_vault
from tests.harness import Rehearsed, rehearsed
from wizard.core.fixes import ActionState
from wizard.onboarding.steps.app_registration import check_ids


def at_step_2(played: Rehearsed, credential: str, **answers: str) -> None:
    """Run what comes before step 2, and step 2 with the app's credential in the vault."""
    for key, value in {"credential": credential, "credential_name": "app-credential", **answers}.items():
        played.journey.change(key, value)
    for step in ("start", "tenant", "app"):
        played.journey.run(step)


def test_a_right_is_given_in_step_2_and_its_own_check_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a vault is made there shows the way from an empty tenant."""
    with rehearsed(without_role(), monkeypatch) as played:
        at_step_2(played, "vault_certificate")
        found = fixes(played)["add-vault-role"]
        assert (found.check, changes(played)) == ("app.certificate", [])

        result = played.journey.make_fix(found)

        assert result.is_made, result.message
        assert {each.state for each in result.actions} == {ActionState.MADE}
        assert result.found is not None
        assert "has no app-credential" in result.found.message, "it can be read now"


def test_an_identity_that_cannot_make_a_vault_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = without_vault(subscriptions=())
    with rehearsed(scene, monkeypatch) as played:
        at_step_2(played, "vault_secret")

        found = played.journey.findings["app.well_formed"]
        assert any("choose a vault identity that may create it" in each for each in found.actions)
        assert (found.fixes, found.evidence["field"]) == ((), "vault_url")


def test_a_secret_that_nobody_has_is_kept_in_a_vault_that_is_named_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is sent to the portal for it, and nothing is sent before a vault is named."""
    with rehearsed("all-holds-secret", monkeypatch) as played:
        journey, onboarding = played.journey, played.journey.onboarding
        onboarding.answers = replace(onboarding.answers, vault_url="", client_secret=None)
        assert check_ids(onboarding).fixes == (), "without a Graph identity nobody could make one"
        onboarding.answers = replace(onboarding.answers, graph_identity="environment")
        (fix,) = check_ids(onboarding).fixes

        result = journey.make_fix(fix)

        assert result.found is not None
        assert (fix.requests, result.found.title) == ((), "No key vault is named")
        assert (onboarding.answers.credential, onboarding.answers.client_secret) == ("vault_secret", None)
        assert not played.requests("/secrets", "PUT")
