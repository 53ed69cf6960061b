"""Every scene that fails has a repair; after it the same journey goes on to the end that its table says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.rehearsals.scene_runs import run_scene
from tests.sampling import every
from wizard.core.events import BrowserPrompt, DeviceCodePrompt, Event
from wizard.core.inbox import Purpose
from wizard.rehearsal import load_scene, scene_names

SCENES = [load_scene(name) for name in scene_names()]
FAILING = [scene.name for scene in SCENES if scene.expected.exit_code]
HEALS_BY_ITSELF = {
    "secret-not-usable-yet": "Entra knows the secret after some seconds, and the wizard tries again",
    "certificate-not-usable-yet": "Entra knows the certificate after some seconds, and the wizard tries again",
    "consent-seen-late": "the grant is seen after some seconds, and the wizard looks again",
    "vault-throttles": "the vault says when to try again",
    "slow-and-flaky": "the services are there again after a few tries",
    "browser-another-run": "the user pastes the right address next",
    "browser-without-code": "the user pastes the right address next",
    "browser-used": "the wizard asks for a new link by itself",
    "browser-too-old": "the wizard asks for a new link by itself",
}
"""Scenes in which something goes wrong on the way, and nobody has to repair it: why not."""


@pytest.mark.parametrize("name", every(2, FAILING))
def test_a_failing_scene_ends_as_its_repair_says_after_it_has_failed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = load_scene(name)
    assert scene.repair is not None

    played = run_scene(name, monkeypatch, repaired=True)

    failed = played.failed_with
    assert failed is not None, played.text
    assert (failed.check, failed.outcome, failed.code) == (
        scene.expected.check,
        scene.expected.outcome,
        scene.expected.code,
    )
    assert f"Repaired. {scene.repair.says}\n" in played.text
    assert any(line.startswith(f"{scene.repair.ends}: ") for line in played.text.splitlines()[-3:]), played.text
    assert played.exit == (0 if scene.repair.ends == "proven" else 1)
    signs_in_again = signs_in(played.events_before_repair) and signs_in(played.events)
    assert signs_in_again is scene.repair.sign_in_again


def signs_in(events: Sequence[Event]) -> bool:
    prompts = [event for event in events if isinstance(event, BrowserPrompt | DeviceCodePrompt)]
    return any(prompt.purpose == Purpose.INTEGRATION_USER for prompt in prompts)


def test_every_failing_scene_has_a_repair_and_no_other_has_one() -> None:
    assert [scene.name for scene in SCENES if scene.repair] == FAILING


@pytest.mark.parametrize("name", every(2, FAILING))
def test_what_a_repair_says_is_one_sentence_about_the_person_who_does_it(name: str) -> None:
    repair = load_scene(name).repair
    assert repair is not None

    assert repair.says.casefold().startswith(f"{repair.who} ".casefold())
    assert repair.says.endswith(".")
    assert len(repair.says) <= 90


@pytest.mark.parametrize("name", HEALS_BY_ITSELF)
def test_what_goes_wrong_only_for_a_while_needs_no_repair(name: str) -> None:
    scene = load_scene(name)

    assert scene.repair is None
    assert (scene.expected.outcome, scene.expected.exit_code) == ("holds", 0), HEALS_BY_ITSELF[name]
    assert scene.expected.output_contains, "the scene shows that something went wrong on the way"
