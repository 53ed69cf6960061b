"""What a run over many leaves behind: what fails, what ends next, what has changed since a day before; its reports."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.in_process import call_cli
from wizard.commands.status import RUNS, run_lines
from wizard.jobs.fleet import Member, Result
from wizard.jobs.run_record import RunRecord
from wizard.journeys.state_folder import state_folder
from wizard.reporting.fleet_record import COMMANDS, HEAD, FleetRecord, Standing, read_record, record_path, write_record
from wizard.reporting.fleet_report import as_csv, as_json, as_markdown

NOW = datetime(2026, 11, 21, 6, 17, tzinfo=UTC)
A_DAY = timedelta(days=1)


def finding(**more: Any) -> dict[str, Any]:
    found = {
        "type": "finding",
        "check": "store.redeems",
        "outcome": "fails",
        "code": "AADSTS700082",
        "title": "It expired",
    }
    return {**found, "actions": ["Sign in again."], "who": ["operator"], **more}


def result(name: str, outcome: str = "proven", *findings: dict[str, Any], ends: str = "", **more: Any) -> Result:
    expires = {"at": ends, "why": "90 idle days"} if ends else {}
    summary = {"type": "summary", "outcome": outcome, "expires": expires, **more}
    return Result(Member(name, f"{name}.example", ""), outcome, (*findings, summary))


def run(at: datetime, *results: Result, scope: str = "", is_part: bool = False) -> FleetRecord:
    record = RunRecord(state_folder(os.environ), "check", scope, is_part)
    for each in results:
        record.add(each)
    assert record.end(at) == ""
    return read_record(state_folder(os.environ), "check")


def said() -> str:
    return call_cli("status").stdout


def test_the_commands_that_leave_a_record_are_those_whose_records_are_shown() -> None:
    assert tuple(COMMANDS) == RUNS


def test_a_run_says_what_fails_and_what_ends_next() -> None:
    holds = finding(check="tenant.exists", outcome="holds", code="")
    run(
        NOW,
        result("good", ends="2027-02-01T00:00:00Z"),
        result("near", ends="2026-12-01T00:00:00Z"),
        *(result(name, "failed", holds, finding()) for name in ("bad", "bad-2", "bad-3")),
        result("dark", "unreachable", finding(outcome="unknown", code="", title="It could not be reached")),
        Result(Member("torn", "", ""), "failed", mistake="its file is gone"),
    )
    assert said().splitlines() == [
        "Checked 7 onboardings on 2026-11-21 06:17 UTC: 4 failed, 2 proven, 1 unreachable.",
        "  Fails: It expired (AADSTS700082): bad, bad-2 and 1 more; its file is gone: torn; and 1 other cause.",
        "  Ends next: near on 2026-12-01: 90 idle days.",
        "  All of it: partner-wizard report --all",
    ]


def test_it_is_compared_with_the_run_of_the_day_before_and_not_with_one_of_an_hour_ago() -> None:
    run(NOW, result("a"), result("b", "failed", finding()), result("gone"))
    yesterday = run(NOW + A_DAY, result("a", "failed", finding()), result("b", "failed", finding(code="AADSTS50173")))
    again = run(NOW + A_DAY + timedelta(hours=1), result("a"), result("b"), result("new"))

    assert [(each.name, each.before, each.now) for each in yesterday.changes] == [
        ("a", "proven", "failed"),
        ("b", "failed", "failed"),
        ("gone", "proven", ""),
    ]
    assert [(each.name, each.before, each.now) for each in again.changes] == [
        ("b", "failed", "proven"),
        ("gone", "proven", ""),
        ("new", "", "proven"),
    ]
    assert said().splitlines()[1:] == ["  Changed since 2026-11-21: 1 proven again (b); 1 new (new); 1 gone (gone)."]
    run(NOW + 3 * A_DAY, result("a", "failed", finding()), result("b"), result("new", "unreachable"))
    run(NOW + 4 * A_DAY, result("a", "failed", finding(code="x")), result("b", "failed"), result("new"))
    assert "1 no longer proven (b); 1 proven again (new); 1 failed for another reason (a)." in said()
    run(NOW + 5 * A_DAY, result("a"), result("b"), result("new"))
    run(NOW + 6 * A_DAY, result("a"), result("b"), result("new"))
    assert said().splitlines()[1:] == ["  Changed since 2026-11-26: nothing."]


def test_parts_of_a_fleet_and_other_vaults_stay_what_they_were() -> None:
    run(NOW, result("a"), result("b"), scope="one")
    parts = run(NOW, result("a", "failed", finding()), scope="one", is_part=True)
    assert {name: each.outcome for name, each in parts.standings.items()} == {"a": "failed", "b": "proven"}
    other = run(NOW, result("c"), scope="two")
    assert set(other.standings) == {"a", "b", "c"}
    assert set(run(NOW, result("b"), scope="one").standings) == {"b", "c"}


def test_what_could_not_be_asked_says_what_was_missing() -> None:
    missing = {"store.redeems": {"kind": "missing_input", "reason": "the client secret is never kept"}}
    record = run(NOW, result("a", "provisional", not_asked=missing))
    assert record.standings["a"].title == "not known: the client secret is never kept"


@pytest.mark.parametrize(
    "content", [b"", b"{}", HEAD.encode(), f"{HEAD}\n\n[]".encode(), f"{HEAD}\n\n{{".encode(), b"\xff"]
)
def test_a_record_that_is_torn_counts_for_nothing(content: bytes) -> None:
    path = Path(record_path(state_folder(os.environ), "check"))
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert read_record(state_folder(os.environ), "check") == FleetRecord("check", "")
    assert run(NOW, result("a")).at


def test_a_link_is_not_read_and_what_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = Path(state_folder(os.environ))
    state.mkdir(parents=True)
    (tmp_path / "theirs").write_text(f"{HEAD}\nhello\n\n{{}}")
    (state / "all-check.txt").symlink_to(tmp_path / "theirs")
    assert run_lines("check") == []
    (state / "all-check.txt").unlink()
    (state / "all-check.txt").write_text(f"{HEAD}\n\x1b]0;hello\n\n{{}}")
    monkeypatch.setattr("os.getuid", lambda: -1)
    assert run_lines("check") == [], "somebody else's is not shown either"
    (tmp_path / "file").write_text("")
    assert "cannot be written" in write_record(str(tmp_path / "file"), FleetRecord("check", "x"))


def test_the_record_is_the_users_alone_and_its_lines_are_clean() -> None:
    run(NOW, result("a", "failed", finding(title="\x1b[31mred\nline")))
    path = Path(record_path(state_folder(os.environ), "check"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert "\x1b" not in path.read_text()
    assert all(line.isprintable() for line in run_lines("check"))


def test_status_gives_programs_the_same() -> None:
    run(NOW, result("a", ends="2026-12-01T00:00:00Z"), result("b", "failed", finding()))
    (line,) = map(json.loads, call_cli("status", "--json").stdout.splitlines())
    assert (line["type"], line["command"], line["onboardings"], line["failed"]) == ("fleet", "check", 2, 1)
    assert (line["fails"], line["ends_next"]["onboarding"], line["changed"]) == (["b"], "a", [])


def test_the_report_over_all_is_markdown_json_and_csv() -> None:
    run(NOW, result("a", ends="2026-12-01T00:00:00Z"), result("b|c", "failed", finding(title="=HYPERLINK(1)")))

    markdown, as_json_, as_csv_ = (call_cli("report", "--all", *more) for more in ((), ("--json",), ("--csv",)))

    assert {each.returncode for each in (markdown, as_json_, as_csv_)} == {1}
    assert "| ✗ | b\\|c | =HYPERLINK(1) [store.redeems AADSTS700082] | Sign in again. | you |" in markdown.stdout
    assert "| 2026-12-01 | a | a.example | 90 idle days |" in markdown.stdout
    (made,) = json.loads(as_json_.stdout)["runs"]
    assert [each["name"] for each in made["onboardings"]] == ["a", "b|c"]
    headings, good, bad = csv.reader(io.StringIO(as_csv_.stdout))
    assert dict(zip(headings, good, strict=True))["ends_at"] == "2026-12-01T00:00:00Z"
    assert dict(zip(headings, bad, strict=True))["title"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("report", "--all"), "no run over all has ended"),
        (("report", "--csv"), "goes with --all"),
        (("report", "--all", "contoso.com"), "leave out the one that is named"),
        (("report", "--all", "--json", "--csv"), "does not go with --json"),
    ],
)
def test_what_cannot_be_reported_is_said(words: tuple[str, ...], says: str) -> None:
    ended = call_cli(*words)
    assert ended.returncode == 2
    assert says in ended.stderr


def test_an_empty_record_has_reports_as_well() -> None:
    record = FleetRecord("renew", "2026-11-21T06:17:00Z", {"a": Standing("a", "", "proven")})
    assert as_csv([record]).count("\n") == 2
    assert "1: 1 proven." in as_markdown([record], record.at)
    assert as_json([], record.at)["runs"] == []
