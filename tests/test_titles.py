"""Every check and every code has a title that says what is wrong, and things to do that are one act each."""

from __future__ import annotations

import ast
import json
import re
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pytest

from tests.test_journey import journey_with
from tests.texts import Text, code_texts, strings
from wizard.catalogue import explain
from wizard.core.acts import as_actions, as_remedy, numbered
from wizard.core.findings import Finding, Outcome
from wizard.onboarding.journey import run_check
from wizard.onboarding.profile import EVERY_CHECK, PROFILES, STEPS
from wizard.onboarding.step import Check

ROOT: Final = Path(__file__).parents[1]
CHECKS: Final = tuple(EVERY_CHECK.values())
WIDEST: Final = 60
"""Columns of a title."""
CATALOGUE: Final = json.loads(files("assets").joinpath("entra-errors.json").read_text(encoding="utf-8"))
SAID: Final[list[tuple[str, dict[str, Any]]]] = [
    (str(entry["code"]), each)
    for entry in (*CATALOGUE["aadsts"], *CATALOGUE["other"])
    for each in (entry, *entry.get("causes", ()))
]
KEY: Final = re.compile(
    r"\bF(?:[1-9]|1[0-2])\b|\bCtrl\b|\bCtrl\+|\^[A-Z]\b|\bEsc\b|\bPgDn\b|\bPgUp\b|\bpress(?:es)? (?:Enter|Tab|Space)\b"
)
BUILDERS: Final = frozenset({"fails", "warns", "could_not_tell"})
OF_A_TERMINAL: Final = ("wizard/plain/", "wizard/commands/")
"""What asks its questions line by line in a terminal, and has no page whose keys could be named."""


def faults_of_title(title: str) -> list[str]:
    """Return what is wrong with a title."""
    faults = {
        "is empty": not title.strip(),
        "is too wide": len(title) > WIDEST,
        "ends like a sentence": title.endswith((".", ":", ";", ",")),
        "says “name: fails”": re.search(r": (?:fails|warns|holds|unknown)\b|\bNot confirmed\b", title) is not None,
        "begins small": title[:1].islower(),
    }
    return [fault for fault, is_so in faults.items() if is_so]


def faults_of_act(act: str) -> list[str]:
    """Return what is wrong with an act; a note on it may follow, but no other act."""
    words = re.sub(r"`[^`]*`", "`…`", act)
    faults = {
        "is not trimmed": act != act.strip() or not act,
        "does not end": not act.endswith((".", "?", "!", "…")),
        "begins small": re.match(r"[a-z]", act) is not None
        and re.match(r"(?:entra|partner|portal)\.\w|partner-wizard ", act) is None,
        "has another act behind it": re.search(r"[.?!] (?:Then (?!it can take)|Or |If |Otherwise)|; or ", words)
        is not None,
        "is numbered": re.match(r"\d{1,2}(?:\. |[ \t]{2})(?=\S)", act) is not None,
    }
    return [fault for fault, is_so in faults.items() if is_so]


def keys_named(texts: list[Text]) -> list[str]:
    """Return the places of texts that name a key."""
    return [f"{text.place}: {found[0]}" for text in texts if (found := KEY.search(text.words))]


# --- checks ---


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_has_a_title_for_when_it_holds_and_one_for_when_it_does_not(check: Check) -> None:
    assert check.title != check.failing_title
    for outcome in Outcome:
        assert faults_of_title(check.title_for(outcome)) == []
    assert check.title_for(Outcome.UNKNOWN).startswith("Could not tell whether ")
    assert check.title_for(Outcome.WARNS) != check.title


def test_a_name_keeps_its_capital_in_what_could_not_be_told() -> None:
    said = {check.id: check.title_for(Outcome.UNKNOWN) for check in CHECKS}

    assert said["start.graph"] == "Could not tell whether Microsoft Graph can be reached"
    assert said["tenant.exists"] == "Could not tell whether the tenant exists"


def test_no_two_checks_have_a_title_in_common() -> None:
    titles = [title for check in CHECKS for title in (check.title, check.failing_title)]

    assert sorted({title for title in titles if titles.count(title) > 1}) == []


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.id)
def test_checks_of_a_group_follow_each_other(step: Any) -> None:
    groups = [group for group, _ in groupby(check.group for check in step.checks)]

    assert all(groups)
    assert len(groups) == len(set(groups))
    assert len(groups) < len(step.checks)


def test_each_step_has_a_word_of_its_own() -> None:
    assert [step.short_title for step in STEPS.values()] == [
        "Start",
        "Tenant",
        "App",
        "Consent",
        "User",
        "Store",
        "Access",
    ]


@pytest.mark.parametrize("outcome", Outcome)
def test_whatever_a_check_finds_has_a_title(outcome: Outcome) -> None:
    onboarding = journey_with({}).onboarding
    untitled, titled = Finding("", outcome, "So."), Finding("", outcome, "So.", title="The quay is free")

    for check in CHECKS:
        profile = next(each for each in PROFILES.values() if check.id in each.checks)
        assert run_check(profile, check.id, lambda _: untitled, onboarding).title == check.title_for(outcome)
        assert run_check(profile, check.id, lambda _: titled, onboarding).title == "The quay is free"


# --- the catalogue ---


def test_every_title_of_the_catalogue_says_what_is_wrong() -> None:
    assert {
        f"{code}: {each['title']}" for code, each in SAID if "title" in each and faults_of_title(each["title"])
    } == set()


def test_every_act_of_the_catalogue_is_one() -> None:
    faults = {act: faults_of_act(act) for _, each in SAID for act in each.get("actions", ())}

    assert {act: found for act, found in faults.items() if found} == {}


def test_most_of_the_catalogue_is_split_into_acts() -> None:
    numbers = [len(each["actions"]) for _, each in SAID if "actions" in each]

    assert min(numbers) == 1
    assert max(numbers) <= 5
    assert sum(number > 1 for number in numbers) > len(numbers) / 2


def test_a_code_that_nobody_knows_is_headed_by_what_the_check_says() -> None:
    assert explain("entra", "AADSTS53003").is_known
    assert not explain("entra", "AADSTS99999999").is_known


# --- acts ---


def test_acts_are_a_remedy_and_a_numbered_list() -> None:
    acts = as_actions("Look at it.", ("Then fix it", "Look at it.", " "), ())

    assert acts == ("Look at it.", "Then fix it")
    assert as_remedy(acts) == "Look at it. Then fix it."
    assert [number + act for number, act in numbered(acts)] == ["1  Look at it.", "2  Then fix it"]
    assert as_remedy(()) == ""


def test_a_finding_says_its_acts_and_the_remedy_that_they_make() -> None:
    line = Finding("a.b", Outcome.FAILS, "No.", actions=("One.", "Two."), title="It is not so").as_json()

    assert (line["title"], line["actions"], line["remedy"]) == ("It is not so", ["One.", "Two."], "One. Two.")


def acts_in(source: str) -> list[str]:
    """Return the acts that the findings of a module are built with; values in them become "…"."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and len(node.args) > 1]
    builders = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in BUILDERS]
    return [" ".join(words.split()) for call in builders for _, words in strings(call.args[1])]


def test_every_act_that_a_check_names_is_one() -> None:
    acts = [act for path in (ROOT / "wizard/onboarding").rglob("*.py") for act in acts_in(path.read_text("utf-8"))]

    assert len(acts) > 60
    assert {act: found for act in acts if (found := faults_of_act(act))} == {}


def test_two_acts_in_one_are_noticed_in_code() -> None:
    assert acts_in('fails("No.", (f"Do {it}.", "Wait. Then do that."), Who.ADMIN)') == ["Do ….", "Wait. Then do that."]


# --- keys ---


def test_no_text_under_wizard_names_a_key() -> None:
    texts = [text for text in code_texts(ROOT) if text.place.startswith("wizard/")]

    assert len(texts) > 1_000
    assert keys_named([text for text in texts if not text.place.startswith(OF_A_TERMINAL)]) == []


def test_no_text_of_the_catalogue_names_a_key() -> None:
    texts = [
        Text(code, words)
        for code, each in SAID
        for words in (each.get("title", ""), each.get("cause", ""), *each.get("actions", ()))
        if words
    ]

    assert len(texts) > 1_000
    assert keys_named(texts) == []


@pytest.mark.parametrize("words", ["Press F5.", "Ctrl+P opens it.", "Esc stops it.", "^Q ends it.", "and press Enter."])
def test_a_key_that_is_named_is_noticed(words: str) -> None:
    assert keys_named([Text("here", words)])


@pytest.mark.parametrize("title", ["", "It fails.", "x" * 61, "Its credential works: fails", "it is so"])
def test_a_title_that_says_nothing_is_noticed(title: str) -> None:
    assert faults_of_title(title)


@pytest.mark.parametrize(
    "act", ["", "Do it", "Do it. Then do that.", "Do it; or do that.", "1  Do it.", "do it.", "Do it. If not, do that."]
)
def test_an_act_that_is_none_or_two_is_noticed(act: str) -> None:
    assert faults_of_act(act)
