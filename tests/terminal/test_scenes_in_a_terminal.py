"""A newcomer in a real terminal chooses a scene, plays it, and leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.test_real_terminal import RESTORED, in_one_line, is_at_rest, rehearsing

pytestmark = pytest.mark.system


def test_a_scene_is_chosen_and_played_by_keys(tmp_path: Path) -> None:
    with rehearsing("all-holds-public", tmp_path, NO_COLOR="1") as terminal:
        terminal.wait_for("Choose a scene")
        terminal.press("tab", "tab", "enter")
        terminal.wait_for("Everything holds")
        terminal.type("mistyped")
        terminal.wait_for(lambda text: "What if the tenant's domain is mistyped?" in text and "Step 2" not in text)
        terminal.press("enter")
        terminal.wait_for(lambda text: "Watch for: Step 1 stops at" in in_one_line(text) and "Begin" in text)
        terminal.wait_for("Begins a new journey")
        terminal.press("enter")
        terminal.wait_for("1 of 5")
        terminal.press("f5")
        terminal.wait_for(is_at_rest)
        terminal.wait_for("AADSTS90002")
        terminal.press("ctrl+q")

        assert terminal.exit_code() == 1
    assert all(sequence in terminal.raw for sequence in RESTORED)
    assert b"saved" not in terminal.raw.rpartition(RESTORED[0])[2], "nothing of a rehearsal is kept"
