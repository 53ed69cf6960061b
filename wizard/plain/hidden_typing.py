"""A terminal that does not show what is typed, and shows it again whatever ends, stops or interrupts that."""

from __future__ import annotations

import os
import signal
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, TypeAlias

Handler: TypeAlias = Callable[[int, FrameType | None], object]
ENDING: Final = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


@contextmanager
def hidden_typing(descriptor: int, ask: Callable[[], object], *, key_by_key: bool = False) -> Iterator[None]:
    """Let a terminal show no key, and ask; as it was at the end, on each signal that ends, and while stopped (Ctrl+Z).

    What was typed and not read is thrown away each time: the shell would take it for a command, and show it.
    A signal that nobody handles yet ends the program with 128 + its number.

    Args:
        descriptor: of the terminal.
        ask: writes what is asked for; called again when the program goes on after it was stopped.
        key_by_key: pass on each key at once, not each line.
    """
    hidden = _Hidden(descriptor, ask, key_by_key=key_by_key)
    meanwhile: dict[signal.Signals, Handler] = {
        **dict.fromkeys(ENDING, hidden.end),
        signal.SIGTSTP: hidden.stop,
        signal.SIGCONT: hidden.go_on,
    }
    before = {number: signal.getsignal(number) for number in meanwhile}
    hidden.ends_with = before
    try:
        for number, handler in meanwhile.items():
            signal.signal(number, handler)
        hidden.hide()
        hidden.ask()
        yield
    finally:
        hidden.show()
        for number, kept in before.items():
            signal.signal(number, kept)


class _Hidden:
    """The state of a terminal that shows no key, and what signals do to it. Takes what `hidden_typing` takes."""

    def __init__(self, descriptor: int, ask: Callable[[], object], *, key_by_key: bool) -> None:
        self.ends_with: dict[signal.Signals, Handler | int | None] = {}
        self._descriptor = descriptor
        self._write_question = ask
        self._is_asking = self._asks_again = False
        self._has_ended = False
        self._before = termios.tcgetattr(descriptor)
        self._changed = termios.tcgetattr(descriptor)
        self._changed[3] &= ~(termios.ECHO | (termios.ICANON | termios.IEXTEN if key_by_key else 0))

    def hide(self) -> None:
        """Show no key. In the background this stops the program, as it does each one that changes the terminal."""
        self._set(self._changed)

    def ask(self) -> None:
        """Ask. Stopped in the middle of it, do so once more afterwards: a stream cannot be written to while it is."""
        if self._is_asking:
            self._asks_again = True
            return
        while True:
            self._is_asking, self._asks_again = True, False
            self._write_question()
            self._is_asking = False
            if not self._asks_again:
                return

    def show(self) -> None:
        """Show keys again, unless the terminal is gone or somebody else's."""
        with suppress(termios.error, OSError):
            if os.tcgetpgrp(self._descriptor) == os.getpgrp():
                self._set(self._before)

    def end(self, number: int, frame: FrameType | None) -> None:
        """End as the handler before does; without one, in order."""
        self._has_ended = True
        self.show()
        handler = self.ends_with[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)
        elif handler != signal.SIG_IGN:
            raise SystemExit(128 + number)

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """Stop as every program does, with the terminal as it was."""
        self.show()
        handler = signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, handler)
        self.go_on()  # without a shell that could let it go on, it was not stopped at all

    def go_on(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """After a stop: hide keys again, and ask again."""
        if not self._has_ended and termios.tcgetattr(self._descriptor) != self._changed:
            self.hide()
            self.ask()

    def _set(self, attributes: list[object]) -> None:
        termios.tcsetattr(self._descriptor, termios.TCSANOW, attributes)  # type: ignore[arg-type]
        termios.tcflush(self._descriptor, termios.TCIFLUSH)
