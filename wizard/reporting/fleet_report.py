"""The report over many onboardings: as Markdown, JSON and CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from wizard.core.findings import Outcome, Who
from wizard.core.text import clean_line
from wizard.core.timestamps import day
from wizard.core.wording import OUTCOME_SIGNS, people
from wizard.reporting.fleet_record import COMMANDS, FleetRecord, Standing
from wizard.reporting.inert_markdown import as_page

COLUMNS: Final = (
    "command", "onboarding", "tenant", "outcome", "check", "code", "title", "who", "act", "ends_at", "ends_why",
)  # fmt: skip
"""Of the CSV; a promise to scripts, as JSON is."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def as_json(records: Iterable[FleetRecord], made_at: str) -> dict[str, object]:
    """Return the report for programs.

    Args:
        records: of the commands that were run.
        made_at: when the report is made, as facts keep times.
    """
    return {"type": "fleet_report", "made_at": made_at, "runs": [_run_as_json(each) for each in records]}


def as_csv(records: Iterable[FleetRecord]) -> str:
    """Return a row for each onboarding and command, which no spreadsheet takes for a formula."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for record in records:
        for each in _in_order(record):
            values = asdict(each) | {"command": record.command, "onboarding": each.name, "who": " ".join(each.who)}
            rows.writerow([_cell(str(values[column])) for column in COLUMNS])
    return out.getvalue()


def as_markdown(records: Iterable[FleetRecord], made_at: str) -> str:
    """Return the report for people: how many ended how, what fails and who can fix it, what ends next, what changed."""
    lines = ["# Onboardings", "", f"Made on {day(made_at)}.", ""]
    for record in records:
        ended = Counter(each.outcome for each in record.standings.values())
        counts = ", ".join(f"{number} {outcome}" for outcome, number in ended.most_common())
        lines += [f"## {COMMANDS[record.command]} on {record.at}", "", f"{len(record.standings)}: {counts}.", ""]
        if failing := record.failing:
            lines += _table(
                ("", "Onboarding", "What is wrong", "To do", "Who"),
                [
                    (
                        OUTCOME_SIGNS[Outcome.FAILS if each.outcome == "failed" else Outcome.UNKNOWN],
                        each.name, _what(each), each.act, people(map(Who, each.who)),
                    )
                    for each in failing
                ],
            )  # fmt: skip
        if changes := record.changes:
            lines += [f"Changed since {day(record.before_at)}:", ""]
            lines += _table(
                ("Onboarding", "Before", "Now"), [(each.name, each.before or "–", each.now or "–") for each in changes]
            )
        if ending := record.ending:
            lines += _table(
                ("Ends", "Onboarding", "Tenant", "Why"),
                [(day(each.ends_at), each.name, each.tenant, each.ends_why) for each in ending],
            )
    return as_page(lines)


def _run_as_json(record: FleetRecord) -> dict[str, object]:
    onboardings = [asdict(each) | {"who": list(each.who)} for each in _in_order(record)]
    changed = [asdict(each) for each in record.changes]
    return {
        "command": record.command,
        "at": record.at,
        "onboardings": onboardings,
        "compared_with": record.before_at,
        "changed": changed,
    }


def _in_order(record: FleetRecord) -> list[Standing]:
    return sorted(record.standings.values(), key=lambda each: each.name)


def _what(standing: Standing) -> str:
    named = " ".join(filter(None, (standing.check, standing.code)))
    return f"{standing.title or standing.outcome}" + (f" [{named}]" if named else "")


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    def line(cells: Iterable[str]) -> str:
        shown = (clean_line(each, 400).replace("\\", "\\\\").replace("|", "\\|") for each in cells)
        return f"| {' | '.join(shown)} |"

    return [line(headings), "|" + " --- |" * len(headings), *map(line, rows), ""]


def _cell(text: str) -> str:
    """Return a value that a spreadsheet takes for a text."""
    shown = clean_line(text, 1_000)
    return f"'{shown}" if text.startswith(_FORMULA) or shown.startswith(_FORMULA) else shown
