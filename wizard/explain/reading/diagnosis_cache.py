"""Limits how many findings of a text are diagnosed each by itself: a log may repeat one error a million times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from wizard.catalogue.diagnosis import Diagnosis

MOST_OF_A_CODE: Final = 100
"""Findings of one code that are diagnosed each by itself; of more, only the number is kept."""
MOST: Final = 1_000
"""Findings of all codes that are diagnosed each by itself; after these only the first of each code."""


class DiagnosisCache:
    """The diagnoses of one text, by service and code."""

    def __init__(self) -> None:
        self._by_code: dict[tuple[str, str], list[Diagnosis]] = {}
        self._number = 0

    def get(self, service: str, code: str, diagnose: Callable[[], Diagnosis]) -> Diagnosis:
        """Return a new diagnosis, or the last one of the code if there are very many of it already."""
        same = self._by_code.setdefault((service, code), [])
        if same and (len(same) >= MOST_OF_A_CODE or self._number >= MOST):
            return same[-1]
        same.append(diagnose())
        self._number += 1
        return same[-1]
