"""Every scene ends as its table says; and its deviation is what makes it so."""

from __future__ import annotations

import pytest

from tests.rehearsals.played import one_worker_each, performance, played_once
from tests.sampling import every
from wizard.rehearsal import load_scene, scene_names

SAME_AS_BASE = {"all-holds-public"}
"""The base itself: there is no deviation to leave out."""


@pytest.mark.parametrize("name", one_worker_each(scene_names()))
def test_scene_ends_as_its_table_says(name: str) -> None:
    ends = load_scene(name).ends

    played = played_once(name)

    assert played.ending == (ends.check, ends.outcome, ends.code, ends.exit), played.text
    for check, outcome in ends.also:
        assert played.finding(check).outcome.value == outcome
    for text in ends.seen:
        assert text in played.text


@pytest.mark.parametrize("name", every(3, sorted(set(scene_names()) - SAME_AS_BASE)))
def test_without_its_deviation_the_scene_ends_differently(name: str) -> None:
    ends = load_scene(name).ends

    played = performance(name, without_faults=True).played

    same_end = played.ending == (ends.check, ends.outcome, ends.code, ends.exit)
    found = {each.check: each.outcome.value for each in played.findings}
    same_also = all(found.get(check) == outcome for check, outcome in ends.also)
    same_seen = all(text in played.text for text in ends.seen)
    assert not (same_end and same_also and same_seen), "the test of this scene cannot fail"


@pytest.mark.parametrize("name", one_worker_each(name for name in scene_names() if load_scene(name).ends.exit))
def test_a_failing_scene_says_what_to_do_and_who_can(name: str) -> None:
    last = played_once(name).last

    assert last.message
    assert last.remedy
    assert last.who


def test_a_wait_that_goes_on_is_told_once() -> None:
    lines = played_once("wrong-secret").text.splitlines()

    assert len([line for line in lines if line.startswith("Waiting for the client secret")]) == 1
