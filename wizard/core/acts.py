"""Things to do, numbered: each is one act in one sentence, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from wizard.core.late_pattern import late_pattern

Acts = str | tuple[str, ...]
"""One act, or several in their order."""

_GAP: Final = late_pattern(r"<[a-z][a-z' ]*>")


def gaps_of(command: str) -> tuple[str, ...]:
    """Return the placeholders in a command that nobody has filled yet, such as "<object id>", each once."""
    return tuple(dict.fromkeys(_GAP.findall(command)))


def as_actions(*acts: Acts) -> tuple[str, ...]:
    """Return acts in their order, each once; those without words are left out."""
    flat = [act for each in acts for act in ((each,) if isinstance(each, str) else each)]
    return tuple(dict.fromkeys(act.strip() for act in flat if act.strip()))


def as_remedy(actions: Iterable[str]) -> str:
    """Return acts as sentences that follow on each other."""
    return " ".join(act if act.endswith((".", "!", "?", ":", "…")) else f"{act}." for act in actions)


def numbered(actions: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what stands before each act in plain text, such as "1  ", and the act."""
    for number, act in enumerate(actions, 1):
        yield f"{number}  ", act
