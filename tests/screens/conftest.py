"""What the tests of screens rely on: pauses that end when nothing is left to do, and nothing collected meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.screens import settling

settling.install()


@pytest.fixture(autouse=True)
def nothing_is_collected(request: pytest.FixtureRequest) -> Iterator[None]:
    """Wizards are thrown away whole, after the test; looking for them meanwhile costs a quarter of the time.

    A soak test lasts too long for that: it would fill the memory.
    """
    if request.node.get_closest_marker("soak") is None:
        gc.disable()
    yield
    gc.enable()
