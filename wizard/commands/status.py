"""`partner-wizard status`: every onboarding of this machine in a line. It asks nobody, and answers at once."""

from __future__ import annotations

import os
import sys
import time

from wizard.core.own_files import is_own, open_own
from wizard.journeys.index import Index
from wizard.journeys.next_act import SOON, next_act, next_command
from wizard.journeys.state_folder import state_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

RUNS = ("check", "renew")
"""The commands that leave a record of what they found of many."""
RECORD = "partner-wizard, many onboardings, "
"""How such a record begins."""
LONGEST_HEAD = 8_000
"""Bytes."""
NONE = "no onboarding on this machine; partner-wizard, or partner-wizard run, begins one\n"


def main(options: argparse.Namespace) -> int:
    """Print a line for every onboarding; return the exit code."""
    return show(as_json=options.json)


def show(*, as_json: bool) -> int:
    """Print a line for every onboarding; return 0, 1 if nobody reads to the end, 2 if the folder cannot be read."""
    index = Index(state_folder(os.environ))
    # Not `core.timestamps`: `datetime` would take longer to load than all files to read.
    today, soon = (time.strftime("%Y-%m-%d", time.gmtime(time.time() + later)) for later in (0, SOON))
    try:
        text = in_json(index, today, soon) if as_json else in_columns(index, today, soon)
    except OSError as error:
        sys.stderr.write(f"partner-wizard: {error.filename} cannot be read: {error.strerror}\n")
        return 2
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        from wizard.core.streams import end_of_output

        return end_of_output(error)
    return 0


def in_columns(index: Index, today: str, soon: str) -> str:
    """Return a line for each onboarding, on a terminal below the headings of its columns.

    Args:
        index: what is known of them.
        today: in UTC, as "2026-11-27".
        soon: until when an end counts as near.
    """
    headings, *lines = index.lines()
    runs = "".join(f"{line}\n" for command in RUNS for line in run_lines(command))
    if not lines:
        return runs or NONE
    acts: dict[str, str] = {}
    said = [f"{headings}  Next\n"] if sys.stdout.isatty() else []
    for line in lines:
        columns, _, ends = line.partition("\t")
        if ends not in acts:
            outcome, _, expires_at = ends.partition("\t")
            acts[ends] = next_act(outcome, expires_at, today, soon)
        said.append(f"{columns}  {acts[ends]}\n")
    return "".join([*said, "\n" * bool(runs), runs])


def run_lines(command: str) -> list[str]:
    """Return what the record of a command over many onboardings says for people; nothing where there is none."""
    # Not `reporting.fleet_record`, which takes longer to load than the lines to read.
    try:
        handle = open_own(f"{state_folder(os.environ)}/all-{command}.txt", os.O_RDONLY)
        with open(handle, "rb") as file:  # noqa: PTH123  # by its handle: no link is followed
            content = file.read(LONGEST_HEAD) if is_own(os.fstat(handle)) else b""
        head, *lines = content.partition(b"\n\n")[0].decode("utf-8", "replace").split("\n")
    except OSError:
        return []
    return lines if head.startswith(RECORD) else []


def in_json(index: Index, today: str, soon: str) -> str:
    """Return a line of JSON for each onboarding."""
    import json

    from wizard.journeys.entry import entries_of

    lines = []
    for entry in entries_of(index):
        line = {"type": "onboarding", **entry._asdict(), "old_form": entry.is_old_form}
        at, why = line.pop("expires_at"), line.pop("expires_why")
        line["expires"] = {"at": at, "why": why} if at else {}
        line["next"] = next_act(entry.outcome, entry.expires_at, today, soon)
        line["command"] = next_command(entry.outcome, entry.name)
        lines.append(json.dumps(line) + "\n")
    lines += [json.dumps(line) + "\n" for line in runs_as_json()]
    return "".join(lines)


def runs_as_json() -> list[dict[str, object]]:
    """Return a line for the last run over many onboardings of each command."""
    from wizard.reporting.fleet_record import read_record

    records = [read_record(state_folder(os.environ), command) for command in RUNS]
    return [record.summary for record in records if record.at]
