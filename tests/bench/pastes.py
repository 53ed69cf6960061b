"""Seconds that a megabyte of the worst pastes takes to be explained; the tests count work instead."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from tests.bench.measured import Measured
from tests.counted.explosive import NUMBERED, PASTES, numbered
from wizard.explain import explain_text

LENGTH = 1_000_000
"""Characters of each paste."""
WORST = 8
"""How many are shown."""


def measure() -> list[Measured]:
    """The slowest pastes, each read once; no budget, what is not in proportion fails a test."""
    now = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    texts = {name: unit * (LENGTH // len(unit)) + end for name, (unit, end) in PASTES.items()}
    texts |= {f"a log of {name}": numbered(line, LENGTH) for name, line in NUMBERED.items()}
    explain_text("AADSTS50076", now)
    seconds = {}
    for name, text in texts.items():
        began = time.process_time()
        explain_text(text, now)
        seconds[name] = (time.process_time() - began) * 1_000_000 / len(text)
    worst = sorted(seconds, key=lambda name: seconds[name], reverse=True)[:WORST]
    return [Measured(f"explain a megabyte of {name}", seconds[name] * 1000, None, "ms") for name in worst]
