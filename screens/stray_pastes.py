"""Tells a paste that is plainly an error, a token or no text at all from a value for a field."""

from __future__ import annotations

import re
from typing import Final

from wizard.core.text import clean

_CODE: Final = re.compile(r"AADSTS ?\d{4,}", re.IGNORECASE)
_STATUS_LINE: Final = re.compile(r"HTTP/\d(?:\.\d)? [1-5]\d\d\b")
_TOKEN: Final = re.compile(r"eyJ[A-Za-z0-9_-]{6,}|[01]\.A[A-Za-z0-9_.-]{40,}")
_ANSWER: Final = re.compile(r"(?:^|[?&#])code=[^&\s]{20,}", re.IGNORECASE)
"""In the address that a sign-in ended on: a code that signs somebody in, which no other field would hide."""
_OBJECT: Final = re.compile(r'\{\s*"')
NO_TEXT: Final = "no text"
LOOKED_AT: Final = 8_000
"""Characters of a paste that are read; an answer is shorter."""


def what_it_looks_like(pasted: str, *, is_credential: bool = False) -> str:
    """What a paste is that is no value: "an error", "an address with a sign-in's code", "a token" or "no text".

    "" where it may be one.

    Args:
        pasted: as it came.
        is_credential: whether it is for a field of any form, such as a secret, which could begin like a token.
    """
    text = clean(pasted[:LOOKED_AT], LOOKED_AT).strip()
    if _CODE.search(text) or _OBJECT.match(text):
        return "an error"
    if _ANSWER.search(text):
        return "an address with a sign-in's code"
    if is_credential:
        return ""
    if _STATUS_LINE.match(text):
        return "an error"
    if _TOKEN.match(text.removeprefix("Bearer ").lstrip()):
        return "a token"
    odd = text.count("\ufffd")
    return NO_TEXT if odd > 2 and odd * 5 > len(text) else ""
