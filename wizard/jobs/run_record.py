"""Keeps what a run over many onboardings finds, for `status`, the first page and `report --all`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.core.text import clean_line
from wizard.reporting.fleet_record import Standing, read_record, write_record

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.jobs.fleet import Result

WORST_FIRST = ("fails", "unknown")
"""Of which outcome the finding is that a standing names."""


@dataclass(slots=True)
class RunRecord:
    """What a run has found so far.

    Args:
        state: the state folder.
        command: "check" or "renew".
        scope: where it looks: the vaults' names, "" for this machine.
        is_part: whether it is one part of a fleet.
    """

    state: str
    command: str
    scope: str
    is_part: bool
    _standings: list[Standing] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """Take note of how it ended for one."""
        self._standings.append(standing_of(result, self.scope))

    def end(self, now: datetime) -> str:
        """Write the record; return why it could not be written, "" where it is."""
        before = read_record(self.state, self.command)
        return write_record(self.state, before.followed_by(now, self._standings, self.scope, is_part=self.is_part))


def standing_of(result: Result, scope: str) -> Standing:
    """Return what is kept of how it ended for an onboarding: the first finding that does not hold, and its end."""
    found: Mapping[str, object] = {}
    for outcome in WORST_FIRST if result.outcome != "proven" else ():
        found = next((each for each in result.lines if each.get("outcome") == outcome and "check" in each), {})
        if found:
            break
    missing = next(iter(result.not_asked), "")
    title = str(found.get("title") or result.mistake or (f"not known: {missing}" if missing else ""))
    summary = result.lines[-1] if result.lines else {}
    expires, actions, who = summary.get("expires"), found.get("actions"), found.get("who")
    ends = expires if isinstance(expires, Mapping) else {}
    return Standing(
        clean_line(result.member.name, 200),
        clean_line(result.member.tenant, 200),
        result.outcome,
        str(found.get("check", "")),
        str(found.get("code", "")),
        clean_line(title, 300),
        clean_line(str(actions[0]), 400) if isinstance(actions, list | tuple) and actions else "",
        tuple(map(str, who)) if isinstance(who, list | tuple) else (),
        str(ends.get("at", "")),
        clean_line(str(ends.get("why", "")), 200),
        scope,
    )
