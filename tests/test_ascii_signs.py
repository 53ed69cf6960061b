"""Every sign that the program draws has an ASCII twin of as many cells."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest

from wizard.core.ascii_signs import ASCII_TWIN, SIGNS, as_ascii, ascii_twin

ROOT = Path(__file__).parents[1]
DRAWN = ("wizard", "screens", "assets")
TEXTS = {".py", ".md", ".toml", ".json", ".tcss"}


def signs_of_the_program() -> set[str]:
    """Every character in its sources that is no letter."""
    files = (path for folder in DRAWN for path in (ROOT / folder).rglob("*") if path.suffix in TEXTS)
    characters = {each for path in files for each in path.read_text(encoding="utf-8") if not each.isascii()}
    return {each for each in characters if unicodedata.category(each)[0] != "L"}


def test_every_sign_in_the_sources_has_a_twin() -> None:
    assert {sign for sign in signs_of_the_program() if "?" in ascii_twin(sign) or not ascii_twin(sign)} == set()


def test_a_twin_is_ascii_and_takes_as_many_cells() -> None:
    for sign in {*SIGNS, *map(chr, range(0x2500, 0x25A0)), "⠂", "⠠"}:
        cells = 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1
        assert ascii_twin(sign).isascii()
        assert len(ascii_twin(sign)) == cells, sign


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("✓ Tenant · contoso.com", "+ Tenant - contoso.com"),
        ("╭─ “App” ─╮│┃▌", '+- "App" -+|||'),
        ("München, Malmö, e\u0301", "Munchen, Malmo, e"),
        ("要求", "????"),
        ("plain ASCII", "plain ASCII"),
    ],
)
def test_a_text_in_ascii(text: str, expected: str) -> None:
    assert as_ascii(text) == expected


def test_meanings_that_stand_beside_each_other_have_different_twins() -> None:
    for signs in ("✓✗!?▸·", "✓●○✗", "◆◇", "▾▸", "↑↓←→"):
        assert len({ascii_twin(sign) for sign in signs}) == len(signs), signs


@pytest.mark.parametrize(
    ("encoding", "written"),
    [("utf-8", "✓ Zürich · “a” …"), ("latin-1", '+ Zürich · "a" .'), ("ascii", '+ Zurich - "a" .')],
)
def test_a_stream_gets_the_twins_of_what_its_encoding_lacks(encoding: str, written: str) -> None:
    octets = io.BytesIO()
    with io.TextIOWrapper(octets, encoding=encoding, errors=ASCII_TWIN) as stream:
        stream.write("✓ Zürich · “a” …")
        stream.flush()
        assert octets.getvalue().decode(encoding) == written
