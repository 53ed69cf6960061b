"""What a person at a terminal notices: first paint, bytes on the line, idle traffic, memory.

The program runs in a pseudo terminal of 80×24 whose other end answers what a real terminal is asked at start. A frame
ends with a synchronised update, or when nothing came for 20 ms; the first frame with text on it is the first paint.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyte

from tests.bench import one_label
from tests.bench.measured import Measured, ratio

ROWS, COLUMNS = 24, 80
FRAME_GAP = 0.020
QUIET = 1.0
"""Seconds without a byte that end the start."""
LIMIT = 15.0
"""Seconds a program may take to settle."""
IDLE = 2.0
BEGIN = "[Begin]"
"""What the wizard shows when it can be used."""
TEXT = 20
"""Characters on the screen that make it a frame with text."""

ANSWERS = (
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[\?2048\$p"), b"\x1b[?2048;0$y"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
)
UPDATE_ENDS = b"\x1b[?2026l"
NOT_FOR_PYTE = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[A-Za-z]|\x1b[P_^X].*?(?:\x1b\\|\x07)|\x1b\[\?[0-9;]*\$[a-z]", re.DOTALL
)


@dataclass
class Seen:
    """What one run showed. NaN: it did not come to that."""

    first_paint: float = math.nan
    settled: float = math.nan
    bytes_to_first_paint: float = math.nan
    idle_bytes_per_second: float = math.nan
    megabytes: float = math.nan
    quit: float = math.nan


@dataclass
class Terminal:
    """The other end of the pseudo terminal, and what came out of it when."""

    fd: int
    begun: float
    came: list[tuple[float, bytes]] = field(default_factory=list)
    open: bool = True
    screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(COLUMNS, ROWS))
    _stream: pyte.ByteStream | None = None
    _fed: int = 0

    @property
    def text(self) -> str:
        """What is on the screen now."""
        if self._stream is None:
            self._stream = pyte.ByteStream(self.screen)
        self._stream.feed(for_pyte(b"".join(data for _, data in self.came[self._fed :])))
        self._fed = len(self.came)
        return "\n".join(self.screen.display)

    def read_until_closed(self) -> None:
        """Read until the program is gone, or for as long as it may take."""
        ends = time.perf_counter() + LIMIT
        while self.open and time.perf_counter() < ends:
            self.read(0.05)

    def read(self, seconds: float) -> bool:
        """Wait for output, answer what it asks; whether some came."""
        if not self.open or not select.select([self.fd], [], [], max(seconds, 0.0))[0]:
            return False
        try:
            data = os.read(self.fd, 65_536)
        except OSError:  # the program is gone
            data = b""
        if not data:
            self.open = False
            return False
        self.came.append((time.perf_counter() - self.begun, data))
        for asked, answer in ANSWERS:
            for _ in asked.findall(data):
                os.write(self.fd, answer)
        return True

    def read_until_quiet(self, words: str = "") -> None:
        """Read on until `words` are on the screen, and nothing has come for a while."""
        while self.open and time.perf_counter() - self.begun < LIMIT:
            if not self.read(QUIET) and words in self.text:
                return

    def seconds_to_quit(self, key: bytes) -> float:
        """Press the key that ends the program; gives the seconds until it is gone."""
        begun = time.perf_counter()
        os.write(self.fd, key)
        self.read_until_closed()
        return time.perf_counter() - begun

    def read_for(self, seconds: float) -> int:
        """Read on for so long; gives the bytes that came."""
        before, ends = len(self.came), time.perf_counter() + seconds
        while self.open and (left := ends - time.perf_counter()) > 0:
            self.read(left)
        return sum(len(data) for _, data in self.came[before:])

    def first_paint(self) -> tuple[float, int] | None:
        """When the first frame with text was whole, and the bytes up to there."""
        screen = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        total = 0
        for number, (at, data) in enumerate(self.came):
            total += len(data)
            stream.feed(for_pyte(data))
            later = self.came[number + 1][0] if number + 1 < len(self.came) else math.inf
            if UPDATE_ENDS not in data and later - at < FRAME_GAP:
                continue
            if sum(len(line.replace(" ", "")) for line in screen.display) >= TEXT:
                return at, total
        return None

    def settled(self) -> float:
        """When the last byte came that changed a character of the screen."""
        screen = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        shown, changed = list(screen.display), math.nan
        for at, data in self.came:
            stream.feed(for_pyte(data))
            if screen.display != shown:
                shown, changed = list(screen.display), at
        return changed


def for_pyte(data: bytes) -> bytes:
    """Output without what pyte takes for text; it knows no alternate screen."""
    return NOT_FOR_PYTE.sub(b"", data).replace(b"\x1b[?1049h", b"\x1b[2J\x1b[H")


@contextlib.contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[tuple[int, Terminal]]:
    """A program in a terminal of its own, by its process id; it is ended afterwards if it is still there."""
    begun = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execvpe(command[0], command, environment)
    try:
        yield pid, Terminal(fd, begun)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        os.close(fd)


def run(command: list[str], environment: dict[str, str], words: str) -> Seen:
    """Run a program until `words` are on its screen and nothing more comes, and a while beyond, and end it."""
    seen = Seen()
    with started(command, environment) as (pid, terminal):
        terminal.read_until_quiet(words)
        painted = terminal.first_paint()
        if terminal.open and painted:
            seen.first_paint, seen.bytes_to_first_paint = painted
            seen.settled = terminal.settled()
            seen.idle_bytes_per_second = terminal.read_for(IDLE) / IDLE
            seen.megabytes = resident_megabytes(pid)
            seen.quit = terminal.seconds_to_quit(b"\x11")  # Ctrl+Q
    return seen


def environment_in(folder: str) -> dict[str, str]:
    """What a measured program finds around it."""
    return {
        "PATH": os.environ["PATH"], "HOME": folder, "TERM": "xterm-256color", "COLORTERM": "truecolor",
        "LC_ALL": "C.UTF-8", "PYTHONPATH": str(Path(__file__).parents[2]),
    }  # fmt: skip


def run_label() -> Seen:
    """Run the program of one label, which ours is measured against."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return run([sys.executable, "-m", "tests.bench.one_label"], environment_in(folder), one_label.TEXT)


def run_wizard() -> Seen:
    """Run the wizard to its first page, with nothing saved."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return run([sys.executable, "-m", "wizard"], environment_in(folder), BEGIN)


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process; NaN where the system does not say."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return math.nan
    found = re.search(r"VmRSS:\s+(\d+)", text)
    return int(found[1]) / 1024 if found else math.nan


def processor_seconds(pid: int) -> float:
    """Seconds of processor time that a process has used; NaN where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return math.nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(runs: int) -> list[Measured]:
    """First paint against a program of one label, and what budgets are given for."""
    wizard: list[Seen] = []
    label: list[Seen] = []
    for turn in range(runs + 1):
        first, second = run_label(), run_wizard()
        if turn:
            label.append(first)
            wizard.append(second)

    def least(runs_seen: list[Seen], name: str) -> float:  # whatever else runs here only adds
        values: list[float] = [getattr(seen, name) for seen in runs_seen]
        return min(values)

    def median(runs_seen: list[Seen], name: str) -> float:
        values: list[float] = [getattr(seen, name) for seen in runs_seen]
        return statistics.median(values)

    return [
        ratio("first paint / one-label Textual app", least(wizard, "first_paint"), least(label, "first_paint"), 1.15),
        ratio("settled / one-label Textual app", least(wizard, "settled"), least(label, "settled"), 1.5),
        ratio("quit the first page / one-label Textual app", least(wizard, "quit"), least(label, "quit"), 1.3),
        Measured("bytes to first paint", median(wizard, "bytes_to_first_paint"), 6_000, "B"),
        Measured("idle", median(wizard, "idle_bytes_per_second"), 0, "B/s"),
        Measured(
            "memory at the first screen",
            median(wizard, "megabytes"),
            40,
            "MB",
            beside=f"{median(label, 'megabytes'):,.0f} MB",
        ),
    ]
