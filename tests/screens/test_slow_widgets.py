"""A state looks the same whichever widget gets its messages late, and however late."""

from __future__ import annotations

import pytest

from tests.screens.gallery import GALLERY
from tests.screens.slow_widgets import slow_widgets
from tests.screens.test_snapshots import looks_as_it_is_kept

TOLD_APART = {
    "start-unreachable": (10, 12),
    "user-failed": (0, 2, 8, 10, 12),
    "store-failed": (5, 12),
    "user-wrong-account": (4, 7, 13),
    "consent-provisional": (13,),
    "tenant-failed": (0,),
}
"""Seeds with which a state was seen otherwise than kept: scrolled elsewhere, or with the hint of another widget."""


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        pytest.param(name, seed, marks=() if at < 2 and seed == seeds[0] else pytest.mark.system)
        for at, (name, seeds) in enumerate(TOLD_APART.items())
        for seed in seeds
    ],
)
async def test_a_slow_widget_changes_nothing(name: str, seed: int) -> None:
    with slow_widgets(f"{name} {seed}"):
        await looks_as_it_is_kept(name)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("name", GALLERY)
async def test_a_slow_widget_changes_nothing_anywhere(name: str, seed: int) -> None:
    with slow_widgets(f"{name} {seed}"):
        await looks_as_it_is_kept(name)
