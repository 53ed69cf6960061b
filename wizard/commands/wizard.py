"""`partner-wizard`: the wizard on a terminal."""

from __future__ import annotations

import argparse

from screens.app import run_wizard
from screens.scene_note import Stage


def main(options: argparse.Namespace) -> int:
    """Show the wizard; gives the exit code."""
    return run_wizard(lambda: _stage(options), mouse=not options.no_mouse)


def _stage(options: argparse.Namespace) -> Stage:
    """The session of the command line, and no answers yet. What this loads would hold up the first page."""
    from wizard.commands.run import open_session
    from wizard.core.answers import Answers
    from wizard.core.garbage import collect_as_usual

    session = open_session(options, Answers())
    if session.file:
        session.file.lock()
    collect_as_usual()
    return Stage(session, Answers())
