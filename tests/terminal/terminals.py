"""A real terminal for a test: the program in a pseudo terminal, its screen in pyte, real keys going in."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pyte

from tests.patience import PATIENCE

KEYS = {
    "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "escape": "\x1b", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "left": "\x1b[D", "right": "\x1b[C", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "ctrl+q": "\x11", "ctrl+c": "\x03", "ctrl+p": "\x10",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "delete": "\x1b[3~",
}  # fmt: skip
# What pyte takes for text: keyboard and colour queries, private modes with ">", device control strings.
_UNKNOWN_TO_PYTE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP.*?\x1b\\|\x1b\[[0-9:;]*:[0-9:;]*m", re.S
)


class Terminal:
    """A program in a pseudo terminal.

    Args:
        command: program and arguments.
        env: its whole environment.
        size: columns and rows.
    """

    def __init__(self, command: list[str], env: Mapping[str, str], size: tuple[int, int] = (80, 24)) -> None:
        columns, rows = size
        self.raw = b""
        self.read_up_to = 0
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._status: int | None = None
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, dict(env))
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    @property
    def text(self) -> str:
        """What is on the screen now."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def is_as_new(self) -> bool:
        """Whether it is set as a terminal that nobody has used: it shows what is typed, line by line, and all else."""
        ends = pty.openpty()
        try:
            return termios.tcgetattr(self._fd) == termios.tcgetattr(ends[1])
        finally:
            for end in ends:
                os.close(end)

    def read(self, seconds: float = 0.1) -> None:
        """Take in what the program writes within `seconds`."""
        ready, _, _ = select.select([self._fd], [], [], seconds)
        if not ready:
            return
        try:
            data = os.read(self._fd, 65_536)
        except OSError:
            data = b""
        self.raw += data
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))

    def wait_for(self, condition: str | Callable[[str], bool]) -> str:
        """Read until the screen shows a text, or fulfils a condition; gives the screen."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read()
            if condition in self.text if isinstance(condition, str) else condition(self.text):
                return self.text
        raise AssertionError(f"never on the screen: {condition!r}; it shows\n{self.text}")

    def press_until(self, key: str, condition: str | Callable[[str], bool]) -> str:
        """Press a key that does nothing where it is not offered, again and again until the screen fulfils a condition.

        A page says what its checks came to a moment before it offers what follows.
        """
        for _ in range(int(PATIENCE)):
            for _ in range(20):
                self.read(0.05)
                if condition in self.text if isinstance(condition, str) else condition(self.text):
                    return self.text
            self.press(key)
        return self.wait_for(condition)

    def type(self, text: str) -> None:
        """Type text; the terminal takes more of a long one as soon as the program has read some."""
        octets = text.encode()
        while octets:
            octets = octets[os.write(self._fd, octets) :]

    def press(self, *keys: str) -> None:
        """Press keys by name, or single characters, taking in the answer to each."""
        for key in keys:
            self.type(KEYS.get(key, key))
            self.read(0.15)

    def send_signal(self, number: int) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def exit_code(self) -> int:
        """The program's exit code, or minus its signal; it has to end by itself, and not while it still writes."""
        end, came = time.monotonic() + PATIENCE, len(self.raw)
        while not self._has_ended and time.monotonic() < end:
            self.read(0.05)
            if len(self.raw) > came:
                end, came = time.monotonic() + PATIENCE, len(self.raw)
        assert self._status is not None, f"still running; the screen shows\n{self.text}"
        return os.waitstatus_to_exitcode(self._status)

    def leave(self) -> int:
        """Quit by the key, also where the program asks whether to; gives the exit code."""
        self.press("ctrl+q")
        for _ in range(int(PATIENCE) * 10):
            if self._has_ended:
                break
            if "Quit now?" in self.text:
                self.press("right", "enter")
                break
            self.read()
        return self.exit_code()

    @property
    def _has_ended(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def close(self) -> None:
        """End the program if it still runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if not pid:
                os.kill(self.pid, signal.SIGKILL)
                _, status = os.waitpid(self.pid, 0)
            self._status = status
        os.close(self._fd)


class JobControl(Terminal):
    """A program as a shell starts it: a job of its own, which can be stopped and gone on with.

    Args:
        command, env: as for `Terminal`.
        told: a new file, to which each change of the job's state is written.
    """

    def __init__(self, command: list[str], env: Mapping[str, str], told: Path) -> None:
        self._told = told
        super().__init__([sys.executable, "-c", SHELL, str(told), *command], env, (100, 40))

    @property
    def states(self) -> list[str]:
        """What happened to the job so far: “left 0 bytes”, “stopped”, “continued”, “ended 131”.

        What is left is what was typed and would be the shell's.
        """
        lines = self._told.read_text(encoding="ascii").splitlines() if self._told.exists() else []
        return [line.partition(" ")[2] for line in lines[1:]]

    def signal_job(self, number: int) -> None:
        """Send the job a signal."""
        os.kill(int(self._told.read_text(encoding="ascii").split()[0]), number)

    def keep_input_on_signals(self) -> None:
        """Let the terminal itself throw nothing away on Ctrl+Z, as some are set up (NOFLSH)."""
        attributes = termios.tcgetattr(self._fd)
        attributes[3] |= termios.NOFLSH
        termios.tcsetattr(self._fd, termios.TCSANOW, attributes)

    def to_the_front(self) -> None:
        """Give the job the terminal, as fg does before it lets it go on."""
        self.send_signal(signal.SIGUSR1)
        self.wait_for(lambda _text: self.states[-1:] == ["in front"])

    @property
    def shows_keys(self) -> bool:
        """Whether the terminal shows what is typed, line by line, as a shell's program expects it."""
        local = termios.tcgetattr(self._fd)[3]
        return bool(local & termios.ECHO) and bool(local & termios.ICANON)


SHELL = """
import os, signal, sys, termios
told = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
if not job:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execvp(sys.argv[2], sys.argv[2:])
os.write(told, b"%d is the job\\n" % job)
def to_the_front(*_signal):
    os.tcsetpgrp(0, job)
    os.write(told, b"is in front\\n")
signal.signal(signal.SIGUSR1, to_the_front)
def left():
    before, by_key = termios.tcgetattr(0), termios.tcgetattr(0)
    by_key[3] &= ~termios.ICANON
    by_key[6][termios.VMIN] = by_key[6][termios.VTIME] = 0
    termios.tcsetattr(0, termios.TCSANOW, by_key)
    count = len(os.read(0, 999))
    termios.tcsetattr(0, termios.TCSANOW, before)
    return count
while True:
    _, status = os.waitpid(job, os.WUNTRACED | os.WCONTINUED)
    if os.WIFSTOPPED(status):
        os.tcsetpgrp(0, os.getpid())
        os.write(told, b"it left %d bytes\\n" % left())
        os.write(told, b"it stopped\\n")
    elif os.WIFCONTINUED(status):
        os.write(told, b"it continued\\n")
    else:
        os.tcsetpgrp(0, os.getpid())
        os.write(told, b"it ended %d\\n" % os.waitstatus_to_exitcode(status))
        signal.pause()
"""
"""What a shell does for one job."""
