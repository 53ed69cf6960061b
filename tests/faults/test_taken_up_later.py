"""What is taken up again after a while: nobody signs in twice for it, and no step is left without a way on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.harness import SECRET_NAME, in_world, rehearsed
from wizard.core.events import BrowserPrompt, DeviceCodePrompt
from wizard.rehearsal import load_scene

HOURS = timedelta(hours=30).total_seconds()


@pytest.mark.parametrize("base", ["all-holds-public", "all-holds-secret"])
def test_a_vault_that_is_mended_a_day_later_costs_no_second_sign_in(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = in_world(base, vault=load_scene("vault-fails-late").world.vault)
    with rehearsed(scene, monkeypatch) as here:
        assert here.run() == "store.written"
        here.cloud.clock.advance(HOURS)
        here.cloud.repair()

        here.journey.run("user")  # as for another vault: the checks of the token ask Partner Center again

        assert here.journey.is_passed("user"), here.journey.blocking("user")
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        assert len(here.emitted(DeviceCodePrompt)) == 1
        assert len(here.cloud.vault.versions(SECRET_NAME)) == 1


def test_a_sign_in_whose_refresh_token_is_refused_a_day_later_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = in_world("all-holds-public", vault=load_scene("vault-fails-late").world.vault)
    with rehearsed(scene, monkeypatch) as here:
        assert here.run() == "store.written"
        here.cloud.clock.advance(HOURS)
        here.cloud.repair()
        here.cloud.state.revoked_tokens |= set(here.cloud.state.refresh_tokens)

        here.journey.run("user")

        refused = here.journey.blocking("user")
        assert refused is not None
        assert refused.check == "user.signed_in"
        assert refused.code.startswith("AADSTS")
        assert here.run() == "store.mfa_compliant"
        assert len(here.emitted(DeviceCodePrompt)) == 2


def test_an_old_sign_in_without_a_refresh_token_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = in_world("all-holds-public", vault=load_scene("vault-fails-late").world.vault)
    with rehearsed(scene, monkeypatch) as here:
        assert here.run() == "store.written"
        here.cloud.clock.advance(HOURS)
        here.cloud.repair()
        here.journey.onboarding.memory.sign_in.refresh_token = None

        assert here.run() == "store.written"
        here.journey.run("user")
        assert here.run() == "store.mfa_compliant"
        assert len(here.emitted(DeviceCodePrompt)) == 2


def test_the_last_step_run_again_in_a_new_process_leads_to_the_stored_token_and_not_into_a_dead_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with rehearsed("all-holds-public", monkeypatch, file=tmp_path / "kept" / "journey.json") as here:
        assert here.run() == "store.mfa_compliant"
        saved = here.session.saved()
        assert saved is not None
        journey = here.journey = here.session.resume(saved, here.journey.onboarding.emit)
        here.events.clear()
        assert journey.is_proven

        journey.run("store")

        blocked = journey.blocking("user")
        assert blocked is not None
        assert blocked.title == "No token is in memory any more"
        assert journey.open_step.id == "user"
        assert here.run() == "store.mfa_compliant"
        assert journey.is_proven
        assert here.emitted(DeviceCodePrompt) == here.emitted(BrowserPrompt) == []
