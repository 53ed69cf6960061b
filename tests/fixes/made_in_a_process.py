"""Runs a journey in a process of its own and makes what it is told to, as the screens do: a process can be killed.

`run --apply` makes no fix that tells a person something, such as a first password; this does.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from wizard.core.events import Event
from wizard.journeys.saved_journey import JourneyFile
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.onboarding.gate import PASSABLE
from wizard.plain.answers_file import read_answers


def emit(event: Event) -> None:
    """Print an event as `run --json` does."""
    as_json = getattr(event, "as_json", None)
    if as_json:
        print(json.dumps(as_json()), flush=True)


def main() -> int:
    """Resume the journey, or begin it; make the named fixes where they are offered; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    for name in ("--answers", "--journey", "--cloud-file"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--apply", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    answers, _ = read_answers(options.answers, os.environ)
    session = Session(read_cloud_file(options.cloud_file), file=JourneyFile(options.journey))
    saved = session.saved()
    journey = session.resume(saved, emit) if saved else session.begin(answers, emit)
    if left := journey.settle_interrupted_fix():
        print(json.dumps({"type": "interrupted", "message": left.sentence}), flush=True)
    while not journey.is_proven:
        step = journey.open_step.id
        journey.run(step)
        wanted = [each for each in journey.view().fixes(step) if each.name in options.apply]
        if wanted:
            journey.make_fix(wanted[0])
        elif journey.state(step) not in PASSABLE:
            return 1
    print(json.dumps({"type": "summary", "outcome": "proven"}), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
