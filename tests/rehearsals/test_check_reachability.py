"""`partner-wizard check` with services that cannot be reached, and a domain that leads elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import SECRET_NAME, with_faults
from tests.rehearsals.stored_journeys import CLIENT, OURS, stored
from wizard.core.findings import Outcome
from wizard.microsoft.clouds import read_cloud_file
from wizard.rehearsal.choices import Service
from wizard.rehearsal.sign_in_rules import new_session
from wizard.rehearsal.world import Fault


def test_a_domain_that_leads_to_another_tenant_by_now_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        before = "99999999-aaaa-4aaa-8aaa-000000000009"
        saved = replace(journey.saved, facts=replace(journey.saved.facts, tenant_id=before))

        checked = journey.check(saved)

        assert next(iter(checked.failed())) == "tenant.exists"
        assert "now leads to another tenant" in checked.findings["tenant.exists"].message


def test_a_service_that_cannot_be_reached_is_no_failure_of_what_is_stored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    busy = Fault(Service.PARTNER_CENTER, "GET", "/v1/profiles/organization", 2, 0, status=503)
    with stored(with_faults("all-holds-public", busy), monkeypatch, tmp_path) as journey:
        assert journey.ended_at == "store.mfa_compliant"

        checked = journey.check()

        assert checked.exit == 3
        assert checked.summary.startswith("unreachable: ")
        assert checked.failed() == {}
        assert checked.findings["user.mfa"].outcome is Outcome.HOLDS


def test_no_way_out_is_unreachable_and_ends_soon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        (cloud,) = read_cloud_file(journey.cloud.cloud_file).values()
        since = journey.cloud.clock.now()

        checked = journey.check(cloud=replace(cloud, proxy="http://127.0.0.1:9"))

        assert checked.exit == 3
        assert checked.not_asked["tenant.exists"] == "start.login comes first"
        assert (journey.cloud.clock.now() - since).total_seconds() < 120
        assert not any(each.outcome is Outcome.HOLDS for name, each in checked.findings.items() if name[:5] == "store")


def test_a_failure_comes_before_a_service_that_is_out_of_reach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    busy = Fault(Service.PARTNER_CENTER, "GET", "/v1/profiles/organization", 2, 0, status=503)
    with stored(with_faults("all-holds-public", busy), monkeypatch, tmp_path) as journey:
        state = journey.cloud.state
        session = new_session(state, state.person("adele"), CLIENT, True, "device_code")
        session.amr = ("pwd", "mfa")
        journey.cloud.vault.add_aged_version(SECRET_NAME, state.new_refresh_token(session), 0, True, OURS)

        assert journey.check().exit == 1
