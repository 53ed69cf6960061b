"""The matcher that counts finds what the standard engine finds, and its count tells what explodes."""

from __future__ import annotations

import random
import re
import sys

import pytest

from tests.counted.explosive import END, UNITS, groups_taken_whole, pumps
from tests.counted.instructions import TooManySteps
from tests.counted.matcher import Matcher
from tests.counted.patterns import all_patterns
from tests.explain.texts_heard import MESSAGES
from tests.sampling import sample

ONE = ("a", "b", "ab", ".", "[ab]", "[^a]", r"\w", r"\b", "^", "$", "c", r"\s", "(?i:A)", "(?-i:b)", r"\Z")
REPEATS = ("*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}")
GROUPS = ("(?=", "(?!", "(?<=", "(?<!", "(?>", "(")


def made_up(chance: random.Random, depth: int) -> str:
    """A pattern that nobody would write."""
    kind = chance.random()
    if depth == 0 or kind < 0.3:
        return chance.choice(ONE)
    inner = made_up(chance, depth - 1)
    if kind < 0.45:
        return inner + made_up(chance, depth - 1)
    if kind < 0.6:
        return f"(?:{inner}|{made_up(chance, depth - 1)}{chance.choice(['', '|', '|ab'])})"
    if kind < 0.65:
        return f"(a|{inner})?(?:b\\1|c)(?(1)a|{inner})"
    if kind < 0.9:
        return f"(?:{inner}){chance.choice(REPEATS)}{chance.choice(['', '', '?', '+'])}"
    return f"{chance.choice(GROUPS)}{inner})"


def assert_alike(pattern: re.Pattern[str], text: str, start: int = 0, end: int = 1_000, cap: int = 1_000_000) -> None:
    """Compare what both find; the matcher is first, since it has a cap."""
    matcher, about = Matcher(pattern, cap), (pattern, text, start, end)
    spans = list(matcher.finditer(text, start, end))
    anchored = [matcher.match(text, start, end, whole=whole) for whole in (False, True)]
    assert spans == [each.span() for each in pattern.finditer(text, start, end)], about
    found = (pattern.match(text, start, end), pattern.fullmatch(text, start, end))
    assert anchored == [each.span() if each else None for each in found], about


@pytest.mark.parametrize("seed", sample(3, range(3)))
def test_it_finds_what_the_standard_engine_finds(seed: int) -> None:
    chance, compared, capped = random.Random(seed), 0, 0
    while compared < 1_000:
        try:
            pattern = re.compile(made_up(chance, 4), chance.choice([0, 0, re.IGNORECASE, re.DOTALL, re.MULTILINE]))
        except re.error:  # a look behind at what has no width of its own
            continue
        if sys.version_info < (3, 11, 5) and groups_taken_whole(
            pattern
        ):  # there it is the engine that errs, or crashes
            continue
        text = "".join(chance.choices("aabbcA \n", k=chance.randint(0, 14)))
        compared += 1
        try:
            assert_alike(pattern, text, cap=20_000)
            assert_alike(pattern, text, chance.randint(0, 4), chance.randint(4, 10), cap=20_000)
        except TooManySteps:
            capped += 1
    assert capped < 20


@pytest.mark.parametrize("part", sample(2, range(2)))
def test_it_finds_what_the_patterns_of_the_program_find(part: int) -> None:
    heard = [text for texts in MESSAGES.values() for text in texts]
    chance = random.Random(part)
    for used in all_patterns()[part::2]:
        made = [(before + unit * 3)[:300] for before, unit in pumps(used.pattern.pattern, used.pattern.flags)]
        for text in (*made, *chance.sample(UNITS, 12), *chance.sample(heard, 3)):
            assert_alike(used.pattern, text * 2 + END)
            assert_alike(used.pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text", "factor"),
    [
        (r"(a|a)*x", "aaaaa", 20), (r"(?:a+)+x", "aaaaa", 20), (r"(?:a|aa)+$x", "aaaaaa", 6),
        (r"\w+ x", "a" * 100, 3.5), (r"a*a*x", "a" * 40, 6), (r"<[^>]*>", "<" * 100, 3.5),
        (r"[^,]*+,x?,", "a" * 100, 3.5), (r".*?x", "a" * 100, 3.5), (r"(?=a*b)a", "a" * 100, 3.5),
    ],
)  # fmt: skip
def test_what_explodes_shows_in_the_count(pattern: str, text: str, factor: float) -> None:
    once, twice = Matcher(re.compile(pattern)), Matcher(re.compile(pattern))
    list(once.finditer(text))
    list(twice.finditer(text * 2))
    assert twice.steps > factor * once.steps


def test_it_stops_at_its_cap_and_copes_with_long_texts() -> None:
    with pytest.raises(TooManySteps):
        Matcher(re.compile(r"(a|a)*x"), cap=1_000).match("a" * 100)
    assert Matcher(re.compile(r"(?:a|b)*")).match("ab" * 10_000) == (0, 20_000)
    assert Matcher(re.compile(r"(?:(a)|(b))*?\Z")).match("ab" * 10_000) == (0, 20_000)


def test_the_same_text_takes_the_same_steps() -> None:
    counts = set()
    for _ in range(2):
        for used in all_patterns()[::25]:
            matcher = Matcher(used.pattern)
            list(matcher.finditer("client secret 'abc' AADSTS50076: x https://localhost/?code=1&b=2"))
            counts.add((used.where, used.pattern.pattern, matcher.steps))
    assert len(counts) == len(all_patterns()[::25])
