"""Parameters of which `make test` takes some, and `make test-system` the others: what they show is much the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def every(nth: int, values: Iterable[Any]) -> list[Any]:
    """The values as parameters; all but one in `nth` bear the marker system. A tuple is several arguments."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.system if at % nth else ())
        for at, value in enumerate(values)
    ]
