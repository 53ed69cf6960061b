"""Which step a status or a message is of, where the text says it: the request for a token, or a command."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from wizard.core.late_pattern import late_pattern
from wizard.explain.reading.service_mentions import ServiceMentions

_TOKEN_STEP = late_pattern(
    r"\b(?:Get-\w{0,20}AccessToken\b|(?:retriev|acquir|obtain|get|gett|fetch|request)\w{0,6}"
    r" (?:(?:the|an?|ms|microsoft|graph|azure|aad|entra|oauth2?|access|bearer|app) ){0,5}tokens?\b)",
    re.IGNORECASE,
    needs=("token",),
)
_FAILED = late_pattern(r"\b(?:fail(?:ed|s|ure)?|error|unable|could ?n[o'’]t|can ?not|can't)\b", re.IGNORECASE)
_REACH: Final = 1_000
"""Characters before a status in which its step may be named."""
# "Set-AzKeyVaultSecret : …" of PowerShell, and a prompt with a command behind it.
_COMMAND = late_pattern(
    r"(?:\A|\n)(?:[ \t]{0,4}([A-Z][a-z]{2,12}-[A-Z]\w{2,60}) ?: |[^\n]{0,60}[>$#] (az(?: [a-z][\w-]{1,30}){1,4}))",
    needs=("-", "az "),
)


def is_failed_token_step(text: str, place: int, mentions: ServiceMentions) -> bool:
    """Return whether a status answers the request for a token: that step failed above it, and no other host since.

    Args:
        text: of any length.
        place: where the status stands.
        mentions: of services in the text.
    """
    first = max(0, place - _REACH)
    before = text[first:place].rpartition("\n\n")[2]
    named = None
    for found in _TOKEN_STEP.finditer(before):
        line = before[before.rfind("\n", 0, found.start()) + 1 :].partition("\n")[0]
        named = found if _FAILED.search(line) and "\n" in before[found.end() :] else named
    if named is None or "://" in before[named.end() :]:
        return False
    return mentions.near([(place - len(before) + named.end(), place)], (0, 0)) in ("", "entra")


class Commands:
    """Where in a text a cmdlet or the Azure CLI begins to say its error, and which it is."""

    def __init__(self, text: str) -> None:
        self._text = text

    def is_another(self, place: int, others: Sequence[int]) -> bool:
        """Return whether what stands at a place is another command's than what stands at each of the other places."""
        own = self._at(place) if self._found else ""
        return bool(own and others) and all(self._at(other) not in ("", own) for other in others)

    def _at(self, place: int) -> str:
        """Return the command whose error stands at a place, "" for none."""
        number = bisect_left(self._found, (place + 1, "")) - 1
        return self._found[number][1] if number >= 0 else ""

    @cached_property
    def _found(self) -> list[tuple[int, str]]:
        return [(found.start(), (found[1] or found[2]).lower()) for found in _COMMAND.finditer(self._text)]
