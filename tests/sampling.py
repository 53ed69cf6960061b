"""Parameters of which `make test` uses some and `make test-system` the others, because they show much the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def every(nth: int, values: Iterable[Any]) -> list[Any]:
    """Return the values as parameters; all but every `nth` have the marker system. A tuple is several arguments."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.system if at % nth else ())
        for at, value in enumerate(values)
    ]
