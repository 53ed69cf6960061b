"""A number that a comment cites has its section in PROTOCOL.md or HAZARDS.md, and no section is there for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PROTOCOL: Final = ROOT / "wizard" / "microsoft" / "PROTOCOL.md"
HAZARDS: Final = ROOT / "wizard" / "microsoft" / "HAZARDS.md"
PLACES: Final = ("wizard", "screens", "tests", "assets", "README.md", "CONTRIBUTING.md")
"""Where comments and texts may cite."""

_NUMBER: Final = r"\d+(?:\.\d+)*"
_BETWEEN: Final = r"(?:, | to | and |,?\s*\n[\s#]*)"
CITED: Final = {
    PROTOCOL: re.compile(rf"\b[Pp]rotocol[\s#]+({_NUMBER}(?:{_BETWEEN}{_NUMBER})*)"),
    HAZARDS: re.compile(r"\b([TR]\d{1,2})\b"),  # a P with a number is a licence of Entra's
}
"""What a citation of each file looks like."""
_HEADING: Final = re.compile(rf"^##+ ({_NUMBER}|[TR]\d+) \S", re.MULTILINE)
FACTS: Final = [pytest.param(path, id=path.name) for path in CITED]


def sections(path: Path) -> list[str]:
    """The numbers of a file's sections, in its order."""
    return _HEADING.findall(path.read_text(encoding="utf-8"))


def numbers_in(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Every number that a text cites, and its line."""
    for found in pattern.finditer(text):
        for number in re.finditer(rf"[TR]?{_NUMBER}", found[1]):
            yield text.count("\n", 0, found.start(1) + number.start()) + 1, number[0]


def files() -> Iterator[Path]:
    """Every file that may cite, this one excepted."""
    for place in PLACES:
        top = ROOT / place
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts and path != Path(__file__):
                yield path


def citations(facts: Path) -> Iterator[tuple[Path, int, str]]:
    """Every citation of a section of `facts`: file, line, number."""
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # no text
        for line, number in numbers_in(text, CITED[facts]):
            yield path, line, number


@pytest.mark.parametrize("facts", FACTS)
def test_what_is_cited_has_its_section(facts: Path) -> None:
    known = set(sections(facts))

    missing = [
        f"{path.relative_to(ROOT)}:{line}: {number}" for path, line, number in citations(facts) if number not in known
    ]

    assert not missing, "\n".join([f"{facts.name} has no section for", *missing])


@pytest.mark.parametrize("facts", FACTS)
def test_every_section_is_cited(facts: Path) -> None:
    """By its own number, or by that of a section within it; what the two files say of each other does not count."""
    cited = {number for path, _, number in citations(facts) if path not in CITED}

    unused = [
        number
        for number in sections(facts)
        if number not in cited and not any(c.startswith(f"{number}.") for c in cited)
    ]

    assert not unused, f"nobody cites these of {facts.name}: {', '.join(unused)}"


@pytest.mark.parametrize("facts", FACTS)
def test_a_number_is_given_once_and_a_section_stands_behind_the_one_it_is_part_of(facts: Path) -> None:
    numbers = sections(facts)

    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        whole = number.rpartition(".")[0]
        assert not whole or whole in numbers[: numbers.index(number)], number


def test_the_modules_that_guard_are_there() -> None:
    text = HAZARDS.read_text(encoding="utf-8")
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        named = re.findall(r"`((?:wizard|screens|tests)/[\w/]+\.py)`", section)
        assert named, section
        assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("as documented (protocol 1.5).", ["1.5"]),
        ("Protocol 1.3: at once", ["1.3"]),
        ("(protocol 1.1 to 1.5)", ["1.1", "1.5"]),
        ("(protocol 1.4, 1.5, 3)", ["1.4", "1.5", "3"]),
        ("(protocol 2.2, T5, T6)", ["2.2"]),
        ("# what stands (protocol 4.1,\n# 4.4).", ["4.1", "4.4"]),
        ("is cited (protocol\n    8).", ["8"]),
        ("another protocol, 2.0 of it", []),
    ],
)
def test_a_citation_is_seen_in_every_form(text: str, cited: list[str]) -> None:
    assert [number for _, number in numbers_in(text, CITED[PROTOCOL])] == cited


def test_a_citation_is_told_with_its_line() -> None:
    assert list(numbers_in("one\n(T5, T6)\nR6, and Entra ID P1\nGT5", CITED[HAZARDS])) == [
        (2, "T5"),
        (2, "T6"),
        (3, "R6"),
    ]
