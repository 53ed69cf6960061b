"""Every wait looks at the cancel signal several times a second, whatever time it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import wizard
from wizard.core import waiting
from wizard.core.errors import Cancelled
from wizard.core.waiting import POLL_INTERVAL, Cancel, SystemClock

SOON = 0.5
"""Seconds: four looks at the signal within the two seconds in which a cancel has to be heard."""


class StandingTime:
    """Time that passes only while somebody sleeps; the signal comes in one of the sleeps."""

    def __init__(self, cancel: Cancel, comes_after: float) -> None:
        self.passed, self.slept = 0.0, list[float]()
        self._cancel, self._comes_after = cancel, comes_after

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds
        if self.passed >= self._comes_after:
            self._cancel.set()


@pytest.mark.parametrize("comes_after", [0.01, 1.0, 299.0])
def test_a_wait_ends_within_a_glance_of_the_signal(comes_after: float, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = Cancel()
    time = StandingTime(cancel, comes_after)
    monkeypatch.setattr(waiting, "time", time)

    with pytest.raises(Cancelled):
        SystemClock().wait(300, cancel)

    assert time.passed < comes_after + POLL_INTERVAL
    assert max(time.slept) <= POLL_INTERVAL <= SOON


def test_a_wait_lasts_as_long_as_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = Cancel()
    time = StandingTime(cancel, 1_000)
    monkeypatch.setattr(waiting, "time", time)

    SystemClock().wait(7.25, cancel)

    assert time.passed == pytest.approx(7.25)


def test_no_wait_begins_once_the_signal_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = Cancel()
    cancel.set()
    time = StandingTime(cancel, 0)
    monkeypatch.setattr(waiting, "time", time)

    with pytest.raises(Cancelled):
        SystemClock().wait(300, cancel)

    assert time.slept == []


def waits_in_loops() -> Iterator[tuple[str, str]]:
    """Each `join` and `select` that stands in a loop of the program, with the seconds it is given."""
    folder = Path(wizard.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        if "rehearsal" in path.parts:
            continue
        for loop in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for node in ast.walk(loop) if isinstance(loop, ast.While) else ():
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                    if ast.unparse(node.func) == "self._selector.select":
                        continue  # woken by a byte
                    if node.func.attr == "select" or (node.func.attr == "join" and "thread" in ast.unparse(node.func)):
                        yield f"{path.relative_to(folder)}:{node.lineno}", ast.unparse(node.args[-1])
                    if node.func.attr == "join" and "reader" in ast.unparse(node.func):
                        yield f"{path.relative_to(folder)}:{node.lineno}", ast.unparse(node.args[-1])


def test_whoever_waits_for_a_thread_or_a_key_looks_up_as_often() -> None:
    waits = dict(waits_in_loops())

    assert len(waits) >= 5
    for where, seconds in waits.items():
        assert eval(seconds, {"POLL_INTERVAL": POLL_INTERVAL}) <= SOON, where
