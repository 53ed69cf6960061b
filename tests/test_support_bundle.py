"""The support bundle: what a colleague needs, in the order he reads it; no secret, no name unless asked."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.in_process import call_cli
from tests.rehearsals.shared_runs import one_worker_each, shared_run
from wizard.core.answers import Answers
from wizard.core.environment import environment
from wizard.core.errors import BadInput
from wizard.core.facts import Facts
from wizard.core.findings import Finding, Outcome, Retry, SupportIds, Who
from wizard.core.secret import Secret
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.journeys.state_folder import state_folder
from wizard.microsoft.exchanges import KEPT, MOST_KEPT, Exchange, latest_exchanges, read_exchange
from wizard.onboarding.journey import Journey
from wizard.onboarding.profile import CSP
from wizard.redaction.secret_patterns import redact_patterns
from wizard.reporting.bundle import bundle_files, write_bundle

NOW = datetime(2026, 11, 21, 10, 0, 5, tzinfo=UTC)
USER = "partner-integration@contoso.com"
SECRET = "aBc8Q~canary-of-the-bundle-0123456789"
NAMES = [
    "README.md",
    "report.md",
    "report.json",
    "findings.jsonl",
    "exchanges.jsonl",
    "actions.jsonl",
    "environment.json",
    "answers.json",
]

MFA = Finding(
    "user.mfa",
    Outcome.FAILS,
    f"The sign-in of {USER} needs a second proof.",
    {"service_said": f"AADSTS50076: for {USER} in /home/contoso/work", "account": USER},
    ("Sign in again and answer the second prompt.",),
    (Who.INTEGRATION_USER, Who.ADMIN),
    "AADSTS50076",
    SupportIds("11111111-0000-4000-8000-000000000001", "trace-1", "request-1", "2026-11-21 09:59:00Z"),
    title="Multi-factor authentication is asked for",
    retry=Retry.AFTER_FIX,
    link="https://login.microsoftonline.com/error?code=50076",
)
REFUSED = Exchange(
    "POST",
    "login.microsoftonline.com",
    "/contoso.com/oauth2/v2.0/token",
    400,
    "user.mfa",
    NOW - timedelta(minutes=1),
    0.25,
    f'{{"error":"interaction_required","error_description":"AADSTS50076: {USER}","refresh_token":"plain-canary"}}',
    SupportIds("11111111-0000-4000-8000-000000000001", request_id="request-1"),
)


def journey(*exchanges: Exchange, **answers: Any) -> Journey:
    """A saved journey, read and not run."""
    given = Answers(tenant="contoso.com", client_id="33333333-cccc-4ccc-8ccc-000000000003", integration_user=USER)
    facts = Facts(tenant_id="11111111-aaaa-4aaa-8aaa-000000000001", user_name=USER, consent_state="canary-state")
    saved = SavedJourney(replace(given, **answers), facts, {"user.mfa": MFA}, {}, "2026-11-21T10:00:00Z", exchanges)
    return Session().load(saved)


def files(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_page_read_first_says_what_failed_what_to_do_and_who_can() -> None:
    page = bundle_files(journey(REFUSED), now=NOW, environ={}, user_names=True)["README.md"]
    lines = page.splitlines()

    assert lines[0] == "# Support bundle: Partner Center onboarding of contoso.com"
    for line in (
        "- Outcome: **failed**",
        "- App: 33333333-cccc-4ccc-8ccc-000000000003",
        f"- Integration user: {USER}",
        "### ✗ Multi-factor authentication is asked for",
        "- Check: `user.mfa`",
        "- Code: AADSTS50076",
        f"- What happened: The sign-in of {USER} needs a second proof.",
        "- What to do:",
        "  1. Sign in again and answer the second prompt.",
        "- Who can: the integration user or an administrator",
        "- Trying again helps: only once this is done",
        "- Correlation id: 11111111-0000-4000-8000-000000000001",
        "- Request id: request-1",
        "- Timestamp: 2026-11-21 09:59:00Z",
    ):
        assert line in lines
    assert (
        "POST login.microsoftonline.com/contoso.com/oauth2/v2.0/token had HTTP 400 after 0.2 s, for `user.mfa`" in page
    )
    assert f"{len(CSP.checks) - 1} checks were not made" in page
    assert all(f"`{name}`" in page for name in NAMES)


def test_what_could_not_be_told_stands_apart_and_so_does_what_is_expected() -> None:
    polled = replace(REFUSED, error='{"error":"authorization_pending"}', path="/polled")
    looked_for = replace(REFUSED, status=401, reason="start.graph", path="/looked-for")
    it = journey(polled, looked_for)
    it.findings["app.public_client"] = Finding("app.public_client", Outcome.UNKNOWN, "Nobody knows.")
    it.findings["tenant.exists"] = Finding("tenant.exists", Outcome.HOLDS, "All is well.")
    page = bundle_files(it, now=NOW, environ={})["README.md"]
    wrong, _, rest = page.partition("## What could not be told yet")

    assert "`user.mfa`" in wrong.partition("## What is wrong")[2]
    assert "Nobody knows." in rest
    assert not any(word in page for word in ("/polled", "/looked-for", "All is well."))
    assert "2 requests are recorded" in page


def test_the_files_are_whole_and_say_the_same_thing() -> None:
    made = bundle_files(journey(REFUSED), now=NOW, environ={}, user_names=True)

    assert list(made) == NAMES
    assert json.loads(made["findings.jsonl"]) == MFA.as_json()
    exchange = json.loads(made["exchanges.jsonl"])
    assert exchange["at"] == "2026-11-21T09:59:05.000Z"
    assert (exchange["method"], exchange["host"], exchange["path"]) == (REFUSED.method, REFUSED.host, REFUSED.path)
    assert (exchange["status"], exchange["seconds"], exchange["check"]) == (400, 0.25, "user.mfa")
    assert exchange["ids"] == REFUSED.ids.present()
    assert json.loads(made["report.json"])["outcome"] == "failed"
    assert json.loads(made["answers.json"])["tenant"] == "contoso.com"
    assert made["report.md"].startswith("# Partner Center onboarding of contoso.com: failed")


def test_what_looks_like_a_secret_does_not_leave_even_where_nobody_knows_it() -> None:
    unknown = replace(
        REFUSED, error=f'{{"error":"x","client_secret":"plain-canary","more":"{SECRET}"}}', path=f"/{SECRET}"
    )
    text = "".join(
        bundle_files(journey(unknown), now=NOW, environ={"HTTPS_PROXY": "http://a:plain-canary@p:8080"}).values()
    )

    assert "canary" not in text
    assert "•••" in text


def test_secrets_among_the_answers_are_neither_written_nor_let_through() -> None:
    echoed = replace(REFUSED, error="he typed correct horse battery")
    it = journey(
        echoed, client_secret=Secret(SECRET), passphrase=Secret("correct horse battery"), consent_answer="canary"
    )
    text = "".join(bundle_files(it, now=NOW, environ={}).values())

    assert "canary" not in text
    assert "horse" not in text
    assert "he typed •••" in text


def test_user_names_are_numbers_unless_they_are_asked_for() -> None:
    other = replace(REFUSED, error="for admin@fabrikam.com and Partner-Integration@contoso.com")
    hidden = bundle_files(journey(other), now=NOW, environ={})
    shown = bundle_files(journey(other), now=NOW, environ={}, user_names=True)

    assert not any("@" in text for text in hidden.values())
    assert "- Integration user: <user 1>" in hidden["README.md"]
    assert json.loads(hidden["answers.json"])["integration_user"] == "<user 1>"
    assert json.loads(hidden["exchanges.jsonl"])["error"] == "for <user 2> and <user 1>"
    assert "User names" in hidden["README.md"].partition("## Not in this bundle")[2]
    assert all(USER in shown[name] for name in ("README.md", "findings.jsonl", "answers.json"))
    assert "User names" not in shown["README.md"]


def test_the_home_folder_is_not_named() -> None:
    made = bundle_files(journey(certificate="/home/contoso/app.pem"), now=NOW, environ={"HOME": "/home/contoso"})

    assert "/home/contoso" not in "".join(made.values())
    assert json.loads(made["answers.json"])["certificate"] == "~/app.pem"


def test_the_same_journey_gives_the_same_bundle(tmp_path: Path) -> None:
    first = write_bundle(journey(REFUSED), tmp_path / "a.zip", now=NOW, environ={})
    second = write_bundle(journey(REFUSED), tmp_path / "b.zip", now=NOW, environ={})

    assert first.path.read_bytes() == second.path.read_bytes()
    assert [name for name, _ in first.files] == NAMES
    assert [size for _, size in first.files] == [len(text.encode()) for text in files(first.path).values()]
    assert first.size == first.path.stat().st_size
    with zipfile.ZipFile(first.path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 21, 10, 0, 4)}  # of even seconds


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_bundle_is_its_owners_alone(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        bundle = write_bundle(journey(), tmp_path / "a.zip", now=NOW, environ={})
    finally:
        os.umask(before)

    assert stat.S_IMODE(bundle.path.stat().st_mode) == 0o600


def test_nothing_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "there.zip"
    there.write_text("precious")
    link = tmp_path / "link.zip"
    link.symlink_to(tmp_path / "elsewhere.zip")
    for target in (there, link):
        with pytest.raises(BadInput, match="exists already, and is not overwritten"):
            write_bundle(journey(), target, now=NOW, environ={})
    assert there.read_text() == "precious"
    assert not (tmp_path / "elsewhere.zip").exists()

    monkeypatch.chdir(tmp_path)
    named = [write_bundle(journey(), None, now=NOW, environ={}).path.name for _ in range(2)]
    assert named == [
        "partner-wizard-support-contoso.com-20261121T100005Z.zip",
        "partner-wizard-support-contoso.com-20261121T100005Z-2.zip",
    ]


def test_a_folder_gets_a_file_with_a_telling_name(tmp_path: Path) -> None:
    odd = journey(tenant="../../Contoso GmbH/\x1b[31m")
    path = write_bundle(odd, tmp_path, now=NOW, environ={}).path

    assert path == tmp_path / "partner-wizard-support-Contoso-GmbH-31m-20261121T100005Z.zip"


def test_a_place_that_takes_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written: No such file or directory"):
        write_bundle(journey(), tmp_path / "missing" / "a.zip", now=NOW, environ={})


def test_the_environment_is_told_by_names_alone() -> None:
    environ = {
        "HTTPS_PROXY": "http://me:canary@proxy.contoso.com:3128",
        "all_proxy": "socks5h://canary:canary@[::1]:1080",
        "http_proxy": "canary:canary:canary@:x",
        "NO_PROXY": "canary",
        "AZURE_CLIENT_SECRET": "canary",
        "REQUESTS_CA_BUNDLE": "/canary",
        "NO_COLOR": "",
        "HOME": "/canary",
        "TERM": "xterm-256color",
        "LANG": "de_DE.UTF-8",
    }
    told = environment(environ, NOW)

    assert "canary" not in json.dumps(told)
    assert told["settings_present"] == [
        *("AZURE_CLIENT_SECRET", "HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "all_proxy", "http_proxy"),
    ]  # fmt: skip
    assert told["proxies"] == {
        "HTTPS_PROXY": "proxy.contoso.com:3128",
        "all_proxy": "::1:1080",
        "http_proxy": "not readable",
    }
    assert told["terminal"]["TERM"] == "xterm-256color"
    assert told["locale"]["LANG"] == "de_DE.UTF-8"
    assert told["utc_clock"] == "2026-11-21T10:00:05Z"
    assert told["program"]["msal"][0].isdigit()


def test_an_exchange_is_read_back_as_it_was() -> None:
    assert read_exchange(json.loads(json.dumps(REFUSED.as_json()))) == REFUSED
    with pytest.raises(ValueError, match="no zone"):
        read_exchange(REFUSED.as_json() | {"at": "2026-11-21T10:00:00"})


def test_the_latest_exchanges_are_kept_and_not_too_many() -> None:
    many = [replace(REFUSED, path=f"/{number}") for number in range(KEPT + 5)]
    large = [replace(each, error="•" * 2_000) for each in many]

    assert latest_exchanges(many) == tuple(many[5:])
    kept = latest_exchanges(large)
    assert kept == tuple(large[-len(kept) :])
    assert 20 < len(kept) < KEPT
    assert len(json.dumps([each.as_json() for each in kept])) <= MOST_KEPT
    assert latest_exchanges([]) == ()


def test_exchanges_join_over_runs_and_old_files_are_read(tmp_path: Path) -> None:
    file = JourneyFile(tmp_path / "state" / "journey.json")
    first = journey(REFUSED)
    first.onboarding.services.http.record(replace(REFUSED, path="/second"))
    file.write(first, "2026-11-21T10:00:00Z")
    saved = file.read()
    assert saved is not None

    again = Session().resume(saved, lambda _event: None)
    http = again.onboarding.services.http
    http.record(replace(REFUSED, path="/third"))
    assert http.hosts == ("login.microsoftonline.com",)
    assert [each.path for each in http.recorded_exchanges] == [REFUSED.path, "/second", "/third"]

    old = json.loads(file.path.read_text())
    del old["exchanges"]
    file.path.write_text(json.dumps(old))
    without = file.read()
    assert without is not None
    assert without.exchanges == ()


def test_the_command_says_where_the_bundle_is_and_what_is_in_it(tmp_path: Path) -> None:
    JourneyFile(Path(state_folder(os.environ), "journeys", "contoso.json")).write(
        journey(REFUSED), "2026-11-21T10:00:00Z"
    )

    ended = call_cli("support-bundle", "mine.zip", folder=tmp_path)
    assert ended.returncode == 0
    said = ended.stdout
    assert str(tmp_path / "mine.zip") in said.splitlines()
    assert all(name in said for name in NAMES)
    assert "Not in it:" in said
    assert list(files(tmp_path / "mine.zip")) == NAMES

    ended = call_cli("support-bundle", "--json", "--user-names", folder=tmp_path)
    assert ended.returncode == 0
    line = json.loads(ended.stdout)
    assert line["type"] == "support_bundle"
    assert [each["name"] for each in line["files"]] == NAMES
    assert line["user_names"] is True
    assert line["size"] == Path(line["path"]).stat().st_size
    assert USER in files(Path(line["path"]))["README.md"]

    again = call_cli("support-bundle", "mine.zip", folder=tmp_path)
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_without_a_journey_there_is_no_bundle(tmp_path: Path) -> None:
    ended = call_cli("support-bundle", folder=tmp_path)

    assert ended.returncode == 2
    assert "there is no journey in" in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "scene", one_worker_each(["all-holds-secret", "sign-in-without-mfa", "vault-firewall", "not-a-partner"])
)
def test_the_bundle_of_a_scene_keeps_what_the_scene_is_about(scene: str) -> None:
    """Nothing of a real run looks like a secret by accident, and every request of it is there."""
    played = shared_run(scene)
    assert played.journey is not None
    it = played.journey
    made = bundle_files(it, now=NOW, environ={}, user_names=True)
    http = it.onboarding.services.http

    lines = [json.loads(line) for line in made["exchanges.jsonl"].splitlines()]
    assert [line["path"] for line in lines] == [each.path for each in http.exchanges]
    assert all(line["error"] or line["status"] < 300 or line["status"] in {401, 404} for line in lines)
    assert not any(line["error"] for line in lines if 200 <= line["status"] < 300)
    findings = "".join(json.dumps(each.as_json(), ensure_ascii=False) + "\n" for each in it.findings.values())
    state = str(it.onboarding.facts.consent_state)
    assert redact_patterns(findings) == findings
    assert made["findings.jsonl"] == findings.replace(state, "•••")
    assert not any(state in text for text in made.values())
    assert played.findings[-1].message.split(". ")[-1][:60] in made["report.md"]
    for name in ("README.md", "report.md"):
        assert "•••" not in made[name].partition("## In this bundle")[0]
