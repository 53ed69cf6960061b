"""The customers of a partner, listed and consented, all of them at once: time, and memory that does not grow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.measured import Measured
from tests.bench.startup import PROGRAM

MANY, FEW = int(os.environ.get("BENCH_CUSTOMERS", "10000")), 2_000
MEMORY_BUDGET = 300.0
"""MB, at the most and altogether."""
GROWTH_BUDGET = 20.0
"""kB a customer: what is kept of each is its name and how it ended."""


@dataclass(frozen=True)
class Run:
    """What a run took: seconds, megabytes at the most, and the JSON lines that it wrote."""

    wall: float
    megabytes: float
    lines: int


@contextmanager
def partner(number: int) -> Iterator[Any]:
    """Yield what runs `customers` with some words at a partner of so many customers."""
    serving = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.customers_cloud", str(number)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert serving.stdin
    assert serving.stdout
    known = json.loads(serving.stdout.readline())

    def run(*words: str) -> Run:
        with tempfile.TemporaryDirectory() as folder:
            kept, out = Path(folder) / "state", Path(folder) / "out"
            environment = {**os.environ, **known["environment"], "XDG_STATE_HOME": str(kept)}
            begun = time.perf_counter()
            with out.open("w") as written:
                running = subprocess.Popen(
                    [PROGRAM, "customers", *words, "--json", *known["options"]],
                    env=environment, stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.PIPE,
                )  # fmt: skip
                assert running.stderr
                said = running.stderr.read().decode()
                _pid, status, used = os.wait4(running.pid, 0)
                running.returncode = os.waitstatus_to_exitcode(status)
            assert running.returncode == 0, said[-2000:]
            lines = out.read_text().count("\n")
            return Run(time.perf_counter() - begun, used.ru_maxrss / 1024, lines)

    try:
        yield run
    finally:
        serving.stdin.close()
        serving.wait()


def measure(_runs: int) -> list[Measured]:
    """What many customers cost; each is measured once, for it takes minutes."""
    with partner(FEW) as run:
        few = run("consent", "--all", "--yes")
    with partner(MANY) as run:
        listed, many = run("list"), run("consent", "--all", "--yes")
    assert listed.lines >= MANY
    assert many.lines >= MANY
    growth = (many.megabytes - few.megabytes) * 1024 / (MANY - FEW)
    ours, beside = f"{many.megabytes:.0f} MB", f"{few.megabytes:.0f} MB"
    return [
        Measured(f"customers list, {MANY:,}", listed.wall, None, "s"),
        Measured(f"customers consent --all, {MANY:,}", many.wall, None, "s"),
        Measured("memory of that", many.megabytes, MEMORY_BUDGET, "MB"),
        Measured("memory a customer", growth, GROWTH_BUDGET, "kB", ours, beside),
    ]
