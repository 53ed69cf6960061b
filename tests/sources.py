"""The sources of the project, for tests that look through them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True)
class Source:
    """A file: its path below the root, and its text."""

    path: str
    text: str

    def line_of(self, offset: int) -> str:
        """Return the place of a character, as editors open it."""
        return f"{self.path}:{self.text.count(chr(10), 0, offset) + 1}"


def sources(*places: str, suffixes: tuple[str, ...] = (".py",)) -> list[Source]:
    """Return the files of these folders, or these files, that have one of the suffixes."""
    paths = [
        each for place in places for each in ((ROOT / place).rglob("*") if (ROOT / place).is_dir() else [ROOT / place])
    ]
    return [
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(paths)
        if path.suffix in suffixes and "__pycache__" not in path.parts
    ]


def assert_none(found: list[str], otherwise: str) -> None:
    """Fail with each thing found on a line of its own."""
    assert not found, "\n".join([otherwise, *found])


CODE: Final = sources("wizard", "screens")
WITHOUT_REHEARSAL: Final = [each for each in CODE if not each.path.startswith("wizard/rehearsal/")]
"""The rehearsal cloud imports nothing of the product, so that it can prove the product wrong; it has its own forms."""
PLACES_OF_WORDS: Final = ("wizard", "screens", "assets", "README.md", "CONTRIBUTING.md", "CHANGELOG.md")
WORDS_SHOWN: Final = (".py", ".md", ".toml", ".json", ".html", ".tcss")


def is_private(name: str) -> bool:
    """Return whether a name is private; names between double underscores are Python's."""
    return name.startswith("_") and not name.endswith("__") and name.strip("_") != ""
