"""A journey in plain lines on standard output, for `run` and `rehearse --unattended`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from wizard.commands.context import EXIT_CODES, stop_on_signals
from wizard.core.answers import Answers
from wizard.core.errors import SAVED, BadInput
from wizard.journeys.session import Session
from wizard.onboarding.proposals import with_proposals
from wizard.plain.hidden_input import can_ask
from wizard.plain.line_writer import LineWriter
from wizard.plain.page_width import page_width_of
from wizard.plain.runner import AfterFailure, AfterStep, Reopening, nothing_done, nothing_more, run_journey

if TYPE_CHECKING:
    from wizard.onboarding.journey import Journey
    from wizard.plain.fix_orders import FixOrders
    from wizard.plain.prompter import Prompter


@contextmanager
def _noting_what_is_saved(session: Session) -> Iterator[None]:
    """Note on an error that the journey is saved, where it is: whoever tells of the error says it."""
    try:
        yield
    except Exception as error:
        if session.is_saved:
            error.add_note(SAVED)
        raise


def run_in_plain_lines(
    session: Session,
    answers: Answers,
    given: set[str],
    *,
    as_json: bool,
    no_color: bool = False,
    may_ask: bool = True,
    again: bool = False,
    restart: bool = False,
    watch: Callable[[Mapping[str, object]], None] = lambda _event: None,
    enter: Callable[[LineWriter], Journey] | None = None,
    after_failure: AfterFailure = nothing_done,
    orders: FixOrders | None = None,
) -> int:
    """Run a journey, and ask for what the answers lack if somebody may be asked and is there.

    Args:
        session: the file of the journey that these answers name, if it has one, is locked meanwhile.
        answers: what is known beforehand.
        given: the names of the answers that were really given.
        as_json: JSON Lines, and nobody is asked.
        no_color: of --no-color.
        may_ask: whether a person at standard input is asked.
        again: whether a journey that is proven is proven again, with these answers.
        restart: whether a saved journey is forgotten first.
        watch: called with every event that has a JSON form, as a dict.
        enter: opens the journey to go on with; None: one is begun or resumed.
        after_failure: is called where a gate stays closed, before anybody is asked.
        orders: which fixes are made where nobody is asked; None: none is.

    Returns:
        The exit code.

    Raises:
        BadInput: nobody is asked, and an answer is missing or wrong.
        SystemExit: a signal ended it.
    """
    lines = LineWriter(as_json=as_json, watch=watch, width_of=partial(page_width_of, no_color=no_color))
    prompter: Prompter | None = None
    if may_ask and not as_json and can_ask():
        from wizard.plain.prompter import Prompter

        prompter = Prompter(lines, given, session)
        lines.also = prompter.follow
        session.is_attended = True
    elif "associated" not in given:
        raise BadInput("associated", "needs an answer: true if Partner Center > Account settings > Tenants has it")
    with ExitStack() as until_the_end:
        until_the_end.enter_context(stop_on_signals(session))
        until_the_end.enter_context(_noting_what_is_saved(session))
        if prompter is not None:
            answers = prompter.complete_subject(answers)
        answers = with_proposals(session.profile(answers.profile).spec, answers, given=given)
        session.choose_for(answers)
        until_the_end.callback(session.let_go)
        if restart:
            session.forget(answers)
        reopening = Reopening(frozenset(given), again)
        after_step: AfterStep = nothing_more
        if orders is not None:
            orders.require_subject(given)
            after_failure, after_step = orders.follow, orders.follow_passed
        if prompter is None:
            outcome = run_journey(
                session,
                answers,
                lines,
                reopening=reopening,
                enter=enter,
                after_failure=after_failure,
                after_step=after_step,
            )
        else:
            outcome = run_journey(
                session, answers, lines, prompter.ask, given, reopening=reopening, after_step=prompter.offer_fixes
            )
        if orders is not None:
            orders.say_what_was_not_needed(lines)
        return EXIT_CODES[outcome]
