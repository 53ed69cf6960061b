"""The guards that are listed in the TOML files beside this module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Guard:
    """A few lines of the product that something depends on.

    Args:
        part: the file that lists it, without its ending.
        holds: what holds because of them, in a sentence.
        file: the file they are in, below the root of the project.
        find: the lines; they occur once in `file`.
        replace: the same without the guard.
        tests: ids of tests, each of which fails without it.
    """

    part: str
    holds: str
    file: str
    find: str
    replace: str
    tests: tuple[str, ...]

    def occurrences(self, root: Path = ROOT) -> int:
        """Return how often `find` occurs; 1 if the entry is in order."""
        path = root / self.file
        return path.read_text(encoding="utf-8").count(self.find) if path.is_file() else 0

    def take_out(self, root: Path) -> None:
        """Rewrite the file below `root` without the guard."""
        path = root / self.file
        path.write_text(path.read_text(encoding="utf-8").replace(self.find, self.replace), encoding="utf-8")


def guards() -> list[Guard]:
    """Return every guard, in the order of the files."""
    return [
        Guard(path.stem, **{**entry, "tests": tuple(entry["tests"])})
        for path in sorted(HERE.glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["guard"]
    ]
