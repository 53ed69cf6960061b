"""`partner-wizard report`: what the saved journey has proven."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from wizard.core.errors import BadInput
from wizard.core.text import clean
from wizard.core.waiting import SystemClock
from wizard.journeys.saved_journey import JourneyFile, default_path
from wizard.journeys.session import Session
from wizard.plain.unattended import EXITS
from wizard.reporting.journey_report import as_json, as_markdown, outcome_of

LONGEST_REPORT = 100_000


def main(options: argparse.Namespace) -> int:
    """Print the report; gives the exit code of the journey's outcome."""
    from wizard.commands.run import clouds_of

    file = JourneyFile(Path(options.journey or default_path(os.environ)))
    saved = file.read()
    if saved is None:
        raise BadInput("report", f"there is no journey in {file.path}; partner-wizard begins one")
    view = Session(clouds_of(options)).as_saved(saved).view()
    made_at = SystemClock().now().strftime("%Y-%m-%dT%H:%M:%SZ")
    if options.json:
        print(json.dumps(as_json(view, made_at), indent=2))
    else:
        print(clean(as_markdown(view, made_at), LONGEST_REPORT))
    return EXITS[outcome_of(view)]
