"""An error nobody expected inside a check is a finding, in every face of the program; the token in memory stays."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.harness import Rehearsed, answering, program, rehearsed
from wizard.commands.check import check_stored
from wizard.core.errors import Cancelled, place_of
from wizard.core.events import DeviceCodePrompt
from wizard.core.findings import Finding, Outcome
from wizard.journeys.saved_journey import JourneyFile
from wizard.microsoft.http_response import url_host
from wizard.onboarding.finding_builders import TOKEN_STAYS_IN_MEMORY
from wizard.onboarding.gate import State
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.outcome import outcome_of
from wizard.onboarding.profile import CSP
from wizard.plain.line_writer import LineWriter
from wizard.rehearsal import RehearsalCloud, device_codes, load_scene
from wizard.reporting.bundle import write_bundle
from wizard.reporting.journey_report import as_json, as_markdown

CANARY = "1.AXcanary-in-the-text-of-an-error"
RUN_WITH_AN_ERROR = f"""
import sys
from wizard.onboarding.steps import store, user
def crash(_onboarding):
    held = {CANARY!r}
    raise ZeroDivisionError(held)
step, name = {{"user": user.USER, "store": store.STORE}}[sys.argv[1].partition(".")[0]], sys.argv.pop(1)
(check,) = [each for each in step.checks if each.id == name]
object.__setattr__(check, "run", crash)
from wizard.cli import main
sys.exit(main())
"""


OFTEN = (
    "start.login", "consent.granted", "user.vault_writable", "user.signed_in", "user.account", "user.redeems",
    "store.written", "store.read_back",
)  # fmt: skip
"""Checks whose error each run tries, and what follows from it."""


def crash(_onboarding: Onboarding) -> Finding:
    held = CANARY
    raise ZeroDivisionError(held)


@contextmanager
def broken(check_id: str, run: Callable[[Onboarding], Finding] = crash) -> Iterator[None]:
    """A check that ends in an error, until the block ends."""
    check = CSP.checks[check_id]
    kept = check.run, check.health_rule
    object.__setattr__(check, "run", run)
    object.__setattr__(check, "health_rule", replace(check.health_rule, run=None))
    try:
        yield
    finally:
        object.__setattr__(check, "run", kept[0])
        object.__setattr__(check, "health_rule", kept[1])


def check_is_said_without_its_text(finding: Finding) -> None:
    assert finding.outcome is Outcome.UNKNOWN
    assert "ZeroDivisionError in test_unforeseen.py:" in finding.message
    assert "called in journey.py:" in finding.message
    assert "support bundle" in finding.remedy
    assert CANARY not in json.dumps(finding.as_json())


@pytest.mark.parametrize("check_id", OFTEN)
def test_a_check_that_ends_in_an_error_closes_the_gate_and_can_be_asked_again(
    check_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a later check would settle what this one cannot tell. Nobody signs in a second time."""
    file = tmp_path / "state" / "journey.json"
    with rehearsed("all-holds-secret", monkeypatch, file=file) as here:
        with broken(check_id):
            assert here.run() == check_id
        finding = here.journey.findings[check_id]
        check_is_said_without_its_text(finding)
        assert here.journey.state(finding.step) is State.FAILED
        assert outcome_of(here.journey.view()) == "failed"
        has_token = check_id in {"user.account", "user.redeems"} or finding.step == "store"
        assert (TOKEN_STAYS_IN_MEMORY in finding.message) is has_token
        saved = JourneyFile(file).read()
        assert saved is not None
        assert saved.findings[check_id] == finding
        assert CANARY not in file.read_text()

        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        assert len(here.emitted(DeviceCodePrompt)) == (2 if check_id == "user.signed_in" else 1)


@pytest.mark.soak
@pytest.mark.parametrize("check_id", sorted(set(CSP.checks) - set(OFTEN)))
def test_an_error_in_any_check_is_told_without_its_text(
    check_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its finding, in the saved journey, in the report and in the bundle; one that is skipped has no finding."""
    file = tmp_path / "state" / "journey.json"
    with rehearsed("all-holds-secret", monkeypatch, file=file) as here:
        with broken(check_id):
            here.run()
        journey, now = here.journey, here.cloud.clock.now()
        if check_id in journey.findings:
            check_is_said_without_its_text(journey.findings[check_id])
        else:
            assert check_id in journey.skipped
        bundle = write_bundle(journey, tmp_path / "b.zip", now=now, environ={}, user_names=False)
        with ZipFile(bundle.path) as archive:
            packed = "".join(archive.read(name).decode() for name in archive.namelist())
        made_at = journey.onboarding.now_stamp()
        report = as_markdown(journey.view(), made_at) + json.dumps(as_json(journey.view(), made_at))
        assert CANARY not in file.read_text() + packed + report


def test_an_advisory_check_that_ends_in_an_error_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("all-holds-public", monkeypatch) as here, broken("user.not_global_admin"):
        assert here.run() == "store.mfa_compliant"
        check_is_said_without_its_text(here.journey.findings["user.not_global_admin"])


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, Cancelled, GeneratorExit])
def test_an_order_to_end_goes_through(end: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(_onboarding: Onboarding) -> Finding:
        raise end

    with rehearsed("all-holds-public", monkeypatch) as here, broken("start.login", ended):
        with pytest.raises(end):
            here.run()
        assert "start.login" not in here.journey.findings


def stopped_at_the_store(here: Rehearsed) -> None:
    with broken("store.read_back"):
        assert here.run() == "store.read_back"


def test_report_and_support_bundle_tell_of_it_without_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("all-holds-public", monkeypatch) as here:
        stopped_at_the_store(here)
        made_at = here.journey.onboarding.now_stamp()
        bundle = write_bundle(
            here.journey, tmp_path / "b.zip", now=here.cloud.clock.now(), environ={}, user_names=False
        )
        with ZipFile(bundle.path) as archive:
            packed = "".join(archive.read(name).decode() for name in archive.namelist())
        for text in (
            as_markdown(here.journey.view(), made_at),
            json.dumps(as_json(here.journey.view(), made_at)),
            packed,
        ):
            assert "ZeroDivisionError in test_unforeseen.py:" in text
            assert CANARY not in text


def test_check_tells_of_it_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state" / "journey.json"
    with rehearsed("all-holds-public", monkeypatch, file=file) as here:
        assert here.run() == "store.mfa_compliant"
        saved = JourneyFile(file).read()
        assert saved is not None
        out = io.StringIO()
        with broken("tenant.cloud"):
            assert check_stored(here.session, saved, LineWriter(out=out, err=out, as_json=True)) == 1
        lines = [json.loads(line) for line in out.getvalue().splitlines() if line.startswith("{")]
        (finding,) = [line for line in lines if line.get("check") == "tenant.cloud"]
        assert finding["outcome"] == "unknown"
        assert "ZeroDivisionError" in finding["message"]
        assert [line["outcome"] for line in lines if line.get("check") == "store.redeems"] == ["holds"]
        assert CANARY not in out.getvalue()


@pytest.mark.parametrize("check_id", ["user.mfa", "store.read_back"])
def test_a_run_ends_with_the_finding_and_the_journey_saved(
    check_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    command = (sys.executable, "-c", RUN_WITH_AN_ERROR, check_id)
    with RehearsalCloud(load_scene("all-holds-public"), people="wait") as cloud:
        with program(cloud, tmp_path, answering(cloud), command=command) as run:
            assert run.run().end() == 1
            assert run.outcome(check_id) == "unknown"
            assert run.summary["outcome"] == "failed"
            assert "stopped unexpectedly" not in run.stderr
            assert CANARY not in run.stdout + run.stderr
        saved = JourneyFile(run.journey).read()
        assert saved is not None
        assert "ZeroDivisionError in <string>:" in saved.findings[check_id].message


def test_a_place_names_the_library_and_who_called_it() -> None:
    with pytest.raises(AttributeError) as raised:
        url_host(object())  # type: ignore[arg-type]

    arose, _, called = place_of(raised.value).partition(", called in ")
    assert arose.startswith("AttributeError in parse.py:")
    assert called.startswith("http_response.py:")
    assert place_of(ValueError(CANARY)) == "ValueError"
