"""One walk through the wizard in a pseudo terminal: the bytes and milliseconds that each kind of thing costs.

The services are stubs that answer at once, so what is timed and counted is drawing alone. The memory is that of the
program with the libraries it signs in and stores with; the stubs stand for what they hold.
"""

from __future__ import annotations

import contextlib
import math
import os
import statistics
import sys
import time
from dataclasses import dataclass, field

from tests.bench.measured import Measured, ratio
from tests.bench.screen import IDLE, Terminal, environment_in, processor_seconds, resident_megabytes, run_label, started

WAIT = 4.0
"""Seconds that a wait is watched; its count-down is drawn once in each."""
WATCH = 60.0
"""Seconds in which the processor time of a wait is counted, in one walk."""
ANSWER = 15.0
"""Seconds that the first byte of an answer may take."""
ANSWERED = 0.15
"""Seconds without a byte that end the answer to a key."""
KEYS = {"enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "end": "\x1b[F", "right": "\x1b[C"}
KEYS |= {"f5": "\x1b[15~", "f6": "\x1b[17~", "ctrl+q": "\x11"}


@dataclass
class Walk:
    """What a walk cost. NaN: it did not come to that."""

    first_paint_bytes: float = math.nan
    idle: float = math.nan
    waiting_for_consent: float = math.nan
    waiting_with_code: float = math.nan
    character_bytes: float = math.nan
    character_seconds: float = math.nan
    quit_seconds: float = math.nan
    exit_code: float = math.nan
    megabytes_late: float = math.nan
    processor_share: float = math.nan
    step_bytes: list[int] = field(default_factory=list)
    step_seconds: list[float] = field(default_factory=list)


class Walker:
    """Presses keys and counts the answers."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def press(self, key: str) -> tuple[int, float]:
        """The bytes of the answer to a key, and the seconds to its last one."""
        before, begun = len(self.terminal.came), time.perf_counter()
        os.write(self.terminal.fd, (KEYS[key] if len(key) > 1 else key).encode())
        while self.terminal.read(ANSWERED):
            pass
        came = self.terminal.came[before:]
        last = came[-1][0] + self.terminal.begun - begun if came else 0.0
        return sum(len(data) for _, data in came), last

    def until(self, words: str, seconds: float = ANSWER) -> None:
        """Read until words are on the screen, and then until nothing more comes."""
        ends = time.perf_counter() + seconds
        while words not in self.terminal.text:
            if not self.terminal.open or time.perf_counter() > ends:
                raise TimeoutError(f"never on the screen: {words}\n{self.terminal.text}")
            self.terminal.read(0.1)
        while self.terminal.read(ANSWERED):
            pass

    def rate(self, seconds: float) -> float:
        """Bytes a second while nobody touches a key."""
        return self.terminal.read_for(seconds) / seconds


def walk(watch: float = 0.0) -> Walk:
    """From the first page to the device code, and out; the wait for it is watched for so many seconds."""
    seen = Walk()
    with started([sys.executable, "-m", "tests.bench.stub_wizard"], environment_in(os.environ.get("HOME", "/"))) as (
        pid,
        terminal,
    ):
        walker = Walker(terminal)
        walker.until("Enter Begin")
        painted = terminal.first_paint()
        seen.first_paint_bytes = painted[1] if painted else math.nan
        terminal.read_until_quiet()
        step(walker, "enter", "1 of 5", seen)
        seen.idle = walker.rate(IDLE)
        for number in (2, 3):
            walker.press("f5")
            walker.until("checks passed")
            step(walker, "f6", f"{number} of 5", seen)
        walker.press("f5")
        walker.until("paste it, then Enter")
        seen.waiting_for_consent = walker.rate(WAIT)
        answers = [walker.press(character) for character in "partner"]
        seen.character_bytes = statistics.median(size for size, _ in answers)
        seen.character_seconds = statistics.median(took for _, took in answers)
        for key in ("shift+tab", "enter", "enter"):  # to the way “Already granted”, and its button
            walker.press(key)
        walker.until("checks passed")
        step(walker, "f6", "4 of 5", seen)
        walker.press("f5")
        walker.until("ABCD1234X")
        seen.waiting_with_code = walker.rate(WAIT)
        seen.megabytes_late = resident_megabytes(pid)
        if watch:
            used = processor_seconds(pid)
            walker.rate(watch)
            seen.processor_share = 100 * (processor_seconds(pid) - used) / watch
        walker.press("ctrl+q")
        walker.until("Quit now?")
        walker.press("right")
        seen.quit_seconds = terminal.seconds_to_quit(KEYS["enter"].encode())
        with contextlib.suppress(ChildProcessError):
            _, status = os.waitpid(pid, 0)
            seen.exit_code = os.waitstatus_to_exitcode(status)
    return seen


def step(walker: Walker, key: str, words: str, seen: Walk) -> None:
    """Go to another step, and count what that costs until nothing of it comes any more."""
    terminal = walker.terminal
    before, begun = len(terminal.came), time.perf_counter()
    os.write(terminal.fd, (KEYS[key] if len(key) > 1 else key).encode())
    terminal.read(ANSWER)  # a list on the page before may hold the words, too
    walker.until(words)
    came = terminal.came[before:]
    seen.step_bytes.append(sum(len(data) for _, data in came))
    seen.step_seconds.append(came[-1][0] + terminal.begun - begun)


def measure(runs: int) -> list[Measured]:
    """What budgets are given for; times beside those of a program of one label."""
    watched, *walks = [walk(watch=0.0 if number else WATCH) for number in range(runs + 1)]
    labels = [run_label() for _ in range(runs + 1)][1:]
    painted = statistics.median(each.first_paint for each in labels)
    label_quit = statistics.median(each.quit for each in labels)

    def median(name: str) -> float:
        values: list[float] = [getattr(each, name) for each in walks]
        return statistics.median(values)

    largest = max(size for each in walks for size in each.step_bytes)
    slowest = statistics.median(max(each.step_seconds) for each in walks)
    return [
        Measured("idle on a question", median("idle"), 0, "B/s"),
        Measured("waiting for consent, with its count-down", median("waiting_for_consent"), 200, "B/s"),
        Measured("waiting with a device code", median("waiting_with_code"), 200, "B/s"),
        Measured("step change, the dearest", largest, 9_000, "B"),
        ratio("step change, the slowest / first paint of one label", slowest, painted, 0.2),
        Measured("typed character", median("character_bytes"), 300, "B"),
        ratio("typed character / first paint of one label", median("character_seconds"), painted, 0.015),
        Measured("memory with the code shown", median("megabytes_late"), 75, "MB"),
        Measured("processor while it waits for a code", watched.processor_share, 1.0, "%"),
        ratio("quit at a device code / quit of one label", median("quit_seconds"), label_quit, 1.3),
    ]
