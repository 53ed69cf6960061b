"""The properties of properties.toml, and what a run has come to for each."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("properties.toml")
USUAL_SHARE = 12
"""Cases of a test in `make soak`."""


@dataclass(frozen=True)
class Promise:
    """A property.

    Args:
        id: a letter and a number.
        says: what holds.
        asked: how often it is to be tried in a whole run.
        tests: how often a case of each test tries it, by the test's module and name, or by the id of one case.
        of_each: cases of each test in `make soak`.
    """

    id: str
    says: str
    asked: int
    tests: Mapping[str, int] = field(default_factory=dict)
    of_each: int = USUAL_SHARE


@cache
def promises() -> tuple[Promise, ...]:
    """Return every property, in the order of the table."""
    return tuple(Promise(**each) for each in tomllib.loads(TABLE.read_text(encoding="utf-8"))["property"])


def name_of(node_id: str) -> str:
    """Return the id of a case as the table has it: below tests/."""
    return node_id.removeprefix("tests/")


def test_of(node_id: str) -> str:
    """Return module and name of the test that a case belongs to."""
    return name_of(node_id).partition("[")[0]


def tries_of(node_id: str, cases: int, noted: Mapping[str, int], known: Iterable[Promise]) -> dict[str, int]:
    """Return how often a case tries each property, by the property's id.

    Args:
        node_id: of the case.
        cases: how many values it is made of.
        noted: what it has noted itself, by the property's id.
        known: every property.
    """
    found = dict(noted)
    for promise in known:
        times = promise.tests.get(name_of(node_id), promise.tests.get(test_of(node_id), 0))
        if times and promise.id not in found:
            found[promise.id] = times * cases
    return found


@dataclass
class Tally:
    """How often each property was tried, and held; by its id."""

    tried: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)

    def add(self, tries: Mapping[str, int], *, held: bool) -> None:
        """Add what a case has tried."""
        self.tried.update(tries)
        if held:
            self.held.update(tries)

    def is_held(self, promise: Promise) -> bool:
        """Return whether a property was tried, and held each time."""
        return 0 < self.tried[promise.id] == self.held[promise.id]

    def lines(self, known: Iterable[Promise]) -> list[str]:
        """Return a line for each property; one that was not tried is not held."""
        return [
            f"{each.id:<4}{each.says}: {self.tried[each.id]} tried, {self.held[each.id]} held"
            f"{'' if self.is_held(each) else '  ✗ NOT HELD'}"
            for each in known
        ]
