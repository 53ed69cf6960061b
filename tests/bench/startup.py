"""`--version` and `--help` against an interpreter that does nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.bench.measured import Measured, ratio

PROGRAM = str(Path(sys.executable).with_name("partner-wizard"))
NOTHING = [sys.executable, "-c", "pass"]
BUDGETS = {"--version": 3.0, "--help": 4.0}


def seconds(command: list[str]) -> float:
    """From start to exit."""
    begun = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def measure(runs: int) -> list[Measured]:
    """The two ratios, each of the least of the runs: whatever else runs here only adds."""
    commands = {"nothing": NOTHING, **{option: [PROGRAM, option] for option in BUDGETS}}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(2 * runs + 1):
        for name, command in commands.items():
            took = seconds(command)
            if turn:
                taken[name].append(took)
    least = {name: min(each) for name, each in taken.items()}
    return [ratio(f"{name} / python -c pass", least[name], least["nothing"], BUDGETS[name]) for name in BUDGETS]
