"""A token that another tool stored: proven like one of a sign-in, marked after a yes, and its value left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import Rehearsed, in_world, rehearsed
from wizard.core.events import BrowserPrompt, DeviceCodePrompt
from wizard.core.findings import Outcome
from wizard.core.inbox import Purpose
from wizard.onboarding.gate import State
from wizard.onboarding.health import HealthCheck
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import Home
from wizard.rehearsal.earlier_tokens import IssuedBefore
from wizard.rehearsal.world import StoredSecret
from wizard.reporting.journey_report import how_obtained
from wizard.tokens.layouts import token_layouts

NAME = "RefreshToken"
TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
APP = "33333333-cccc-4ccc-8ccc-000000000003"
OTHER = "99999999-dddd-4ddd-8ddd-000000000009"
USER = "partner-integration@contoso.com"
MINE = {"tenant_id", "client_id", "account", "profile", "user_id", "client_type", "flow", "obtained_at"}


def holding(*secrets: StoredSecret, scene: str = "takeover-cipp") -> Scene:
    """A scene whose vault holds these secrets and no other."""
    known = load_scene(scene)
    return in_world(known, vault=replace(known.world.vault, secrets=secrets))


def token(
    name: str = NAME, *, tags: Mapping[str, str] | None = None, enabled: bool = True, **issued: object
) -> StoredSecret:
    """A secret with a refresh token in it."""
    before = IssuedBefore(**issued)  # type: ignore[arg-type]
    return StoredSecret(name, is_refresh_token=True, issued=before, age_days=5, tags=tags or {}, enabled=enabled)


def version(played: Rehearsed, name: str = NAME) -> dict[str, object]:
    (only,) = played.cloud.vault.versions(name)
    return only


def signed_in(played: Rehearsed) -> bool:
    prompts = played.emitted(BrowserPrompt) + played.emitted(DeviceCodePrompt)
    return any(each.purpose == Purpose.INTEGRATION_USER for each in prompts)


# --- what holds ---------------------------------------------------------------------------------------------------


def test_the_value_stays_its_own_tags_stay_and_ours_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(holding(token(tags={"owner": "cipp"})), monkeypatch) as played:
        before = version(played)
        played.run()

        assert played.journey.is_proven
        after = version(played)
        assert (after["version"], after["value"]) == (before["version"], before["value"])
        tags = after["tags"]
        assert isinstance(tags, dict)
        assert set(tags) == {"owner", *MINE}
        assert (tags["owner"], tags["tenant_id"], tags["client_id"]) == ("cipp", TENANT, APP)
        assert (tags["flow"], tags["client_type"]) == ("stored_token", "secret")
        assert not signed_in(played)
        assert played.journey.onboarding.facts.secret_name == NAME
        assert "CIPP" in how_obtained(played.journey.view())


def test_nothing_is_written_to_its_secret_but_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("takeover-cipp", monkeypatch) as played:
        played.run()

        assert len(played.requests(rf"/secrets/{NAME}/", "PATCH")) == 1
        assert played.requests(rf"/secrets/{NAME}$", "PUT") == []


def test_without_a_yes_nothing_is_changed_and_the_tags_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("takeover-not-confirmed", monkeypatch) as played:
        before = version(played)
        assert played.run() == "store.written"

        finding = played.journey.findings["store.written"]
        assert version(played) == before
        assert "client_id" in finding.message
        assert played.journey.profile.checks["store.written"].fields_at_fault(finding) == ("token_mark",)
        assert not played.journey.onboarding.facts.secret_version

        played.journey.change("token_mark", True)
        assert played.journey.run("store") is State.PROVEN, "step 4 holds still"


def test_a_token_that_is_marked_already_needs_no_second_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("takeover-cipp", monkeypatch) as played:
        played.run()
        played.journey.change("token_mark", False)
        played.journey.run("user")

        assert played.journey.run("store") is State.PROVEN
        assert len(played.requests(rf"/secrets/{NAME}/", "PATCH")) == 1


def test_a_pasted_token_is_written_like_one_of_a_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("takeover-typed", monkeypatch) as played:
        played.run()

        assert played.journey.is_proven
        tags = version(played, "partner-center-refresh-token")["tags"]
        assert isinstance(tags, dict)
        assert (set(tags), tags["flow"]) == (MINE, "stored_token")
        assert not signed_in(played)


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("stated", [True, False, None])
def test_it_is_redeemed_as_the_kind_of_client_it_was_issued_to_whatever_is_said(
    public: bool, stated: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = load_scene("takeover-cipp")
    scene = in_world(scene, app=replace(scene.world.app, public_client=public))
    with rehearsed(scene, monkeypatch) as played:
        played.journey.change("public_client", stated)
        played.run()

        assert played.journey.is_proven
        assert played.journey.onboarding.facts.client_type == ("public" if public else "secret")
        said = "sends no credential" if public else "sends the app's credential"
        assert said in played.journey.findings["user.signed_in"].message


@pytest.mark.parametrize(
    ("layout", "name"),
    [
        ("cipp", NAME),
        ("microsoft-samples", TENANT),
        ("mspgdap", f"MspGdap-{APP}-{hashlib.sha256(USER.encode()).hexdigest()[:16]}"),
        ("hso", f"refresh-token-{TENANT}"),
    ],
)
def test_it_is_found_where_each_tool_keeps_it(layout: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(holding(token(name)), monkeypatch) as played:
        played.journey.change("token_layout", layout)
        played.journey.change("integration_user", USER.title())
        played.run()

        assert played.journey.is_proven
        assert version(played, name)["tags"]


def test_every_layout_is_tried_above() -> None:
    marks = test_it_is_found_where_each_tool_keeps_it.pytestmark  # type: ignore[attr-defined]

    assert [case[0] for case in marks[0].args[1]] == list(token_layouts())


# --- bad input ----------------------------------------------------------------------------------------------------

IDS = (StoredSecret("TenantId", TENANT), StoredSecret("ApplicationId", APP))
BAD: dict[str, tuple[tuple[StoredSecret, ...], str, str, str]] = {
    "of another user": ((token(to="adele"),), "user.account", "", "another account's"),
    "without MFA": ((token(mfa=False),), "user.mfa", "", "without MFA"),
    "of another client": ((token(client_id=OTHER),), "user.signed_in", "AADSTS7000110", "another app's"),
    "dead": ((token(idle_days=120),), "user.signed_in", "AADSTS700082", "inactivity"),
    "of another tenant": ((token(tenant=Home.FABRIKAM),), "user.signed_in", "AADSTS50020", "another tenant's"),
    "of a guest": ((token(to="guest"),), "user.account", "", "a guest's"),
    "no token": ((StoredSecret(NAME, "to be entered"),), "user.stored_token", "", "no refresh token"),
    "an id": ((StoredSecret(NAME, OTHER),), "user.stored_token", "", "no refresh token"),
    "a client secret": ((StoredSecret(NAME, "aBc8Q~" + "x" * 34),), "user.stored_token", "", "no refresh token"),
    "an access token": ((StoredSecret(NAME, "eyJ" + "x" * 900),), "user.stored_token", "", "no refresh token"),
    "JSON around it": ((StoredSecret(NAME, '{"token": "' + "x" * 900 + '"}'),), "user.stored_token", "", "no refresh"),
    "missing": ((), "user.stored_token", "", "no such secret"),
    "disabled": ((token(enabled=False),), "user.stored_token", "", "disabled"),
    "marked as another's": ((token(tags={"client_id": OTHER}),), "user.stored_token", "", "marked as another's"),
    "marked as the sandbox's": ((token(tags={"account": "sandbox"}),), "user.stored_token", "", "marked as another's"),
    "beside another tenant's id": (
        (token(), StoredSecret("TenantId", OTHER), IDS[1]),
        "user.stored_token",
        "",
        "another tenant",
    ),
    "beside another app's id": (
        (token(), IDS[0], StoredSecret("ApplicationId", OTHER)),
        "user.stored_token",
        "",
        "app",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_taken_over_is_told_and_nothing_is_changed(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets, check, code, title = BAD[case]
    with rehearsed(holding(*secrets), monkeypatch) as played:
        before = played.cloud.vault.versions(NAME)
        assert played.run() == check

        finding = played.journey.findings[check]
        assert (finding.outcome, finding.code) == (Outcome.FAILS, code)
        assert title in finding.title
        assert finding.actions
        assert finding.who
        assert played.cloud.vault.versions(NAME) == before
        assert played.requests(rf"/secrets/{NAME}", "PATCH") == []
        assert not signed_in(played)


@pytest.mark.parametrize("case", [name for name, (_, check, *_) in BAD.items() if check == "user.stored_token"])
def test_what_is_no_token_of_ours_is_sent_to_nobody(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(holding(*BAD[case][0]), monkeypatch) as played:
        for step in played.journey.profile.steps[:4]:
            played.journey.run(step.id)
        asked_before = len(played.requests(rf"/{TENANT}/oauth2/v2.0/token"))
        played.journey.run("user")

        sent = played.requests(rf"/{TENANT}/oauth2/v2.0/token")[asked_before:]
        assert len(sent) <= 1, "but for the vault's own sign-in"


def test_ids_that_cannot_be_read_are_said_and_decide_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(holding(token()), monkeypatch) as played:
        played.run()

        assert played.journey.is_proven
        assert "could not be read beside it" in played.journey.findings["user.stored_token"].message


def test_a_version_that_the_tool_writes_meanwhile_is_proven_before_it_is_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with rehearsed("takeover-cipp", monkeypatch) as played:
        for step in played.journey.profile.steps[:-1]:
            played.journey.run(step.id)
        (old,) = played.cloud.vault.versions(NAME)
        played.cloud.vault.add_aged_version(NAME, str(old["value"]), 0, True, {})

        assert played.journey.run("store") is State.LOCKED
        assert played.journey.state("user") is State.FAILED
        assert [each["tags"] for each in played.cloud.vault.versions(NAME)] == [{}, {}]

        played.run()
        assert played.journey.is_proven
        assert [bool(each["tags"]) for each in played.cloud.vault.versions(NAME)] == [False, True]


def test_the_right_account_entered_later_needs_no_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("takeover-another-user", monkeypatch) as played:
        assert played.run() == "user.account"
        played.journey.change("integration_user", "adele@contoso.com")
        played.run()

        assert played.journey.is_proven
        assert not signed_in(played)


def test_a_sign_in_in_place_of_a_token_that_was_proven_uses_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("takeover-not-confirmed", monkeypatch) as played:
        played.run()
        played.journey.change("sign_in_flow", "device-code")
        played.run()

        assert played.journey.is_proven
        assert signed_in(played)
        assert version(played)["tags"] == {}
        assert played.journey.onboarding.facts.flow == "device_code"
        assert played.journey.onboarding.facts.secret_name == "partner-center-refresh-token"


def test_a_stored_token_in_place_of_a_sign_in_uses_nothing_of_that(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("takeover-cipp", monkeypatch) as played:
        played.journey.change("sign_in_flow", "device-code")
        for step in played.journey.profile.steps[:-1]:
            played.journey.run(step.id)
        assert signed_in(played)
        played.journey.change("sign_in_flow", "stored-token")
        played.run()

        assert played.journey.is_proven
        assert played.journey.onboarding.facts.flow == "stored_token"
        assert played.cloud.vault.versions("partner-center-refresh-token") == []


@pytest.mark.parametrize(
    ("value", "tags", "outcome", "failed"),
    [
        (None, None, "proven", ""),
        ("as before", {}, "proven", ""),
        ("as before", {"client_id": OTHER}, "failed", "user.secret_name"),
        ("no token", {}, "failed", "store.read_back"),
    ],
)
def test_what_was_taken_over_is_checked_later_also_in_the_version_that_its_tool_writes(
    value: str | None,
    tags: dict[str, str] | None,
    outcome: str,
    failed: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with rehearsed("takeover-cipp", monkeypatch, file=tmp_path / "state" / "journey.json") as played:
        secret = played.journey.onboarding.answers.client_secret
        played.run()
        if value is not None:
            written = str(version(played)["value"]) if value == "as before" else value
            played.cloud.vault.add_aged_version(NAME, written, 0, True, tags or {})
        saved = played.session.saved()
        assert saved is not None
        journey = played.session.load(replace(saved, answers=replace(saved.answers, client_secret=secret)))
        health = HealthCheck(journey)
        health.run_checks()

        assert health.outcome == outcome
        assert [check for check, each in health.findings.items() if each.outcome is Outcome.FAILS] == [failed] * bool(
            failed
        )
        is_marked = health.findings["user.secret_name"].outcome is Outcome.HOLDS
        assert is_marked is (value is None)
