"""`partner-wizard`: the wizard on a terminal."""

from __future__ import annotations

import argparse

from screens.app import run_wizard
from screens.launch import Launch
from wizard.commands.terminal_support import turn_off_color


def main(options: argparse.Namespace) -> int:
    """Show the wizard; return the exit code."""
    if options.no_color:
        turn_off_color()
    return run_wizard(lambda: _launch(options), mouse=not options.no_mouse)


def _launch(options: argparse.Namespace) -> Launch:
    """Return the session of the command line, and no answers yet. Its imports would hold up the first page."""
    from wizard.commands.context import open_session
    from wizard.core.answers import Answers
    from wizard.core.garbage import collect_as_usual

    session = open_session(options, Answers())
    if session.file:
        session.file.lock()
    collect_as_usual()
    return Launch(session, Answers())
