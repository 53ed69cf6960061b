"""Calls in threads that are kept: the result or the error of each, and no thread is left once nothing is to do."""

from __future__ import annotations

import threading

import pytest

from tests.harness import wait_for
from tests.patience import PATIENCE
from wizard.microsoft import kept_threads
from wizard.microsoft.kept_threads import KeptThreads


def mine() -> int:
    return threading.get_ident()


def test_one_call_after_another_is_made_in_one_thread_and_two_at_once_in_two() -> None:
    threads, release = KeptThreads(), threading.Event()
    held = threads.begin(lambda: release.wait(PATIENCE) and mine())
    assert not held.has_ended_within(0)
    others = set()
    for _ in range(5):
        work = threads.begin(mine)
        assert work.has_ended_within(PATIENCE)
        others.add(work.result())
        wait_for(lambda: threads._idle, "the thread to be free")
    release.set()
    assert held.has_ended_within(PATIENCE)
    assert len({*others, held.result()}) == 2


def test_an_error_of_a_call_is_its_own_and_the_thread_goes_on() -> None:
    threads = KeptThreads()
    failing = threads.begin(lambda: 1 // 0)
    assert failing.has_ended_within(PATIENCE)
    with pytest.raises(ZeroDivisionError):
        failing.result()
    after = threads.begin(mine)
    assert after.has_ended_within(PATIENCE)
    assert after.result() != mine()


def test_a_thread_that_has_nothing_to_do_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_threads, "KEPT_FOR", 0.01)
    threads = KeptThreads()
    work = threads.begin(threading.current_thread)
    assert work.has_ended_within(PATIENCE)
    wait_for(lambda: not work.result().is_alive(), "its end")
    again = threads.begin(mine)
    assert again.has_ended_within(PATIENCE)
    assert again.result()
