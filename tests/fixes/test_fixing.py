"""A fix: shown, made once after a yes, recorded, checked again; refused or cut off, it says what is so now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fixes.fixable import FIXABLE, fixable, offered, stopped_at_its_failure, writes
from tests.harness import with_faults
from tests.sampling import every
from wizard.core.findings import Outcome
from wizard.core.fixes import ActionState, unfinished
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.rehearsal.choices import FaultBody, Service
from wizard.rehearsal.world import Fault


def states(requests: int) -> list[ActionState]:
    """Return what the record says of a fix that was made."""
    return [*[ActionState.SENT, ActionState.MADE] * requests, ActionState.CHECKED]


@pytest.mark.parametrize(("scene", "name"), FIXABLE.items())
def test_it_is_made_after_a_yes_and_the_journey_goes_on_to_the_end(
    monkeypatch: pytest.MonkeyPatch, scene: str, name: str
) -> None:
    with stopped_at_its_failure(scene, monkeypatch) as played:
        fix = offered(played)
        assert (fix.name, writes(played)) == (name, [])

        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        assert result.found is not None
        assert result.found.outcome is Outcome.HOLDS
        assert [each.state for each in played.journey.onboarding.memory.actions] == states(len(fix.requests))
        assert len(writes(played)) == len(fix.requests)
        played.run()
        assert played.journey.is_proven, played.journey.findings
        assert len(writes(played)) == len(fix.requests)


@pytest.mark.parametrize("scene", every(2, FIXABLE))
def test_made_again_it_changes_nothing(monkeypatch: pytest.MonkeyPatch, scene: str) -> None:
    with stopped_at_its_failure(scene, monkeypatch) as played:
        fix = offered(played)
        played.journey.make_fix(fix)
        again = played.journey.make_fix(fix)

        assert again.is_made
        assert {each.state for each in again.actions} == {ActionState.NOT_NEEDED}
        assert "nothing was changed" in again.message


@pytest.mark.parametrize("scene", every(2, FIXABLE))
def test_whoever_lacks_the_right_is_told_which_and_nothing_is_changed(
    monkeypatch: pytest.MonkeyPatch, scene: str
) -> None:
    known = fixable(scene)
    policy = replace(known.world.policy, changes_refused="Insufficient privileges to complete the operation.")
    with stopped_at_its_failure(fixable(scene, policy=policy), monkeypatch) as played:
        fix = offered(played)
        result = played.journey.make_fix(fix)

        assert not result.is_made
        assert fix.permissions[0] in result.message
        assert result.message.startswith("Nothing was changed.")
        assert result.actions[-1].state is ActionState.REFUSED
        assert result.actions[-1].request_id


def test_the_redirect_uris_that_were_there_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at_its_failure("browser-not-registered", monkeypatch) as played:
        played.journey.make_fix(offered(played))

        app = played.cloud.state.apps[played.journey.onboarding.answers.client_id].app
        assert app.public_redirect_uris == ("http://localhost", "http://localhost/partner-wizard")


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at_its_failure("browser-not-registered", monkeypatch) as played:
        fix = offered(played)
        state = played.cloud.state.apps[played.journey.onboarding.answers.client_id]
        state.app = replace(state.app, public_redirect_uris=("https://other.contoso.com/callback",))

        result = played.journey.make_fix(fix)

        assert not result.is_made
        assert result.actions[-1].state is ActionState.CHANGED_BEFORE
        assert "changed it since" in result.message
        assert writes(played) == []
        assert state.app.public_redirect_uris == ("https://other.contoso.com/callback",)


def test_without_an_answer_it_is_not_sent_again_and_the_check_says_what_is_so(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = Fault(Service.GRAPH, "PATCH", status=504, body=FaultBody.JSON, times=1)
    scene = with_faults(fixable("browser-not-registered"), cut)
    with stopped_at_its_failure(scene, monkeypatch) as played:
        result = played.journey.make_fix(offered(played))

        assert not result.is_made
        assert result.actions[-1].state is ActionState.NO_ANSWER
        assert "is not known" in result.message
        assert len(writes(played)) == 1
        assert result.found is not None
        assert result.found.outcome is Outcome.FAILS


def test_what_the_directory_shows_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at_its_failure("partner-center-not-provisioned", monkeypatch) as played:
        cloud, waits = played.cloud, []
        fix, seen = offered(played), cloud.state.added_principals

        class SeenLater(set[Service]):
            def __contains__(self, service: object) -> bool:
                waits.append(service)
                return len(waits) > 4 and super().__contains__(service)

        cloud.state.added_principals = SeenLater(seen)
        result = played.journey.make_fix(fix)

        assert result.is_made
        assert len(writes(played)) == 1


def test_the_account_is_shown_before_and_an_identity_of_another_tenant_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with stopped_at_its_failure("browser-not-registered", monkeypatch) as played:
        assert played.cloud.state.world.operator.client_id in played.journey.view().fix_accounts["graph"]
        fix = offered(played)
        played.journey.onboarding.learn(tenant_id="99999999-9999-4999-8999-999999999999")

        result = played.journey.make_fix(fix)

        assert not result.is_made
        assert "Choose an identity of that tenant" in result.message
        assert writes(played) == []


def test_without_a_graph_identity_nobody_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at_its_failure("browser-not-registered", monkeypatch) as played:
        fix = offered(played)
        played.journey.onboarding.answers = replace(played.journey.onboarding.answers, graph_identity="none")

        result = played.journey.make_fix(fix)

        assert (result.is_made, result.actions, writes(played)) == (False, (), [])
        assert "Graph identity" in result.message


def test_the_record_is_on_disk_before_the_request_leaves_and_says_what_came_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "state" / "journey.json"
    with stopped_at_its_failure("browser-not-registered", monkeypatch, file=file) as played:
        record = file.with_name("journey.actions.jsonl")
        seen: list[int] = []
        send = played.journey.onboarding.services.changes.send

        def send_and_look(*arguments: object) -> object:
            seen.append(len(record.read_text().splitlines()))
            return send(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(played.journey.onboarding.services.changes, "send", send_and_look)
        played.journey.make_fix(offered(played))

        assert seen == [1]
        assert len(record.read_text().splitlines()) == len(states(1))
        assert record.stat().st_mode & 0o777 == 0o600


def test_nothing_is_sent_where_the_record_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "state" / "journey.json"
    with stopped_at_its_failure("browser-not-registered", monkeypatch, file=file) as played:
        file.with_name("journey.actions.jsonl").mkdir()

        result = played.journey.make_fix(offered(played))

        assert not result.is_made
        assert "nothing is changed without it" in result.message
        assert writes(played) == []


def test_after_an_end_in_the_middle_the_next_start_says_what_was_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "state" / "journey.json"
    with stopped_at_its_failure("browser-not-registered", monkeypatch, file=file) as played:

        def end(*_arguments: object) -> object:
            raise SystemExit(9)

        monkeypatch.setattr(played.journey.onboarding.services.changes, "send", end)
        with pytest.raises(SystemExit):
            played.journey.make_fix(offered(played))

        session = Session(read_cloud_file(played.cloud.cloud_file), file=played.session.file)
        saved = session.saved()
        assert saved is not None
        resumed = session.resume(saved, lambda _event: None)
        left = resumed.settle_interrupted_fix()

        assert left is not None
        assert (left.fix, left.done, left.of) == ("add-redirect-uri", (), 1)
        assert "is not known" in left.sentence
        assert left.check not in resumed.findings


def test_a_fix_that_was_checked_again_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at_its_failure("browser-not-registered", monkeypatch) as played:
        played.journey.make_fix(offered(played))

        assert unfinished(played.journey.onboarding.memory.actions) is None


def test_a_refusal_halfway_takes_back_what_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    second = Fault(Service.GRAPH, "POST", "/v1.0/oauth2PermissionGrants", after=1, status=403)
    with stopped_at_its_failure(with_faults(fixable("no-consent"), second), monkeypatch) as played:
        result = played.journey.make_fix(offered(played))

        assert not result.is_made
        assert "What was made before that is taken back." in result.message
        undone = [(each.method, each.state) for each in result.actions if each.is_undo]
        assert undone == [("DELETE", ActionState.MADE)]
        assert played.cloud.state.grants == {}


def test_killed_between_two_requests_the_next_start_says_which_was_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "state" / "journey.json"
    with stopped_at_its_failure("no-consent", monkeypatch, file=file) as played:
        changes, sent = played.journey.onboarding.services.changes, list[object]()
        send = changes.send

        def end_at_the_second(*arguments: object) -> object:
            if sent:
                raise SystemExit(9)
            sent.append(arguments)
            return send(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(changes, "send", end_at_the_second)
        with pytest.raises(SystemExit):
            played.journey.make_fix(offered(played))
        session = Session(read_cloud_file(played.cloud.cloud_file), file=played.session.file)
        saved = session.saved()
        assert saved is not None

        left = session.resume(saved, lambda _event: None).settle_interrupted_fix()

        assert left is not None
        assert (left.done, left.of) == ((1,), 2)
        assert [each.step[0] for each in left.unknown] == [2]
        assert "1 of its 2 requests was made" in left.sentence


def test_permissions_that_are_granted_stay_where_one_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped_at_its_failure("no-consent", monkeypatch) as played:
        state, client_id = played.cloud.state, played.journey.onboarding.answers.client_id
        state.set_grant(client_id, Service.PARTNER_CENTER, frozenset({"other_permission"}))
        played.journey.run("consent")
        fix = offered(played)
        assert [each.method for each in fix.requests] == ["PATCH", "POST"]

        assert played.journey.make_fix(fix).is_made

        assert state.grants[client_id, Service.PARTNER_CENTER].scopes == {"other_permission", "user_impersonation"}
