"""A host that asks one onboarding for a pause is left in peace by all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wizard.core.errors import Cancelled
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel
from wizard.microsoft.host_probe import HostProbe
from wizard.microsoft.proxy_route import ProxyRoute
from wizard.microsoft.wire import LONGEST_ASKED, LONGEST_PAUSE, SEEN_FOR, HostPause, Wire

HOST = "graph.microsoft.com"


class Clock:
    """Time that passes while somebody waits, and not otherwise."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, seconds: float, cancel: Cancel) -> None:
        cancel.check()
        self.seconds += seconds


def waited(wire: Wire, clock: Clock, host: str = HOST) -> float:
    before = clock.seconds
    wire.wait_until_free(host, clock, Cancel())
    return clock.seconds - before


def test_what_a_host_asks_for_is_kept_by_everybody_and_for_that_host_alone() -> None:
    wire, clock = Wire(is_shared=True), Clock()
    wire.answered(HOST, clock, is_throttled=True, retry_after=17)
    assert waited(wire, clock, "login.microsoftonline.com") == 0
    assert waited(wire, clock) == 17
    assert waited(wire, clock) == 0


def test_where_it_does_not_say_how_long_each_pause_is_twice_the_one_before() -> None:
    wire, clock = Wire(is_shared=True), Clock()
    pauses = []
    for _ in range(8):
        wire.answered(HOST, clock, is_throttled=True, retry_after=None)
        pauses.append(waited(wire, clock))
    assert pauses == [2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    wire.answered(HOST, clock, is_throttled=False, retry_after=None)
    wire.answered(HOST, clock, is_throttled=True, retry_after=None)
    assert waited(wire, clock) == 2


def test_sixteen_that_are_told_at_once_are_told_one_time() -> None:
    wire, clock = Wire(is_shared=True), Clock()
    for _ in range(16):
        wire.answered(HOST, clock, is_throttled=True, retry_after=None)
    assert waited(wire, clock) == 2


def test_an_answer_of_one_that_was_under_way_does_not_end_the_pause_of_the_others() -> None:
    wire, clock = Wire(is_shared=True), Clock()
    wire.answered(HOST, clock, is_throttled=True, retry_after=30)
    wire.answered(HOST, clock, is_throttled=False, retry_after=None)
    wire.answered(HOST, clock, is_throttled=True, retry_after=5)
    assert waited(wire, clock) == 30


def test_no_host_can_ask_for_more_than_ten_minutes_and_a_signal_ends_the_wait() -> None:
    wire, clock, cancel = Wire(is_shared=True), Clock(), Cancel()
    wire.answered(HOST, clock, is_throttled=True, retry_after=1e9)
    cancel.set()
    with pytest.raises(Cancelled):
        wire.wait_until_free(HOST, clock, cancel)
    assert waited(wire, clock) == LONGEST_ASKED


def test_a_pause_is_told_once_and_the_longer_of_two_holds() -> None:
    told: list[HostPause] = []
    wire, other, clock = Wire(is_shared=True, tell=told.append), Wire(is_shared=True), Clock()
    for _ in range(16):
        wire.answered(HOST, clock, is_throttled=True, retry_after=None)
    wire.answered(HOST, clock, is_throttled=False, retry_after=None)
    assert told == [HostPause(HOST, 2, 2)]
    other.answered(HOST, clock, is_throttled=True, retry_after=1)
    other.take_up(told[0], clock)
    assert waited(other, clock) == 2
    other.take_up(HostPause(HOST, -1, 32), clock)
    assert waited(other, clock) == 0
    other.answered(HOST, clock, is_throttled=True, retry_after=None)
    assert other.pauses(clock) == [HostPause(HOST, LONGEST_PAUSE, LONGEST_PAUSE)], "each is twice the one before"


def test_somebody_alone_waits_in_sight_and_not_here() -> None:
    wire, clock = Wire(), Clock()
    wire.answered(HOST, clock, is_throttled=True, retry_after=17)
    assert waited(wire, clock) == 0


def test_how_a_host_was_reached_counts_for_all_for_a_minute_unless_it_was_in_trouble() -> None:
    wire, clock, alone = Wire(is_shared=True), Clock(), Wire()
    good, bad = HostProbe(HOST, ProxyRoute()), HostProbe("busy", ProxyRoute(), Trouble.BUSY)
    for probe in (good, bad):
        wire.saw("graph", probe, clock)
        alone.saw("graph", probe, clock)
    assert wire.seen("graph", HOST, clock) is good
    assert wire.seen("login", HOST, clock) is None
    assert wire.seen("graph", "busy", clock) is None
    assert alone.seen("graph", HOST, clock) is None
    clock.seconds += SEEN_FOR
    assert wire.seen("graph", HOST, clock) is good
    clock.seconds += 1
    assert wire.seen("graph", HOST, clock) is None


def test_after_a_minute_one_asks_a_host_again_and_the_others_go_by_what_was_seen_until_it_has_an_answer() -> None:
    wire, clock = Wire(is_shared=True), Clock()
    first, second = HostProbe(HOST, ProxyRoute()), HostProbe(HOST, ProxyRoute(), milliseconds=7)
    wire.saw("graph", first, clock)
    clock.seconds += SEEN_FOR + 1
    assert [wire.seen("graph", HOST, clock) for _ in range(3)] == [None, first, first]
    wire.saw("graph", second, clock)
    assert wire.seen("graph", HOST, clock) is second
    clock.seconds += SEEN_FOR + 1
    assert wire.seen("graph", HOST, clock) is None
    clock.seconds += SEEN_FOR
    assert wire.seen("graph", HOST, clock) is None, "nobody has had an answer"
