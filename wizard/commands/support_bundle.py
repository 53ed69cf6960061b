"""`partner-wizard support-bundle`: a redacted archive of the saved journey, for a colleague or for support."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from wizard.commands.context import read_clouds, read_saved_journey
from wizard.core.text import clean
from wizard.core.waiting import SystemClock
from wizard.journeys.session import Session
from wizard.reporting.bundle import Bundle, write_bundle


def main(options: argparse.Namespace) -> int:
    """Write the bundle and say what is in it; return the exit code."""
    saved = read_saved_journey(options)
    bundle = write_bundle(
        Session(read_clouds(options)).load(saved),
        Path(options.file) if options.file else None,
        now=SystemClock().now(),
        environ=os.environ,
        user_names=options.user_names,
    )
    if options.json:
        print(json.dumps(_as_json(bundle, options.user_names)))
    else:
        print(clean("\n".join(_lines(bundle)), 20_000))
    return 0


def _lines(bundle: Bundle) -> list[str]:
    """Return what was written, what is in it and what is not."""
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


def _as_json(bundle: Bundle, user_names: bool) -> dict[str, object]:
    return {
        "type": "support_bundle",
        "path": str(bundle.path),
        "size": bundle.size,
        "files": [{"name": name, "size": size} for name, size in bundle.files],
        "left_out": list(bundle.left_out),
        "user_names": user_names,
    }
