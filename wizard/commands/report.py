"""`partner-wizard report`: what the saved journey has proven, or with --all what the last run over all has found."""

from __future__ import annotations

import argparse
import json
import os
from typing import Final

from wizard.commands.context import EXIT_CODES, read_clouds, read_saved_journey
from wizard.core.errors import BadInput
from wizard.core.text import clean
from wizard.core.timestamps import timestamp
from wizard.core.waiting import SystemClock
from wizard.journeys.session import Session
from wizard.journeys.state_folder import state_folder
from wizard.onboarding.outcome import outcome_of
from wizard.reporting import fleet_report
from wizard.reporting.fleet_record import COMMANDS, read_record
from wizard.reporting.journey_report import as_json, as_markdown

LONGEST_REPORT: Final = 100_000
"""Characters."""


def main(options: argparse.Namespace) -> int:
    """Print the report; return the exit code of the journey's outcome, or of the last run over all."""
    if options.all:
        return _report_all(options)
    saved = read_saved_journey(options)
    view = Session(read_clouds(options)).load(saved).view()
    made_at = timestamp(SystemClock().now())
    if options.json:
        print(json.dumps(as_json(view, made_at), indent=2))
    else:
        print(clean(as_markdown(view, made_at), LONGEST_REPORT))
    return EXIT_CODES[outcome_of(view)]


def _report_all(options: argparse.Namespace) -> int:
    """Print what the last runs of `check --all` and `renew --all` on this machine have found."""
    if options.json and options.csv:
        raise BadInput("--csv", "does not go with --json")
    if getattr(options, "name", None) or options.tenant or options.journey:
        raise BadInput("--all", "takes every onboarding; leave out the one that is named")
    state = state_folder(os.environ)
    records = [each for each in (read_record(state, command) for command in COMMANDS) if each.at]
    if not records:
        raise BadInput("--all", "no run over all has ended on this machine yet: partner-wizard check --all")
    made_at = timestamp(SystemClock().now())
    if options.json:
        print(json.dumps(fleet_report.as_json(records, made_at), indent=2))
    elif options.csv:
        print(fleet_report.as_csv(records), end="")
    else:
        print(fleet_report.as_markdown(records, made_at))
    outcomes = {each.outcome for record in records for each in record.standings.values()}
    return 1 if outcomes & {"failed", "provisional"} else 3 if "unreachable" in outcomes else 0
