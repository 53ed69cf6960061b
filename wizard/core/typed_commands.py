"""Writes a command as it is typed: for a POSIX shell; on Windows as both cmd and PowerShell take it."""

from __future__ import annotations

import re
import shlex
import sys
from typing import Final

_BARE: Final = re.compile(r"[\w./:\\=+,-]+", re.ASCII)
"""Needs no quotes on Windows. A comma does, as the first thing of a word of PowerShell: none of ours begins so."""
_TELLING: Final = re.compile(r'["$`%!^\n]')
"""Means something within double quotes, in the one shell or the other."""


def typed_command(*words: str, platform: str = sys.platform) -> str:
    """Return a command whose words are quoted for a shell of this system.

    On Windows in double quotes, which cmd and PowerShell read alike; what means something within them to one of both is
    quoted for PowerShell 7.3 and later, the only one of them that can hold it.

    Args:
        words: the program's name and its arguments.
        platform: as `sys.platform` names it.
    """
    if platform != "win32":
        return shlex.join(words)
    return " ".join(map(_on_windows, words))


def _on_windows(word: str) -> str:
    if _BARE.fullmatch(word):
        return word
    if _TELLING.search(word) or word.endswith("\\"):
        return "'" + word.replace("'", "''") + "'"
    return f'"{word}"'
