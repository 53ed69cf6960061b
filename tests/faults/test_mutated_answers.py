"""Answers with one thing wrong: no crash, no check that stops unexpectedly, no foreign host, no torn state (R6)."""

from __future__ import annotations

import pytest

from tests.faults.mutations import KINDS, Mutator, answers_through
from tests.rehearsals.scene_runs import SceneRun, run_scene
from tests.sampling import sample
from wizard.core import retries
from wizard.core.findings import Finding
from wizard.core.text import clean
from wizard.onboarding.finding_builders import STOPPED_AT

SCENES = ("all-holds-public", "all-holds-secret", "two-versions")
A_TEST = 4
"""Journeys of one test."""
IN_MAKE_TEST, IN_SOAK = 9, 330
"""Tests; the first numbers of the seeds are make test's, which meet every kind of answer."""


def journey(seed: int, monkeypatch: pytest.MonkeyPatch) -> tuple[SceneRun, Mutator]:
    """A journey whose answers are changed as the seed says."""
    mutator = Mutator(seed)
    with monkeypatch.context() as here:
        here.setattr(retries, "RETRY_PAUSES", (2.0, 5.0))
        answers_through(mutator.strike, here)
        return run_scene(SCENES[seed // len(KINDS) % len(SCENES)], here), mutator


def check_nothing_gave_way(seed: int, played: SceneRun, mutator: Mutator) -> None:
    said = f"seed {seed}, {mutator.kind}, {mutator.struck[:1]}\n{played.text[-1500:]}"
    assert played.exit in (0, 1, 3), said
    assert played.refused == [], said
    stopped = [finding for finding in played.findings if STOPPED_AT in finding.evidence]
    assert stopped == [], said
    for finding in played.findings:
        for text in texts(finding):
            assert clean(text, 10**6) == text, f"{finding.check}: {text!r}, {said}"
    assert "\x1b" not in played.text
    assert played.journey is not None
    hosts = set(played.journey.onboarding.services.http.hosts)
    assert not [host for host in hosts if "evil" in host], said


def texts(finding: Finding) -> list[str]:
    return [finding.message, finding.remedy, finding.code, *(str(value) for value in finding.evidence.values())]


def battery(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(number * A_TEST, (number + 1) * A_TEST):
        played, mutator = journey(seed, monkeypatch)
        check_nothing_gave_way(seed, played, mutator)


@pytest.mark.parametrize("number", sample(3, range(IN_MAKE_TEST)))
def test_no_changed_answer_ends_in_a_crash(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    battery(number, monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(IN_MAKE_TEST, IN_SOAK))
def test_none_of_many_changed_answers_ends_in_a_crash(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    battery(number, monkeypatch)


def test_the_battery_reaches_every_kind_of_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answers of a good journey, and one refusal, are told by their members."""
    met: set[str] = set()

    def note(content: object) -> None:
        met.update(kind for kind, is_meant in KINDS.items() if isinstance(content, dict) and is_meant(content))

    answers_through(note, monkeypatch)
    assert run_scene("all-holds-secret", monkeypatch).exit == 0

    assert met == set(KINDS)
