"""`partner-wizard support-bundle`: a redacted archive of the saved journey, for a colleague or for support."""

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
from wizard.reporting.bundle import Bundle, write_bundle


def main(options: argparse.Namespace) -> int:
    """Write the bundle and say what is in it; gives the exit code."""
    from wizard.commands.run import clouds_of

    file = JourneyFile(Path(options.journey or default_path(os.environ)))
    saved = file.read()
    if saved is None:
        raise BadInput("support-bundle", f"there is no journey in {file.path}; partner-wizard begins one")
    journey = Session(clouds_of(options)).as_saved(saved)
    bundle = write_bundle(
        journey, options.file, now=SystemClock().now(), environ=os.environ, user_names=options.user_names
    )
    print(_line(bundle, options.user_names) if options.json else clean("\n".join(words(bundle)), 20_000))
    return 0


def words(bundle: Bundle) -> list[str]:
    """Say what was written, what is in it and what is not, line by line."""
    wide = max(len(name) for name, _ in bundle.files)
    return [
        "Support bundle:",
        str(bundle.path),
        f"{bundle.size:,} bytes, for you alone to read. In it:",
        *(f"  {name:{wide}}  {size:>9,} bytes" for name, size in bundle.files),
        "Not in it:",
        *(f"  · {sentence}" for sentence in bundle.left_out),
        "Read README.md in it first, and look through the rest before you send it.",
    ]


def _line(bundle: Bundle, user_names: bool) -> str:
    return json.dumps(
        {
            "type": "support_bundle",
            "path": str(bundle.path),
            "size": bundle.size,
            "files": [{"name": name, "size": size} for name, size in bundle.files],
            "left_out": list(bundle.left_out),
            "user_names": user_names,
        }
    )
