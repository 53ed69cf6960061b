"""`partner-wizard report`: what the saved journey has proven."""

from __future__ import annotations

import argparse
import json
from typing import Final

from wizard.commands.context import EXIT_CODES, read_clouds, read_saved_journey
from wizard.core.text import clean
from wizard.core.timestamps import timestamp
from wizard.core.waiting import SystemClock
from wizard.journeys.session import Session
from wizard.onboarding.outcome import outcome_of
from wizard.reporting.journey_report import as_json, as_markdown

LONGEST_REPORT: Final = 100_000
"""Characters."""


def main(options: argparse.Namespace) -> int:
    """Print the report; return the exit code of the journey's outcome."""
    saved = read_saved_journey(options)
    view = Session(read_clouds(options)).load(saved).view()
    made_at = timestamp(SystemClock().now())
    if options.json:
        print(json.dumps(as_json(view, made_at), indent=2))
    else:
        print(clean(as_markdown(view, made_at), LONGEST_REPORT))
    return EXIT_CODES[outcome_of(view)]
