"""The driver of the terminal: no byte can end it, and a terminal that is gone ends the wizard in order."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final, cast

from textual import events
from textual._xterm_parser import XTermParser  # Textual 8.2: turns bytes into keys; it has no public name
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from screens.terminal.arrivals import Arrivals
from wizard.core.ending_signals import ENDING_SIGNALS

if TYPE_CHECKING:
    from screens.terminal.terminal_app import TerminalApp

AT_ONCE: Final = 65_536
"""Bytes read at once."""
PATIENCE: Final = 0.1
"""Seconds after which a key that may have more bytes to come is read again."""
SIGNAL_COMES_WITHIN: Final = 1.0
"""Seconds in which the signal of a hang-up comes; to a program whose terminal is not its own, none does."""
GONE: Final = {errno.EIO, errno.ENXIO, errno.EPIPE}
"""Errors of a terminal that is gone."""


class Output:
    """What is written to the terminal; nothing any more once that is gone.

    Textual's thread that writes would end with the first error, and the wizard wait for it for ever.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._is_gone = False

    def write(self, text: str) -> None:
        """Write a text."""
        self._unless_gone(lambda: self._file.write(text))

    def flush(self) -> None:
        """Send what was written."""
        self._unless_gone(self._file.flush)

    def fileno(self) -> int:
        """The number of the file."""
        return self._file.fileno()

    def _unless_gone(self, send: Callable[[], object]) -> None:
        if self._is_gone:
            return
        try:
            send()
        except OSError as error:
            if error.errno not in GONE:
                raise
            self._is_gone = True


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, which no byte can end."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if self._file is not None:  # Textual 8.2: where the driver writes
            self._file = Output(self._file)  # type: ignore[assignment]  # all of it that Textual uses

    def start_application_mode(self) -> None:
        """Let signals end the wizard in order from before the terminal is changed: they would leave it so."""
        app = cast("TerminalApp", self._app)
        for number in ENDING_SIGNALS:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(number, app.leave, 128 + number)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def run_input_thread(self) -> None:
        """Post keys and pastes as they arrive, until the driver ends, or the terminal is gone."""
        parser, arrivals = XTermParser(self._debug), Arrivals()  # Textual 8.2: `_debug` is the driver's own argument
        while not self.exit_event.is_set():
            ready, _, _ = select.select([self.fileno], [], [], PATIENCE)
            octets = self._read() if ready else b""
            if ready and not octets:
                self._end()
                return
            for arrived in arrivals.take(octets):
                if isinstance(arrived, events.Paste):
                    self.process_message(arrived)
                    continue
                for message in parser.feed(arrived):
                    if not isinstance(message, events.Paste):  # the marks alone make an empty one
                        self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _read(self) -> bytes:
        """What has arrived; nothing where the terminal is gone, which some tell by an error."""
        try:
            return os.read(self.fileno, AT_ONCE)
        except OSError as error:
            if error.errno not in GONE:
                raise
            return b""

    def _end(self) -> None:
        """The terminal is gone: its signal ends the wizard, and where none comes, this one does."""
        if not self.exit_event.wait(SIGNAL_COMES_WITHIN):
            os.kill(os.getpid(), signal.SIGHUP)

    def _sigcont_application(self, *arguments: object) -> None:  # Textual 8.2: its handler of SIGCONT
        """Go on after a suspension alone.

        A hang-up brings a SIGCONT along, and anybody may send one: Textual would start a second thread that reads keys
        beside the first one, and take the terminal's raw state for the one to be restored.
        """
        if self._must_signal_resume:
            super()._sigcont_application(*arguments)

    def _run_input_thread(self) -> None:  # Textual 8.2: what its thread runs
        """Let the application end with kind and place of an error; Textual would hand it a drawing of it."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001  # handed on to the drawing thread
            self._app.call_later(cast("TerminalApp", self._app).fail, error)
