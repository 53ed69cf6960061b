"""Measures, and prints a table and one line of JSON. A budget that is not kept is said; the exit status stays 0."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict

from tests.bench import customers, journey, onboardings, pastes, screen, startup, tenants, walk
from tests.bench.measured import Measured


def table(rows: list[Measured]) -> str:
    """The rows in columns."""
    cells = [("what", "ours", "beside it", "value", "budget", "verdict")]
    cells += [(row.what, row.ours, row.beside, row.value_in_words, row.budget_in_words, row.verdict) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )


PARTS: dict[str, Callable[[int], list[Measured]]] = {
    "startup": startup.measure,
    "onboardings": onboardings.measure,
    "screen": screen.measure,
    "walk": walk.measure,
    "journey": journey.measure,
    "tenants": tenants.measure,
    "customers": customers.measure,
    "pastes": lambda _runs: pastes.measure(),
}


def main() -> None:
    """Measure everything, or the parts that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; none: all of them")
    parser.add_argument("--runs", type=int, default=9, help="measured runs of each, after one that is thrown away")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; parts: {', '.join(PARTS)}")
    rows = [row for name in options.parts or PARTS for row in PARTS[name](options.runs)]
    print(table(rows))
    print(json.dumps([asdict(row) | {"verdict": row.verdict} for row in rows]))


if __name__ == "__main__":
    main()
