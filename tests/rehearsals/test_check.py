"""`partner-wizard check`: what is stored is asked again, by the same checks, without a person and without a trace."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers_outside import SECRET_NAME, Program, in_world, program, rehearsed, wait_for, with_faults
from tests.in_process import called
from tests.sampling import every
from wizard.commands.check import check_stored, with_what_is_at_hand
from wizard.commands.rehearse import PacedClock
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.core.events import CheckEnded, CheckSkipped, DeviceCodePrompt, Event
from wizard.core.findings import Finding, Outcome, Who
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.microsoft import host_probe, token_response
from wizard.microsoft.clouds import Cloud, read_cloud_file
from wizard.microsoft.entra import Entra
from wizard.onboarding.probes.identity import WANT_A_PERSON
from wizard.onboarding.profile import CSP
from wizard.plain.answers_file import read_answers
from wizard.plain.unattended import Lines
from wizard.rehearsal import RehearsalCloud, Scene, load_scene, scene_names
from wizard.rehearsal.sign_in import session_of
from wizard.rehearsal.world import ClientSecret, Fault, MfaHeader, Service

DAY = 86_400.0
CLIENT = "33333333-cccc-4ccc-8ccc-000000000003"
TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
OURS = {"tenant_id": TENANT, "client_id": CLIENT}


@dataclass
class Checked:
    """What a check came to."""

    exit: int
    events: list[Event]
    text: str
    requests: list[Any]

    @property
    def findings(self) -> dict[str, Finding]:
        return {event.finding.check: event.finding for event in self.events if isinstance(event, CheckEnded)}

    @property
    def not_asked(self) -> dict[str, str]:
        return {event.check: event.why for event in self.events if isinstance(event, CheckSkipped)}

    @property
    def summary(self) -> str:
        return next(line for line in self.text.splitlines() if "tenant " in line and "store " in line)

    def failed(self) -> dict[str, str]:
        return {name: each.code for name, each in self.findings.items() if each.outcome is Outcome.FAILS}


@dataclass
class Stored:
    """A journey that was played to its end, and the cloud it was played on."""

    cloud: RehearsalCloud
    path: Path
    ended_at: str = ""

    @property
    def saved(self) -> SavedJourney:
        found = JourneyFile(self.path).read()
        assert found
        return found

    @property
    def at_hand(self) -> SavedJourney:
        """The saved journey with the credential that the answers file names, and an identity that takes no person."""
        given = read_answers(self.cloud.answers_file, os.environ)
        answers = with_what_is_at_hand(self.saved.answers, *given)
        if answers.vault_identity in WANT_A_PERSON:
            answers = replace(answers, vault_identity="environment")
        return replace(self.saved, answers=answers)

    def in_world(self, **parts: Any) -> None:
        """Change the world after the journey."""
        with self.cloud.state.lock:
            self.cloud.state.world = replace(self.cloud.state.world, **parts)

    def versions(self) -> list[dict[str, object]]:
        return self.cloud.vault.versions(SECRET_NAME)

    def check(self, saved: SavedJourney | None = None, cloud: Cloud | None = None, as_json: bool = False) -> Checked:
        """Check, as the command does; a wait moves the cloud's clock."""
        clouds = {cloud.name: cloud} if cloud else read_cloud_file(self.cloud.cloud_file)
        session = Session(clouds, clock=PacedClock(self.cloud.clock))
        events: list[Event] = []
        out, before = io.StringIO(), len(self.cloud.log)
        lines = Lines(out=out, err=io.StringIO(), as_json=as_json, also=events.append)
        ended = check_stored(session, saved or self.saved, lines)
        return Checked(ended, events, out.getvalue(), self.cloud.log[before:])


@contextmanager
def stored(scene: str | Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stored]:
    """A journey of a scene, played as far as it goes, and saved."""
    path = tmp_path / "state" / "journey.json"
    with rehearsed(scene, monkeypatch, file=path) as played:
        ended_at = played.run()
        yield Stored(played.cloud, path, ended_at)


PROVEN = [name for name in scene_names() if load_scene(name).ends.exit == 0]
"""Scenes that end with a proven journey."""


@pytest.mark.parametrize("scene", every(4, PROVEN))
def test_a_proven_journey_still_holds_and_nothing_is_written_anywhere(
    scene: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored(scene, monkeypatch, tmp_path) as journey:
        kept, before = journey.path.read_bytes(), journey.versions()
        files = {path: path.stat().st_mtime_ns for path in journey.path.parent.iterdir()}
        dummies = journey.cloud.vault.versions(f"{SECRET_NAME}-write-check")

        checked = journey.check(journey.at_hand)

        assert checked.exit == 0, checked.text
        assert checked.failed() == {}
        assert "proven: start proven, tenant proven, app proven, consent proven" in checked.text
        assert journey.path.read_bytes() == kept
        assert {path: path.stat().st_mtime_ns for path in journey.path.parent.iterdir()} == files
        assert journey.versions() == before
        assert journey.cloud.vault.versions(f"{SECRET_NAME}-write-check") == dummies
        written = [f"{each.method} {each.path}" for each in checked.requests if each.method not in ("GET", "HEAD")]
        assert {each for each in written if not each.endswith("/oauth2/v2.0/token")} == set()


def test_nobody_is_asked_for_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        checked = journey.check()

        assert not any(isinstance(event, DeviceCodePrompt) for event in checked.events)
        assert [each.path for each in checked.requests if "devicecode" in each.path or "consent" in each.path] == []


def test_every_check_is_asked_or_says_why_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        checked = journey.check()

        assert set(checked.findings) | set(checked.not_asked) == set(CSP.checks)
        assert set(checked.findings) & set(checked.not_asked) == set()
        assert all(why.startswith("not asked: ") for why in checked.not_asked.values())


def test_a_journey_that_was_stopped_on_its_way_is_provisional(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        begun = {name: each for name, each in journey.saved.findings.items() if each.step in {"start", "tenant"}}

        checked = journey.check(replace(journey.saved, findings=begun, skipped={}))

        assert checked.exit == 1
        assert checked.summary.startswith("provisional: start proven, tenant ")
        assert "not done yet: App registration." in checked.text


def test_what_one_check_settles_by_another_still_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        read = token_response.read_access_claims
        monkeypatch.setattr(token_response, "read_access_claims", lambda token: replace(read(token), client_type=""))

        checked = journey.check()

        for told_by_none in ("app.public_client", "user.client_type"):
            assert checked.findings[told_by_none].outcome is Outcome.UNKNOWN
        assert checked.not_asked["user.redeems"] == "not asked: store.redeems tells it of what is stored"
        assert checked.exit == 0, checked.text
        assert checked.summary.startswith("proven: ")


@pytest.mark.parametrize("is_used", [True, False])
def test_a_clock_that_was_not_compared_is_proven_by_a_redemption_alone(
    is_used: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scene = "all-holds-public" if is_used else "all-holds-secret"
    with stored(scene, monkeypatch, tmp_path) as journey:
        monkeypatch.setattr(host_probe, "_date", lambda _header: None)

        checked = journey.check()  # without the client secret, which is never kept

        assert checked.findings["start.clock"].outcome is Outcome.UNKNOWN
        assert ("store.redeems" in checked.findings) is is_used
        assert f"start {'proven' if is_used else 'provisional'}" in checked.summary


@pytest.mark.parametrize("scene", ["all-holds-secret", "all-holds-certificate"])
def test_without_what_is_never_kept_the_token_is_not_called_proven(
    scene: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored(scene, monkeypatch, tmp_path) as journey:
        checked = journey.check()

        what = "client secret" if scene == "all-holds-secret" else "certificate's passphrase"
        assert checked.exit == 1
        assert checked.summary.startswith("provisional: ")
        assert "store provisional" in checked.summary
        assert checked.not_asked["store.redeems"] == f"not asked: the {what} is never kept; give it by --answers FILE"
        assert (
            f"checks could not be asked, because the {what} is never kept; give it by --answers FILE." in checked.text
        )
        assert checked.findings["store.read_back"].outcome is Outcome.HOLDS, "what needs no credential is asked"


def test_a_credential_in_the_vault_needs_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        secret = journey.at_hand.answers.client_secret
        assert secret
        journey.cloud.vault.put_aged("app-credential", secret.reveal(), 0, True, {})
        answers = replace(journey.saved.answers, credential="vault_secret", credential_name="app-credential")

        assert journey.check(replace(journey.saved, answers=answers)).exit == 0

        journey.cloud.vault.vault = replace(journey.cloud.vault.vault, refusal="ForbiddenByRbac")
        checked = journey.check(replace(journey.saved, answers=answers))
        assert checked.failed() == {"user.vault_reachable": "ForbiddenByRbac"}
        assert checked.not_asked["app.credential"] == "not asked: user.vault_reachable comes first"


def test_a_journey_of_before_step_0_is_checked_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        older = {name: each for name, each in journey.saved.findings.items() if each.step != "start"}

        checked = journey.check(
            replace(
                journey.saved,
                findings=older,
                skipped={name: why for name, why in journey.saved.skipped.items() if not name.startswith("start.")},
            )
        )

        assert checked.exit == 0, checked.text


def test_a_secret_that_has_ended_since_is_named_and_the_vault_is_looked_at_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scene = load_scene("all-holds-secret")
    short = ClientSecret("client-secret", "77777777-1111-4111-8111-000000000001", ends_in_days=5)
    with stored(in_world(scene, app=replace(scene.world.app, secrets=(short,))), monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(6 * DAY)

        checked = journey.check(journey.at_hand)

        assert checked.exit == 1
        assert checked.failed() == {"app.credential": "AADSTS7000222"}
        assert checked.findings["app.credential"].remedy
        assert checked.not_asked["store.redeems"] == "not asked: app.credential comes first"
        assert checked.findings["store.read_back"].outcome is Outcome.HOLDS


def test_a_refused_credential_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from wizard.core.secret import Secret

    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        at_hand = replace(journey.at_hand, answers=replace(journey.at_hand.answers, client_secret=Secret("another")))
        before = journey.cloud.clock.now()

        checked = journey.check(at_hand)

        assert checked.failed() == {"app.credential": "AADSTS7000215"}
        assert (journey.cloud.clock.now() - before).total_seconds() < 60


def test_a_token_that_nobody_has_renewed_for_90_days_is_dead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(91 * DAY)

        checked = journey.check()

        assert checked.exit == 1
        assert checked.failed() == {"store.redeems": "AADSTS700082"}
        assert checked.findings["store.read_back"].outcome is Outcome.WARNS
        assert "run --restart" in checked.findings["store.redeems"].remedy
        assert checked.findings["store.redeems"].ids.correlation_id
        assert checked.not_asked["user.mfa"] == "not asked: store.redeems comes first"
        assert "ends: " not in checked.text, "what is dead dies no more"


def test_a_token_that_nears_its_end_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(61 * DAY)

        checked = journey.check()

        assert checked.exit == 0
        assert checked.findings["store.read_back"].outcome is Outcome.WARNS
        assert "Nobody has written a renewed token" in checked.findings["store.read_back"].message


def test_a_revoked_token_is_told_with_the_services_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.state.refresh_tokens.clear()

        checked = journey.check()

        assert list(checked.failed()) == ["store.redeems"]
        assert checked.failed()["store.redeems"].startswith("AADSTS")


def test_a_policy_against_device_code_switched_on_later_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        policy = journey.cloud.state.world.policy
        journey.in_world(policy=replace(policy, device_code_blocked_on_refresh=True))

        checked = journey.check()

        assert (checked.exit, checked.failed()) == (1, {"store.redeems": "AADSTS530036"})
        assert Who.ADMIN in checked.findings["store.redeems"].who


def test_a_role_taken_away_closes_the_vault_and_not_the_rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        vault = journey.cloud.vault
        vault.vault = replace(vault.vault, refusal="ForbiddenByRbac")

        checked = journey.check()

        assert (checked.exit, checked.failed()) == (1, {"user.vault_reachable": "ForbiddenByRbac"})
        assert checked.not_asked["store.read_back"] == "not asked: user.vault_reachable comes first"
        assert checked.findings["tenant.cloud"].outcome is Outcome.HOLDS
        assert "tenant provisional" in checked.summary, "the association shows by the token alone"
        assert "store provisional" in checked.summary


def test_a_newer_version_of_somebody_else_fails_and_its_value_goes_to_no_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.vault.put_aged(SECRET_NAME, "another program's password", 2, True, {"owner": "billing"})
        redeemed: list[object] = []
        monkeypatch.setattr(Entra, "redeem", lambda *arguments: redeemed.append(arguments))

        checked = journey.check()

        written = journey.cloud.clock.now().timestamp() - 2 * DAY
        finding = checked.findings["user.secret_name"]
        assert (checked.exit, list(checked.failed())) == (1, ["user.secret_name"])
        assert f"written on {_day(written)}" in finding.message
        assert "tags tenant_id and client_id" in finding.remedy
        assert redeemed == []
        assert checked.not_asked["store.redeems"] == "not asked: user.secret_name comes first"


def test_a_stranger_who_writes_between_two_looks_is_seen_as_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        redeemed: list[object] = []
        monkeypatch.setattr(Entra, "redeem", lambda *arguments: redeemed.append(arguments))
        session = Session(read_cloud_file(journey.cloud.cloud_file), clock=PacedClock(journey.cloud.clock))
        events: list[Event] = []

        def write(event: Event) -> None:
            events.append(event)
            if isinstance(event, CheckEnded) and event.finding.check == "user.secret_name":
                journey.cloud.vault.put_aged(SECRET_NAME, "another program's password", 0, True, {})

        out = io.StringIO()
        assert check_stored(session, journey.saved, Lines(out=out, err=out, also=write)) == 1

        ended = {event.finding.check: event.finding for event in events if isinstance(event, CheckEnded)}
        assert ended["store.read_back"].outcome is Outcome.FAILS
        assert redeemed == []


def test_a_later_version_of_our_own_is_a_warning_that_says_what_its_tags_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        first = str(journey.versions()[-1]["value"])
        tags = {**OURS, "obtained_at": "2027-01-02T03:04:05Z", "user_id": "\x1b[31mred", "client_type": "public"}
        journey.cloud.vault.put_aged(SECRET_NAME, first, 0, True, tags)

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
        journey.cloud.vault.put_aged(SECRET_NAME, value, 0, enabled, OURS)

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


def test_mfa_that_counts_no_more_and_a_lost_role_are_both_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One failure does not end the run."""
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        world = journey.cloud.state.world
        people = dict(world.people) | {"integration": replace(world.people["integration"], admin_agent=False)}
        view = replace(world.partner_center, mfa_header=MfaHeader.FALSE)
        journey.in_world(people=people, partner_center=view)

        checked = journey.check()

        assert checked.exit == 1
        assert set(checked.failed()) == {"user.admin_agent", "store.mfa_compliant"}
        assert "run --restart" in checked.findings["store.mfa_compliant"].remedy


def test_another_account_s_token_is_told_and_the_next_checks_still_have_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        state = journey.cloud.state
        session = session_of(state, state.person("adele"), CLIENT, True, "device_code")
        session.amr = ("pwd",)
        journey.cloud.vault.put_aged(SECRET_NAME, state.new_refresh_token(session), 0, True, OURS)

        checked = journey.check()

        assert set(checked.failed()) == {"user.account", "user.mfa", "store.mfa_compliant"}
        assert "adele@contoso.com's; partner-integration@contoso.com was expected" in checked.text
        assert checked.findings["store.partner_center"].outcome is Outcome.HOLDS


@pytest.mark.parametrize("readable", [True, False], ids=["read in Graph", "seen by the token"])
def test_consent_that_was_withdrawn_is_told(readable: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scene = load_scene("all-holds-secret")
    app = replace(scene.world.app, graph_roles=readable)
    with stored(in_world(scene, app=app), monkeypatch, tmp_path) as journey:
        journey.cloud.state.grants.clear()
        since = journey.cloud.clock.now()

        checked = journey.check(journey.at_hand)

        expected = {"consent.granted": "", "store.redeems": "AADSTS65001"}
        assert checked.failed() == (expected if readable else {"store.redeems": "AADSTS65001"})
        assert (journey.cloud.clock.now() - since).total_seconds() < 60, "a grant that is gone is not waited for"


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
        assert checked.not_asked["tenant.exists"] == "not asked: start.login comes first"
        assert (journey.cloud.clock.now() - since).total_seconds() < 120
        assert not any(each.outcome is Outcome.HOLDS for name, each in checked.findings.items() if name[:5] == "store")


def test_a_failure_comes_before_a_service_that_is_out_of_reach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    busy = Fault(Service.PARTNER_CENTER, "GET", "/v1/profiles/organization", 2, 0, status=503)
    with stored(with_faults("all-holds-public", busy), monkeypatch, tmp_path) as journey:
        state = journey.cloud.state
        session = session_of(state, state.person("adele"), CLIENT, True, "device_code")
        session.amr = ("pwd", "mfa")
        journey.cloud.vault.put_aged(SECRET_NAME, state.new_refresh_token(session), 0, True, OURS)

        assert journey.check().exit == 1


@pytest.mark.parametrize("identity", ["browser", "device-code"])
@pytest.mark.parametrize("name", ["vault_identity", "graph_identity"])
def test_an_identity_that_takes_a_person_is_refused_at_once(
    name: str, identity: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        person: dict[str, Any] = {name: identity}
        saved = replace(journey.saved, answers=replace(journey.saved.answers, **person))
        before = len(journey.cloud.log)

        with pytest.raises(BadInput) as refused:
            journey.check(saved)

        assert refused.value.exit_code == 2
        assert refused.value.field == {"vault_identity": "vault.identity", "graph_identity": "graph.identity"}[name]
        assert "environment, cli, managed, workload or default" in refused.value.expected
        assert len(journey.cloud.log) == before


def test_check_with_a_vault_that_a_person_opens_in_a_browser_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("browser-vault", monkeypatch, tmp_path) as journey:
        assert journey.saved.answers.vault_identity == "browser"
        before = len(journey.cloud.log)

        ended = called("check", "--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file))

        assert ended.returncode == 2
        assert "vault.identity: is browser, by which a person signs in, and check asks nobody" in ended.stderr
        assert ended.stdout == ""
        assert len(journey.cloud.log) == before


def test_a_journey_that_never_got_there_says_where_it_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("wrong-account", monkeypatch, tmp_path) as journey:
        checked = journey.check()

        assert checked.exit == 1
        assert checked.summary.startswith("failed: ")
        assert "user failed, store locked" in checked.summary
        assert "The last try ended at user.account: adele@contoso.com signed in" in checked.text
        assert "not done yet: Integration user. partner-wizard, or partner-wizard run, goes on there." in checked.text
        assert checked.not_asked["store.redeems"] == "not asked: the step “Store and prove” is not done yet"
        assert checked.findings["tenant.exists"].outcome is Outcome.HOLDS
        assert "ends: " not in checked.text


def test_json_lines_are_findings_and_a_summary_that_says_what_was_not_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        checked = journey.check(as_json=True)

        *findings, summary = map(json.loads, checked.text.splitlines())
        assert {each["type"] for each in findings} == {"finding"}
        assert (summary["type"], summary["outcome"]) == ("summary", "proven")
        assert set(summary["not_asked"]) | {each["check"] for each in findings} == set(CSP.checks)
        assert set(summary["steps"].values()) == {"proven"}
        assert summary["secret"]["version"] == journey.versions()[-1]["version"]
        assert any("90 idle days" in line for line in summary["ends"])


def test_what_is_stored_is_never_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        secret = journey.at_hand.answers.client_secret
        assert secret
        token = str(journey.versions()[-1]["value"])
        for as_json in (False, True):
            text = journey.check(journey.at_hand, as_json=as_json).text

            assert secret.reveal() not in text
            assert token[:40] not in text


def test_an_answers_file_of_another_journey_is_refused() -> None:
    stored_answers = Answers(tenant="contoso.com", client_id=CLIENT)

    with pytest.raises(BadInput, match=r"tenant: is fabrikam\.com in the answers file, and contoso\.com in the saved"):
        with_what_is_at_hand(stored_answers, Answers(tenant="fabrikam.com"), {"tenant"})
    same = with_what_is_at_hand(
        stored_answers, Answers(tenant="Contoso.com", consent_wait=1), {"tenant", "consent_wait"}
    )
    assert same == stored_answers


def test_an_answers_file_gives_other_identities() -> None:
    stored_answers = Answers(vault_identity="cli", graph_identity="device-code")
    given = Answers(vault_identity="managed", graph_identity="environment")

    at_hand = with_what_is_at_hand(stored_answers, given, {"vault_identity", "graph_identity"})

    assert (at_hand.vault_identity, at_hand.graph_identity) == ("managed", "environment")
    assert with_what_is_at_hand(stored_answers, given, {"credential"}).graph_identity == "device-code"


def test_what_a_check_needs_is_a_check_and_what_settles_it_is_asked() -> None:
    for check in CSP.checks.values():
        how = check.of_stored
        assert how.left_to in {"", *CSP.checks}
        assert not how.left_to or not CSP.checks[how.left_to].of_stored.left_to
        if check.settled_by:
            settler = CSP.checks[check.settled_by].of_stored
            assert settler.left_to or not settler.run, check.id


def _day(timestamp: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")


def checking(journey: Stored, made: Program, *more: str) -> Program:
    """`partner-wizard check` as a program of its own, on a played journey."""
    given = ["--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file), *more]
    return made.start("check", *given)


def test_the_program_checks_beside_a_wizard_that_holds_the_journey(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-secret", monkeypatch, tmp_path) as journey:
        wizard = JourneyFile(journey.path)
        wizard.lock()
        kept = journey.path.read_bytes()
        with program(journey.cloud, tmp_path / "run") as made:
            ended = checking(journey, made, "--answers", str(journey.cloud.answers_file)).end()

        assert ended == 0, made.stdout + made.stderr
        assert "proven: start proven" in made.stdout
        assert journey.path.read_bytes() == kept
        wizard.unlock()


def test_without_a_journey_the_way_to_begin_one_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with RehearsalCloud(load_scene("all-holds-public")) as cloud, program(cloud, tmp_path) as made:
        nothing = Stored(cloud, tmp_path / "nothing.json")

        assert checking(nothing, made).end() == 2
        assert "partner-wizard run, begins one" in made.stderr
        assert made.stdout == ""
        assert not nothing.path.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_it_as_it_ends_a_run(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    busy = Fault(Service.PARTNER_CENTER, "GET", "/v1/profiles/organization", 2, 0, status=429, retry_after=60)
    with stored(with_faults("all-holds-public", busy), monkeypatch, tmp_path) as journey:
        with program(journey.cloud, tmp_path / "run") as made:
            checking(journey, made, "--json")
            wait_for(lambda: "429" in made.stderr, "the wait for the busy service")
            made.signal(number)
            assert made.end() == 128 + number
        assert json.loads(made.stdout.splitlines()[-1])["outcome"] == "cancelled"
        assert "Traceback" not in made.stderr
