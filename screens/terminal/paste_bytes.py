"""Pastes as text: what is no UTF-8 in them is kept, and never drawn."""

from __future__ import annotations

import re

_ESCAPED = re.compile("[\udc80-\udcff]")
"""Bytes that are no UTF-8, as Python keeps them in a text (PEP 383)."""


def as_text(octets: bytes) -> str:
    """A paste as a text from which `as_it_came` gives its bytes again."""
    return octets.decode("utf-8", "surrogateescape")


def readable(pasted: str) -> str:
    """A paste as it may stand in a field: a replacement character for each byte that is no UTF-8."""
    return _ESCAPED.sub("\ufffd", pasted)


def as_it_came(pasted: str) -> str | bytes:
    """A paste as text, or as the bytes that came where these are no UTF-8."""
    return pasted.encode("utf-8", "surrogateescape") if _ESCAPED.search(pasted) else pasted
