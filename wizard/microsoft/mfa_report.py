"""Partner Center's report of who calls it with and without MFA, by app and day (protocol 11.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from wizard.core.shapes import is_guid
from wizard.core.text import clean_line
from wizard.core.timestamps import day, read_timestamp

MFA_REPORT_PATH: Final = "/v1/applicationmfaadoptionstatus"
LONGEST_NAME: Final = 80
"""Characters of an app's name that are kept."""


@dataclass(frozen=True, slots=True)
class AppUse:
    """The requests of one app with users' tokens, on the latest day on which it made any.

    Args:
        app_id: lower case.
        name: "" where the report has none.
        day: such as "2026-11-20".
        requests: how many there were.
        with_mfa: how many of them Partner Center counts as made with MFA.
    """

    app_id: str
    name: str
    day: str
    requests: int
    with_mfa: int

    @property
    def without_mfa(self) -> int:
        """How many requests were made without MFA."""
        return self.requests - self.with_mfa


@dataclass(frozen=True, slots=True)
class MfaReport:
    """The report of one partner.

    Args:
        apps: each app once, by its id.
        unreadable: how many rows have a form that nobody expects.
    """

    apps: tuple[AppUse, ...]
    unreadable: int = 0


def read_mfa_report(body: object) -> MfaReport | None:
    """Return the report that an answer's JSON holds, None if it holds none.

    It is an array; an object with the array as its `items`, as Partner Center's other lists are, is taken as well (U).
    """
    rows = body.get("items") if isinstance(body, Mapping) else body
    if not isinstance(rows, list):
        return None
    read = [_read_row(row) for row in rows]
    found = [use for use in read if use is not None]
    return MfaReport(tuple(_latest_of_each(found)), unreadable=len(read) - len(found))


def _read_row(row: object) -> AppUse | None:
    """Return the use that a row tells of, None if it cannot be right."""
    if not isinstance(row, Mapping):
        return None
    app_id, name = row.get("applicationId"), row.get("applicationName")
    moment = read_timestamp(str(row.get("loginDate")))
    requests, with_mfa = row.get("totalRequestCount"), row.get("mfaCompliantRequestCount")
    if not isinstance(app_id, str) or not is_guid(app_id) or moment is None:
        return None
    if type(requests) is not int or type(with_mfa) is not int or not 0 <= with_mfa <= requests:
        return None
    shown = clean_line(name, LONGEST_NAME) if isinstance(name, str) else ""
    return AppUse(app_id.lower(), shown, day(moment), requests, with_mfa)


def _latest_of_each(rows: Iterable[AppUse]) -> list[AppUse]:
    """Return one use for each app, of its latest day with a request; several rows of that day are added up."""
    latest: dict[str, AppUse] = {}
    for row in rows:
        known = latest.get(row.app_id)
        if not row.requests or (known and row.day < known.day):
            continue
        if known and row.day == known.day:
            requests, with_mfa = known.requests + row.requests, known.with_mfa + row.with_mfa
            row = AppUse(row.app_id, known.name or row.name, row.day, requests, with_mfa)
        latest[row.app_id] = row
    return [latest[app_id] for app_id in sorted(latest)]
