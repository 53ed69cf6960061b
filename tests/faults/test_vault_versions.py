"""A token that fails a check of the integration user never becomes the newest version of a secret."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.harness import SECRET_NAME, in_world, rehearsed
from wizard.core.events import DeviceCodePrompt
from wizard.core.findings import Outcome
from wizard.rehearsal import load_scene, scene_names
from wizard.rehearsal.vault_state import Version

FAILING = [
    name
    for name in scene_names()
    if load_scene(name).expected.check.startswith("user.") and load_scene(name).expected.outcome == "fails"
]
OLD = load_scene("two-versions").world.vault.secrets


def test_there_are_enough_scenes_in_which_the_user_fails() -> None:
    assert len(FAILING) >= 20
    assert "two-versions" in FAILING


@pytest.mark.parametrize("name", FAILING)
def test_a_working_token_of_ours_stays_the_newest_version(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = load_scene(name)
    vault = scene.world.vault
    if not vault.secrets and not vault.deleted:  # the scene has no versions of its own: it gets two good ones
        scene = in_world(scene, vault=replace(vault, secrets=OLD))
    with rehearsed(scene, monkeypatch) as here:
        before = {each: here.cloud.vault.versions(each) for each in here.cloud.vault.names()}
        assert before or vault.deleted
        ended_at = here.run()
        assert ended_at == scene.expected.check
        assert here.journey.outcome(ended_at) is Outcome.FAILS
        assert {each: here.cloud.vault.versions(each) for each in before} == before
        assert not here.cloud.vault.versions(SECRET_NAME) or SECRET_NAME in before
        assert here.cloud.spare_vault.names() == []


def test_the_same_sign_in_with_mfa_does_become_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = in_world("two-versions", policy=load_scene("all-holds-public").world.policy)
    with rehearsed(scene, monkeypatch) as here:
        before = here.cloud.vault.versions(SECRET_NAME)
        assert here.run() == "store.mfa_compliant"
        after = here.cloud.vault.versions(SECRET_NAME)
        assert after[:-1] == before
        assert after[-1]["version"] == here.journey.onboarding.facts.secret_version


def test_two_failing_sign_ins_in_a_row_leave_the_vault_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("two-versions", monkeypatch) as here:
        before = here.cloud.vault.versions(SECRET_NAME)
        assert [here.run(), here.run()] == ["user.mfa", "user.mfa"]
        assert here.cloud.vault.versions(SECRET_NAME) == before
        assert len(here.emitted(DeviceCodePrompt)) == 2


def test_a_vault_that_fails_late_is_mended_without_a_second_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("vault-fails-late", monkeypatch) as here:
        assert here.run() == "store.written"
        assert here.cloud.vault.versions(SECRET_NAME) == []
        here.cloud.repair()
        here.journey.run("store")
        assert here.journey.is_proven
        (version,) = here.cloud.vault.versions(SECRET_NAME)
        assert version["version"] == here.journey.onboarding.facts.secret_version
        assert len(here.emitted(DeviceCodePrompt)) == 1
        assert len(here.cloud.state.device_codes) == 2  # one to see that the app is known, one to sign in


@pytest.mark.parametrize("and_back", [False, True])
@pytest.mark.parametrize("base", ["all-holds-public", "all-holds-secret", "client-type-700025"])
def test_another_vault_takes_the_token_without_a_second_sign_in(
    base: str, and_back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = in_world(base, vault=load_scene("vault-fails-late").world.vault)
    with rehearsed(scene, monkeypatch) as here:
        assert here.run() == "store.written"
        former = here.journey.onboarding.answers.vault_url
        spare = f"https://{here.cloud.scene.world.spare_vault.name}.{here.cloud.names.vault_suffix}"
        here.journey.change("vault_url", spare)
        if and_back:
            here.cloud.repair()
            here.journey.change("vault_url", former)
        assert here.run() == "store.mfa_compliant"
        kept, empty = here.cloud.spare_vault, here.cloud.vault
        if and_back:
            kept, empty = empty, kept
        assert here.journey.is_proven
        (version,) = kept.versions(SECRET_NAME)
        tags = version["tags"]
        assert isinstance(tags, dict)
        assert all(tags.values())
        assert empty.versions(SECRET_NAME) == []
        assert len(here.emitted(DeviceCodePrompt)) == 1
        assert here.journey.onboarding.facts.vault_url == (former if and_back else spare)


def test_a_write_whose_answer_was_lost_is_not_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vault takes the token, its answer is cut off: asked again, the version that is there counts."""
    with rehearsed("all-holds-public", monkeypatch) as here:
        vault = here.cloud.vault
        put = vault.put
        cut: list[str] = []

        def put_and_cut(name: str, version: Version) -> None:
            put(name, version)
            if name == SECRET_NAME and not cut:
                cut.append(name)
                raise RuntimeError("the answer is lost")  # the server answers 500 for it

        monkeypatch.setattr(vault, "put", put_and_cut)
        assert here.run() == "store.mfa_compliant"
        assert cut == [SECRET_NAME]
        assert len(vault.versions(SECRET_NAME)) == 1
