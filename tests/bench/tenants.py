"""A thousand tenants checked at once, 100 ms added to each answer: time, handshakes, processor time, memory; shards."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.bench.measured import Measured
from tests.bench.startup import PROGRAM

MANY, FEW = int(os.environ.get("BENCH_TENANTS", "1000")), 400
WORKERS = 16
DELAY = 0.1
"""Seconds."""
WALL_BUDGET = 1.2
HANDSHAKE_BUDGET = 1.2
MEMORY_BUDGET = 20.0
"""kB a tenant, over all processes of a run, once everything is loaded and every thread has run."""
SHARDS = 4
BARE = 60
"""How many requests each thread of a bare client sends."""
SAMPLED = 0.25
"""Seconds between two looks at the memory of a run's processes."""


@dataclass(frozen=True)
class Run:
    """What a run took: seconds of wall and processor, megabytes of its processes, and what the cloud saw of it."""

    wall: float
    processor: float
    megabytes: float
    processes: int
    requests: int
    handshakes: int
    hosts: int


def family(number: int) -> Iterator[int]:
    """Yield a process and all that it has begun."""
    yield number
    with suppress(OSError):
        for each in Path(f"/proc/{number}/task").glob("*/children"):
            for child in each.read_text().split():
                yield from family(int(child))


def peak_of(number: int) -> int:
    """Return the most memory that a process has had at once, in kB; 0 where it has gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{number}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def bare_client(known: Mapping[str, Any]) -> float:
    """How much longer than waiting alone requests take that nothing is done with, of as many threads at once."""
    with Path(known["cloud_file"]).open("rb") as file:
        (told,) = tomllib.load(file).values()
    url = f"https://{told['login']}/{known['environment']['AZURE_TENANT_ID']}/v2.0/.well-known/openid-configuration"

    def ask(_number: int) -> None:
        with requests.Session() as session:
            session.trust_env, session.verify = False, told["ca_bundle"]
            for _ in range(BARE):
                session.get(url)

    begun = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(ask, range(WORKERS)))
    return (time.perf_counter() - begun) / BARE / DELAY


@contextmanager
def cloud(number: int, delay: float) -> Iterator[tuple[Callable[..., Run], Mapping[str, Any]]]:
    """Yield what runs `check --all` on a cloud of so many tenants, and returns what it took; and what clients need."""
    state = tempfile.TemporaryDirectory()
    serving = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.tenants_cloud", str(number), str(delay)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert serving.stdin
    assert serving.stdout
    known = json.loads(serving.stdout.readline())

    def seen() -> dict[str, int]:
        assert serving.stdin
        assert serving.stdout
        serving.stdin.write("\n")
        serving.stdin.flush()
        said: dict[str, int] = json.loads(serving.stdout.readline())
        return said

    environment = {**os.environ, **known["environment"], "XDG_STATE_HOME": state.name}

    def run(*more: str, at_once: int = 1) -> Run:
        words = ["check", "--all", "--vault", known["vault"], "--cloud-file", known["cloud_file"], *more]
        before, used = seen(), resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        running = [
            subprocess.Popen(
                [PROGRAM, *words, *(("--shard", f"{index + 1}/{at_once}") if at_once > 1 else ())],
                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for index in range(at_once)
        ]  # fmt: skip
        peaks: dict[int, int] = {}
        looks: Counter[int] = Counter()
        while any(each.poll() is None for each in running):
            for each in running:
                now_there = {number: peak for number in family(each.pid) if (peak := peak_of(number))}
                looks.update(now_there)
                peaks |= now_there
            time.sleep(SAMPLED)
        assert all(each.wait() == 0 for each in running), "a tenant was not proven"
        wall, after, now = time.perf_counter() - begun, seen(), resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        requests, handshakes = after["requests"] - before["requests"], after.get("tls", 0) - before.get("tls", 0)
        lasting = [number for number in peaks if looks[number] > 1]
        megabytes = sum(map(peaks.__getitem__, lasting)) / 1024
        return Run(wall, processor, megabytes, len(lasting), requests, handshakes, after["hosts"])

    try:
        yield run, known
    finally:
        serving.stdin.close()
        serving.wait()
        state.cleanup()


def measure(_runs: int) -> list[Measured]:
    """What many tenants cost; each is measured once, for it takes minutes."""
    with cloud(FEW, DELAY) as (run, _):
        few = run()
    with cloud(MANY, DELAY) as (run, known):
        bare = bare_client(known)
        many = run()
        shards = run(at_once=SHARDS)
    least = many.requests * DELAY / WORKERS
    growth = (many.megabytes - few.megabytes) * 1024 / (MANY - FEW)
    waited = f"check --all, {MANY:,} tenants / waiting"
    shared = f"{SHARDS} shards on this machine / one run"
    ours, beside = f"{many.megabytes:.0f} MB", f"{few.megabytes:.0f} MB"
    alone = few.megabytes - growth * FEW / 1024
    return [
        Measured(waited, many.wall / least, WALL_BUDGET, "×", f"{many.wall:.0f} s", f"{least:.0f} s"),
        Measured("a bare client's requests / waiting", bare, None, "×", f"{WORKERS} threads", "nothing but GET"),
        Measured(
            "handshakes a worker and host", many.handshakes / WORKERS / many.hosts, HANDSHAKE_BUDGET, "×",
            str(many.handshakes), f"{WORKERS} × {many.hosts}",
        ),
        Measured("processor time a tenant", 1000 * many.processor / MANY, None, "ms"),
        Measured("memory a tenant", growth, MEMORY_BUDGET, "kB", ours, beside),
        Measured("memory of the processes alone", alone, None, "MB", f"{many.processes} processes"),
        Measured(shared, shards.wall / many.wall, None, "×", f"{shards.wall:.0f} s", f"{many.wall:.0f} s"),
    ]  # fmt: skip
