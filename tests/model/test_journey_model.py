"""Whatever is answered, fails, is gone back to, is interrupted and resumed: what a journey promises holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.model.journey_machine import walk
from tests.model.ways_in import WAYS

SEED = os.environ.get("SOAK_SEED", "5")
IN_MAKE_TEST = tuple(WAYS)[:4]
JOURNEYS, DONE_IN_EACH = 2, 12
"""Of a case."""
CASES = 100
"""Of each way; `make test` has the first one of some ways, `make test-system` the first one of all."""


def _case(way: str, number: int) -> Any:
    marks = () if number == 0 and way in IN_MAKE_TEST else (pytest.mark.soak if number else pytest.mark.system)
    return pytest.param(way, number, marks=marks)


@pytest.mark.parametrize(("way", "number"), [_case(way, number) for way in WAYS for number in range(CASES)])
def test_whatever_happens_a_journey_keeps_what_it_promises(
    way: str, number: int, tried: Callable[[str, int], None]
) -> None:
    turn = JOURNEYS * (tuple(WAYS).index(way) + number)
    judged = walk(way, f"{SEED} {number}", journeys=JOURNEYS, steps=DONE_IN_EACH, turn=turn)

    assert judged["M4"]
    assert judged["M7"] >= JOURNEYS
    for name, times in judged.items():
        tried(name, times)
