"""`check --all` and `renew --all`: every onboarding of this machine, each with its own end."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from urllib3.connection import HTTPSConnection

from tests.harness import SECRET_NAME
from tests.in_process import CliResult, call_cli
from tests.jobs.test_metrics import series
from tests.rehearsals.stored_journeys import TENANT, Stored, stored
from wizard.jobs.alert_run import AlertRun, Seen
from wizard.jobs.alert_sending import Delivery
from wizard.jobs.fleet import Member, Shard
from wizard.journeys.state_folder import state_folder
from wizard.reporting.fleet_record import read_record

GOOD = ["good-0", "good-1", "good-2"]
BAD = ["bad-name", "bad-person", "bad-cloud", "torn"]


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stored]:
    """Onboardings of one tenant, kept under several names: good ones, and one bad of each kind."""
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        saved = json.loads(journey.path.read_text())
        folder = Path(state_folder(os.environ)) / "journeys"
        folder.mkdir(parents=True)
        for name in GOOD:
            keep(folder, name, saved)
        keep(folder, "bad-name", saved, vault_secret="another-name")
        keep(folder, "bad-person", saved, vault_identity="device-code")
        keep(folder, "bad-cloud", saved, cloud="elsewhere")
        keep(folder, "left", saved | {"revoked_at": "2026-11-01T00:00:00Z", "is_end_proven": True})
        (folder / "torn.json").write_text("{")
        yield journey


def keep(folder: Path, name: str, saved: dict[str, Any], **answers: object) -> None:
    (folder / f"{name}.json").write_text(json.dumps(saved | {"answers": saved["answers"] | answers}))


def run(journey: Stored, *words: str) -> CliResult:
    return call_cli(*words, "--cloud-file", str(journey.cloud.cloud_file))


def test_every_onboarding_ends_as_it_would_alone_over_connections_that_all_share(
    fleet: Stored, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: Counter[str] = Counter()
    connect = HTTPSConnection.connect

    def counted(self: HTTPSConnection) -> None:
        made[self._tunnel_host or self.host] += 1
        connect(self)

    monkeypatch.setattr(HTTPSConnection, "connect", counted)

    alerts = tmp_path / "alerts.toml"
    alerts.write_text('[alerts]\nto = [{ env = "HOOK" }]\nstate = "told.json"')
    monkeypatch.setenv("HOOK", "json://hooks.example")
    told: list[str] = []

    def send(each: list[Any], *_rest: object) -> Delivery:
        told.extend(alert.text for _, alert in each)
        return Delivery({}, ("hooks.example",))

    monkeypatch.setattr("wizard.jobs.alert_run.send_alerts", send)

    ended = run(fleet, "check", "--all", "--json", "--workers", "2", "--answers", str(alerts))

    *lines, said, total = map(json.loads, ended.stdout.splitlines())
    assert said == {"type": "alerts", "sent": 1, "failed": [], "hosts": ["hooks.example"], "error": ""}
    assert all(name in told[0] for name in BAD)
    assert not any(name in told[0] for name in GOOD)
    ends = {line["onboarding"]: line["outcome"] for line in lines if line["type"] == "summary"}
    assert {name: end for name, end in ends.items() if name.startswith("good")} == dict.fromkeys(GOOD, "proven")
    assert {name: end for name, end in ends.items() if not name.startswith("good")} == dict.fromkeys(BAD, "failed")
    counts = {"proven": len(GOOD), "failed": len(BAD), "provisional": 0, "unreachable": 0, "asked_earlier": 0}
    assert total == {"type": "total", "onboardings": len(GOOD + BAD), **counts}
    assert ended.returncode == 1
    errors = {line["onboarding"]: line["error"] for line in lines if line.get("error")}
    assert errors["torn"].endswith("is not a saved journey; move it away and start again")
    assert "expected one of" in errors["bad-cloud"]
    assert "for which a person signs in" in errors["bad-person"]
    failing = [line for line in lines if line["onboarding"] == "bad-name" and line.get("outcome") == "fails"]
    assert [line["check"] for line in failing] == ["user.secret_name"]
    assert max(made.values()) == 2  # as many as there are workers, however many onboardings there are


def with_alerts(monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[str]:
    """Have alerts leave without a process, and tags remember them; returns whose tags are looked at."""
    looked: list[str] = []
    (folder / "alerts.toml").write_text('[alerts]\nto = [{ env = "HOOK" }]')
    monkeypatch.setenv("HOOK", "json://hooks.example")
    monkeypatch.setattr("wizard.jobs.alert_run.send_alerts", lambda *_given: Delivery({}, ()))
    monkeypatch.setattr("wizard.jobs.alert_run.AlertRun.look", lambda _self, _onboarding, name: looked.append(name))
    return looked


def test_a_run_that_was_ended_goes_on_with_those_that_are_left(
    fleet: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "results.jsonl"
    first = run(fleet, "check", "--all", "--results", str(results))

    said = first.stdout.splitlines()
    assert said[-1] == f"{len(GOOD + BAD)} onboardings: {len(BAD)} failed, {len(GOOD)} proven"
    assert sum(line.startswith("✓ ") for line in said) == len(GOOD)
    at = next(index for index, line in enumerate(said) if "(bad-name)" in line)
    assert said[at].startswith("✗ ")
    assert said[at + 1].startswith("✗ user.secret_name: ")
    assert f"Checking {len(GOOD + BAD)} onboardings, at most 16 at a time." in first.stderr
    lines = results.read_text().splitlines(keepends=True)
    done = ["bad-name", "torn", *GOOD[:2]]
    kept_lines = [line for line in lines[1:-1] if json.loads(line)["onboarding"] in done]
    results.write_text("".join([lines[0], *kept_lines]))
    metrics, looked = tmp_path / "fleet.prom", with_alerts(monkeypatch, tmp_path)
    options = ("--metrics", str(metrics), "--answers", str(tmp_path / "alerts.toml"))

    ended = run(fleet, "check", "--all", "--json", "--results", str(results), "--resume", *options)

    *found, alerts, total = map(json.loads, ended.stdout.splitlines())
    assert alerts["sent"] == 1
    assert {*looked} == {"bad-name", GOOD[2]}  # what was told of one that failed earlier is in its tags
    asked = {line["onboarding"] for line in found}
    assert asked.isdisjoint(done)
    assert asked | set(done) == {*GOOD, *BAD}
    assert (total["onboardings"], total["asked_earlier"], total["failed"]) == (len(GOOD + BAD), 4, len(BAD))
    assert ended.returncode == 1
    kept = [json.loads(line) for line in results.read_text().splitlines()]
    assert Counter(line["onboarding"] for line in kept if line["type"] == "summary") == Counter([*done, *asked])
    assert kept[-1] == total
    measured = series(metrics)  # those that were asked earlier as well
    of_tenants = {key[2] for key, value in measured.items() if key[0] == "outcome" and value}
    assert of_tenants == {*GOOD, *BAD}
    assert measured["onboardings", "check", "--all", "failed"] == len(BAD)
    assert {key[2] for key in measured if key[0] == "step_outcome"} >= {*GOOD, "bad-name"}


def test_processes_come_to_what_one_does_and_this_one_tells_it_once(
    fleet: Stored, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("wizard.commands.fleet_team.FROM", 2)
    monkeypatch.setattr("wizard.commands.fleet_team.cores", lambda: 2)
    fleet.cloud.vault.add_aged_version("hook", "json://hooks.example", 1, True, {})
    (tmp_path / "alerts.toml").write_text('[alerts]\nto = [{ vault_secret = "hook" }]')
    sent: list[tuple[str | None, str]] = []
    looked: dict[str, bool] = {}
    took_note = AlertRun.saw

    def send(each: list[Any], *_rest: object) -> Delivery:
        sent.extend((address.value and address.value.reveal(), alert.text) for address, alert in each)
        return Delivery({}, ())

    def saw(self: AlertRun, seen: Seen, name: str, opens: Any) -> None:
        looked[name] = seen.tags is not None
        took_note(self, seen, name, opens)

    monkeypatch.setattr("wizard.jobs.alert_run.send_alerts", send)
    monkeypatch.setattr(AlertRun, "saw", saw)
    results = tmp_path / "results.jsonl"
    options = ("--results", str(results), "--answers", str(tmp_path / "alerts.toml"))

    ended = run(fleet, "check", "--all", *options)

    kept = [json.loads(line) for line in results.read_text().splitlines()]
    ends = {line["onboarding"]: line["outcome"] for line in kept if line["type"] == "summary"}
    assert ends == dict.fromkeys(GOOD, "proven") | dict.fromkeys(BAD, "failed")
    assert kept[-1]["onboardings"] == len(GOOD + BAD)
    assert {line["check"] for line in kept if line.get("outcome") == "fails"} == {"user.secret_name"}
    assert "✗ user.secret_name: " in ended.stdout
    assert ended.returncode == 1
    assert looked == dict.fromkeys(GOOD, True) | {"bad-name": False}
    ((address, text),) = sent
    assert address == "json://hooks.example", "a process has read it, and this one was told"
    assert all(each in text for each in ("bad-person", "bad-cloud", "torn", "The secret is gone from the vault"))
    assert len(read_record(state_folder(os.environ), "check").standings) == len(GOOD + BAD)


def test_renew_all_leaves_what_is_not_due_and_the_parts_of_a_job_ask_none_twice(
    fleet: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fleet.versions()
    asked: Counter[str] = Counter()
    monkeypatch.setenv("PARTNER_WIZARD_SHARDS", "3")
    for index in range(3):
        monkeypatch.setenv("JOB_COMPLETION_INDEX", str(index))
        for line in map(json.loads, run(fleet, "renew", "--all", "--json").stdout.splitlines()):
            if line["type"] == "summary":
                asked[line["onboarding"]] += 1
                assert line["onboarding"] in BAD or line["renewal"]["state"] == "not_due"
    assert asked == Counter([*GOOD, *BAD])
    assert fleet.versions() == before


def in_vault(journey: Stored, *words: str) -> CliResult:
    return run(journey, *words, "--vault", f"https://contoso-partner.{journey.cloud.names.vault_suffix}")


def test_what_a_vault_tells_of_is_checked_and_renewed_on_a_machine_that_knows_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.path.unlink()
        vault = journey.cloud.vault
        (token,) = vault.history(SECRET_NAME)
        for number in range(60):
            vault.add_aged_version(f"foreign-{number}", "theirs", 1, True, {"owner": "billing"})
        another = dict(token.tags) | {"user_id": "55555555-eeee-4eee-8eee-000000000003"}
        vault.add_aged_version("another", token.value, 1, True, another)

        checked = in_vault(journey, "check", "--all", "--json")

        ends = {
            line["onboarding"]: line["outcome"]
            for line in map(json.loads, checked.stdout.splitlines())
            if line["type"] == "summary"
        }
        assert ends == {f"contoso-partner/{SECRET_NAME}": "proven", "contoso-partner/another": "failed"}
        assert "whose id" not in checked.stdout
        wrong = [line for line in map(json.loads, checked.stdout.splitlines()) if line.get("outcome") == "fails"]
        assert {line["check"] for line in wrong} == {"user.account"}
        assert vault.history("foreign-0")[-1].value == "theirs"

        renewed = in_vault(journey, "renew", "--all", "--force")

        assert f"✓ {TENANT} (contoso-partner/{SECRET_NAME}): proven" in renewed.stdout
        assert len(vault.history(SECRET_NAME)) == 2
        assert dict(vault.history(SECRET_NAME)[-1].tags)["user_id"] == token.tags["user_id"]


@pytest.mark.parametrize(("more", "early"), [((), True), (("--resume",), False), (("--shard", "{other}"), False)])
def test_processes_are_begun_while_a_vault_is_still_listed(
    more: tuple[str, ...], early: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted: list[int] = []  # how many requests the cloud had answered then
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        vault = journey.cloud.vault
        (token,) = vault.history(SECRET_NAME)
        for number in range(30):
            vault.add_aged_version(f"z-foreign-{number:02}", "theirs", 1, True, {"owner": "billing"})
        monkeypatch.setattr("wizard.commands.fleet_team.FROM", 1)
        monkeypatch.setattr("wizard.commands.fleet_team.cores", lambda: 2)
        monkeypatch.setattr(
            "wizard.jobs.fleet_processes.Processes.have", lambda *_given: wanted.append(len(journey.cloud.log))
        )
        own = Shard(0, 2).holds(Member("", "", token.tags["tenant_id"]))
        shard = "2/2" if own else "1/2"
        results = str(tmp_path / "results.jsonl")

        in_vault(journey, "check", "--all", "--results", results, *(each.format(other=shard) for each in more))

        listed = [at for at, each in enumerate(journey.cloud.log) if (each.method, each.path) == ("GET", "/secrets")]
        assert [at <= listed[-1] for at in wanted[:1]] == ([True] if early else [False] if wanted else [])


def test_where_a_vault_may_not_be_listed_it_is_said_and_names_are_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = tmp_path / "names.txt"
    names.write_text(f"{SECRET_NAME}  # ours\n")
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.path.unlink()
        journey.cloud.vault.change(replace(journey.cloud.vault.settings, rights_missing=("list",)))

        silent = in_vault(journey, "check", "--all")
        told = in_vault(journey, "check", "--all", "--secrets", str(names))

        assert (silent.returncode, "does not tell its secrets" in silent.stdout) == (1, True)
        assert (told.returncode, told.stdout.splitlines()[-1]) == (0, "1 onboarding: 1 proven")
        in_vault(journey, "check", "--all")
        standings = read_record(state_folder(os.environ), "check").standings
        assert set(standings) == {"contoso-partner", f"contoso-partner/{SECRET_NAME}"}, "a silent vault loses none"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check", "--all", "contoso.com"), "leave out the one that is named"),
        (("check", "--all", "--tenant", "contoso.com"), "leave out the one that is named"),
        (("check", "--all", "--resume"), "name it with --results FILE"),
        (("check", "--all", "--shard", "3/2"), "expected which part of how many"),
        (("renew", "--all", "--credential", "secret"), "without a KIND"),
        (("renew", "--all", "--credential", "--install", "cron"), "leave out --all"),
        (("renew", "--all", "--install", "kubernetes"), "name their vaults with --vault"),
        (("check", "--workers", "0"), "its value is not understood"),
        (("check", "--shard", "1/2"), "goes with --all"),
        (("check", "--all", "--secrets", "names.txt"), "name those with --vault"),
        (("check", "--all", "--vault", "contoso partner"), "--vault"),
    ],
)
def test_what_does_not_go_with_all_is_said(words: tuple[str, ...], says: str) -> None:
    ended = call_cli(*words)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert ended.stdout == ""


def test_without_an_onboarding_there_is_none_to_ask() -> None:
    ended = call_cli("check", "--all")
    assert (ended.returncode, ended.stdout) == (0, "0 onboardings: none to ask\n")
