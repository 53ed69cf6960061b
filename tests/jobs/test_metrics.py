"""The file of `--metrics` says what a run found, in the form that a node exporter reads, and nobody's name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from wizard.core.errors import BadInput
from wizard.core.findings import Finding, Outcome
from wizard.jobs.fleet import Member, Result, Totals
from wizard.jobs.metrics import Metrics

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ENDS = datetime(2027, 2, 19, 10, tzinfo=UTC)
TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
LABELS = ("command", "run", "onboarding", "tenant_id", "step", "outcome")
PERSON = "partner-integration@contoso.com"


def result(name: str, outcome: str, *found: tuple[str, Outcome], expires: datetime | None = ENDS) -> Result:
    findings: list[dict[str, Any]] = [
        Finding(check, each, f"Of {PERSON}.", {"account": PERSON}).as_json() for check, each in found
    ]
    ends = {"at": expires.isoformat(), "why": "90 idle days"} if expires else {}
    summary = {"type": "summary", "outcome": outcome, "expires": ends}
    return Result(Member(name, "contoso.com", TENANT, ""), outcome, (*findings, summary))


def series(path: Path) -> dict[tuple[str, ...], float]:
    """By name and the values of the labels, as prometheus_client's own parser reads them."""
    families = text_string_to_metric_families(path.read_text(encoding="utf-8"))
    return {
        (
            each.name.removeprefix("partner_wizard_"),
            *(each.labels[name] for name in LABELS if name in each.labels),
        ): each.value
        for family in families
        for each in family.samples
    }


def test_what_was_found_is_what_the_parser_reads(tmp_path: Path) -> None:
    path = tmp_path / "partner.prom"
    metrics = Metrics(path, "check", "--all 2/4")
    metrics.add(
        result(
            "contoso",
            "failed",
            ("tenant.exists", Outcome.HOLDS),
            ("user.mfa", Outcome.WARNS),
            ("user.rights", Outcome.UNKNOWN),
            ("store.redeems", Outcome.FAILS),
            ("store.written", Outcome.HOLDS),
        )
    )
    metrics.add(result('fab"rikam\n', "proven", ("tenant.exists", Outcome.HOLDS), expires=None))
    totals = Totals()
    totals.ended.update(("failed", "proven"))

    assert metrics.write(NOW, totals, 3) == ""

    found, of = series(path), ("check", "contoso", TENANT)
    assert [found["outcome", *of, each] for each in ("proven", "failed", "provisional", "unreachable")] == [0, 1, 0, 0]
    assert [found["step_outcome", *of, step] for step in ("tenant", "user", "store")] == [0, 2, 3]
    assert [found["checks", *of, each.value] for each in Outcome] == [2, 1, 1, 1]
    assert found["expires_timestamp_seconds", *of] == ENDS.timestamp()
    assert ("expires_timestamp_seconds", "check", 'fab"rikam', TENANT) not in found
    assert found["last_success_timestamp_seconds", "check", 'fab"rikam', TENANT] == NOW.timestamp()
    assert ("last_success_timestamp_seconds", *of) not in found
    run = ("check", "--all 2/4")
    assert found["alerts_failed", *run] == 3
    assert found["last_run_timestamp_seconds", *run] == NOW.timestamp()
    assert [found["onboardings", *run, each] for each in ("proven", "failed", "provisional", "unreachable")] == [
        1, 1, 0, 0,
    ]  # fmt: skip
    assert "@" not in path.read_text()


def test_the_last_success_outlives_runs_that_fail(tmp_path: Path) -> None:
    path = tmp_path / "partner.prom"
    for days, outcome in enumerate(("proven", "failed", "unreachable")):
        metrics = Metrics(path, "check", "contoso")
        metrics.add(result("contoso", outcome))
        assert metrics.write(NOW + timedelta(days=days), None, 0) == ""

    found = series(path)

    assert found["last_success_timestamp_seconds", "check", "contoso", TENANT] == NOW.timestamp()
    assert found["last_run_timestamp_seconds", "check", "contoso"] == (NOW + timedelta(days=2)).timestamp()
    assert not [name for name in found if name[0] == "onboardings"]  # of one run over one, others would have the same


@pytest.mark.parametrize("left", [b"", b"\xff\xfe", b"partner_wizard_last_success_timestamp_seconds{ 1\n", b"# HELP"])
def test_a_file_that_holds_something_else_says_nothing_of_before(tmp_path: Path, left: bytes) -> None:
    path = tmp_path / "partner.prom"
    path.write_bytes(left)
    metrics = Metrics(path, "check", "contoso")
    metrics.add(result("contoso", "failed"))

    assert metrics.write(NOW, None, 0) == ""
    assert not [name for name in series(path) if name[0].startswith("last_success")]


def test_it_is_written_in_one_stroke_and_an_exporter_may_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "partner.prom"
    seen: list[set[str]] = []
    replace = Path.replace

    def looked_at(self: Path, target: Path) -> Path:
        seen.append({each.name for each in tmp_path.glob("*.prom")})
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", looked_at)
    Metrics(path, "check", "contoso").write(NOW, None, 0)

    assert seen == [set()]
    assert path.stat().st_mode & 0o777 == 0o644
    assert [each.name for each in tmp_path.iterdir()] == ["partner.prom"]


def test_a_disk_that_is_full_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "partner.prom"
    Metrics(path, "check", "contoso").write(NOW, None, 0)
    before = path.read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    assert "No space left on device" in Metrics(path, "check", "contoso").write(NOW, None, 0)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["partner.prom"]


def test_a_place_that_can_hold_no_file_is_refused_at_once(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "partner.prom", Path("/dev/null")):
        with pytest.raises(BadInput, match="--metrics"):
            Metrics(path, "check", "contoso")
