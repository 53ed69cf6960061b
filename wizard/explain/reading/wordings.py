"""Recognises errors by their wording, where no code stands: the wordings are data, in assets/wordings.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

from wizard.core.assets import read_asset
from wizard.core.late_pattern import late_pattern

_MOST_OF_A_KIND: Final = 50
_WORD: Final = late_pattern(r"[^\W_]+")
_APOSTROPHES: Final = {ord("’"): "'", ord("\n"): " "}


@dataclass(frozen=True, slots=True)
class Wording:
    """How an error is worded.

    Args:
        service, key: the entry of the catalogue that says what it means.
        texts: in lower case; each stands in an error as it is, between other words.
        patterns: looked for only where one of `needs`, in lower case, stands.
        is_outer: whether a program prints it around any failure.
    """

    service: str
    key: str
    texts: tuple[str, ...]
    patterns: tuple[str, ...]
    needs: tuple[str, ...]
    is_outer: bool

    def find(self, text: str, folded: str, words: frozenset[str], each_word: str) -> Iterator[tuple[int, int]]:
        """Yield where it stands in a text.

        Args:
            text: of any length.
            folded: the same as `fold` gives it.
            words: of the folded text.
            each_word: the same words as a text, which is short where a log repeats itself.
        """
        for wording in self.texts:
            at = folded.find(wording) if _longest_word(wording) in words else -1
            while at >= 0:
                end = at + len(wording)
                if not (_continues(folded, at - 1, at) or _continues(folded, end - 1, end)):
                    yield at, end
                at = folded.find(wording, end)
        if any(_longest_word(need) in each_word and need in folded for need in self.needs):
            for pattern in self.patterns:
                yield from (found.span() for found in re.finditer(pattern, text, re.IGNORECASE))


def find_messages(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield where each known wording stands, its service and its entry's key: the most specific wording first."""
    folded = fold(text)
    words = frozenset(_WORD.findall(folded))
    each_word = " ".join(words)
    for wording in wordings():
        for start, end in islice(wording.find(text, folded, words, each_word), _MOST_OF_A_KIND):
            yield start, end, wording.service, wording.key


def fold(text: str) -> str:
    """Return a text of the same length in which wordings are looked for: small letters, blanks for line ends."""
    folded = text.translate(_APOSTROPHES).lower()
    return folded if len(folded) == len(text) else text.translate(_APOSTROPHES)


@cache
def _longest_word(wording: str) -> str:
    return str(max(_WORD.findall(wording), key=len, default=""))


def _continues(text: str, one: int, other: int) -> bool:
    """Return whether the characters at two neighbouring places are of one word."""
    return one >= 0 and other < len(text) and text[one].isalnum() and text[other].isalnum()


def is_outer(service: str, key: str) -> bool:
    """Return whether a program prints the words of an entry around any failure."""
    return (service, key) in _outer()


@cache
def _outer() -> frozenset[tuple[str, str]]:
    return frozenset((each.service, each.key) for each in wordings() if each.is_outer)


@cache
def wordings() -> tuple[Wording, ...]:
    """Return every wording, the most specific first."""
    data = json.loads(read_asset("wordings.json"))
    return tuple(
        Wording(
            message["means"].partition("/")[0],
            message["means"].partition("/")[2],
            tuple(map(fold, message.get("texts", ()))),
            tuple(pattern.replace(" ", r"\s") for pattern in message.get("patterns", ())),  # a console breaks lines
            tuple(need.lower() for need in message.get("needs", ())),
            message.get("outer", False),
        )
        for message in data["wordings"]
    )
