"""`partner-wizard check` of a vault that has changed: roles, versions of others, deleted secrets."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.harness import SECRET_NAME
from tests.rehearsals.stored_journeys import DAY, OURS, stored
from wizard.commands.check import check_stored
from wizard.commands.rehearse import PacedClock
from wizard.core.events import CheckEnded, Event
from wizard.core.findings import Outcome
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.microsoft.entra import Entra
from wizard.microsoft.token_response import TokenResponse
from wizard.plain.line_writer import LineWriter


def test_a_role_taken_away_closes_the_vault_and_not_the_rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        vault = journey.cloud.vault
        vault.settings = replace(vault.settings, refusal_code="ForbiddenByRbac")

        checked = journey.check()

        assert (checked.exit, checked.failed()) == (1, {"user.vault_reachable": "ForbiddenByRbac"})
        assert checked.not_asked["store.read_back"] == "user.vault_reachable comes first"
        assert checked.findings["tenant.cloud"].outcome is Outcome.HOLDS
        assert "tenant provisional" in checked.summary, "the association shows by the token alone"
        assert "store provisional" in checked.summary


def test_a_newer_version_of_somebody_else_fails_and_its_value_goes_to_no_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.vault.add_aged_version(SECRET_NAME, "another program's password", 2, True, {"owner": "billing"})
        redeemed: list[object] = []
        monkeypatch.setattr(Entra, "redeem_refresh_token", lambda *arguments: redeemed.append(arguments))

        checked = journey.check()

        written = journey.cloud.clock.now().timestamp() - 2 * DAY
        finding = checked.findings["user.secret_name"]
        assert (checked.exit, list(checked.failed())) == (1, ["user.secret_name"])
        assert f"written on {_day(written)}" in finding.message
        assert "tags tenant_id and client_id" in finding.remedy
        assert redeemed == []
        assert checked.not_asked["store.redeems"] == "user.secret_name comes first"


def test_what_a_stranger_writes_meanwhile_is_sent_to_nobody_for_the_check_goes_by_what_it_has_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        redeemed: list[str] = []
        redeem = Entra.redeem_refresh_token

        def redeem_as_well(self: Entra, *given: Any) -> TokenResponse:
            redeemed.append(given[3].reveal())
            return redeem(self, *given)

        monkeypatch.setattr(Entra, "redeem_refresh_token", redeem_as_well)
        stored_token = journey.cloud.vault.history(SECRET_NAME)[-1].value
        session = Session(read_cloud_file(journey.cloud.cloud_file), clock=PacedClock(journey.cloud.clock))
        events: list[Event] = []

        def write(event: Event) -> None:
            events.append(event)
            if isinstance(event, CheckEnded) and event.finding.check == "user.secret_name":
                journey.cloud.vault.add_aged_version(SECRET_NAME, "another program's password", 0, True, {})

        out = io.StringIO()
        assert check_stored(session, journey.saved, LineWriter(out=out, err=out, also=write)) == 0

        ended = {event.finding.check: event.finding for event in events if isinstance(event, CheckEnded)}
        assert ended["store.read_back"].outcome is Outcome.HOLDS
        assert redeemed == [stored_token]
        assert check_stored(session, journey.saved, LineWriter(out=out, err=out)) == 1, "the next check reads again"


def test_a_later_version_of_our_own_is_a_warning_that_says_what_its_tags_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        first = str(journey.versions()[-1]["value"])
        tags = {**OURS, "obtained_at": "2027-01-02T03:04:05Z", "user_id": "\x1b[31mred", "client_type": "public"}
        journey.cloud.vault.add_aged_version(SECRET_NAME, first, 0, True, tags)

        checked = journey.check()

        finding = checked.findings["store.read_back"]
        assert checked.exit == 0, checked.text
        assert finding.outcome is Outcome.WARNS
        assert "obtained_at 2027-01-02T03:04:05Z" in finding.message
        assert "\x1b" not in finding.message
        assert str(journey.versions()[-1]["version"]) in checked.text.splitlines()[-2], "what was checked is named"


@pytest.mark.parametrize(("enabled", "value"), [(False, "a token"), (True, "")], ids=["disabled", "empty"])
def test_a_version_of_ours_that_no_renewal_can_use_fails(
    enabled: bool, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.vault.add_aged_version(SECRET_NAME, value, 0, enabled, OURS)

        checked = journey.check()

        assert checked.exit == 1
        assert list(checked.failed()) == ["store.read_back" if enabled else "user.secret_name"]
        assert not {"store.redeems", "store.partner_center"} & set(checked.findings)


def test_a_deleted_secret_is_told_with_the_command_that_brings_it_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.vault.delete(SECRET_NAME)

        checked = journey.check()

        assert checked.failed() == {"user.secret_name": "ObjectIsDeletedButRecoverable"}
        assert f"--name {SECRET_NAME}" in checked.findings["user.secret_name"].remedy


def test_a_secret_that_is_gone_is_no_free_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.vault.delete(SECRET_NAME)
        journey.cloud.vault._deleted.clear()

        checked = journey.check()

        assert (checked.exit, list(checked.failed())) == (1, ["user.secret_name"])


def _day(timestamp: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
