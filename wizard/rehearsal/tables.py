"""TOML tables read strictly into dataclasses: a key that is unknown, missing or of a wrong type is an error."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import TypeVar

T = TypeVar("T")


class SceneError(ValueError):
    """A scene file has a mistake; the text names file and key."""


def merged(below: object, above: object, where: str) -> Mapping[str, object]:
    """Return two tables as one, `above` key by key over `below`.

    Lists, values and a credential are replaced; in answers "" leaves a key out. Raises `SceneError` if one is no table.
    """
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        raise SceneError(f"{where}: expected a table")
    both = dict(below)
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(both.get(key), Mapping) and key != "credential":
            both[key] = merged(both[key], value, f"{where}.{key}")
        else:
            both[key] = value
    return both


def read_table(kind: type[T], table: object, where: str) -> T:
    """Return a dataclass read from a TOML table.

    Args:
        kind: the dataclass; a field without default must be there.
        table: the table.
        where: its name, for errors.

    Raises:
        SceneError: a key is unknown, missing or of a wrong type.
    """
    if not isinstance(table, Mapping) or not is_dataclass(kind):
        raise SceneError(f"{where}: expected a table")
    known = {item.name: item for item in fields(kind)}
    hints = _hints(kind)
    for key in table:
        if key not in known:
            raise SceneError(f"{where}: unknown key {key!r}; known are {', '.join(known)}")
    for key, item in known.items():
        if key not in table and item.default is MISSING and item.default_factory is MISSING:
            raise SceneError(f"{where}: lacks {key!r}")
    return kind(**{key: _read(hints[key], value, f"{where}.{key}") for key, value in table.items()})


@cache
def _hints(kind: type) -> Mapping[str, object]:
    """Return the types of a dataclass's fields; found once, since each is compiled from its text."""
    return typing.get_type_hints(kind)


def _read(kind: object, value: object, where: str) -> object:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        if not isinstance(value, list):
            raise SceneError(f"{where}: expected a list")
        return tuple(_read(arguments[0], item, f"{where}[{number}]") for number, item in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise SceneError(f"{where}: expected a table")
        return types.MappingProxyType({key: _read(arguments[1], item, f"{where}.{key}") for key, item in value.items()})
    if isinstance(kind, type) and is_dataclass(kind):
        return read_table(kind, value, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if value not in [member.value for member in kind]:
            raise SceneError(f"{where}: expected one of {', '.join(kind)}, not {value!r}")
        return kind(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(kind, type) or type(value) is not kind:
        raise SceneError(f"{where}: expected {getattr(kind, '__name__', kind)}, not {value!r}")
    return value
