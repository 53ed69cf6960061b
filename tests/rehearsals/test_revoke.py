"""`partner-wizard revoke`: what it shows, in which order it revokes, how it proves the end, what a kill leaves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.harness import SECRET_NAME
from tests.in_process import call_cli
from tests.rehearsals.stored_journeys import CLIENT, Stored, stored
from wizard.commands.rehearse import PacedClock
from wizard.commands.revoke import revoke_stored
from wizard.core.errors import BadInput, ServiceRefusal
from wizard.core.fixes import Fix
from wizard.core.secret import Secret
from wizard.journeys.action_file import ActionFile
from wizard.journeys.saved_journey import JourneyFile, SavedJourney
from wizard.journeys.session import Session
from wizard.journeys.standing import entry_of
from wizard.microsoft.clouds import read_cloud_file
from wizard.onboarding import revoking
from wizard.plain.line_writer import LineWriter

if TYPE_CHECKING:
    from wizard.onboarding.onboarding_context import Onboarding

Confirm = Callable[[Fix], bool]
PARTS = ["revoke-sessions", "disable-stored-token", "remove-consent", "remove-credentials"]


@dataclass
class Revoked:
    code: int
    text: str
    said: str


class Killed(BaseException):
    """The program ends here."""


def revoke(
    journey: Stored, confirm: Confirm | None = lambda _part: True, *, as_json: bool = False, **more: Any
) -> Revoked:
    """The command's own function, on the cloud's clock, as the operator with every right."""
    session = Session(
        read_cloud_file(journey.cloud.cloud_file),
        clock=PacedClock(journey.cloud.clock),
        file=JourneyFile(journey.path),
    )
    out, err = StringIO(), StringIO()
    lines = LineWriter(out=out, err=err, as_json=as_json)
    code = revoke_stored(session, JourneyFile(journey.path), with_rights(journey), lines, confirm, **more)
    return Revoked(code, out.getvalue(), err.getvalue())


def with_rights(journey: Stored) -> SavedJourney:
    answers = replace(journey.at_hand.answers, graph_identity="environment", vault_identity="environment")
    return replace(journey.at_hand, answers=answers)


@pytest.fixture
def journey(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stored]:
    with stored("all-holds-secret", monkeypatch, tmp_path) as played:
        operator = replace(played.cloud.state.world.operator, changes_apps=True, reads_apps=True)
        played.in_world(operator=operator)
        yield played


def changes(journey: Stored, since: int) -> list[tuple[str, str]]:
    """What was changed, in its order."""
    return [
        (each.method, each.path.partition("(")[0].rpartition("/")[2] if "secrets/" not in each.path else "version")
        for each in journey.cloud.log[since:]
        if each.method in {"POST", "PATCH", "DELETE"} and "/oauth2/" not in each.path
    ]


def test_it_shows_what_it_would_do_and_changes_nothing(journey: Stored) -> None:
    before, kept = len(journey.cloud.log), journey.path.read_bytes()

    ended = revoke(journey, None)

    assert ended.code == 0
    assert changes(journey, before) == []
    assert journey.path.read_bytes() == kept
    for said in ("Revoke every session of partner-integration@contoso.com", "Disable the stored token", "28 hours"):
        assert said in ended.text
    assert "Remove the consent to user_impersonation" in ended.text
    assert "every program that uses it stops" in ended.text
    assert "Nothing was changed" in ended.said


def test_everything_is_revoked_in_order_and_the_end_is_proven(journey: Stored) -> None:
    before = len(journey.cloud.log)

    ended = revoke(journey)

    assert ended.code == 0, ended.text
    made = [(each.method, each.path) for each in journey.cloud.log[before:] if each.method != "GET"]
    paths = [path for method, path in made if "/oauth2/" not in path and method in {"POST", "PATCH", "DELETE"}]
    assert [path.rpartition("/")[2] for path in paths[:1]] == ["revokeSignInSessions"]
    assert paths[1].startswith(f"/secrets/{SECRET_NAME}/")
    assert "oauth2PermissionGrants" in paths[2]
    assert paths[3].endswith("removePassword")
    assert "Entra refuses the stored token (AADSTS50173)" in ended.text
    assert not any(each["enabled"] for each in journey.versions())
    assert journey.cloud.state.grants == {}
    assert journey.cloud.state.apps[CLIENT].secrets == []


def test_each_request_is_in_the_record_and_no_secret(journey: Stored) -> None:
    revoke(journey)

    record = ActionFile(journey.path.with_name("journey.actions.jsonl"))
    actions = record.read(journey.saved.facts.tenant_id, CLIENT)
    assert list(dict.fromkeys(each.fix for each in actions)) == PARTS
    assert {each.check for each in actions} == {"revoke"}
    text = journey.path.with_name("journey.actions.jsonl").read_text()
    assert not any(token in text for token in journey.cloud.state.refresh_tokens)


def test_the_journey_is_kept_as_revoked_and_is_not_gone_on_with_unsaid(journey: Stored) -> None:
    revoke(journey)

    saved = journey.saved
    entry = entry_of(str(journey.path), "contoso")
    assert saved.is_end_proven
    assert saved.facts.secret_version
    assert entry
    assert (entry.outcome, entry.expires_at) == ("revoked", "")
    assert entry.stands.startswith("revoked on 20")
    session = Session(read_cloud_file(journey.cloud.cloud_file))
    with pytest.raises(BadInput, match=r"it was revoked on .* --restart begins a new one"):
        session.resume(saved, lambda _event: None)
    cloud_file = str(journey.cloud.cloud_file)
    asked = call_cli("token", "--journey", str(journey.path), "--cloud-file", cloud_file)
    assert asked.returncode == 2
    assert "revoked" in asked.stderr


def test_what_is_not_confirmed_is_left_and_said(journey: Stored) -> None:
    ended = revoke(journey, lambda part: part.name not in {"remove-consent", "remove-credentials"})

    assert ended.code == 1
    assert "left: Remove the consent" in ended.text
    assert journey.cloud.state.grants
    assert journey.cloud.state.apps[CLIENT].secrets
    assert not any(each["enabled"] for each in journey.versions())
    assert journey.saved.revoked_at
    assert not journey.saved.is_end_proven


@pytest.mark.parametrize(
    ("code", "error", "ends"),
    [
        ("AADSTS50173", "invalid_grant", "holds"),
        ("AADSTS700082", "invalid_grant", "holds"),
        ("AADSTS53003", "invalid_grant", "unknown"),  # a policy lets nobody in from here
        ("AADSTS65001", "invalid_grant", "unknown"),  # the consent is gone, and may come again
        ("AADSTS50076", "interaction_required", "unknown"),
        ("AADSTS50057", "invalid_grant", "unknown"),
        ("AADSTS70043", "invalid_grant", "unknown"),  # a policy's sign-in frequency, for this API
        ("", "invalid_grant", "unknown"),
        ("AADSTS7000215", "invalid_client", "unknown"),
    ],
)
def test_only_a_refusal_of_the_token_itself_proves_that_it_has_ended(
    code: str, error: str, ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: object) -> None:
        raise ServiceRefusal("entra", code, error, "no")

    monkeypatch.setattr(revoking, "redeem_as_app", refused)
    stored = SimpleNamespace(facts=SimpleNamespace(secret_version="1", client_type="public"))

    finding = revoking.prove_end(cast("Onboarding", stored), Secret("a token"), is_revoked=True)

    assert (finding.outcome.value, finding.code) == (ends, code or error)


def test_without_the_sessions_the_token_still_works_and_that_is_said(journey: Stored) -> None:
    ended = revoke(journey, lambda part: part.name == "disable-stored-token")

    assert ended.code == 1
    assert "Entra still takes the stored token" in ended.text


def test_whoever_lacks_the_right_is_told_and_the_vault_is_closed_all_the_same(journey: Stored) -> None:
    policy = replace(journey.cloud.state.world.policy, changes_refused="Insufficient privileges.")
    journey.in_world(policy=policy)

    ended = revoke(journey)

    assert ended.code == 1
    assert "User.RevokeSessions.All" in ended.text
    assert not any(each["enabled"] for each in journey.versions())


def test_without_a_graph_identity_the_vault_is_closed_and_what_is_left_is_named(journey: Stored) -> None:
    answers = replace(journey.at_hand.answers, graph_identity="none")
    session = Session(read_cloud_file(journey.cloud.cloud_file), clock=PacedClock(journey.cloud.clock))
    out = StringIO()
    lines = LineWriter(out=out, err=StringIO())

    code = revoke_stored(
        session, JourneyFile(journey.path), replace(journey.at_hand, answers=answers), lines, lambda _part: True
    )

    assert code == 1
    assert "No Graph identity is chosen" in out.getvalue()
    assert not any(each["enabled"] for each in journey.versions())


def test_entra_may_take_minutes_until_the_sessions_are_revoked(journey: Stored) -> None:
    state, tries = journey.cloud.state, list[int]()

    class Later(set[str]):
        def __contains__(self, value: object) -> bool:
            tries.append(1)
            return len(tries) > 2 and super().__contains__(value)

        def __ior__(self, more: Any) -> Later:  # type: ignore[override,misc]
            self.update(more)
            return self

    state.revoked_tokens = Later()

    ended = revoke(journey)

    assert ended.code == 0, ended.text
    assert len(tries) == 3


def test_older_versions_are_disabled_first_and_the_secret_is_deleted_only_if_told(journey: Stored) -> None:
    vault = journey.cloud.vault
    tags = vault.history(SECRET_NAME)[-1].tags
    older = vault.history(SECRET_NAME)[0]
    newer = replace(older, version="f" * 32, created=older.created + 5, tags=dict(tags))
    vault.history(SECRET_NAME).append(newer)

    shown = revoke(journey, None, deletes=True)
    ended = revoke(journey, deletes=True)

    assert shown.text.index("older versions") < shown.text.index("Revoke every session")
    assert "Delete the secret" in shown.text
    assert ended.code == 0, ended.text
    assert vault.history(SECRET_NAME) == []


def test_in_json_each_part_and_the_end_are_lines(journey: Stored) -> None:
    ended = revoke(journey, as_json=True)

    lines = [json.loads(line) for line in ended.text.splitlines()]
    assert [each["name"] for each in lines if each["type"] == "fix"] == PARTS
    assert [each["made"] for each in lines if each["type"] == "fix_result"] == [True] * len(PARTS)
    assert lines[-1]["type"] == "revocation"
    assert (lines[-1]["outcome"], lines[-1]["code"], lines[-1]["left"]) == ("holds", "AADSTS50173", [])


@pytest.mark.parametrize("killed_at", PARTS)
def test_a_kill_in_the_middle_is_gone_on_with(killed_at: str, journey: Stored) -> None:
    def until(part: Fix) -> bool:
        if part.name == killed_at:
            raise Killed
        return True

    with pytest.raises(Killed):
        revoke(journey, until)
    assert journey.saved.revoked_at
    assert not journey.saved.is_end_proven
    entry = entry_of(str(journey.path), "contoso")
    assert entry
    assert entry.outcome == "revoking"
    again = revoke(journey)

    assert again.code == 0, again.text
    done = PARTS[: PARTS.index(killed_at)]
    assert all(name in again.said for name in done)
    assert not any(f"fix {name}:" in again.text for name in done)
    assert journey.saved.is_end_proven


def test_revoked_twice_it_says_that_nothing_is_left(journey: Stored) -> None:
    revoke(journey)
    again = revoke(journey)

    assert again.code == 0, again.text
    assert "it has been revoked already" in again.text


def test_the_command_shows_without_yes_and_revokes_with_it(journey: Stored, tmp_path: Path) -> None:
    path = tmp_path / "rights.toml"
    path.write_text(journey.cloud.answers_file.read_text() + '\n[graph]\nidentity = "environment"\n')
    given = ["--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file), "--answers", str(path)]

    shown = call_cli("revoke", *given)
    assert shown.returncode == 0, shown.stderr
    assert not journey.saved.revoked_at
    made = call_cli("revoke", *given, "--yes")

    assert made.returncode == 0, made.stdout + made.stderr
    assert journey.saved.is_end_proven


def test_what_was_revoked_before_a_new_onboarding_is_not_taken_for_its_own(journey: Stored) -> None:
    revoke(journey)
    journey.path.write_text(journey.path.read_text().replace(journey.saved.facts.secret_version, "e" * 32))

    shown = revoke(journey, None)

    assert "Revoke every session" in shown.text


def test_versions_that_are_somebody_elses_stay(journey: Stored) -> None:
    for each in journey.cloud.vault.history(SECRET_NAME):
        each.tags = {"tenant_id": "another"}

    ended = revoke(journey, deletes=True)

    assert ended.code == 1
    assert "could not be read" in ended.text
    assert all(each["enabled"] for each in journey.versions())


def test_an_app_without_a_user_ends_with_its_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("app-only", monkeypatch, tmp_path) as journey:
        operator = replace(journey.cloud.state.world.operator, changes_apps=True, reads_apps=True)
        journey.in_world(operator=operator)

        ended = revoke(journey)

        assert ended.code == 0, ended.text
        assert "stored no token" in ended.text
        assert journey.cloud.state.apps[CLIENT].secrets == []
        assert journey.saved.is_end_proven
