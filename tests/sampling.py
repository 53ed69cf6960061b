"""Parameters that show much the same: `make test`, `make test-system` and `make soak` use some of them each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def every(nth: int, values: Iterable[Any]) -> list[Any]:
    """Return the values as parameters: every `nth` is for each run; of the others each second is for the soak alone.

    A tuple is several arguments.
    """
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=_marks(at, nth))
        for at, value in enumerate(values)
    ]


def _marks(at: int, nth: int) -> Any:
    """Return the markers of the parameter at a place."""
    if at % nth == 0:
        return ()
    return pytest.mark.system if (at - at // nth) % 2 else pytest.mark.soak
