"""Marks that stand in a text where something was taken out of it: characters for private use, which no paste keeps."""

from __future__ import annotations

from typing import Final

from wizard.core.late_pattern import late_pattern
from wizard.core.text import clean

RESERVED: Final = late_pattern("[\ue000-\ue00f]")
"""Characters that a paste must not hold, because they are marks here."""
MARK: Final = late_pattern("\ue000([0-9]{1,7})\ue001")
"""Stands where something was found and taken out; with its number."""
BOUNDARY: Final = "\ue002"
"""Stands where one record ends and another begins, put there as objects are rendered as lines."""
_ANY: Final = late_pattern("\ue000[0-9]{0,7}\ue001|[\ue000-\ue002]")


def mark_of(number: int) -> str:
    """Return the mark of what was taken out as the `number`-th, from 0."""
    return f"\ue000{number}\ue001"


def strip_marks(text: str) -> str:
    """Return `text` cleaned, without marks."""
    return clean(text if text.isascii() else _ANY.sub(" ", text))


def text_before_mark(text: str) -> str:
    """Return `text` up to what was found next, cleaned."""
    return strip_marks(text[: match.start()] if (match := MARK.search(text)) else text)
