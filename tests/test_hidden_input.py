"""A question whose answer is not shown, stopped and continued at the worst moment."""

from __future__ import annotations

import os
import pty
import signal
import termios
from collections.abc import Iterator
from contextlib import closing

import pytest

from wizard.plain.hidden_input import hidden_input


@pytest.fixture
def terminal() -> Iterator[int]:
    ours, its = pty.openpty()
    with closing(os.fdopen(ours, "rb", 0)), closing(os.fdopen(its, "rb", 0)):
        yield its


def test_stopped_while_it_is_asked_the_question_is_not_interleaved_but_asked_again(terminal: int) -> None:
    """A stream of Python that is written to from within its own write ends with RuntimeError."""
    shown = termios.tcgetattr(terminal)
    events: list[str] = []

    def ask() -> None:
        events.append("begins")
        if len(events) == 1:
            termios.tcsetattr(terminal, termios.TCSANOW, shown)  # as a shell leaves it
            signal.raise_signal(signal.SIGCONT)
        events.append("ends")

    with hidden_input(terminal, ask):
        assert events == ["begins", "ends"] * 2
        assert not termios.tcgetattr(terminal)[3] & termios.ECHO
