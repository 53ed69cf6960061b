"""`partner-wizard run`: the journey in plain lines, unattended or asked for line by line."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from wizard.commands.context import open_session
from wizard.commands.plain_run import run_in_plain_lines
from wizard.core.answers import Answers
from wizard.plain.answers_file import read_answers


def main(options: argparse.Namespace) -> int:
    """Run the journey; return the exit code."""
    answers, given = read_answers(Path(options.answers), os.environ) if options.answers else (Answers(), set())
    session = open_session(options, answers)
    return run_in_plain_lines(session, answers, given, as_json=options.json, restart=options.restart)
