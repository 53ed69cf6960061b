"""`partner-wizard run`: the journey in plain lines, unattended or asked for line by line."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from wizard.core.answers import Answers
from wizard.core.errors import BadInput, Cancelled
from wizard.core.findings import Finding
from wizard.core.waiting import Clock
from wizard.journeys.saved_journey import JourneyFile, default_path
from wizard.journeys.session import Session
from wizard.microsoft.clouds import Cloud, built_in_clouds, read_cloud_file
from wizard.onboarding.journey import Journey
from wizard.onboarding.sign_in.methods import require_way
from wizard.plain.answers_file import read_answers
from wizard.plain.unattended import Lines, run


def main(options: argparse.Namespace) -> int:
    """Run as the command line says; gives the exit code."""
    answers, given = read_answers(options.answers, os.environ) if options.answers else (Answers(), set())
    session = open_session(options, answers)
    return run_journey(session, answers, given, as_json=options.json, restart=options.restart)


def open_session(options: argparse.Namespace, answers: Answers) -> Session:
    """The session that the options ask for."""
    session = Session(
        clouds_of(options), file=JourneyFile(Path(options.journey or default_path(os.environ))), port=port_of(options)
    )
    session.cloud(answers.cloud)
    session.profile(answers.profile)
    require_way(answers.sign_in_flow)  # also where a saved journey goes on
    return session


def port_of(options: argparse.Namespace) -> int:
    """The port that a browser's answer is to come back to, 0 for any; raises BadInput where another program has it."""
    if options.port:
        from wizard.microsoft.loopback import require_free_port

        require_free_port(options.port, "--port")
    return options.port or 0


def clouds_of(options: argparse.Namespace) -> Mapping[str, Cloud]:
    """The clouds to choose from: the built-in ones, and those of --cloud-file."""
    added = read_cloud_file(options.cloud_file) if options.cloud_file else {}
    return {**built_in_clouds(), **added}


def run_journey(
    session: Session,
    answers: Answers,
    given: set[str],
    *,
    as_json: bool,
    may_ask: bool = True,
    restart: bool = False,
    watch: Callable[[Mapping[str, object]], None] = lambda _event: None,
    clock: Clock | None = None,
) -> int:
    """Run `answers` in `session`; asks for the rest when it may, and standard input is a terminal."""
    session.clock = clock or session.clock
    lines = Lines(as_json=as_json, watch=watch)
    ask: Callable[[Journey, Finding | None], bool] | None = None
    first: Callable[[Answers], Answers] = replace
    if may_ask and not as_json and sys.stdin is not None and sys.stdin.isatty():
        from wizard.plain.line_by_line import LineByLine

        person = LineByLine(lines, given, session)
        lines.also, ask, first = person.follow, person.ask, person.first_questions
        session.is_attended = True
    elif "associated" not in given:
        raise BadInput("associated", "needs an answer: true when Partner Center > Account settings > Tenants has it")
    with ExitStack() as until_the_end:
        if session.file:
            session.file.lock()
            until_the_end.callback(session.file.unlock)
            if restart:
                session.file.remove()
        until_the_end.enter_context(ending_on_signals(session))
        return run(session, first(answers), lines, ask, given if ask else None)


@contextmanager
def ending_on_signals(session: Session) -> Iterator[None]:
    """Let INT, TERM, HUP and QUIT end the session's waits; the command then exits with 128 + the signal's number."""
    received: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        session.stop()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    except Cancelled:
        raise SystemExit(128 + (received[0] if received else signal.SIGINT)) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
