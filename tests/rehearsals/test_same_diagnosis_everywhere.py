"""A failing scene is diagnosed alike: on the screen, unattended, and by `explain` on what was printed or answered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.rehearsals.shared_runs import one_worker_each, recorded_run, shared_run
from wizard.catalogue import Diagnosis, diagnose_finding
from wizard.catalogue.check_titles import title_of_check
from wizard.explain import explain_text
from wizard.onboarding.finding_builders import TOKEN_STAYS_IN_MEMORY
from wizard.rehearsal import load_scene, scene_names

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
FAILING = [name for name in scene_names() if load_scene(name).expected.exit_code]
REFUSED = [name for name in FAILING if load_scene(name).expected.code]
"""Scenes that end in a code of a service."""
SAID_BY_THE_JOURNEY = {
    "secret-name-deleted", "fix-redirect-uri", "fix-not-allowed", "secret-not-the-apps", "federated-issuer",
}  # fmt: skip
"""No answer of a service says as much as is known: the vault had the deleted secret, or Graph shows the app."""
ADDS_AN_ACT = {"vault-fails-late", "federated-subject", "federated-audience"}
"""There the journey knows of another vault as well, or what the token says that the app has to trust."""
SAYS_OF_WHICH_KIND = {"federated-expired"}
"""There the journey knows that a token of another issuer was sent; the answer is that to an old certificate, too."""
ADDS_TO_THE_CAUSE = {"code-expires": " It was valid for 15 minutes.", "vault-fails-late": f" {TOKEN_STAYS_IN_MEMORY}"}


def words_of(diagnosis: Diagnosis) -> tuple[str, ...]:
    """What has to be the same wherever it is read."""
    who = " ".join(each.value for each in diagnosis.who)
    return diagnosis.code, diagnosis.title, diagnosis.cause, diagnosis.remedy, who


@pytest.mark.parametrize("name", one_worker_each(FAILING))
def test_what_was_printed_names_the_same_failure_and_person(name: str) -> None:
    played = shared_run(name)
    finding = played.last

    for text in (played.text, json.dumps(finding.as_json())):
        pasted = explain_text(text, NOW).diagnoses
        same = [each for each in pasted if (each.code, each.ids) == (finding.code, finding.ids)]
        assert same, text
        assert not finding.code or (same[0].title, same[0].who) == (finding.title, finding.who)
        assert finding.code or same[0].title == title_of_check(finding.check, finding.outcome)
        assert same[0].step == finding.step
        assert finding.outcome.value != "fails" or same[0] is pasted[0], [each.title for each in pasted]


@pytest.mark.parametrize("name", one_worker_each(sorted(set(REFUSED) - SAID_BY_THE_JOURNEY - SAYS_OF_WHICH_KIND)))
def test_the_answer_of_the_service_is_explained_in_the_same_words(name: str) -> None:
    recorded = recorded_run(name)
    finding = recorded.run.last
    shown = diagnose_finding(finding)
    number = finding.code.removeprefix("AADSTS")

    pasted = explain_text(recorded.refusal_with(number, finding.ids.correlation_id), NOW).diagnoses

    added = shown.actions[len(pasted[0].actions) :]
    known = shown.cause.removeprefix(pasted[0].cause)
    assert words_of(replace(pasted[0], actions=pasted[0].actions + added, cause=pasted[0].cause + known)) == words_of(
        shown
    )
    assert not added or name in ADDS_AN_ACT
    assert known == ADDS_TO_THE_CAUSE.get(name, "")
    assert pasted[0].ids.correlation_id == finding.ids.correlation_id
