"""Limits how many findings of a text are diagnosed each by itself: a log may repeat one error a million times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis

MOST_OF_A_CODE: Final = 30
"""Findings of one code that are diagnosed each by itself; of more, only the number is kept."""
MOST: Final = 300
"""Findings of all codes that are diagnosed each by itself; after these only the first of each code."""


class DiagnosisCache:
    """The diagnoses of one text, by service and code."""

    def __init__(self) -> None:
        self._by_code: dict[tuple[str, str], list[Diagnosis]] = {}
        self.number = 0
        """How many were diagnosed; the same before and after a finding whose like is not diagnosed any more."""

    def settled(self, service: str, code: str) -> Diagnosis | None:
        """Return the last diagnosis of a code if there are very many of it already, else None."""
        same = self._by_code.get((service, code))
        return same[-1] if same and (len(same) >= MOST_OF_A_CODE or self.number >= MOST) else None

    def get(self, service: str, code: str, diagnose: Callable[[], Diagnosis]) -> Diagnosis:
        """Return a new diagnosis, or the last one of the code if there are very many of it already.

        Args:
            service: whose the code is, as the catalogue names it.
            code: of the finding.
            diagnose: makes a new one.
        """
        if known := self.settled(service, code):
            return known
        same = self._by_code.setdefault((service, code), [])
        same.append(diagnose())
        self.number += 1
        return same[-1]
