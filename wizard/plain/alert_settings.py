"""Reads `[alerts]` of an answers file: where alerts go, and what they tell. An address in it is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from wizard.core.answers import secret_name_error
from wizard.core.errors import BadInput
from wizard.jobs.alerting import BEFORE, REMIND, Address, AlertSettings
from wizard.plain.answers_file import ALERTS, read_path, read_secret, read_tables
from wizard.plain.misplaced import NOT_REPEATED, is_word, looks_secret

ALERT_KEYS: Final = ("to", "state", "before_days", "remind_days", "names")
_PLACES: Final = {
    "env": re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}"),
    "file": re.compile(r".{1,1000}"),
    "vault_secret": re.compile(r"[0-9A-Za-z-]{1,127}"),
}
"""Where an address can be, and the form of its name there."""
MOST_DAYS: Final = 365
MOST_ADDRESSES: Final = 10
NO_ADDRESSES: Final = (
    "an address of alerts is a secret, and does not belong in the answers file; "
    'name where each is: to = [{ env = "NAME" }, { file = "…" }, { vault_secret = "…" }]'
)


def read_alert_settings(path: Path, environ: Mapping[str, str]) -> AlertSettings | None:
    """Return what an answers file says of alerts, None where it says nothing.

    Args:
        path: of the file; relative paths in it start at its folder.
        environ: the environment's variables, for `{ env = "NAME" }`.

    Raises:
        BadInput: an unknown key, a value of a wrong type or out of its range, or an address that is not there.
    """
    tables = read_tables(path)
    if ALERTS not in tables:
        return None
    table = parse_alerts(tables[ALERTS], path.parent)
    places = table["to"]
    return AlertSettings(
        tuple(_address(each, path.parent, environ) for each in places),
        table["state"],
        table["before"],
        table["remind"],
        table["names"],
    )


def _address(place: Mapping[str, str], folder: Path, environ: Mapping[str, str]) -> Address:
    ((kind, name),) = place.items()
    if kind == "vault_secret":
        return Address(f"{kind} {name}", None, name)
    return Address(f"{kind} {name}", read_secret("alerts.to", place, folder, environ))


def alert_variables(file: str) -> tuple[str, ...]:
    """Return the names of the variables that an answers file takes addresses from; none where there is no file."""
    tables = read_tables(Path(file)) if file else {}
    places = parse_alerts(tables[ALERTS], Path(file).parent)["to"] if ALERTS in tables else []
    return tuple(each["env"] for each in places if "env" in each)


def parse_alerts(table: object, folder: Path) -> dict[str, Any]:
    """Return the table as it is to be used, without looking for an address; raise `BadInput` for what is wrong in it.

    Args:
        table: as TOML's parser gives it.
        folder: where relative paths start.
    """
    if not isinstance(table, Mapping):
        raise BadInput(ALERTS, "expected a table [alerts]")
    if unknown := sorted(set(table) - set(ALERT_KEYS)):
        told = f"alerts.{unknown[0]}" if is_word(unknown[0]) else ALERTS
        why = "is not a key of [alerts]" if is_word(unknown[0]) else f"has a key that is none; {NOT_REPEATED}"
        raise BadInput(told, f"{why}; known are {', '.join(ALERT_KEYS)}")
    places = table.get("to")
    if isinstance(places, str) or (isinstance(places, list) and any(isinstance(each, str) for each in places)):
        raise BadInput("alerts.to", NO_ADDRESSES)
    if not isinstance(places, list) or not 0 < len(places) <= MOST_ADDRESSES or not all(map(_is_place, places)):
        raise BadInput("alerts.to", 'expected a list such as [{ env = "NAME" }, { file = "…" }]')
    state = table.get("state", "")
    if not isinstance(state, str) or (not state and "state" in table):
        raise BadInput("alerts.state", "expected the path of a file, which remembers what was told")
    names = table.get("names", False)
    if not isinstance(names, bool):
        raise BadInput("alerts.names", "expected true or false")
    return {
        "to": places,
        "state": read_path("alerts.state", folder, state) if state else None,
        "before": _days(table, "before_days", BEFORE, 1),
        "remind": _days(table, "remind_days", REMIND, 0),
        "names": names,
    }


def _is_place(value: object) -> bool:
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    ((kind, name),) = value.items()
    if kind not in _PLACES or not isinstance(name, str) or looks_secret(name):
        return False
    return bool(_PLACES[kind].fullmatch(name)) and not (kind == "vault_secret" and secret_name_error(name))


def _days(table: Mapping[str, Any], key: str, usual: timedelta, least: int) -> timedelta:
    value = table.get(key, usual.days)
    if type(value) is not int or not least <= value <= MOST_DAYS:
        raise BadInput(f"alerts.{key}", f"expected a number of days from {least} to {MOST_DAYS}")
    return timedelta(days=value)
