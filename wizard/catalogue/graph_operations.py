"""The permission of Microsoft Graph that a refused request usually needs, by the address or the cmdlet in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from wizard.core.assets import read_asset
from wizard.core.late_pattern import late_pattern

PERMISSION: Final = "<permission>"
"""Stands in an action for the permission."""
REQUEST: Final = "<request>"
"""Stands for the address or the cmdlet that was refused."""
_LONGEST: Final = 8_000
"""Characters of a text that are read."""

_ADDRESS: Final = late_pattern(
    r"(?:\b(?P<method>GET|POST|PATCH|PUT|DELETE)\b[\s:|'\"]{1,4})?"
    r"https://(?:graph\.microsoft\.(?:com|us)|dod-graph\.microsoft\.us|microsoftgraph\.chinacloudapi\.cn)"
    r"(?::443)?/(?:v1\.0|beta)/(?P<path>[\w/$().@:,'<>{}\[\]-]{2,200})",
    re.IGNORECASE,
    needs=("graph",),
)
_PATH: Final = late_pattern(
    r"\b(?P<method>GET|POST|PATCH|PUT|DELETE)\s{1,3}/(?:v1\.0|beta)/(?P<path>[\w/$().@:,'<>{}\[\]-]{2,200})",
    needs=("/v1.0/", "/beta/"),
)
# As people write it, without the host.
_WRITTEN: Final = late_pattern(
    r"\b(?P<method>GET|POST|PATCH|PUT|DELETE)\b(?: request)?(?: to| on)? {1,2}/(?P<path>[a-zA-Z][\w/$(){}'<>-]{2,120})",
    re.IGNORECASE,
    needs=(" /",),
)
_OF_OLD_GRAPH: Final = late_pattern(
    r"ActionName=(?P<method>Get)?[^\n]{0,200}?\bURL absolute path=/api/[^/\s]{1,60}/(?P<path>[\w/-]{2,80})",
    needs=("URL absolute path",),
)
_CMDLET: Final = late_pattern(
    r"\b(Get|New|Set|Update|Remove|Add|Invoke|Grant|Send|Find|Confirm|Revoke)-Mg(?:Beta)?([A-Z][A-Za-z0-9]{2,80})",
    needs=("-Mg",),
)
_TERRAFORM: Final = late_pattern(r"\b(?:azurerm_)?azuread_([a-z_]{4,60})", needs=("azuread_",))
# The client of an SDK in Go that made the request, and what it called of it.
_SDK_CLIENT: Final = late_pattern(
    r"\b(?P<noun>[A-Z][A-Za-z]{3,40})Client(?:#|\.BaseClient\.)(?P<verb>[A-Z][a-z]{2,12})",
    needs=("Client#", "BaseClient."),
)
# The permission that the service's own sentence says is missing; several are separated by commas.
_SAID_MISSING: Final = late_pattern(
    r"\bmissing (?:permission )?scopes?:? {1,2}['\"\[]?(?P<names>[A-Z]\w+(?:\.\w+)+(?:, ?[A-Z]\w+(?:\.\w+)+){0,4})",
    needs=("missing",),
)
_CHANGES: Final = late_pattern(
    r"\b(?:creat|updat|delet|remov|add|assign|grant|provision)(?:e|es|ing|ed)?\b|#(?:Create|Update|Delete)\b"
    r"|BaseClient\.(?:Post|Patch|Put|Delete)\b",
    re.IGNORECASE,
)
_READING_VERBS: Final = frozenset({"GET", "Get", "Find", "List"})


@dataclass(frozen=True, slots=True)
class _Row:
    """What requests on something need; `path`, `noun` and `terraform` as in the file."""

    path: str
    noun: str
    terraform: str
    read: str
    write: str


def find_operation(text: str) -> dict[str, str]:
    """Return the request that a text names and the permission that it usually needs, by their placeholders.

    {} where the text names none of them; the request alone where the permission differs from call to call.

    Args:
        text: a refusal with what stands around it. What is named last is what was refused.
    """
    found = list(_operations(text[:_LONGEST]))
    said = _SAID_MISSING.search(text[:_LONGEST])
    if not found:
        return {PERMISSION: said["names"].replace(", ", ",")} if said else {}
    request, permission = found[-1]
    permission = said["names"].replace(", ", ",") if said else permission
    return {REQUEST: request, **({PERMISSION: permission} if permission else {})}


def _operations(text: str) -> Iterator[tuple[str, str]]:
    """Yield the requests that a text names, each with its permission, in their order."""
    places: list[tuple[int, str, str]] = []
    for pattern, usual in ((_ADDRESS, "GET"), (_PATH, "GET"), (_OF_OLD_GRAPH, "POST"), (_WRITTEN, "GET")):
        for found in pattern.finditer(text):
            method = (found["method"] or "").upper()
            path = _without_ids(found["path"])
            permission = _by_path(path, (method or usual) == "GET")
            if permission or pattern is not _WRITTEN:
                places.append((found.start(), f"{method} /{path}".strip(), permission))
    for found in _CMDLET.finditer(text):
        permission = _by_noun(found[2], found[1] in _READING_VERBS)
        places.append((found.start(), f"{found[1]}-Mg{found[2]}", permission))
    for found in _TERRAFORM.finditer(text):
        permission = _by_terraform(found[1], not _CHANGES.search(text))
        places.append((found.start(), f"azuread_{found[1]}", permission))
    for found in _SDK_CLIENT.finditer(text):
        permission = _by_path(found["noun"], found["verb"] in _READING_VERBS)
        if permission and not any(said for _, _, said in places):
            places.append((found.start(), f"{found['verb']} {found['noun']}", permission))
    for _, request, permission in sorted(places):
        yield request, permission


def _without_ids(path: str) -> str:
    """Return a path without its query, the end of a sentence, and whatever names somebody."""
    parts = path.split("?")[0].rstrip(".,:;'\")>").split("/")
    return "/".join("{id}" if re.search(r"[@<{\[]|\d{2}|^\d", part) else part for part in parts)


def _by_path(path: str, is_read: bool) -> str:
    folded = path.lower()
    return _permission((row for row in _rows() if row.path.lower() in folded), is_read)


def _by_noun(noun: str, is_read: bool) -> str:
    return _permission((row for row in _rows() if row.noun and noun.startswith(row.noun)), is_read)


def _by_terraform(name: str, is_read: bool) -> str:
    return _permission((row for row in _rows() if row.terraform and name.startswith(row.terraform)), is_read)


def _permission(rows: Iterator[_Row], is_read: bool) -> str:
    row = next(rows, None)
    return (row.read if is_read else row.write) if row else ""


@cache
def _rows() -> tuple[_Row, ...]:
    """Read assets/graph-permissions.toml, once, and late: it is needed only where Graph refused."""
    import tomllib

    return tuple(
        _Row(each["path"], each.get("noun", ""), each.get("terraform", ""), each["read"], each["write"])
        for each in tomllib.loads(read_asset("graph-permissions.toml"))["on"]
    )
