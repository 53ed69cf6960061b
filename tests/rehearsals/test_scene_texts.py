"""What a newcomer reads of the scenes: questions, in groups, with what to watch for."""

from __future__ import annotations

import pytest

from tests.in_process import call_cli
from wizard.commands.rehearse import grouped_scenes
from wizard.onboarding.profile import EVERY_CHECK, STEPS
from wizard.rehearsal import Scene, load_scene, scene_names

SCENES = [load_scene(name) for name in scene_names()]


def test_every_scene_stands_in_one_group_those_that_hold_first() -> None:
    groups = grouped_scenes()

    assert sorted(scene.name for _, scenes in groups for scene in scenes) == sorted(scene_names())
    assert groups[0][1][0].name == "all-holds-public"
    assert [title.rpartition(", ")[2] for title, _ in groups[1:]] == [step.title for step in STEPS.values()]
    assert all(scenes for _, scenes in groups)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_is_a_question_about_a_check_and_says_what_to_do_in_real_life(scene: Scene) -> None:
    assert scene.title.endswith("?")
    assert len(scene.title) <= 54, "one line at 60 columns"
    assert scene.check in EVERY_CHECK or (scene.check == "" and scene.expected.exit_code == 0)
    assert "n real life" in scene.watch_for
    assert scene.watch_for.endswith(".")


def test_the_list_is_grouped_as_the_choice_is() -> None:
    ended = call_cli("rehearse", "--list")
    assert ended.returncode == 0

    lines = ended.stdout.splitlines()
    expected = [
        line
        for title, scenes in grouped_scenes()
        for line in (title, *(f"{each.name} {each.title}" for each in scenes))
    ]
    assert [" ".join(line.split()) for line in lines] == expected
    assert all(len(line) <= 100 for line in lines)
