"""The collector of cycles is paused while a text is read, and runs afterwards as it did before."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from wizard.core.collector import without_collector


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.enable()


@without_collector
def is_on(*, fails: bool = False) -> bool:
    if fails:
        raise ValueError
    return gc.isenabled()


def test_it_is_paused_and_then_runs_again() -> None:
    assert not is_on()
    assert gc.isenabled()


def test_it_runs_again_after_an_error() -> None:
    with pytest.raises(ValueError, match=r"^$"):
        is_on(fails=True)

    assert gc.isenabled()


def test_it_stays_off_where_it_was_off() -> None:
    gc.disable()

    assert not is_on()
    assert not gc.isenabled()
