"""What the repair of a scene changes in a cloud that runs: once, and nothing that has happened."""

from __future__ import annotations

import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from wizard.rehearsal import RehearsalCloud, SceneError, load_scene
from wizard.rehearsal.choices import Service
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.world import World


def test_a_repair_is_applied_once_however_many_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    changed, change_world = list[World](), CloudState.change_world

    def counted(state: CloudState, world: World) -> None:
        changed.append(world)
        change_world(state, world)

    monkeypatch.setattr(CloudState, "change_world", counted)
    with RehearsalCloud(load_scene("expired-secret")) as cloud:
        assert cloud.has_open_repair
        app = cloud.state.apps[cloud.state.world.app.client_id]
        with ThreadPoolExecutor(8) as asking:
            list(asking.map(lambda _number: cloud.apply_repair(), range(8)))

        assert len(changed) == 1
        assert not cloud.has_open_repair
        (secret,) = app.secrets
        assert (cloud.folder / "new-client-secret").read_text() == secret.value
        assert secret.expires_at > cloud.clock.now()


def test_the_corrected_answers_are_a_file_of_their_own_that_others_cannot_read() -> None:
    with RehearsalCloud(load_scene("guest-account")) as cloud:
        cloud.apply_repair()

        before = tomllib.loads(cloud.answers_file.read_text())
        after = tomllib.loads(cloud.repaired_answers_file.read_text())
        assert {key for key in after if after[key] != before[key]} == {"integration_user"}
        assert stat.S_IMODE(cloud.repaired_answers_file.stat().st_mode) == 0o600


def test_what_has_happened_in_the_cloud_stays_after_a_repair() -> None:
    with RehearsalCloud(load_scene("two-versions")) as cloud:
        stored = cloud.vault.versions("partner-center-refresh-token")
        cloud.state.grant(cloud.state.world.app.client_id, cloud.state.provisioned())
        granted = dict(cloud.state.grants)
        cloud.apply_repair()

        assert cloud.vault.versions("partner-center-refresh-token") == stored
        assert cloud.state.grants == granted
        assert cloud.state.world.policy.requires_mfa


def test_a_secret_that_the_repair_leaves_alone_keeps_its_value() -> None:
    with RehearsalCloud(load_scene("own-service-principal-missing")) as cloud:
        app = cloud.state.apps[cloud.state.world.app.client_id]
        before = list(app.secrets)
        cloud.apply_repair()

        assert app.secrets == before
        assert app.service_principal


def test_a_purged_secret_leaves_its_name_free() -> None:
    with RehearsalCloud(load_scene("secret-name-deleted")) as cloud:
        assert cloud.vault.deleted_history("partner-center-refresh-token")
        cloud.apply_repair()

        assert not cloud.vault.deleted_history("partner-center-refresh-token")


def test_the_faults_of_the_repaired_world_strike() -> None:
    scene = load_scene("vault-forbidden")
    assert scene.repair is not None
    busy = load_scene("vault-throttles").world.faults
    repair = replace(scene.repair, world=replace(scene.repair.world, faults=busy))
    with RehearsalCloud(replace(scene, repair=repair)) as cloud:
        assert cloud._injector.next_fault(Service.VAULT, "PUT", "/secrets/a") is None
        cloud.apply_repair()

        assert cloud._injector.next_fault(Service.VAULT, "PUT", "/secrets/a") is not None


def test_a_scene_in_which_nothing_fails_has_nothing_to_repair() -> None:
    with RehearsalCloud(load_scene("all-holds-public")) as cloud:
        assert not cloud.has_open_repair
        with pytest.raises(SceneError, match="nothing to repair"):
            cloud.apply_repair()
