"""A journey in plain lines on standard output, for `run` and `rehearse --unattended`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from wizard.commands.context import EXIT_CODES, stop_on_signals
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.journeys.session import Session
from wizard.plain.line_writer import LineWriter
from wizard.plain.runner import run_journey

if TYPE_CHECKING:
    from wizard.plain.prompter import Prompter


def run_in_plain_lines(
    session: Session,
    answers: Answers,
    given: set[str],
    *,
    as_json: bool,
    may_ask: bool = True,
    restart: bool = False,
    watch: Callable[[Mapping[str, object]], None] = lambda _event: None,
) -> int:
    """Run a journey, and ask for what the answers lack if somebody may be asked and is there.

    Args:
        session: its file, if it has one, is locked meanwhile.
        answers: what is known beforehand.
        given: the names of the answers that were really given.
        as_json: JSON Lines, and nobody is asked.
        may_ask: whether a person at standard input is asked.
        restart: whether a saved journey is forgotten first.
        watch: called with every event that has a JSON form, as a dict.

    Returns:
        The exit code.

    Raises:
        BadInput: nobody is asked, and an answer is missing or wrong.
        SystemExit: a signal ended it.
    """
    lines = LineWriter(as_json=as_json, watch=watch)
    prompter: Prompter | None = None
    if may_ask and not as_json and sys.stdin is not None and sys.stdin.isatty():
        from wizard.plain.prompter import Prompter

        prompter = Prompter(lines, given, session)
        lines.also = prompter.follow
        session.is_attended = True
    elif "associated" not in given:
        raise BadInput("associated", "needs an answer: true if Partner Center > Account settings > Tenants has it")
    with ExitStack() as until_the_end:
        if session.file:
            session.file.lock()
            until_the_end.callback(session.file.unlock)
            if restart:
                session.file.remove()
        until_the_end.enter_context(stop_on_signals(session))
        if prompter is None:
            return EXIT_CODES[run_journey(session, answers, lines)]
        answers = prompter.complete_subject(answers)
        return EXIT_CODES[run_journey(session, answers, lines, prompter.ask, given)]
