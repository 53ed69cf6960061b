"""What `partner-wizard status` prints of each onboarding, but for its last column, which follows from the day.

Made when the index is written, and kept in it: to cut two thousand rows and to measure their columns would take longer
than all else that `status` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wizard.journeys.entry import Entry
from wizard.journeys.index import OLD_FORM

HEADINGS: Final = ("Name", "Tenant", "App", "Kind", "Cloud", "Stands", "Expires")
OF_OLD_FORM: Final = "the single file of an earlier version: "


def status_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the headings and a line for each row of the index, with its outcome and its end behind tabs.

    Each column is as wide as its longest word; "-" is not known.
    """
    entries = [Entry("", *row) for row in rows]
    table = [HEADINGS, *map(_columns, entries)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    form = "  ".join(f"%-{width}s" for width in widths)
    headings, *lines = [form % columns for columns in table]
    ends = [f"{each.outcome}\t{each.expires_at}" for each in entries]
    return [headings, *(f"{line}\t{end}" for line, end in zip(lines, ends, strict=True))]


def _columns(entry: Entry) -> tuple[str, ...]:
    """Return what a line says, in the order of `HEADINGS`."""
    stands = OF_OLD_FORM + entry.stands if entry.name == OLD_FORM else entry.stands
    known = (entry.tenant, entry.app_name or entry.app, entry.profile, entry.cloud, stands, entry.expires_at[:10])
    return (entry.name, *(words or "-" for words in known))
