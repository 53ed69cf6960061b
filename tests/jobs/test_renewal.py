"""A renewal of a stored token: by its rule, proven, written once, read back; older versions are disabled last."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import SECRET_NAME
from tests.jobs.renewals import DAY, DUE, enabled, newest, redeems, renew
from tests.rehearsals.stored_journeys import Stored, stored
from wizard.core.findings import Outcome
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.plain.line_writer import LineWriter
from wizard.plain.runner import run_journey
from wizard.tokens.renewal_rule import TYPED_SECRET


def test_a_due_token_is_followed_by_a_proven_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        own = journey.cloud.vault.history(SECRET_NAME)[0]
        own.tags = dict(own.tags) | {"cost-center": "4711"}
        (first,) = journey.versions()
        journey.cloud.clock.advance(DUE)

        came = renew(journey)

        assert (came.exit, came.state) == (0, "renewed")
        second = newest(journey)
        assert second["tags"] == own.tags | {"rotated_from": first["version"]}
        assert second["value"] != first["value"]
        assert redeems(journey)
        assert enabled(journey) == [first["version"], second["version"]], "two are kept"
        assert journey.saved.facts.secret_version == second["version"]
        assert {each.outcome for each in came.findings.values()} == {Outcome.HOLDS}
        assert came.changes == ["PUT"]
        (action,) = (line for line in came.lines if line["type"] == "action")
        assert (action["method"], action["state"], action["fix"]) == ("PUT", "made", "renew")


def test_what_is_not_due_is_left_alone_and_it_is_said_until_when(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(6 * DAY)

        came = renew(journey)

        assert (came.exit, came.state, came.changes) == (0, "not_due", [])
        assert "It is not due until " in came.findings["renew.due"].message
        assert came.summary["renewal"]["due_at"]
        asked = {"renew.stored", "renew.unattended", "renew.due", "renew.ends", "renew.older"}
        assert set(came.findings) == asked, "it was not redeemed"

        assert renew(journey, is_forced=True).state == "renewed"


def test_as_many_versions_stay_enabled_as_the_rule_says_and_none_of_others_is_touched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        foreign = {"tenant_id": "11111111-aaaa-4aaa-8aaa-000000000001", "client_id": "another app"}
        journey.cloud.vault.history(SECRET_NAME)[0].created -= 100
        for tags in (foreign, {}):
            journey.cloud.vault.add_aged_version(SECRET_NAME, "somebody else's", 0, True, tags)
        others = enabled(journey)[1:]
        journey.cloud.vault.history(SECRET_NAME).append(journey.cloud.vault.history(SECRET_NAME).pop(0))
        kept = replace(journey.saved, answers=replace(journey.saved.answers, renew_keep=3))
        for _ in range(4):
            journey.cloud.clock.advance(DUE)
            came = renew(journey, kept)
            kept = replace(kept, facts=journey.saved.facts)

        assert came.findings["renew.older"].evidence["disabled"] == 1
        assert "2 versions of others stay as they are" in came.findings["renew.older"].message
        assert set(others) < set(enabled(journey))
        assert len(enabled(journey)) == 3 + len(others)
        assert came.changes == ["PUT", "PATCH"]


@pytest.mark.parametrize("kind", ["vault_secret", "env"])
def test_a_credential_that_a_job_reaches_is_used(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        secret = journey.at_hand.answers.client_secret
        assert secret
        saved = journey.at_hand
        if kind == "vault_secret":
            journey.cloud.vault.add_aged_version("app-credential", secret.reveal(), 0, True, {})
            answers = replace(journey.saved.answers, credential="vault_secret", credential_name="app-credential")
            saved = replace(saved, answers=answers)
        journey.cloud.clock.advance(DUE)

        came = renew(journey, saved)

        assert (came.exit, came.state) == (0, "renewed")
        assert came.findings["store.redeems"].evidence["client_type"] == "secret"
        assert secret.reveal() not in str(came.lines)


def test_a_secret_that_was_typed_renews_nothing_and_is_told_before_the_token_is_due(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        came = renew(journey)

        assert came.exit == 1
        assert came.failed == {"renew.unattended": ""}
        assert "no job can renew the token with it" in came.findings["renew.unattended"].message
        assert any("vault_secret" in act for act in came.findings["renew.unattended"].actions)
        assert TYPED_SECRET in told_at_the_end(journey, {"tenant"})
        assert TYPED_SECRET not in told_at_the_end(journey, {"tenant", "client_secret"}), "a file says where it is"


def told_at_the_end(journey: Stored, given: set[str]) -> str:
    """What `run` says to somebody at a terminal whose journey is proven."""
    session, out = Session(read_cloud_file(journey.cloud.cloud_file)), io.StringIO()
    lines = LineWriter(out, io.StringIO())
    loaded = session.load(journey.saved)
    run_journey(session, journey.saved.answers, lines, lambda *_: False, given, enter=lambda _lines: loaded)
    return out.getvalue()


def test_tags_that_are_half_written_are_made_up_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        version = journey.cloud.vault.history(SECRET_NAME)[0]
        version.tags = {name: version.tags[name] for name in ("tenant_id", "client_id")} | {"client_type": "pub"}
        unknown = replace(journey.saved, facts=replace(journey.saved.facts, client_type="", flow="", signed_in_at=""))
        journey.cloud.clock.advance(DUE)

        came = renew(journey, unknown)

        assert (came.exit, came.state) == (0, "renewed")
        assert newest(journey)["tags"]["client_type"] == "public"
        assert newest(journey)["tags"]["account"] == "primary"
