"""One measured thing and its budget."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """A measure against its budget.

    Args:
        what: a few words.
        value: what the budget is about; NaN where nothing was measured.
        budget: the largest value that is kept to; None where there is none.
        unit: "×" for a ratio.
        ours, beside: the two measures a ratio is of, with their unit.
    """

    what: str
    value: float
    budget: float | None
    unit: str = "×"
    ours: str = ""
    beside: str = ""

    @property
    def value_in_words(self) -> str:
        """The value with its unit."""
        return "not measured" if math.isnan(self.value) else _number(self.value, self.unit)

    @property
    def budget_in_words(self) -> str:
        """The budget with its unit."""
        return "" if self.budget is None else "≤ " + _number(self.budget, self.unit)

    @property
    def verdict(self) -> str:
        """Whether the budget is kept."""
        if math.isnan(self.value):
            return "not measured"
        if self.budget is None:
            return ""
        return "kept" if self.value <= self.budget else "✗ over budget"


def ratio(what: str, ours: float, beside: float, budget: float) -> Measured:
    """Return the ratio of two times in seconds."""
    return Measured(what, ours / beside, budget, "×", _number(ours * 1000, "ms"), _number(beside * 1000, "ms"))


def _number(value: float, unit: str) -> str:
    if unit == "×":
        return f"{value:.2f}×" if value >= 0.1 else f"{value:.3f}×"
    return f"{value:,.0f} {unit}"
