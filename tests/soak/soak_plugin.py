"""The part of pytest that chooses the cases of `make soak`, counts what they tried, and prints it."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.soak.promises import Promise, Tally, name_of, promises, test_of, tries_of

SEED, FULL, UNTIL = "SOAK_SEED", "SOAK_FULL", "SOAK_UNTIL"
"""Variables that tests/soak/__main__.py sets: the seed, the file of a whole run, and until when cases are begun."""
NOTED = "tried "


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the cases that try a property: a share that the seed chooses, or all that were not tried yet."""
    done = {each["case"] for each in remembered() if each["held"]}
    by_test: dict[str, list[pytest.Item]] = {}
    for item in items:
        if shares_of(item.nodeid):
            by_test.setdefault(test_of(item.nodeid), []).append(item)
    chosen: list[tuple[int, str, pytest.Item]] = []
    for test, cases in by_test.items():
        ordered = sorted(cases, key=lambda each: each.nodeid)
        drawn = random.Random(f"{os.environ[SEED]} {test}").sample(ordered, len(ordered))
        if not os.environ.get(FULL):
            drawn = drawn[: max(map(shares_of, (each.nodeid for each in drawn)))]
        chosen += [(at, test, item) for at, item in enumerate(drawn) if name_of(item.nodeid) not in done]
    kept = [item for _, _, item in sorted(chosen, key=lambda each: each[:2])]  # the first case of each test comes first
    config.hook.pytest_deselected(items=[each for each in items if each not in set(kept)])
    items[:] = kept


def shares_of(node_id: str) -> int:
    """Return how many cases of a test `make soak` tries, 0 for one that tries no property."""
    names = (name_of(node_id), test_of(node_id))
    return max((each.of_each for each in promises() if any(name in each.tests for name in names)), default=0)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note of how many values a case is made; begin none once the time of a bounded run is over."""
    until = os.environ.get(UNTIL)
    if until and time.time() > float(until):
        pytest.skip("the time of make soak is over")
    item.user_properties.append(("cases", getattr(getattr(item, "function", None), "cases", 1)))


class Counting:
    """Counts in the process that gets every report, and writes into the file of a whole run what was tried."""

    def __init__(self, known: Iterable[Promise]) -> None:
        self.known = tuple(known)
        self.tally = Tally()
        self.file = Path(os.environ[FULL]) if os.environ.get(FULL) else None
        self._failed: set[str] = set()
        for each in remembered():
            if each["held"]:
                self.tally.add(each["tried"], held=True)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what a case has tried: held if it passed, with what came before it and after it."""
        if report.failed:
            self._failed.add(report.nodeid)
        if report.when != "teardown":
            return
        notes: dict[str, Any] = dict(report.user_properties)
        if "cases" not in notes or "skipped" in notes:
            return
        noted = {name.removeprefix(NOTED): times for name, times in notes.items() if name.startswith(NOTED)}
        tries = tries_of(report.nodeid, notes["cases"], noted, self.known)
        held = report.nodeid not in self._failed
        if not held:  # what it would have noted is not known
            tries |= {
                each.id: 1 for each in self.known if test_of(report.nodeid) in each.tests and each.id not in tries
            }
        self.tally.add(tries, held=held)
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"case": name_of(report.nodeid), "held": held, "tried": tries}) + "\n")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print a line for each property."""
        terminalreporter.section(f"properties, SEED={os.environ[SEED]}")
        for line in self.tally.lines(self.known):
            terminalreporter.write_line(line)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let a run fail in which a property was not tried, or did not hold; one may have nothing left to try."""
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            is_held = all(map(self.tally.is_held, self.known))
            session.exitstatus = pytest.ExitCode.OK if is_held else pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Note that a case was skipped, so that it counts for nothing."""
    report = yield
    if report.skipped:
        item.user_properties.append(("skipped", 1))
    return report


def remembered() -> list[dict[str, Any]]:
    """Return what the file of a whole run says; a last line that was cut off is left out."""
    if not (name := os.environ.get(FULL)) or not Path(name).exists():
        return []
    lines = Path(name).read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def pytest_configure(config: pytest.Config) -> None:
    """Count in the process that gets the reports of all workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Counting(promises()))
