"""The happy journey's own time against a bare script that makes the same requests.

The rehearsal cloud runs in this process, the client in one of its own. A client writes JSON Lines to standard output:
what a person has to do, {"type": "wait"} when it would sleep (the cloud's clock is moved instead), and at last
{"type": "spent"}. Its own time is taken twice: as the processor time of its process, and as the time on the wall less
the time its requests and waits took. The two run in turns, and their medians are compared: a machine that is busy slows
both, the least of each may be of another moment.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.measured import Measured, ratio
from wizard.rehearsal import RehearsalClock, RehearsalCloud, load_scene

ROOT = Path(__file__).parents[2]
BUDGET = 1.3


@dataclass(frozen=True)
class Spent:
    """One journey of a client: seconds, and the requests the cloud answered."""

    wall: float
    processor: float
    requests: Counter[str]


def journey_of(client: str) -> Spent:
    """Let a client make its journey on a new cloud."""
    clock = RehearsalClock()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as home,
        RehearsalCloud(load_scene("all-holds-public"), names="production", clock=clock) as cloud,
    ):
        environment = {"PATH": os.environ["PATH"], "HOME": home, "PYTHONPATH": str(ROOT), **cloud.environment}
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", client, str(cloud.answers_file)],
            env=environment,
            cwd=home,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdin
        assert process.stdout
        elsewhere, last = 0.0, {}
        for text in process.stdout:
            last = json.loads(text)
            if last["type"] == "wait":
                clock.advance(last["seconds"])
                print(file=process.stdin, flush=True)
            elif last["type"] == "spent":
                elsewhere = last["elsewhere"]
                break
            else:
                cloud.people.on_event(last)
        process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode:
            raise SystemExit(f"{client} ended with {process.returncode}: {last}")
        return Spent(wall - elsewhere, used.ru_utime + used.ru_stime, Counter(map(_kind, cloud.log)))


def _kind(exchange: Any) -> str:
    return f"{exchange.method} {exchange.host}{exchange.path}"


def measure(runs: int) -> list[Measured]:
    """The two ratios."""
    ours: list[Spent] = []
    bare: list[Spent] = []
    for turn in range(runs + 1):
        first, second = journey_of("tests.bench.bare_client"), journey_of("tests.bench.our_client")
        if turn:
            bare.append(first)
            ours.append(second)
    if different := _difference(ours[-1].requests, bare[-1].requests):
        print("The two clients do not make the same requests: " + "; ".join(different))
    return [
        ratio(
            f"journey / bare script, {name}",
            statistics.median(getattr(spent, attribute) for spent in ours),
            statistics.median(getattr(spent, attribute) for spent in bare),
            BUDGET,
        )
        for name, attribute in (("processor", "processor"), ("wall less requests", "wall"))
    ]


def _difference(ours: Counter[str], bare: Counter[str]) -> list[str]:
    return [f"{kind}: {ours[kind]} and {bare[kind]}" for kind in ours | bare if ours[kind] != bare[kind]]
