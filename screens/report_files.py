"""Writes the report of a journey, and its support bundle, for their owner's eyes alone."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from pathlib import Path

from wizard.core.errors import BadInput
from wizard.journeys.session import Session
from wizard.onboarding.journey import Journey
from wizard.reporting.journey_report import as_json, as_markdown


def proposed_file(journey: Journey, session: Session) -> Path:
    """A file of the tenant's name in the current folder, or beside the journey where that cannot be written."""
    tenant = re.sub(r"[^\w.-]", "", journey.onboarding.answers.tenant) or "tenant"
    folders = [Path.cwd(), *([session.file.path.parent] if session.file else [])]
    folder = next((folder for folder in folders if os.access(folder, os.W_OK)), folders[0])
    return folder / f"partner-wizard-{tenant}.md"


def files_of(line: str) -> tuple[Path, Path]:
    """The Markdown and the JSON file that a line names."""
    markdown = Path(line).expanduser()
    if markdown.suffix not in {".md", ".json"}:
        markdown = markdown.with_name(f"{markdown.name}.md")
    return markdown.with_suffix(".md"), markdown.with_suffix(".json")


def what_is_there(line: str) -> str:
    """A remark on files of that name which are there already."""
    try:
        there = [file.name for file in files_of(line) if file.exists()]
    except (OSError, RuntimeError, ValueError):
        return "✗ No file can have this name." if line else ""
    return f"! {' and '.join(there)} {'is' if len(there) == 1 else 'are'} there, and will be replaced." if there else ""


def save_report(journey: Journey, line: str) -> str:
    """Write both files; gives a sentence that names them, or says why not."""
    stamp = journey.onboarding.now_stamp()
    try:
        markdown, as_data = files_of(line)
        _write(markdown, as_markdown(journey, stamp))
        _write(as_data, json.dumps(as_json(journey, stamp), indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        return f"✗ The report could not be saved ({error.filename}: {error.strerror}). F8 asks for another place."
    except (RuntimeError, ValueError):
        return "✗ The report could not be saved: no file can have this name. F8 asks for another place."
    return f"✓ The report is saved: {markdown} and {as_data.name}"


def save_bundle(journey: Journey, line: str, now: datetime) -> str:
    """Write the support bundle; gives a sentence that names it, or says why not."""
    from wizard.reporting.bundle import write_bundle

    try:
        bundle = write_bundle(journey, Path(line).expanduser(), now=now, environ=os.environ)
    except BadInput as mistake:
        return f"✗ The support bundle could not be saved: {mistake.expected}."
    except (RuntimeError, ValueError):
        return "✗ The support bundle could not be saved: no file can have this name."
    return f"✓ The support bundle is saved: {bundle.path}. Read README.md in it first, and look through it."


def _write(path: Path, text: str) -> None:
    """Write a file of 0600; a link of that name is refused."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
