"""Writes the report of a journey as Markdown and JSON, for its owner's eyes alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

from wizard.journey import Journey
from wizard.report import as_json, as_markdown
from wizard.session import Session


def save_report(journey: Journey, session: Session) -> str:
    """Write both files into the current folder, else beside the journey; gives a sentence that names them."""
    stamp = journey.onboarding.stamp()
    name = f"partner-wizard-{stamp.replace(':', '').replace('-', '')}"
    texts = {
        ".md": as_markdown(journey, stamp),
        ".json": json.dumps(as_json(journey, stamp), indent=1, ensure_ascii=False) + "\n",
    }
    folders = [Path.cwd(), *([session.file.path.parent] if session.file else [])]
    why = ""
    for folder in folders:
        try:
            for ending, text in texts.items():
                _write(folder / f"{name}{ending}", text)
        except OSError as error:
            why = f"{folder}: {error.strerror}"
        else:
            return f"The report is saved: {folder / name}.md and .json"
    return f"✗ The report could not be saved ({why}). Start the wizard in a folder you may write to."


def _write(path: Path, text: str) -> None:
    """Write a file of 0600; a link of that name is refused."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
