"""Errors without a code are recognised by their wording, the most specific first, and nothing else is."""

from __future__ import annotations

import re

import pytest

from tests.each import for_each
from tests.explain.texts_heard import MESSAGES, heard
from wizard.catalogue.lookup import look_up
from wizard.explain.reading.wordings import Wording, find_messages, fold, wordings

WITH_PATTERNS = [each for each in wordings() if each.patterns]


def first_found(text: str) -> tuple[str, str]:
    """The entry that is found first in a text."""
    return next(((service, key) for _, _, service, key in find_messages(text)), ("", ""))


def name_of(wording: Wording) -> str:
    """The entry of a wording, for a test's name."""
    return f"{wording.service}/{wording.key}"


@for_each(wordings(), names=name_of)
def test_every_wording_means_an_entry_that_says_what_to_do(wording: Wording) -> None:
    entry = look_up(wording.service, wording.key)

    assert entry
    assert entry.actions
    assert wording.texts or wording.patterns


@for_each(wordings(), names=name_of)
def test_a_plain_wording_is_recognised_and_no_other_goes_before_it(wording: Wording) -> None:
    for text in wording.texts:
        assert first_found(f"\n{text.upper().strip()}\n") == (wording.service, wording.key), text


@for_each(WITH_PATTERNS, names=name_of)
def test_a_pattern_has_a_text_that_it_matches_and_that_what_it_needs_stands_in(wording: Wording) -> None:
    texts = heard(wording.service, wording.key)

    for pattern in wording.patterns:
        assert any(re.search(pattern, text, re.IGNORECASE) for text in texts), pattern
    for text in texts:
        matches = any(re.search(pattern, text, re.IGNORECASE) for pattern in wording.patterns)
        assert not matches or any(need in fold(text) for need in wording.needs), text


@for_each([(key,) for key in MESSAGES])
def test_the_first_wording_that_is_found_is_the_most_specific(key: tuple[str, str]) -> None:
    for text in MESSAGES[key]:
        assert first_found(f"\n{text}\n") == key, text


@pytest.mark.parametrize(
    "text",
    [
        "", "it does not work", "The meeting is at 10:30 in room 401.", "2026-11-21 10:00 INFO token renewed, success",
        "Signed in as partner@contoso.com", "Consent is granted. The refresh token was stored in the key vault.",
        "HTTP/1.1 200 OK", "proxy settings: none", "The vault's name is contoso-partner.vault.azure.net.",
    ],
)  # fmt: skip
def test_no_wording_is_found_in_everyday_text(text: str) -> None:
    assert list(find_messages(text)) == []


def test_a_wording_is_whole_words_and_may_go_over_a_line_end() -> None:
    assert first_found("the connectionsslerrors of last year") == ("", "")
    assert first_found("Insufficient privileges to complete\nthe operation.")[0] == "graph"
    account = "User account 'a@contoso.com' from\nidentity provider 'x' does not exist in tenant 'y'"
    assert first_found(account) == ("entra", "50020")


@for_each(WITH_PATTERNS, names=name_of)
def test_a_pattern_repeats_no_repetition_and_no_dot(wording: Wording) -> None:
    for pattern in wording.patterns:
        assert not re.search(r"(?:[+*]|,\d*\})\)(?:[+*]|\{\d*,)", pattern), "a repetition of a repetition"
        assert not re.search(r"\.[*+]", pattern), "an unbounded dot"
