"""What a service says beside a code is understood without the code as well, and beside one that says less."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final

from tests.each import for_each
from tests.explain.texts_heard import SENTENCES as SENTENCES_BY_SERVICE
from wizard.catalogue.entries import find_entry
from wizard.catalogue.lookup import explain, look_up
from wizard.explain import explain_text

NOW: Final = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SENTENCES: Final = [
    (service, code, sentence)
    for service, codes in SENTENCES_BY_SERVICE.items()
    for code, sentences in codes.items()
    for sentence in sentences
]
SAYS_LESS: Final = {"key_vault": "Conflict", "graph": "BadRequest", "resource_manager": "BadRequest"}


def titles_of(service: str, code: str) -> set[str]:
    """What may be said of a code: its entry, and each of its causes."""
    entry = find_entry(service, code.lower())
    if entry is None:  # known by its name alone
        return {explain(service, code).title}
    same = (cause.same_as.rpartition("/") for cause in entry.causes if cause.same_as)
    others = (look_up(other or service, name) for other, _, name in same)
    titles = (str(cause.overrides.get("title", "")) for cause in entry.causes)
    return {entry.diagnosis.title, *titles, *(each.title for each in others if each)}


@for_each(SENTENCES)
def test_the_sentence_of_a_code_says_what_the_code_says(service: str, code: str, sentence: str) -> None:
    told = explain_text(f"Here is what the tool prints:\n\nError: {sentence}", NOW).diagnoses

    assert told, "nothing is explained"
    assert told[0].title in titles_of(service, code), told[0].title
    assert told[0].service == service


@for_each([each for each in SENTENCES if each[0] == "key_vault"])
def test_a_code_that_says_less_hides_no_sentence(service: str, code: str, sentence: str) -> None:
    body = json.dumps({"error": {"code": SAYS_LESS[service], "message": sentence}})

    told = explain_text(f"GET https://fabrikam-kv.vault.azure.net/secrets/partner-token\n{body}", NOW).diagnoses

    assert told[0].title in titles_of(service, code), told[0].title
