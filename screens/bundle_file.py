"""Writes the support bundle of a journey."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from wizard.core.errors import BadInput
from wizard.core.wording import FAILS_SIGN, HOLDS_SIGN
from wizard.onboarding.journey import Journey
from wizard.reporting.bundle import write_bundle


def save_bundle(journey: Journey, line: str, now: datetime) -> str:
    """Write it into the folder or file that a line names; return a sentence that says so, or why not."""
    try:
        bundle = write_bundle(journey, Path(line).expanduser(), now=now, environ=os.environ)
    except BadInput as mistake:
        return f"{FAILS_SIGN} The support bundle could not be saved: {mistake.expected}."
    except (RuntimeError, ValueError):
        return f"{FAILS_SIGN} The support bundle could not be saved: no file can have this name."
    return f"{HOLDS_SIGN} The support bundle is saved: {bundle.path}. Read README.md in it first, and look through it."
