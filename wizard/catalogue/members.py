"""Reads members of a parsed answer, of whatever type the server made them; every string is cleaned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from wizard.core.text import LONGEST, clean, clean_line

_LONGEST_IDENTIFIER: Final = 120
"""Characters of a code, an error name or an id that are kept."""

_LARGEST_CODE: Final = 10**10


def as_object(value: object) -> Mapping[str, object]:
    """Return `value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: object) -> Sequence[object]:
    """Return `value` if it is a JSON array, nothing for null, else an array of that one value."""
    if isinstance(value, (list, tuple)):
        return value
    return () if value is None else (value,)


def as_identifier(value: object) -> str:
    """Return a code, an error name or an id as one cleaned line; "" for what is neither text nor a whole number."""
    if isinstance(value, str):
        return clean_line(value, _LONGEST_IDENTIFIER)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_CODE:
        return str(value)
    return ""


def as_text(value: object, limit: int = LONGEST) -> str:
    """Return a text of several lines, cleaned; "" for what is no text."""
    return clean(value, limit).strip() if isinstance(value, str) else ""


def first_identifier(*values: object) -> str:
    """Return the first of `values` that is a code, an error name or an id."""
    return next((name for name in map(as_identifier, values) if name), "")


def read_header(headers: object, name: str) -> str:
    """Return the header `name`, whatever its case, as one cleaned line; "" if it is absent."""
    if not isinstance(headers, Mapping):
        return ""
    for key, value in headers.items():
        if isinstance(key, str) and key.lower() == name.lower():
            return as_identifier(value)
    return ""


def read_plain_answer(body: object) -> str:
    """Return the start of an answer that is text instead of JSON; "" for a page of HTML, which explains nothing."""
    text = as_text(body, 600).lstrip("\ufeff")
    return "" if text.startswith("<") else text
