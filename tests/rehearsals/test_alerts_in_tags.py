"""A job without a disk: what it told is in the tags of the token, a renewal carries it on, and `alerts` reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.in_process import CliResult, call_cli
from tests.rehearsals.stored_journeys import stored
from wizard.jobs.alert_message import Alert
from wizard.jobs.alert_sending import Delivery
from wizard.jobs.alert_tags import TOLD_TAG
from wizard.jobs.alerting import Address


def test_a_cause_is_told_once_listed_muted_and_over_by_the_tags_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []
    addresses: set[str] = set()

    def send(alerts: Sequence[tuple[Address, Alert]], *_rest: object) -> Delivery:
        told.extend(alert.subject for _, alert in alerts)
        addresses.update(address.value.reveal() if address.value else "" for address, _ in alerts)
        return Delivery({}, ())

    monkeypatch.setattr("wizard.jobs.alert_run.send_alerts", send)
    monkeypatch.setattr("wizard.jobs.alert_sending.send_alerts", send)
    answers = tmp_path / "alerts.toml"
    answers.write_text('[alerts]\nto = [{ vault_secret = "alert-hook" }]\n')
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.vault.add_aged_version("alert-hook", "json://hooks.example/canary", 0, True, {})
        options = ("--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file))

        def run(*words: str) -> CliResult:
            ended = call_cli(*words, *options, "--answers", str(answers), "--json")
            assert ended.stderr == "" or words[0] != "alerts"
            assert "canary" not in ended.stdout + ended.stderr
            return ended

        policy = journey.cloud.state.world.policy
        journey.in_world(policy=replace(policy, device_code_blocked_on_refresh=True))
        assert [run("check").returncode for _ in range(2)] == [1, 1]
        assert len(told) == 1
        assert "AADSTS530036" in told[0]
        assert addresses == {"json://hooks.example/canary"}
        assert TOLD_TAG in journey.versions()[-1]["tags"]  # type: ignore[operator]

        (cause,) = map(json.loads, run("alerts", "list").stdout.splitlines())
        assert (cause["command"], cause["told_at"] != "") == ("check", True)

        journey.in_world(policy=policy)
        before = len(journey.versions())
        assert run("renew", "--force").returncode == 0
        assert len(journey.versions()) == before + 1
        assert TOLD_TAG in journey.versions()[-1]["tags"]  # type: ignore[operator]
        assert len(told) == 1  # what check has found is not over for renew

        assert run("check").returncode == 0
        assert told[1:] == ["All clear: contoso.com: The stored token works in a renewal"]
        assert TOLD_TAG not in journey.versions()[-1]["tags"]  # type: ignore[operator]
        assert run("alerts", "list").stdout == ""
        assert run("alerts", "test").returncode == 0
        assert told[-1] == "partner-wizard: a test of alerts"
        assert addresses == {"json://hooks.example/canary"}
