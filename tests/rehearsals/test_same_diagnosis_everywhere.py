"""A failing scene is diagnosed alike: on the screen, unattended, and by `explain` on what was printed or answered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.rehearsals.shared_runs import one_worker_each, recorded_run, shared_run
from wizard.catalogue import Diagnosis, diagnose_finding
from wizard.explain import explain_text
from wizard.onboarding.profile import CSP
from wizard.rehearsal import load_scene, scene_names

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
FAILING = [name for name in scene_names() if load_scene(name).expected.exit_code]
REFUSED = [name for name in FAILING if load_scene(name).expected.code]
"""Scenes that end in a code of a service."""
SAID_BY_THE_JOURNEY = {"secret-name-deleted"}
"""No answer of a service holds this code: the vault was asked for the deleted secret, and had it."""
ADDS_TO_THE_REMEDY = {"vault-fails-late"}
"""There the journey goes on to say that the token stays in memory meanwhile."""


def words_of(diagnosis: Diagnosis) -> tuple[str, ...]:
    """What has to be the same wherever it is read."""
    who = " ".join(each.value for each in diagnosis.who)
    return diagnosis.code, diagnosis.title, diagnosis.cause, diagnosis.remedy, who


@pytest.mark.parametrize("name", one_worker_each(FAILING))
def test_what_was_printed_is_explained_in_the_same_words(name: str) -> None:
    played = shared_run(name)
    finding = played.last
    shown = diagnose_finding(finding, CSP.checks[finding.check].question)

    pasted = explain_text(played.text, NOW).diagnoses

    same = [each for each in pasted if each.code == shown.code and each.cause in finding.message]
    assert same, played.text
    assert same[0].remedy == shown.remedy
    assert same[0].who == shown.who
    if finding.outcome.value == "fails":
        assert same[0] is pasted[0], [each.title for each in pasted]


@pytest.mark.parametrize("name", one_worker_each(FAILING))
def test_a_line_of_json_is_explained_in_the_same_words(name: str) -> None:
    finding = shared_run(name).last
    shown = diagnose_finding(finding, CSP.checks[finding.check].question)

    pasted = explain_text(json.dumps(finding.as_json()), NOW).diagnoses

    assert [each.cause for each in pasted] == [shown.cause]
    assert (pasted[0].code, pasted[0].remedy, pasted[0].who) == (shown.code, shown.remedy, shown.who)
    assert (pasted[0].ids, pasted[0].step, pasted[0].link) == (shown.ids, shown.step, shown.link)


@pytest.mark.parametrize("name", one_worker_each(sorted(set(REFUSED) - SAID_BY_THE_JOURNEY)))
def test_the_answer_of_the_service_is_explained_in_the_same_words(name: str) -> None:
    recorded = recorded_run(name)
    finding = recorded.run.last
    shown = diagnose_finding(finding, CSP.checks[finding.check].question)
    number = finding.code.removeprefix("AADSTS")

    pasted = explain_text(recorded.refusal_with(number, finding.ids.correlation_id), NOW).diagnoses

    added = shown.remedy.removeprefix(pasted[0].remedy)
    known = shown.cause.removeprefix(pasted[0].cause)
    assert words_of(replace(pasted[0], remedy=pasted[0].remedy + added, cause=pasted[0].cause + known)) == words_of(
        shown
    )
    assert not added or name in ADDS_TO_THE_REMEDY
    assert known == (" It was valid for 15 minutes." if name == "code-expires" else "")
    assert pasted[0].ids.correlation_id == finding.ids.correlation_id
