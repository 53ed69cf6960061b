"""`partner-wizard check` as a command: what it refuses, what it prints, and how it ends."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Program, program, wait_for, with_faults
from tests.in_process import call_cli
from tests.rehearsals.stored_journeys import CLIENT, Stored, stored
from wizard.commands.stored_answers import with_credential_of
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.journeys.saved_journey import JourneyFile
from wizard.onboarding.profile import CSP
from wizard.rehearsal import RehearsalCloud, load_scene
from wizard.rehearsal.choices import Service
from wizard.rehearsal.world import Fault


@pytest.mark.parametrize("identity", ["browser", "device-code"])
@pytest.mark.parametrize("name", ["vault_identity", "graph_identity"])
def test_an_identity_that_takes_a_person_is_refused_at_once(
    name: str, identity: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        person: dict[str, Any] = {name: identity}
        saved = replace(journey.saved, answers=replace(journey.saved.answers, **person))
        before = len(journey.cloud.log)

        with pytest.raises(BadInput) as refused:
            journey.check(saved)

        assert refused.value.exit_code == 2
        assert refused.value.field == {"vault_identity": "vault.identity", "graph_identity": "graph.identity"}[name]
        assert "environment, cli, managed, workload or default" in refused.value.expected
        assert len(journey.cloud.log) == before


def test_check_with_a_vault_that_a_person_opens_in_a_browser_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("browser-vault", monkeypatch, tmp_path) as journey:
        assert journey.saved.answers.vault_identity == "browser"
        before = len(journey.cloud.log)

        ended = call_cli("check", "--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file))

        assert ended.returncode == 2
        assert "vault.identity: is browser, for which a person signs in, and check asks nobody" in ended.stderr
        assert ended.stdout == ""
        assert len(journey.cloud.log) == before


def test_json_lines_are_findings_and_a_summary_that_says_what_was_not_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        checked = journey.check(as_json=True)

        *findings, summary = map(json.loads, checked.text.splitlines())
        assert {each["type"] for each in findings} == {"finding"}
        assert (summary["type"], summary["outcome"]) == ("summary", "proven")
        assert set(summary["not_asked"]) | {each["check"] for each in findings} == set(CSP.checks)
        assert set(summary["steps"].values()) == {"proven"}
        assert summary["secret"]["version"] == journey.versions()[-1]["version"]
        assert any("90 idle days" in line for line in summary["expires_when"])


def test_what_is_stored_is_never_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        secret = journey.at_hand.answers.client_secret
        assert secret
        token = str(journey.versions()[-1]["value"])
        for as_json in (False, True):
            text = journey.check(journey.at_hand, as_json=as_json).text

            assert secret.reveal() not in text
            assert token[:40] not in text


def test_an_answers_file_of_another_journey_is_refused() -> None:
    stored_answers = Answers(tenant="contoso.com", client_id=CLIENT)

    with pytest.raises(BadInput, match=r"tenant: is fabrikam\.com in the answers file, and contoso\.com in the saved"):
        with_credential_of(stored_answers, Answers(tenant="fabrikam.com"), {"tenant"})
    same = with_credential_of(stored_answers, Answers(tenant="Contoso.com", consent_wait=1), {"tenant", "consent_wait"})
    assert same == stored_answers


def test_an_answers_file_gives_other_identities() -> None:
    stored_answers = Answers(vault_identity="cli", graph_identity="device-code")
    given = Answers(vault_identity="managed", graph_identity="environment")

    at_hand = with_credential_of(stored_answers, given, {"vault_identity", "graph_identity"})

    assert (at_hand.vault_identity, at_hand.graph_identity) == ("managed", "environment")
    assert with_credential_of(stored_answers, given, {"credential"}).graph_identity == "device-code"


def checking(journey: Stored, made: Program, *more: str) -> Program:
    """`partner-wizard check` as a program of its own, on a played journey."""
    given = ["--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file), *more]
    return made.start("check", *given)


def test_the_program_checks_beside_a_wizard_that_holds_the_journey(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        wizard = JourneyFile(journey.path)
        wizard.lock()
        kept = journey.path.read_bytes()
        with program(journey.cloud, tmp_path / "run") as made:
            ended = checking(journey, made, "--answers", str(journey.cloud.answers_file)).end()

        assert ended == 0, made.stdout + made.stderr
        assert "proven: start proven" in made.stdout
        assert journey.path.read_bytes() == kept
        wizard.unlock()


def test_without_a_journey_the_way_to_begin_one_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with RehearsalCloud(load_scene("all-holds-public")) as cloud, program(cloud, tmp_path) as made:
        nothing = Stored(cloud, tmp_path / "nothing.json")

        assert checking(nothing, made).end() == 2
        assert "partner-wizard run, begins one" in made.stderr
        assert made.stdout == ""
        assert not nothing.path.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_it_as_it_ends_a_run(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    busy = Fault(Service.PARTNER_CENTER, "GET", "/v1/profiles/organization", 2, 0, status=429, retry_after=60)
    with stored(with_faults("all-holds-public", busy), monkeypatch, tmp_path) as journey:
        with program(journey.cloud, tmp_path / "run") as made:
            checking(journey, made, "--json")
            wait_for(lambda: "429" in made.stderr, "the wait for the busy service")
            made.signal(number)
            assert made.end() == 128 + number
        assert json.loads(made.stdout.splitlines()[-1])["outcome"] == "cancelled"
        assert "Traceback" not in made.stderr
