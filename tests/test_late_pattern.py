"""A pattern that is compiled when it is needed finds what the pattern itself finds."""

from __future__ import annotations

import contextlib
import gc
import re
import weakref
from datetime import UTC, datetime
from itertools import pairwise
from typing import ClassVar, Self

import pytest

from tests.counted.explosive import PASTES, UNITS, pumps
from tests.counted.patterns import modules
from tests.explain.texts_heard import MESSAGES
from wizard.catalogue import placeholders
from wizard.core.late_pattern import LatePattern, _kept, holds_any, late_pattern, lowers_once
from wizard.explain import explain_text, explainer
from wizard.explain.reading.text_reader import ReadResult, read_text
from wizard.redaction.secret_patterns import redact_patterns


def late_patterns() -> dict[str, LatePattern]:
    """Every pattern that is tried only where a word of it stands."""
    return {
        f"{module.__name__}.{label}": value
        for module in modules().values()
        for label, value in vars(module).items()
        if isinstance(value, LatePattern) and value.needs
    }


@pytest.mark.parametrize("name", sorted(late_patterns()))
def test_whatever_a_pattern_matches_holds_one_of_the_words_it_needs(name: str) -> None:
    pattern = late_patterns()[name]
    made = [before + unit for before, unit in pumps(pattern.compiled.pattern, pattern.compiled.flags)]
    matches = [found[0] for text in (*made, *heard()) for found in pattern.compiled.finditer(text)]
    without = [each for each in matches if not pattern.may_be_in(each)]

    assert not without
    assert pattern.compiled.search("") is None, "a pattern that matches nothing at all needs no word"


def heard() -> list[str]:
    texts = [*(text for texts in MESSAGES.values() for text in texts), *UNITS, *(unit for unit, _ in PASTES.values())]
    return [*texts, *(f"{one}{other}" for one, other in pairwise(texts))]


def test_a_pattern_is_not_compiled_before_it_can_match() -> None:
    pattern = late_pattern("(broken", re.IGNORECASE, needs=("word",))

    assert pattern.search("another one") is None
    assert pattern.sub("", "another one") == "another one"
    assert [*pattern.finditer("another one"), *pattern.findall("another one")] == []
    with pytest.raises(re.error):
        pattern.search("a WORD of it")


def test_it_is_asked_like_any_pattern() -> None:
    pattern = late_pattern("(w)ord", re.IGNORECASE, needs=("word",))

    assert pattern.findall("Word word") == ["W", "w"]
    assert pattern.sub("x", "a Word") == "a x"
    assert [found.start() for found in pattern.finditer("a Word", 1)] == [2]
    assert pattern.search("word a", 1) is None
    assert pattern.fullmatch("WORD")
    assert pattern.pattern == "(w)ord"
    assert late_pattern("b+").sub("", "abc") == "ac"


def test_the_words_of_every_placeholder_stand_in_what_its_patterns_match() -> None:
    assert placeholders._NEEDS.keys() == placeholders._PATTERNS.keys()
    for placeholder, patterns in placeholders._PATTERNS.items():
        for text in patterns:
            made = [before + unit for before, unit in pumps(text, re.IGNORECASE)]
            matches = [found[0] for each in made for found in re.finditer(text, each, re.IGNORECASE)]
            assert all(holds_any(each.lower(), placeholders._NEEDS[placeholder]) for each in matches), placeholder


class Traced(str):
    """A text whose end can be noticed, and that of the same in small letters."""

    kept: ClassVar[list[weakref.ref[str]]] = []
    made = 0

    def __new__(cls, text: str) -> Self:
        traced = super().__new__(cls, text)
        cls.kept.append(weakref.ref(traced))
        return traced

    def lower(self) -> str:
        type(self).made += 1
        return type(self)(super().lower())


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> type[Traced]:
    monkeypatch.setattr(Traced, "kept", [])
    monkeypatch.setattr(Traced, "made", 0)
    return Traced


LONG = "Consent FAILED for the app; " * 20


def test_masking_keeps_nothing_of_a_text() -> None:
    redact_patterns(LONG)

    assert _kept.last is None


def test_explaining_keeps_nothing_of_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    during: list[object] = []

    def read(text: str, now: datetime) -> ReadResult:
        during.append(_kept.last)
        result = read_text(text, now)
        during.append(_kept.last)
        return result

    monkeypatch.setattr(explainer, "read_text", read)
    explain_text(LONG, datetime(2026, 11, 21, tzinfo=UTC))

    assert during == [("", ""), (LONG, LONG.lower())]
    assert _kept.last is None


def test_a_reader_makes_small_letters_of_a_text_once(traced: type[Traced]) -> None:
    patterns = [late_pattern(word, re.IGNORECASE, needs=(word,)) for word in ("one", "two", "three")]

    def ask(text: str) -> None:
        assert not any(pattern.search(text) for pattern in patterns)

    text = traced(LONG)
    ask(text)
    assert traced.made == 3, "nobody said that it will be asked again"

    @lowers_once
    def read() -> None:
        ask(text)
        redact_patterns(LONG)
        ask(text)

    read()
    assert traced.made == 4, "another reader within it leaves that as it is"


def test_a_reader_that_fails_keeps_nothing_either(traced: type[Traced]) -> None:
    @lowers_once
    def read(text: str) -> None:
        late_pattern("one", re.IGNORECASE, needs=("one",)).search(text)
        raise ValueError

    with contextlib.suppress(ValueError):
        read(traced(LONG))
    gc.collect()

    assert [each() for each in traced.kept if each() is not None] == []
