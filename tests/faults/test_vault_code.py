"""The vault's own sign-in with a code waits as the integration user's does: trouble on the way does not end it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.harness import Rehearsed, in_world, rehearsed, with_faults
from wizard.core.events import DeviceCodePrompt, PromptClosed, Waiting
from wizard.core.findings import Outcome
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import FaultBody, Service, UserAction
from wizard.rehearsal.world import Behaviour, Fault

TROUBLES: dict[str, dict[str, Any]] = {
    "a reset": {"body": FaultBody.RESET},
    "a web page": {"body": FaultBody.HTML, "status": 200},
    "429 for five minutes": {"status": 429, "retry_after": 300},
    "503": {"status": 503},
}


def journey(here: Rehearsed) -> None:
    """The vault is opened by somebody who signs in with a code."""
    here.journey.onboarding.answers = replace(here.journey.onboarding.answers, vault_identity="device-code")


def vault_codes(here: Rehearsed) -> list[DeviceCodePrompt]:
    return [each for each in here.emitted(DeviceCodePrompt) if each.purpose == "vault"]


def troubled(times: int, **trouble: Any) -> Scene:
    fault = Fault(Service.LOGIN, "POST", "*/token", times=times, **trouble)
    return in_world(with_faults("all-holds-public", fault), behaviour=Behaviour(user_delay=3))


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_on_the_way_costs_no_second_code(trouble: str, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(troubled(times, **TROUBLES[trouble]), monkeypatch) as here:
        journey(here)
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        assert len(vault_codes(here)) == 1
        assert any(each.trouble and each.advice == "The code stays good." for each in here.emitted(Waiting))


def test_one_sign_in_opens_the_vault_for_the_whole_journey(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token lives for minutes; the next ones come of the refresh token.

    A shorter life than azure-core lets pass by the clock on the wall, which does not go on here: it asks each time.
    """
    monkeypatch.setattr("wizard.microsoft.interactive_credential.TOKEN_LIFE", 200.0)
    world = load_scene("all-holds-public").world
    scene = in_world("all-holds-public", behaviour=replace(world.behaviour, user_delay=700.0))
    with rehearsed(scene, monkeypatch) as here:
        journey(here)
        assert here.run() == "store.mfa_compliant"
        assert len(vault_codes(here)) == 1
        assert here.cloud.vault.versions("partner-center-refresh-token")


@pytest.mark.parametrize("names", ["own", "production"])
def test_nothing_but_web_pages_says_so_and_asks_for_one_code(names: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(troubled(0, **TROUBLES["a web page"]), monkeypatch, names=names) as here:
        journey(here)
        assert here.run() == "user.vault_reachable"
        finding = here.journey.findings["user.vault_reachable"]
        assert (finding.outcome, finding.unreachable) == (Outcome.UNKNOWN, True)
        assert "answered with a web page, HTTP 200, " in finding.message
        assert "Whether somebody signed in cannot be told" in finding.message
        assert len(vault_codes(here)) == 1
        assert here.emitted(PromptClosed)


def test_a_code_that_nobody_used_is_said_to_have_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = in_world("all-holds-public", behaviour=Behaviour(user=UserAction.NOBODY, user_delay=5000))
    with rehearsed(scene, monkeypatch) as here:
        journey(here)
        assert here.run() == "user.vault_reachable"
        finding = here.journey.findings["user.vault_reachable"]
        assert finding.outcome is Outcome.FAILS
        assert finding.title == "Nobody signed in with the Azure identity's code"
        assert len(vault_codes(here)) == 1


def test_entras_refusal_of_the_vaults_sign_in_is_not_the_integration_users(monkeypatch: pytest.MonkeyPatch) -> None:
    world = load_scene("all-holds-public").world
    scene = in_world("all-holds-public", policy=replace(world.policy, device_code_blocked=True))
    with rehearsed(scene, monkeypatch) as here:
        journey(here)
        assert here.run() == "user.vault_reachable"
        finding = here.journey.findings["user.vault_reachable"]
        assert "AADSTS53003" in str(finding.evidence["service_said"])
        assert "not the integration user's sign-in" in finding.message
