"""Parameters that show much the same: `make test`, `make test-system` and `make soak` use some of them each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def every(nth: int, values: Iterable[Any]) -> list[Any]:
    """Return the values as parameters; all but every `nth` have the marker system. A tuple is several arguments."""
    return [_parameter(value, pytest.mark.system if at % nth else ()) for at, value in enumerate(values)]


def sample(nth: int, values: Iterable[Any]) -> list[Any]:
    """Return the values as parameters: every `nth` for each run, half as many for `make test-system`, the rest soak."""
    return [_parameter(value, _marks(at, nth)) for at, value in enumerate(values)]


def _marks(at: int, nth: int) -> Any:
    """Return the markers of the parameter at a place."""
    if at % nth == 0:
        return ()
    return pytest.mark.system if at % (2 * nth) == 1 else pytest.mark.soak


def _parameter(value: Any, marks: Any) -> Any:
    return pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=marks)
