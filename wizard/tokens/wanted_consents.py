"""What an app wants at customers' tenants: data, in assets/customer-access.toml or a file of the operator's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wizard.core.assets import read_asset
from wizard.core.errors import BadInput
from wizard.core.shapes import is_guid
from wizard.microsoft.graph import GRAPH_APP_ID

ASSET: Final = "customer-access.toml"
RETIRED_API: Final = "00000002-0000-0000-c000-000000000000"
"""Azure AD Graph (protocol 4.4)."""
READS_GRANTS: Final = "Directory.Read.All"
"""The permission of Graph by which the app sees what it is granted."""
_SCOPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,99}")
_HOSTS: Final = ("graph", "resource_manager", "")
_KEYS: Final = frozenset({"app_id", "name", "host", "scopes"})


@dataclass(frozen=True, slots=True)
class WantedApi:
    """Delegated permissions on one API.

    Args:
        app_id: of the API, lower case.
        name: as people call it.
        host: the key of its host in clouds.toml, "" for one that this program does not call: no token proves it then.
        scopes: their names.
    """

    app_id: str
    name: str
    host: str
    scopes: tuple[str, ...]


def built_in_wanted() -> tuple[WantedApi, ...]:
    """Return what is wanted unless the operator says something else."""
    return read_wanted(read_asset(ASSET), ASSET)


def read_wanted(text: str, where: str) -> tuple[WantedApi, ...]:
    """Return what a file asks for, Graph first: through it the others are seen.

    Args:
        text: TOML with a list of tables `api`.
        where: the file's name, for errors.

    Raises:
        BadInput: it is wrong, or asks for an API that is retired.
    """
    try:
        tables = tomllib.loads(text).get("api")
    except tomllib.TOMLDecodeError as error:
        raise BadInput(where, f"is not TOML: {error}") from None
    if not isinstance(tables, list) or not tables:
        raise BadInput(where, "expected [[api]] with app_id, name, host and scopes")
    found = [_read(each, where) for each in tables]
    if len({each.app_id for each in found}) < len(found):
        raise BadInput(where, "names an API twice; write all its scopes in one [[api]]")
    graph = next((each for each in found if each.app_id == GRAPH_APP_ID), None)
    if graph is None or READS_GRANTS not in graph.scopes:
        raise BadInput(
            where, f"lacks {READS_GRANTS} of Microsoft Graph ({GRAPH_APP_ID}), by which the app sees what it is granted"
        )
    return (graph, *(each for each in found if each is not graph))


def _read(table: object, where: str) -> WantedApi:
    if not isinstance(table, Mapping) or set(table) - _KEYS:
        raise BadInput(where, "[[api]]: expected app_id, name, host and scopes, and nothing else")
    app_id, host, scopes = str(table.get("app_id", "")).lower(), str(table.get("host", "")), table.get("scopes")
    if app_id == RETIRED_API:
        raise BadInput(
            where, "asks for Azure AD Graph, which Microsoft has retired: Microsoft Graph takes its place, leave it out"
        )
    if not is_guid(app_id):
        raise BadInput(where, "[[api]]: app_id: expected the app id of the API, a GUID")
    if host not in _HOSTS:
        raise BadInput(where, '[[api]]: host: expected "graph" or "resource_manager", or leave it out')
    if not isinstance(scopes, list) or not scopes or not all(_is_scope(each) for each in scopes):
        raise BadInput(where, "[[api]]: scopes: expected a list of delegated permissions by name")
    return WantedApi(app_id, str(table.get("name", "")) or app_id, host, tuple(dict.fromkeys(scopes)))


def _is_scope(value: object) -> bool:
    return isinstance(value, str) and _SCOPE.fullmatch(value) is not None
