"""A client secret is made and kept in the vault, seen by nobody; if the vault does not take it, it is removed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest

from tests.fixes.fixable import fixable, offered
from tests.harness import Rehearsed, rehearsed, with_faults
from wizard.core.findings import Outcome
from wizard.core.fixes import ActionState
from wizard.rehearsal import Scene
from wizard.rehearsal.choices import FaultBody, Service
from wizard.rehearsal.cloud_state import AppState
from wizard.rehearsal.world import Fault

NAME = "partner-center-client-secret"


@contextmanager
def without_secret(monkeypatch: pytest.MonkeyPatch, scene: Scene | None = None) -> Iterator[Rehearsed]:
    """Yield a journey whose app has its secret in the vault, where there is none yet."""
    with rehearsed(scene or fixable("all-holds-secret"), monkeypatch) as played:
        for key, value in {
            "graph_identity": "environment",
            "credential": "vault_secret",
            "credential_name": NAME,
        }.items():
            played.journey.change(key, value)
        played.run()
        yield played


def app_of(played: Rehearsed) -> AppState:
    """Return the app as the cloud knows it."""
    return played.cloud.state.apps[played.journey.onboarding.answers.client_id]


def test_it_goes_into_the_vault_and_the_journey_goes_on_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_secret(monkeypatch) as played:
        fix, there = offered(played), [each.value for each in app_of(played).secrets]
        assert (fix.name, fix.check) == ("add-secret", "app.well_formed")
        assert "{secret.secretText}" in str(fix.as_json(played.journey.view().fix_hosts))

        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        (value,) = [each.value for each in app_of(played).secrets if each.value not in there]
        assert played.cloud.vault.versions(NAME)[-1]["value"] == value
        assert value not in repr(result) + repr(played.journey.onboarding.memory.actions)
        assert value not in played.journey.onboarding.services.http.redactor.redact(f"the answer was {value} …")
        assert {each.host.partition(".")[0] for each in result.actions} == {"graph", "contoso-partner"}
        played.run()
        assert played.journey.is_proven, played.journey.findings
        assert played.journey.findings["app.keys"].outcome is not Outcome.FAILS


PLAIN: Final = "of no form that a pattern knows"


def test_a_secret_that_the_vault_does_not_take_is_removed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.rehearsal.graph_credentials.new_secret", lambda: PLAIN)
    refused = Fault(Service.VAULT, "PUT", path=f"/secrets/{NAME}", status=403, body=FaultBody.JSON, times=1)
    scene = with_faults(fixable("all-holds-secret"), refused)
    with without_secret(monkeypatch, scene) as played:
        before = len(app_of(played).secrets)
        monkeypatch.setattr("wizard.microsoft.http_adapter.remember_request_secrets", lambda *_request: None)
        result = played.journey.make_fix(offered(played))

        assert not result.is_made
        assert [each.state for each in result.actions] == [ActionState.MADE, ActionState.REFUSED, ActionState.MADE]
        assert len(app_of(played).secrets) == before
        redactor = played.journey.onboarding.services.http.redactor
        assert PLAIN not in redactor.redact(f"the answer was {PLAIN} …"), "known before it is sent on"


def test_made_again_in_the_same_minute_it_makes_no_second_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_secret(monkeypatch) as played:
        fix = offered(played)
        played.journey.make_fix(fix)
        made = len(app_of(played).secrets)

        again = played.journey.make_fix(fix)

        assert again.actions[-1].state is ActionState.CHANGED_BEFORE
        assert "made a moment ago" in again.message
        assert len(app_of(played).secrets) == made
        assert len(played.cloud.vault.versions(NAME)) == 1


def test_where_secrets_are_forbidden_it_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    known = fixable("secrets-forbidden")
    with without_secret(monkeypatch, replace(known, world=replace(known.world))) as played:
        names = [each.name for each in played.journey.findings["app.well_formed"].fixes]

        assert names == []
        assert "allow-secrets" in [each.name for each in played.journey.findings["app.credential_policy"].fixes]
