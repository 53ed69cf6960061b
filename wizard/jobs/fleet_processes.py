"""Processes of this machine that ask onboardings side by side: Python runs one thread at a time in each.

Each is given an onboarding when it has ended another, so that a slow one holds nobody up. What they share goes through
their pipes, and so through this process: who is asked, how it ended, and which hosts are to be left in peace. Secrets
go the same way, and are in no argument, no variable that we set and no file. A pipe that ends, because this process
did in whatever way, ends the one behind it.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Self, cast

import wizard
from wizard.core.secret import Secret
from wizard.jobs.fleet import Result
from wizard.microsoft.wire import HostPause

if TYPE_CHECKING:
    from wizard.core.waiting import Clock
    from wizard.jobs.alert_run import Seen
    from wizard.jobs.fleet import Member
    from wizard.microsoft.wire import Wire

MOST: Final = 4
"""Processes."""
MEMORY_OF_ONE: Final = 120_000_000
"""Bytes, with what it asks."""
LONGEST_END: Final = 5.0
"""Seconds that they have to end by themselves; a request ends within two."""
BEGIN: Final = (
    "import sys; sys.path.append(sys.argv[1]); from wizard.commands.fleet_process import main; sys.exit(main())"
)


@dataclass(frozen=True, slots=True)
class Ready:
    """That a process has begun."""


@dataclass(frozen=True, slots=True)
class Question:
    """An onboarding that a process is to ask.

    Args:
        number: of the question.
        member: which one.
    """

    number: int
    member: Member


@dataclass(frozen=True, slots=True)
class Answer:
    """How it ended for an onboarding.

    Args:
        number: of the question.
        result: None where it was cancelled.
        seen: what its vault keeps of alerts, None where nobody wants to know.
    """

    number: int
    result: Result | None
    seen: Seen | None = None


class _Handed(pickle.Pickler):
    """Hands a secret over to our own process; anywhere else it cannot be pickled."""

    dispatch_table = copyreg.dispatch_table | {Secret: lambda secret: (Secret, (secret.reveal(),))}


def write_message(pipe: IO[bytes], message: object) -> None:
    """Write a message whole, or nothing of it; raise `OSError` where nobody reads it any more."""
    whole = io.BytesIO()
    _Handed(whole, pickle.HIGHEST_PROTOCOL).dump(message)
    pipe.write(whole.getbuffer())
    pipe.flush()


def read_message(pipe: IO[bytes]) -> Any:
    """Return the next message of our own process; raise `EOFError` or `UnpicklingError` at the end."""
    return pickle.load(pipe)  # noqa: S301  # what the other end of the pipe writes: we have started it, or it us


def how_many(workers: int, cores: int, memory: int | None) -> int:
    """Return how many processes there may be where many onboardings are asked; 0: none beside this one.

    Args:
        workers: at most so many of them at a time.
        cores: of the machine.
        memory: bytes that all processes may use together, None where nothing limits it.
    """
    room = MOST if memory is None else memory // MEMORY_OF_ONE - 1
    number = min(MOST, cores, workers, room)
    return number if number > 1 else 0


@dataclass(slots=True)
class _Asked:
    member: Member
    future: Future[Result | None] = field(default_factory=Future)
    losses: int = 0


class _Process:
    """One of them: its pipes, and what it has not answered."""

    def __init__(self) -> None:
        where = str(Path(wizard.__file__).parents[1])
        new_group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        self.popen = subprocess.Popen(  # noqa: S603  # our own interpreter and module; no word of it comes from outside
            [sys.executable, "-P", "-c", BEGIN, where], bufsize=-1, creationflags=new_group,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,  # what a terminal sends is for us: we end it
        )  # fmt: skip
        self.told, self.said = cast("IO[bytes]", self.popen.stdin), cast("IO[bytes]", self.popen.stdout)
        self.asked: dict[int, _Asked] = {}
        self.has_begun = False
        self._turn = threading.Lock()

    def send(self, message: object) -> None:
        """Send a message; whoever reads notices by itself where nobody is there any more."""
        with self._turn, suppress(OSError, ValueError):
            write_message(self.told, message)

    def let_end(self) -> None:
        """Let it end as soon as it can."""
        with self._turn, suppress(OSError):
            self.told.close()


class Processes:
    """Several processes that ask onboardings: none until `have`. Leaving the context ends them.

    Args:
        order: what each is told first.
        wire: the network of this process, which is told the pauses of theirs, and tells its own to new ones.
        clock: measures pauses.
        saw: is called with what the vault of an onboarding keeps of alerts.
        say: is called with a line for a person.
    """

    def __init__(
        self,
        order: object,
        wire: Wire,
        clock: Clock,
        saw: Callable[[Member, Seen], None] = lambda _member, _seen: None,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._order, self._wire, self._clock, self._saw, self._say = order, wire, clock, saw, say
        self._lock = threading.Lock()
        self._running: list[_Process] = []
        self._count = 0
        self._is_ending = False
        self._wanted = 0

    def have(self, number: int) -> None:
        """Begin so many, less those that were begun before; they load meanwhile what they need."""
        for _ in range(number - self._wanted):
            self._begin()
        self._wanted = max(number, self._wanted)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._is_ending = True
            running = list(self._running)
        for each in running:
            each.let_end()
        until = time.monotonic() + LONGEST_END
        for each in running:
            try:
                each.popen.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                each.popen.kill()
                each.popen.wait()

    @property
    def ids(self) -> list[int]:
        """The ids of those that run."""
        with self._lock:
            return [each.popen.pid for each in self._running]

    def begin(self, member: Member) -> Future[Result | None]:
        """Have one of them ask an onboarding; the result is None where it was cancelled."""
        asked = _Asked(member)
        self._hand_out(asked)
        return asked.future

    def _begin(self) -> None:
        try:
            process = _Process()
        except OSError as error:
            self._say(f"partner-wizard: a process could not be begun: {error.strerror}.")
            return
        with self._lock:
            self._running.append(process)
            if self._is_ending:
                process.let_end()
        threading.Thread(target=self._listen, args=(process,), name="fleet process", daemon=True).start()
        for message in (self._order, *self._wire.pauses(self._clock)):
            process.send(message)

    def _hand_out(self, asked: _Asked) -> None:
        with self._lock:
            is_ending = self._is_ending
            process = min(self._running, key=lambda each: len(each.asked), default=None)
            if process is not None and not is_ending:
                self._count += 1
                number = self._count
                process.asked[number] = asked
        if is_ending:
            asked.future.set_result(None)
        elif process is None:
            asked.future.set_result(_untold(asked.member, "no process is left that could ask it"))
        else:
            process.send(Question(number, asked.member))

    def _listen(self, process: _Process) -> None:
        """Take what a process says until it has ended."""
        try:
            with suppress(EOFError, OSError, pickle.UnpicklingError), process.said:
                while True:
                    message = read_message(process.said)
                    if isinstance(message, HostPause):
                        self._share(message, process)
                    elif isinstance(message, Answer):
                        self._take(message, process)
                    else:
                        process.has_begun = True
        finally:
            self._lost(process)

    def _share(self, pause: HostPause, told: _Process) -> None:
        """Have this process, and those that were not told it, leave a host in peace."""
        self._wire.take_up(pause, self._clock)
        with self._lock:
            others = [each for each in self._running if each is not told]
        for each in others:
            each.send(pause)

    def _take(self, answer: Answer, process: _Process) -> None:
        with self._lock:
            asked = process.asked.pop(answer.number)
        if answer.seen is not None:
            self._saw(asked.member, answer.seen)
        asked.future.set_result(answer.result and replace(answer.result, member=asked.member))

    def _lost(self, process: _Process) -> None:
        """Have what a process that ended has not answered asked once more, by others."""
        process.let_end()
        how = _in_words(process.popen.wait())
        with self._lock:
            self._running.remove(process)
            left, is_ending = list(process.asked.values()), self._is_ending
        if not is_ending:
            self._say(f"partner-wizard: a process of this run {how}; {len(left)} that it was asking are asked again.")
            if process.has_begun:  # else the next one would end alike
                self._begin()
        for asked in left:
            asked.losses += 1
            if asked.losses > 1 and not is_ending:
                asked.future.set_result(_untold(asked.member, f"the process that asked it {how}, and so did another"))
            else:
                self._hand_out(asked)


def _untold(member: Member, why: str) -> Result:
    return Result(member, "provisional", mistake=f"could not tell: {why}")


def _in_words(code: int) -> str:
    """Return how a process ended, in words that follow on what it is."""
    with suppress(ValueError):
        return f"was ended ({signal.Signals(-code).name})" if code < 0 else f"ended with exit code {code}"
    return f"was ended (signal {-code})"
