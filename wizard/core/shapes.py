"""The forms of values that can be recognised by their form alone: each pattern once."""

from __future__ import annotations

from typing import Final

from wizard.core.late_pattern import late_pattern

GUID_PATTERN: Final = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
"""A GUID as Entra writes it; without groups, to stand within another pattern."""
GUID: Final = late_pattern(GUID_PATTERN)
CLIENT_SECRET_MARK_PATTERN: Final = "[0-9]Q~"
"""What stands in the fourth to sixth place of the value of a client secret, and in few other words."""
CLIENT_SECRET_HEAD: Final = "[A-Za-z0-9_.~-]{3}[0-9]Q"
"""How the value of a client secret begins, before the `~`, which may be URL-encoded."""
CLIENT_SECRET_PATTERN: Final = CLIENT_SECRET_HEAD + "~[A-Za-z0-9_.~-]"
"""How the value of a client secret begins: three characters, a digit, `Q~`; it goes on with the last class."""
CLIENT_SECRET: Final = late_pattern(CLIENT_SECRET_PATTERN + "{8}")
"""The beginning of a client secret, long enough that no word has that form."""
ENTRA_CODE: Final = late_pattern(r"AADSTS[0-9]{5,8}\b")
"""An error code of Entra, in a page or a text."""


def is_guid(text: str) -> bool:
    """Return whether `text` is a GUID and nothing else."""
    return GUID.fullmatch(text) is not None
