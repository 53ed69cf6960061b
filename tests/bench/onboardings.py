"""Two thousand onboardings: `status` against `--version`, and the first page against one that lists twenty."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from tests.bench.measured import Measured, ratio
from tests.bench.screen import LIMIT, environment_in, resident_megabytes, started
from tests.bench.startup import PROGRAM
from tests.journeys.kept import NOW, journey_of
from wizard.journeys.journey_folder import JourneyFolder
from wizard.journeys.saved_journey import JourneyFile

MANY, FEW = 2_000, 20
BUDGET = 2.0
KEY_BUDGET = 1.5
MEMORY_BUDGET = 1.4
PAUSE = 0.3
"""Seconds between two letters."""


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """From start to exit."""
    begun = time.perf_counter()
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def keep(base: str, count: int) -> dict[str, str]:
    """Keep onboardings below a folder; return the environment of a program that finds them."""
    folder = JourneyFolder(Path(base, "partner-wizard"))
    for number in range(count):
        journey = journey_of(f"{number:04}.contoso.com")
        path = folder.path_of(journey.onboarding.answers) or folder.draft()
        JourneyFile(path).write(journey, NOW)
    return {**os.environ, "XDG_STATE_HOME": base}


def of_status(environment: dict[str, str], runs: int) -> Measured:
    """`status` once the index is there: the ratio of the least of the runs."""
    commands = {"--version": [PROGRAM, "--version"], "status": [PROGRAM, "status"]}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(2 * runs + 1):
        for name, command in commands.items():
            took = seconds(command, environment)
            if turn:
                taken[name].append(took)
    least = {name: min(each) for name, each in taken.items()}
    return ratio(f"status with {MANY:,} / --version", least["status"], least["--version"], BUDGET)


def first_page(environment: dict[str, str], count: int) -> tuple[float, float]:
    """Return the seconds that a letter typed into the filter takes to be answered (median), and the megabytes."""
    drawn = {**environment_in(environment["XDG_STATE_HOME"]), "XDG_STATE_HOME": environment["XDG_STATE_HOME"]}
    with started([PROGRAM], drawn) as (pid, terminal):
        terminal.read_until_quiet(f"{count:,} onboardings")
        taken: list[float] = []
        for key in b"0", b"0", b"1", b"\x7f", b"\x7f", b"0", b"1", b"\x7f", b"5", b"\x7f":
            begun = time.perf_counter()
            os.write(terminal.fd, key)
            terminal.read(LIMIT)
            taken.append(time.perf_counter() - begun)
            terminal.read_for(PAUSE)
        megabytes = resident_megabytes(pid)
        terminal.seconds_to_quit(b"\x11")
    return statistics.median(taken), megabytes


def measure(runs: int) -> list[Measured]:
    """What many onboardings cost."""
    with tempfile.TemporaryDirectory() as many, tempfile.TemporaryDirectory() as few:
        with_many, with_few = keep(many, MANY), keep(few, FEW)
        status = of_status(with_many, runs)
        pairs = [(first_page(with_many, MANY), first_page(with_few, FEW)) for _ in range(runs)]
    keys = [statistics.median(pair[which][0] for pair in pairs) for which in (0, 1)]
    memory = [statistics.median(pair[which][1] for pair in pairs) for which in (0, 1)]
    return [
        status,
        ratio(f"a letter in the filter of {MANY:,} / of {FEW}", keys[0], keys[1], KEY_BUDGET),
        Measured(
            f"memory with {MANY:,} listed / with {FEW}",
            memory[0] / memory[1],
            MEMORY_BUDGET,
            ours=f"{memory[0]:.1f} MB",
            beside=f"{memory[1]:.1f} MB",
        ),
    ]
