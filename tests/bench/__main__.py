"""Measures, and prints a table and one line of JSON. A budget that is not kept is said; the exit status stays 0."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from tests.bench import journey, pastes, screen, startup, walk
from tests.bench.measured import Measured


def table(rows: list[Measured]) -> str:
    """The rows in columns."""
    cells = [("what", "ours", "beside it", "value", "budget", "verdict")]
    cells += [(row.what, row.ours, row.beside, row.value_in_words, row.budget_in_words, row.verdict) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="measured runs of each, after one that is thrown away")
    runs = parser.parse_args().runs
    rows = [
        *startup.measure(runs),
        *screen.measure(runs),
        *walk.measure(runs),
        *journey.measure(runs),
        *pastes.measure(),
    ]
    print(table(rows))
    print(json.dumps([asdict(row) | {"verdict": row.verdict} for row in rows]))


if __name__ == "__main__":
    main()
