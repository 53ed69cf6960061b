"""The budgets of a slow line, in bytes: what is sent for the first paint, for another step, and while waiting."""

from __future__ import annotations

from tests.bench.walk import walk


def test_a_walk_through_the_wizard_keeps_to_its_bytes() -> None:
    seen = walk()

    assert seen.first_paint_bytes <= 6_000
    assert seen.idle == 0
    assert len(seen.step_bytes) == 4
    assert max(seen.step_bytes) <= 9_000, seen.step_bytes
    assert 0 < seen.waiting_for_consent <= 200
    assert 0 < seen.waiting_with_code <= 200
    assert seen.character_bytes <= 300
    assert seen.exit_code == 1
