"""Where a text names one of the services, by a host, a product's name or a header."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from itertools import islice
from typing import Final

_SERVICES = re.compile(
    r"(?P<key_vault>\bvault\.(?:azure|usgovcloudapi|microsoftazure)|key[ -]?vault|\bAKV\d{5}|x-ms-keyvault)"
    r"|(?P<partner_center>partner[ -]?center|\bapi\.partner\.|\bMS-CorrelationId)"
    r"|(?P<graph>\bgraph\.microsoft|\bmicrosoftgraph\.|\bMicrosoft[ .]?Graph\b|x-ms-ags-diagnostic)"
    r"|(?P<other>(?:\baccounts\.google|\bgoogleapis)\.com[\w./-]{0,60}|\bgoogle\.auth\b|\bapi\.github\.com"
    r"|\bgithub\.com(?=/login|/?(?:[\s\"',:;)]|$))|\bamazonaws\.com|\bs3:|\bbucket\b)"
    r"|(?P<entra>\blogin\.(?:microsoft|windows|partner\.microsoft|chinacloud)|\bsts\.windows|\boauth2/|x-ms-ests)",
    re.IGNORECASE,
)
_TRIGGERS: Final = (
    *("vault", "akv", "partner", "correlationid", "graph", "login.", "sts.", "oauth2/", "x-ms-"),
    *("google", "github", "amazonaws", "s3:", "bucket"),
)
"""In lower case; whatever names a service contains one of them."""
_LONGEST_NAME: Final = 200
OTHER_SERVICE: Final = "other"
"""A service that is not Microsoft's, and uses the same names of errors."""
_MOST_LOOKED_UP: Final = 2_000
"""Words that are looked up one by one; in a text with more, the pattern looks at all of it."""


class ServiceMentions:
    """Where a text names which service; found once, and only if it is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def near(self, spans: Iterable[tuple[int, int]], after: tuple[int, int]) -> str:
        """Return the service named last in the first of `spans` that names one, else first in `after`; "" if none is.

        A span is where it begins and ends in the text.
        """
        for start, end in spans:
            at = bisect_left(self._found, (end,)) - 1
            while at >= 0 and self._found[at][0] >= start:
                if self._found[at][1] <= end:
                    return self._found[at][2]
                at -= 1
        at = bisect_left(self._found, (after[0],))
        is_in = at < len(self._found) and self._found[at][1] <= after[1]
        return self._found[at][2] if is_in else ""

    @cached_property
    def _found(self) -> list[tuple[int, int, str]]:
        """Start, end and service of each name; looking for words first takes a tenth of the time."""
        lowered = self._text.lower()
        if len(lowered) != len(self._text) or sum(map(lowered.count, _TRIGGERS)) > _MOST_LOOKED_UP:
            return [_place(found) for found in _SERVICES.finditer(self._text)]
        places: set[tuple[int, int, str]] = set()
        for word in _TRIGGERS:
            at = lowered.find(word)
            while at >= 0:
                near = _SERVICES.finditer(self._text, max(0, at - 14), at + _LONGEST_NAME)
                places.update(_place(found) for found in islice(near, 3))
                at = lowered.find(word, at + 1)
        kept: list[tuple[int, int, str]] = []
        for place in sorted(places):
            if not kept or place[0] >= kept[-1][1]:  # an address of another service may have such a name in its path
                kept.append(place)
        return kept


def _place(found: re.Match[str]) -> tuple[int, int, str]:
    return found.start(), found.end(), found.lastgroup or ""


def find_service(before: str, after: str = "") -> str:
    """Return the service named last in `before`, else the one named first in `after`; "" if none is."""
    named = [found.lastgroup or "" for found in _SERVICES.finditer(before)]
    if named:
        return named[-1]
    first = _SERVICES.search(after)
    return (first.lastgroup or "") if first else ""
