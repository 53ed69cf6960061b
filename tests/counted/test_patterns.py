"""No pattern of the program takes more steps than in proportion to the text, whatever the text."""

from __future__ import annotations

import re

import pytest

from tests.counted.explosive import END, UNITS, groups_taken_whole, pumps
from tests.counted.instructions import TooManySteps
from tests.counted.matcher import Matcher, program_of
from tests.counted.patterns import ANCHORED, ASKED, Used, all_patterns
from tests.sampling import sample

LENGTHS = (100, 1_000, 6_000)
"""At one of these lengths twice the length takes about twice the steps: at a greater one where a pattern that is tried
from each place goes no further than some hundred characters (`{0,200}`)."""
PARTS = 9


@pytest.mark.parametrize("part", sample(3, range(PARTS)))
def test_twice_the_text_takes_a_pattern_about_twice_the_steps(part: int) -> None:
    exploding = [
        f"{used.where}: {before!r} and many times {unit!r}"
        for used in all_patterns()[part::PARTS]
        for before, unit in hard_for(used)
        if explodes(used, before, unit)
    ]
    assert not exploding, "\n".join(exploding)


def hard_for(used: Used) -> dict[tuple[str, str], None]:
    """The beginnings and repetitions that a pattern has to look at more than once."""
    pattern = used.pattern
    can_begin = program_of(pattern.pattern, pattern.flags).can_begin
    cases = [*(("", unit) for unit in UNITS), *pumps(pattern.pattern, pattern.flags)]
    return {case: None for case in cases if any(map(can_begin, "".join(case)))}


def explodes(used: Used, before: str, unit: str) -> bool:
    """Whether twice the text takes more than about twice the steps."""
    try:
        return not any(
            steps(used, before, unit, 2 * length) <= 2.6 * steps(used, before, unit, length) + 100 for length in LENGTHS
        )
    except TooManySteps:
        return True


def steps(used: Used, before: str, unit: str, length: int) -> int:
    """What a pattern takes, asked as the program asks it."""
    text = before + unit * max(length // len(unit), 8 * length // LENGTHS[0]) + END
    matcher = Matcher(used.pattern, cap=20_000_000)
    if not used.asked <= ANCHORED:
        for _ in matcher.finditer(text):
            pass
    elif "match" in used.asked:
        matcher.match(text)
    if "fullmatch" in used.asked:
        matcher.match(text, whole=True)
    return matcher.steps


@pytest.mark.parametrize(
    ("pattern", "asked"),
    [
        (r"[A-Za-z]?[a-z]*(?:[_-][A-Za-z]?[a-z]+){0,20}", "fullmatch"),
        (r"(?!\S*(?:\?\S*=|AADSTS))a", "match"),
        (r"invalid .*value: ", "search"),
        (r"(\w+) eq '", "search"),
        (r"\.[^@]*@", "search"),
    ],
)
def test_a_pattern_that_tries_again_and_again_is_seen(pattern: str, asked: str) -> None:
    used = Used(re.compile(pattern), "", frozenset({asked}))
    assert any(is_seen(used, *case) for case in hard_for(used))


def is_seen(used: Used, before: str, unit: str) -> bool:
    """Whether a case explodes at the first length."""
    once, twice = (steps(used, before, unit, length) for length in (40, 80))
    return twice > 2.6 * once + 100


def test_a_possessive_repetition_is_of_one_character() -> None:
    """Python before 3.11.5 (Debian 12 has 3.11.2) goes on from a wrong place behind others (gh-100061, gh-106052)."""
    broken = {used.where for used in all_patterns() if groups_taken_whole(used.pattern)}
    assert not broken


@pytest.mark.parametrize("text", [r"(?:ab?c)*+", r"(?:.(?!D))?+", r"x(?:y|(?:ab){1,3}+)", r"(?>a+)b", r"(?=(?:ab)++)"])
def test_a_group_that_is_taken_whole_is_seen(text: str) -> None:
    assert groups_taken_whole(re.compile(text)) == 1
    assert groups_taken_whole(re.compile(r"[^\s]*+a?+(?:b++c)*\d{1,3}+")) == 0


def test_the_patterns_of_the_program_are_found_wherever_they_stand() -> None:
    found = {used.where: used for used in all_patterns()}
    places = {where.partition(":")[0].rpartition(".")[0] for where in found}

    assert len(found) >= 240
    assert {"wizard.redaction.secret_patterns", "wizard.explain.reading", "screens"} <= places
    assert found["wizard.redaction.secret_patterns._MEMBER"].asked == ASKED, "it is handed on"
    assert found["wizard.redaction.secret_patterns._NO_VALUE"].asked == {"fullmatch"}
    assert found["wizard.catalogue.entra_refusals._TRACES"].pattern.flags & re.IGNORECASE, "in a dict"
    assert sum(where.startswith("message of ") for where in found) > 30
    assert sum(where.startswith("a cause of ") for where in found) > 40
