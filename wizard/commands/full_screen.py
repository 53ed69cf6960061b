"""`partner-wizard`: the wizard on a terminal."""

from __future__ import annotations

import argparse

from screens.app import run_wizard
from screens.launch import Launch
from wizard.commands.terminal_support import is_ascii, turn_off_color
from wizard.journeys.index import refresh_index


def main(options: argparse.Namespace) -> int:
    """Show the wizard; return the exit code."""
    if options.no_color:
        turn_off_color()
    code = run_wizard(lambda: _launch(options), mouse=not options.no_mouse, is_ascii=is_ascii(options))
    refresh_index()
    return code


def _launch(options: argparse.Namespace) -> Launch:
    """Return the session of the command line, and no answers yet. Its imports would hold up the first page."""
    from wizard.commands.context import open_session
    from wizard.commands.customer_board import CustomerBoard
    from wizard.core.answers import Answers
    from wizard.core.garbage import collect_as_usual
    from wizard.microsoft.clouds import proposed_cloud

    session = open_session(options, Answers())
    if session.is_named and session.file is not None:
        session.file.lock()
    collect_as_usual()
    return Launch(
        session,
        Answers(cloud=proposed_cloud(session.clouds)),
        place=place_of(options),
        customers=CustomerBoard(session),
    )


def place_of(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the options that name the journey and its cloud, as they were typed."""
    given = (("--journey", options.journey), ("--tenant", options.tenant), ("--cloud-file", options.cloud_file))
    return tuple(word for name, value in given if value for word in (name, value))
