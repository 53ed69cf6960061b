"""Every scene ends as its table says; and its deviation is what makes it so."""

from __future__ import annotations

import pytest

from tests.rehearsals.shared_runs import one_worker_each, recorded_run, shared_run
from tests.sampling import every
from wizard.core.answers import vault_host
from wizard.microsoft.key_vault import WRITE_CHECK
from wizard.rehearsal import load_scene, scene_names

ASKS = "/checkNameAvailability"
"""A question of Resource Manager that is asked by POST."""


@pytest.mark.parametrize("name", one_worker_each(scene_names()))
def test_scene_ends_as_its_table_says(name: str) -> None:
    expected = load_scene(name).expected

    played = shared_run(name)

    assert played.ending == (expected.check, expected.outcome, expected.code, expected.exit_code), played.text
    for check, outcome in expected.other_findings:
        assert played.finding(check).outcome.value == outcome
    for text in expected.output_contains:
        assert text in played.text


@pytest.mark.parametrize("name", one_worker_each(scene_names()))
def test_nothing_is_changed_but_the_secret_that_the_token_is_kept_in(name: str) -> None:
    played = recorded_run(name)
    assert played.run.journey is not None
    onboarding = played.run.journey.onboarding
    own = {f"/secrets/{onboarding.secret_name}{suffix}" for suffix in ("", WRITE_CHECK)}

    changed = [(host, path) for method, host, path in played.changes if method != "HEAD" and not path.endswith(ASKS)]

    assert {host for host, _ in changed} <= {vault_host(onboarding.answers.vault_url)}
    assert all("/".join(path.split("/")[:3]) in own for _, path in changed), changed


@pytest.mark.parametrize("name", every(3, [name for name in scene_names() if load_scene(name).base]))
def test_the_scene_that_a_scene_is_based_on_ends_differently(name: str) -> None:
    scene = load_scene(name)
    expected = scene.expected

    played = shared_run(scene.base)

    same_end = played.ending == (expected.check, expected.outcome, expected.code, expected.exit_code)
    found = {each.check: each.outcome.value for each in played.findings}
    same_also = all(found.get(check) == outcome for check, outcome in expected.other_findings)
    same_seen = all(text in played.text for text in expected.output_contains)
    assert not (same_end and same_also and same_seen), "the test of this scene cannot fail"


@pytest.mark.parametrize("name", one_worker_each(name for name in scene_names() if load_scene(name).expected.exit_code))
def test_a_failing_scene_says_what_to_do_and_who_can(name: str) -> None:
    last = shared_run(name).last

    assert last.message
    assert last.remedy
    assert last.who


def test_a_wait_that_goes_on_is_told_once() -> None:
    lines = shared_run("wrong-secret").text.splitlines()
    begins = "! Entra refuses the client secret (AADSTS7000215). One made in the last minutes"

    assert len([line for line in lines if line.startswith(begins)]) == 1
