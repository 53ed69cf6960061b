"""Writes commands of the catalogue as the platform of a text takes them: a shell's `export` is none on Windows."""

from __future__ import annotations

import re
from typing import Final

from wizard.core.late_pattern import late_pattern

_ON_WINDOWS: Final = "platform=windows"
_EXPORT: Final = late_pattern(r"`export (\w{2,60})=([^`]{1,200})`", needs=("`export ",))
_UNSET: Final = late_pattern(r"`unset ([\w ]{2,120})`", needs=("`unset ",))


def is_of_windows(clues: str) -> bool:
    """Return whether the text that clues are of says that it is of Windows."""
    return _ON_WINDOWS in clues


def for_windows(actions: tuple[str, ...]) -> tuple[str, ...]:
    """Return actions whose variables are set and removed as on Windows.

    Args:
        actions: of the catalogue.
    """
    return tuple(_UNSET.sub(_removed, _EXPORT.sub(_set, act)) for act in actions)


def _set(found: re.Match[str]) -> str:
    value = found[2].replace("/path/to/", "C:\\path\\to\\")
    return f"`setx {found[1]} {value}`, which a new window knows"


def _removed(found: re.Match[str]) -> str:
    names = dict.fromkeys(name.upper() for name in found[1].split())
    return f"`Remove-Item {','.join(f'Env:{name}' for name in names)}`"
