"""The process that asks onboardings for `--all`, and is told by its standard input alone whom, and with which secrets.

Started by `fleet_processes`. It ends when that input does; no signal of a terminal or of a service ends it earlier, for
whoever has started it ends it in order.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wizard.commands.fleet_members import Ask
    from wizard.core.answers import Answers
    from wizard.jobs.alert_run import AlertLook, Seen
    from wizard.jobs.fleet import Result
    from wizard.microsoft.clouds import Cloud

LONGEST_END: Final = 4.0
"""Seconds after which it ends whatever is still under way."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is told first.

    Args:
        clouds: by name.
        state: the state folder.
        answers: what all onboardings share, and the names of those that an answers file gives.
        ask: asks one.
        alerts: reads what vaults keep of alerts; None where none are sent.
        workers: how many it asks side by side.
    """

    clouds: Mapping[str, Cloud]
    state: str
    answers: tuple[Answers, set[str]]
    ask: Ask
    alerts: AlertLook | None
    workers: int


def main() -> int:
    """Ask whom standard input says, and write how it ended, until that input ends."""
    from wizard.core.ending_signals import ENDING_SIGNALS
    from wizard.core.garbage import with_few_collections
    from wizard.core.process import guard_memory

    for each in ENDING_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    guard_memory()
    told, said = _own_pipes()
    return with_few_collections(lambda: _serve(told, said))


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return both pipes under numbers of their own: no program that is started, and no print, comes upon them."""
    own = os.dup(0), os.dup(1)  # which no program inherits
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    return os.fdopen(own[0], "rb"), os.fdopen(own[1], "wb")


def _serve(told: IO[bytes], said: IO[bytes]) -> int:
    from wizard.commands.fleet_members import Fleet
    from wizard.core.errors import place_of
    from wizard.core.garbage import collect_as_usual
    from wizard.jobs.alert_addresses import Addresses
    from wizard.jobs.fleet import Member, Result, result_of
    from wizard.jobs.fleet_processes import Answer, Question, Ready, read_message, write_message
    from wizard.journeys.journey_folder import JourneyFolder
    from wizard.journeys.session import Session
    from wizard.microsoft.wire import Wire
    from wizard.redaction.redactor import Redactor

    turn = threading.Lock()

    def say(message: object) -> None:
        with turn, suppress(OSError):  # where nobody listens any more, the input ends as well
            write_message(said, message)

    order: Order = read_message(told)
    collect_as_usual()
    session, wire = Session(), Wire(is_shared=True, tell=say)
    fleet = Fleet(order.clouds, JourneyFolder(Path(order.state)), order.answers, session, wire)
    addresses = Addresses(order.alerts.addresses if order.alerts else (), Redactor())
    say(Ready())

    def ask(question: Question) -> None:
        seen: list[Seen] = []

        def look(asked: Session, name: str) -> None:
            if order.alerts is not None and asked.loaded is not None:
                seen.append(order.alerts.into(asked.loaded, name, addresses))

        def asked(member: Member) -> Result:
            return fleet.asked(member, order.ask, look)

        try:
            result = result_of(question.member, asked)
            say(Answer(question.number, result and _to_tell(result), seen[0] if seen else None))
        except BaseException as error:  # noqa: BLE001  # somebody waits for the answer
            mistake = f"what was found cannot be told ({place_of(error)})"
            say(Answer(question.number, Result(Member("", "", ""), "provisional", mistake=mistake)))

    with ThreadPoolExecutor(order.workers, thread_name_prefix="onboarding") as pool:
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                message = read_message(told)
                if isinstance(message, Question):
                    pool.submit(ask, message)
                else:
                    wire.take_up(message, session.clock)
        session.stop()
        threading.Timer(LONGEST_END, os._exit, (1,)).start()
    sys.stdout.flush()
    os._exit(0)  # the timer, and threads of requests that were given up, are not waited for


def _to_tell(result: Result) -> Result:
    """Return a result without what is known already of its onboarding, and without fixes, which nobody is there for."""
    from wizard.jobs.fleet import Member

    findings = tuple(replace(each, fixes=()) for each in result.findings)
    return replace(result, member=Member("", "", ""), findings=findings)
