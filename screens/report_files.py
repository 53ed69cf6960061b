"""Writes the report of a journey, for its owner's eyes alone."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from wizard.core.own_files import open_own, set_mode
from wizard.core.wording import FAILS_SIGN, HOLDS_SIGN
from wizard.onboarding.view import JourneyView
from wizard.reporting.journey_report import as_json, as_markdown


def proposed_file(tenant: str, own_folder: Path | None) -> Path:
    """Return a file of the tenant's name in the current folder; in `own_folder` if that cannot be written to."""
    tenant = re.sub(r"[^\w.-]", "", tenant) or "tenant"
    folders = [Path.cwd(), *([own_folder] if own_folder else [])]
    folder = next((folder for folder in folders if os.access(folder, os.W_OK)), folders[0])
    return folder / f"partner-wizard-{tenant}.md"


def files_of(line: str) -> tuple[Path, Path]:
    """Return the Markdown and the JSON file that a line names."""
    markdown = Path(line).expanduser()
    if markdown.suffix not in {".md", ".json"}:
        markdown = markdown.with_name(f"{markdown.name}.md")
    return markdown.with_suffix(".md"), markdown.with_suffix(".json")


def what_is_there(line: str) -> str:
    """Return a remark on files of that name which are there already."""
    try:
        there = [file.name for file in files_of(line) if file.exists()]
    except (OSError, RuntimeError, ValueError):
        return f"{FAILS_SIGN} No file can have this name." if line else ""
    return f"! {' and '.join(there)} {'is' if len(there) == 1 else 'are'} there, and will be replaced." if there else ""


def save_report(view: JourneyView, line: str, stamp: str) -> tuple[bool, str]:
    """Write both files; return whether they are written, and a sentence that names them or says why not.

    Args:
        view: the journey.
        line: where to, as it was typed.
        stamp: now, as facts keep times.
    """
    try:
        markdown, as_data = files_of(line)
        _write(markdown, as_markdown(view, stamp))
        _write(as_data, json.dumps(as_json(view, stamp), indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        why = f"{error.filename}: {error.strerror}"
        return False, f"{FAILS_SIGN} The report could not be saved ({why}). F8 asks for another place."
    except (RuntimeError, ValueError):
        return (
            False,
            f"{FAILS_SIGN} The report could not be saved: no file can have this name. F8 asks for another place.",
        )
    return True, f"{HOLDS_SIGN} The report is saved: {markdown} and {as_data.name}"


def _write(path: Path, text: str) -> None:
    """Write a file of 0600; a link of that name is refused."""
    handle = open_own(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        set_mode(file.fileno(), 0o600)
        file.write(text)
