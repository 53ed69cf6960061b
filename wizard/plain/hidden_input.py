"""Hides what is typed at a terminal, and shows it again whatever ends, stops or interrupts the program."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from types import FrameType
from typing import TypeAlias

from wizard.core.ending_signals import ENDING_SIGNALS

Handler: TypeAlias = Callable[[int, FrameType | None], object]


def can_ask() -> bool:
    """Return whether a person can be asked: standard input is a terminal, and one that can hide what is typed.

    Python cannot turn the echo of a Windows console off: there nobody is asked, as where there is no terminal.
    """
    return sys.stdin is not None and sys.stdin.isatty() and find_spec("termios") is not None


@contextmanager
def hidden_input(descriptor: int, ask: Callable[[], object], *, key_by_key: bool = False) -> Iterator[None]:
    """Turn the echo of a terminal off, and ask; turn it on again at the end, on a signal, and while stopped (Ctrl+Z).

    What was typed and not read is dropped each time: the shell would take it for a command, and show it.
    A signal without a handler ends the program with 128 + its number.

    Args:
        descriptor: of the terminal.
        ask: writes the question; called again when the program continues after a stop.
        key_by_key: whether each key is passed on at once, instead of each line.
    """
    hidden = _HiddenInput(descriptor, ask, key_by_key=key_by_key)
    handlers: dict[signal.Signals, Handler] = {
        **dict.fromkeys(ENDING_SIGNALS, hidden.end),
        signal.SIGTSTP: hidden.stop,
        signal.SIGCONT: hidden.resume,
    }
    earlier = {number: signal.getsignal(number) for number in handlers}
    hidden.earlier_handlers = earlier
    try:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        hidden.hide()
        hidden.ask()
        yield
    finally:
        hidden.show()
        for number, previous in earlier.items():
            signal.signal(number, previous)


class _HiddenInput:
    """A terminal whose echo is off, and what signals do to it. Takes what `hidden_input` takes."""

    def __init__(self, descriptor: int, ask: Callable[[], object], *, key_by_key: bool) -> None:
        self.earlier_handlers: dict[signal.Signals, Handler | int | None] = {}
        self._descriptor = descriptor
        self._write_question = ask
        self._is_asking = self._has_to_ask_again = False
        self._has_ended = False
        import termios  # Windows has none, and asks nobody

        self._termios = termios
        self._shown = termios.tcgetattr(descriptor)
        self._hidden = termios.tcgetattr(descriptor)
        self._hidden[3] &= ~(termios.ECHO | (termios.ICANON | termios.IEXTEN if key_by_key else 0))

    def hide(self) -> None:
        """Turn the echo off. In the background this stops the program, like every one that changes the terminal."""
        self._set(self._hidden)

    def ask(self) -> None:
        """Write the question, once more after a stop in the middle of it: a stream is not written to recursively."""
        if self._is_asking:
            self._has_to_ask_again = True
            return
        while True:
            self._is_asking, self._has_to_ask_again = True, False
            self._write_question()
            self._is_asking = False
            if not self._has_to_ask_again:
                return

    def show(self) -> None:
        """Turn the echo on, unless the terminal is gone or another program has it."""
        with suppress(self._termios.error, OSError):
            if os.tcgetpgrp(self._descriptor) == os.getpgrp():
                self._set(self._shown)

    def end(self, number: int, frame: FrameType | None) -> None:
        """End as the earlier handler does; if there was none, exit with 128 + the number."""
        self._has_ended = True
        self.show()
        handler = self.earlier_handlers[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)
        elif handler != signal.SIG_IGN:
            raise SystemExit(128 + number)

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """Stop as every program does, with the echo on."""
        self.show()
        handler = signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, handler)
        self.resume()  # without a shell that could continue it, it was not stopped at all

    def resume(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Turn the echo off again after a stop, and ask again."""
        if not self._has_ended and self._termios.tcgetattr(self._descriptor) != self._hidden:
            self.hide()
            self.ask()

    def _set(self, attributes: list[object]) -> None:
        self._termios.tcsetattr(self._descriptor, self._termios.TCSANOW, attributes)  # type: ignore[arg-type]
        self._termios.tcflush(self._descriptor, self._termios.TCIFLUSH)
