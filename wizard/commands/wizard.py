"""`partner-wizard`: the wizard on a terminal."""

from __future__ import annotations

import argparse

from screens.app import run_wizard
from wizard.answers import Answers
from wizard.commands.run import open_session


def main(options: argparse.Namespace) -> int:
    """Show the wizard; gives the exit code."""
    answers = Answers()
    session = open_session(options, answers)
    if session.file:
        session.file.lock()
    return run_wizard(session, defaults=answers, mouse=not options.no_mouse)
