"""Where alerts go stands in the answers file, and never what an address is; `check`, `renew` and `alerts` read it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.in_process import call_cli
from tests.jobs.alert_runs import Runs, StandingClock, refused, result
from tests.jobs.test_metrics import series
from tests.test_journey import ALL, holding, journey_with
from wizard.commands import check, renew
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.core.waiting import Cancel
from wizard.jobs.alert_memory import MemoryFile
from wizard.jobs.alert_message import Alert
from wizard.jobs.alert_sending import Delivery
from wizard.jobs.alerting import Address
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.plain.alert_settings import parse_alerts, read_alert_settings
from wizard.plain.answers_file import parse_answers
from wizard.plain.line_writer import LineWriter

VARIABLE = "ALERT_HOOK"
ADDRESS = "json://hooks.example/canary-of-the-address"
TO = [{"env": VARIABLE}]
FAILING = result("failed", refused())


def value_of(address: Address) -> str:
    return address.value.reveal() if address.value else ""


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An answers file that says where alerts go, and nothing else."""
    monkeypatch.setenv(VARIABLE, ADDRESS)
    file = tmp_path / "alerts.toml"
    file.write_text(f'[alerts]\nto = [{{ env = "{VARIABLE}" }}]\nstate = "told.json"\n')
    return file


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of addresses that take nothing; alerts leave without a process."""
    names: set[str] = set()

    def send(alerts: Sequence[tuple[Address, Alert]], *_rest: object) -> Delivery:
        assert [value_of(address) for address, _ in alerts] == [ADDRESS]
        failed = {address.name: "error=500" for address, _ in alerts if address.name in names}
        return Delivery(failed, ("hooks.example",))

    monkeypatch.setattr("wizard.jobs.alert_run.send_alerts", send)
    monkeypatch.setattr("wizard.jobs.alert_sending.send_alerts", send)
    return names


def test_what_the_answers_file_says(answers: Path) -> None:
    settings = read_alert_settings(answers, os.environ)
    assert settings
    assert [(each.name, value_of(each)) for each in settings.addresses] == [(f"env {VARIABLE}", ADDRESS)]
    assert settings.state == answers.with_name("told.json")
    assert (settings.before, settings.remind, settings.names) == (timedelta(days=14), timedelta(days=7), False)
    assert ADDRESS not in repr(settings)

    answers.with_name("hook").write_text(f"{ADDRESS}\n")
    answers.write_text(
        '[alerts]\nto = [{ file = "hook" }]\nstate = "/x"\nbefore_days = 30\nremind_days = 0\nnames = true'
    )
    settings = read_alert_settings(answers, {})
    assert settings
    assert value_of(settings.addresses[0]) == ADDRESS
    assert (settings.before.days, settings.remind.days, settings.names) == (30, 0, True)
    answers.write_text("")
    assert read_alert_settings(answers, {}) is None


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"to": ADDRESS, "state": "x"}, "is a secret"),
        ({"to": [ADDRESS], "state": "x"}, "is a secret"),
        ({"to": [], "state": "x"}, "expected a list"),
        ({"to": [{"prompt": True}], "state": "x"}, "expected a list"),
        ({"to": [{"env": "NOT A NAME"}], "state": "x"}, "expected a list"),
        ({"to": [{"vault_secret": "https://x"}], "state": "x"}, "expected a list"),
        ({"to": TO * 11, "state": "x"}, "expected a list"),
        ({"to": TO, "state": ""}, "expected the path of a file"),
        ({"to": TO, "state": True}, "expected the path of a file"),
        ({"to": TO, "state": "x", "url": ADDRESS}, "is not a key of"),
        ({"to": TO, "state": "x", "names": "yes"}, "expected true or false"),
        ({"to": TO, "state": "x", "before_days": 0}, "from 1 to 365"),
        ({"to": TO, "state": "x", "remind_days": True}, "from 0 to 365"),
        ("json://", r"expected a table \[alerts\]"),
    ],
)
def test_what_is_wrong_in_it_is_said_to_every_command_and_no_address_with_it(table: object, says: str) -> None:
    with pytest.raises(BadInput, match=says) as error:
        parse_alerts(table, Path())
    assert "canary" not in str(error.value)
    with pytest.raises(BadInput, match=says):
        parse_answers({"alerts": table}, Path(), {})


def test_whoever_sends_no_alerts_needs_no_address() -> None:
    assert parse_answers({"alerts": {"to": TO, "state": "x"}}, Path(), {}) == (Answers(), set())


def said_in(lines: LineWriter) -> int:
    for line in FAILING.lines:
        lines.write(line, "")
    return 1


def check_failing(_session: Session, _saved: SavedJourney, lines: LineWriter) -> int:
    return said_in(lines)


def renew_content(_session: Session, _saved: SavedJourney, lines: LineWriter, **_more: object) -> int:
    said_in(lines)
    return 0


@pytest.mark.parametrize("command", ["check", "renew"])
def test_one_onboarding_that_fails_is_told_and_an_alert_that_fails_is_an_exit_code_and_a_number(
    command: str, answers: Path, refusing: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey, metrics = tmp_path / "journey.json", tmp_path / "partner.prom"
    JourneyFile(journey).write(journey_with(holding(*ALL), Answers(tenant="contoso.com")), "2026-11-21T10:00:00Z")
    monkeypatch.setattr(check, "check_stored", check_failing)
    monkeypatch.setattr(renew, "renew_stored", renew_content)

    def run() -> tuple[int, Mapping[str, Any], float]:
        options = ("--answers", str(answers), "--metrics", str(metrics), "--journey", str(journey))
        ended = call_cli(command, "--json", *options)
        assert "canary" not in ended.stdout + ended.stderr + metrics.read_text()
        line = json.loads(ended.stdout.splitlines()[-1])
        return ended.returncode, line, series(metrics)["alerts_failed", command, journey.name]

    refusing.add(f"env {VARIABLE}")
    failed = [{"address": f"env {VARIABLE}", "why": "error=500"}]
    line = {"type": "alerts", "sent": 0, "failed": failed, "hosts": ["hooks.example"], "error": ""}
    assert run() == ({"check": 1, "renew": 3}[command], line, 1)
    refusing.clear()
    assert run() == ({"check": 1, "renew": 0}[command], line | {"sent": 1, "failed": []}, 0)
    assert run() == ({"check": 1, "renew": 0}[command], line | {"sent": 0, "failed": [], "hosts": []}, 0)


@pytest.mark.parametrize(("command", "worker"), [("check", "check_stored"), ("renew", "renew_stored")])
@pytest.mark.parametrize(("error", "code"), [(BadInput("credential", "cannot be read"), 2), (KeyError("canary"), 1)])
def test_a_run_of_one_onboarding_that_an_error_ends_is_told(
    command: str, worker: str, error: Exception, code: int, answers: Path, refusing: set[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def end(*_arguments: object, **_more: object) -> int:
        raise error

    assert not refusing
    journey, metrics = tmp_path / "journey.json", tmp_path / "partner.prom"
    JourneyFile(journey).write(journey_with(holding(*ALL), Answers(tenant="contoso.com")), "2026-11-21T10:00:00Z")
    monkeypatch.setattr({"check": check, "renew": renew}[command], worker, end)

    options = ("--answers", str(answers), "--metrics", str(metrics), "--journey", str(journey))
    ended = call_cli(command, "--json", *options)

    assert (ended.returncode, json.loads(ended.stdout.splitlines()[-1])["sent"]) == (code, 1)
    assert ended.stderr.startswith("partner-wizard: ")
    assert [each[-1] for each in series(metrics) if each[0] == "outcome" and series(metrics)[each]] == ["failed"]
    assert "canary" not in ended.stdout + ended.stderr + metrics.read_text()


def test_a_memory_that_another_run_does_not_let_go_of_is_said_and_the_run_keeps_its_result(
    answers: Path, refusing: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = tmp_path / "journey.json"
    JourneyFile(journey).write(journey_with(holding(*ALL), Answers(tenant="contoso.com")), "2026-11-21T10:00:00Z")
    monkeypatch.setattr(check, "check_stored", check_failing)
    monkeypatch.setattr("wizard.jobs.alert_memory.LONGEST_WAIT", 0.0)
    held = MemoryFile(answers.with_name("told.json"), StandingClock(), Cancel())
    held.open()

    ended = call_cli("check", "--json", "--journey", str(journey), "--answers", str(answers))
    held.close()

    assert ended.returncode == 1
    assert "another run does not let go" in json.loads(ended.stdout.splitlines()[-1])["error"]


def test_a_rotation_that_fails_is_told_and_remembered_apart(
    answers: Path, refusing: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = tmp_path / "journey.json"
    JourneyFile(journey).write(journey_with(holding(*ALL), Answers(tenant="contoso.com")), "2026-11-21T10:00:00Z")
    monkeypatch.setattr(renew, "renew_credential", lambda _session, _saved, lines, *_more: said_in(lines))
    options = ("--credential", "--answers", str(answers), "--journey", str(journey))

    assert "alerts:" not in call_cli("renew", "--dry-run", *options).stdout
    assert "alerts: 1 sent, 0 failed" in call_cli("renew", *options).stdout
    (runs,) = json.loads(answers.with_name("told.json").read_text())["told"].values()
    assert list(runs) == ["renew-credential journey.json"]


def test_a_test_reaches_every_address_or_says_which_it_does_not(answers: Path, refusing: set[str]) -> None:
    ended = call_cli("alerts", "test", "--answers", str(answers))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "alerts: 1 sent, 0 failed\n    hosts asked for alerts: hooks.example\n"

    refusing.add(f"env {VARIABLE}")
    ended = call_cli("alerts", "test", "--answers", str(answers))
    assert ended.returncode == 3
    assert f"env {VARIABLE}: error=500\n" in ended.stdout


def test_a_cause_that_was_told_is_listed_and_muted(answers: Path) -> None:
    runs = Runs(answers.parent)
    runs.run(FAILING)
    runs.state.rename(answers.with_name("told.json"))

    ended = call_cli("alerts", "list", "--answers", str(answers), "--json")
    (line,) = map(json.loads, ended.stdout.splitlines())
    assert (line["command"], line["onboarding"], line["muted_until"]) == ("check", "contoso", "")
    assert line["title"] == "contoso.com: The token is refused (AADSTS50076)"
    until = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"

    ended = call_cli("alerts", "mute", line["cause"], "--until", until, "--answers", str(answers))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith(f"Muted until {until}: contoso.com")
    listed = call_cli("alerts", "list", "--answers", str(answers)).stdout
    assert listed.startswith(line["cause"])
    assert listed.endswith(f"muted until {until}\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("test",), "name the answers file"),
        (("mute", "--answers", "FILE"), "mute takes a CAUSE"),
        (("mute", "3f9a1c2b-77e0", "--answers", "FILE"), "mute takes a CAUSE"),
        (("list", "--until", "2027-01-01", "--answers", "FILE"), "mute takes a CAUSE"),
        (("mute", "3f9a1c2b-77e0", "--until", "2020-01-01", "--answers", "FILE"), "after today and within a year"),
        (("mute", "3f9a1c2b-77e0", "--until", "tomorrow", "--answers", "FILE"), "after today and within a year"),
        (("mute", "3f9a1c2b-77e0", "--until", "SOON", "--answers", "FILE"), "is no cause that is remembered"),
        (("send",), "expected one of test, list, mute"),
    ],
)
def test_what_alerts_cannot_do_is_said(words: tuple[str, ...], says: str, answers: Path) -> None:
    soon = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    given = [{"FILE": str(answers), "SOON": soon}.get(word, word) for word in words]

    ended = call_cli("alerts", *given)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert says in ended.stderr


def test_without_the_extra_it_says_so_before_anybody_is_asked(
    answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = tmp_path / "journey.json"
    JourneyFile(journey).write(journey_with(holding(*ALL), Answers(tenant="contoso.com")), "2026-11-21T10:00:00Z")
    monkeypatch.setattr("wizard.jobs.alert_sending.importlib.util.find_spec", lambda _name: None)

    ended = call_cli("check", "--journey", str(journey), "--answers", str(answers))

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "pipx install 'partner-wizard[alerts]'" in ended.stderr
