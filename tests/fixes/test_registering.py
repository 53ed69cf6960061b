"""A registration where nobody has one: created once and used to the end, or taken; refused, late, overtaken, killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fixes.fixable import writes
from tests.harness import Rehearsed, in_world, rehearsed, with_faults
from wizard.core.answers import guid_error
from wizard.core.errors import Cancelled
from wizard.core.events import Waiting
from wizard.core.findings import Outcome
from wizard.core.fixes import ActionState, Fix
from wizard.core.secret import Secret
from wizard.journeys.session import Session
from wizard.microsoft.clouds import read_cloud_file
from wizard.onboarding.probes.app_registering import NEW_APP, app_name
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import Service
from wizard.rehearsal.world import Fault

OURS = "33333333-cccc-4ccc-8ccc-000000000003"
CREATE = "create-app"


def scene(**world: Any) -> Scene:
    """Return the scene without a registration, in which Graph is as quick as its parts say."""
    known = load_scene("fix-no-registration")
    return in_world(known, **{"directory": replace(known.world.directory, replication_delay=0), **world})


@contextmanager
def without_app(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, *, file: Path | None = None, **answers: Any
) -> Iterator[Rehearsed]:
    """Yield a journey that has stopped for want of an application id."""
    with rehearsed(scene, monkeypatch, file=file) as played:
        for key, value in answers.items():
            played.journey.change(key, value)
        assert played.run() == "app.well_formed"
        yield played


def ways(played: Rehearsed) -> dict[str, Fix]:
    """Return the fixes that the open step offers, by name."""
    return {each.name: each for each in played.journey.view().fixes("app")}


def named(played: Rehearsed) -> list[str]:
    """Return the application ids of the registrations that have the name of those that are created."""
    wanted = app_name(played.journey.onboarding)
    return [each.app.client_id for each in played.cloud.state.apps.values() if each.app.name == wanted]


@pytest.mark.parametrize("delay", [0, 4])
def test_it_is_created_and_the_journey_goes_on_with_it_to_the_end(
    monkeypatch: pytest.MonkeyPatch, delay: float
) -> None:
    known = load_scene("fix-no-registration")
    late = replace(known.world.directory, replication_delay=delay)
    with without_app(in_world(known, directory=late), monkeypatch) as played:
        assert writes(played) == []
        result = played.journey.make_fix(ways(played)[CREATE])

        assert result.is_made, result.message
        client_id = played.journey.onboarding.answers.client_id
        assert (guid_error(client_id), named(played)) == ("", [client_id])
        assert result.answers["client_id"] == client_id
        waits = [each for each in played.emitted(Waiting) if each.what == NEW_APP]
        assert bool(waits) == bool(delay)
        played.run()
        assert played.journey.is_proven, played.journey.findings
        app = played.cloud.state.apps[client_id]
        assert (app.app.public_redirect_uris, app.app.public_client) == (("http://localhost",), True)


def test_asked_for_twice_there_is_still_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_app(scene(), monkeypatch) as played:
        fix = ways(played)[CREATE]
        played.journey.make_fix(fix)
        sent = len(writes(played))
        again = played.journey.make_fix(fix)

        assert not again.is_made
        assert "a registration of this name by now" in again.message
        assert len(writes(played)) == sent
        assert len(named(played)) == 1


def test_an_app_with_a_secret_is_made_for_the_web_and_the_secret_is_what_lacks_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with without_app(scene(), monkeypatch, credential="secret") as played:
        played.journey.onboarding.answers = replace(
            played.journey.onboarding.answers, client_secret=Secret("another app's")
        )
        fix = ways(played)[CREATE]
        body = fix.requests[0].body or {}
        assert (body["isFallbackPublicClient"], body["web"]) == (False, {"redirectUris": ["http://localhost"]})

        result = played.journey.make_fix(fix)

        assert result.is_made
        assert played.journey.onboarding.answers.client_secret is None
        assert result.found is not None
        assert (result.found.check, result.found.outcome) == ("app.well_formed", Outcome.FAILS)
        assert result.found.title == "The app's client secret is missing"


def test_one_that_asks_for_the_api_is_offered_by_name_id_and_day_and_taken_without_a_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = scene()
    there = in_world(known, app=replace(known.world.app, in_tenant=True))
    with without_app(there, monkeypatch) as played:
        offered = ways(played)
        assert list(offered) == [f"take-app-{OURS}", CREATE]
        assert offered[f"take-app-{OURS}"].title.startswith("Take “Contoso Partner Integration”, created 20")
        assert {each.one_of for each in offered.values()} == {"registration"}

        result = played.journey.make_fix(offered[f"take-app-{OURS}"])

        assert (result.is_made, result.actions, writes(played)) == (True, (), [])
        assert played.journey.onboarding.answers.client_id == OURS
        played.run()
        assert played.journey.is_proven


def test_where_one_has_the_name_no_other_is_created(monkeypatch: pytest.MonkeyPatch) -> None:
    known = scene()
    name = "partner center INTEGRATION (CSP partner)"
    there = in_world(known, app=replace(known.world.app, in_tenant=True, name=name, requests=()))
    with without_app(there, monkeypatch) as played:
        assert list(ways(played)) == [f"take-app-{OURS}"]


def test_what_nobody_may_list_is_not_created_either(monkeypatch: pytest.MonkeyPatch) -> None:
    known = scene()
    blind = in_world(known, operator=replace(known.world.operator, reads_apps=False, changes_apps=False))
    with without_app(blind, monkeypatch) as played:
        finding = played.journey.findings["app.well_formed"]
        assert (finding.outcome, finding.fixes) == (Outcome.UNKNOWN, ())
        assert "Application.Read.All" in finding.message


def test_an_unknown_id_is_no_dead_end_where_graph_knows_none_either(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(scene(), monkeypatch) as played:
        played.journey.change("client_id", "33333333-cccc-4ccc-8ccc-0000000000ff")
        assert played.run() == "app.exists"
        assert played.journey.make_fix(ways(played)[CREATE]).is_made
        played.run()
        assert played.journey.is_proven


def test_whoever_may_not_create_one_is_told_which_right_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    known = scene()
    policy = replace(known.world.policy, changes_refused="Insufficient privileges to complete the operation.")
    with without_app(in_world(known, policy=policy), monkeypatch) as played:
        result = played.journey.make_fix(ways(played)[CREATE])

        assert not result.is_made
        assert "it takes Application.ReadWrite.All" in result.message
        assert played.journey.onboarding.answers.client_id == ""
        assert named(played) == []


def test_where_its_service_principal_is_refused_the_registration_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    second = Fault(Service.GRAPH, "POST", "/v1.0/servicePrincipals", status=403)
    with without_app(with_faults(scene(), second), monkeypatch) as played:
        result = played.journey.make_fix(ways(played)[CREATE])

        assert not result.is_made
        assert "taken back" in result.message
        assert [each.method for each in result.actions if each.is_undo] == ["DELETE"]
        assert played.journey.onboarding.answers.client_id == ""
        assert CREATE in ways(played), "what was taken back is no reason not to create one"


def test_one_that_is_not_seen_for_too_long_is_taken_back_and_the_wait_was_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    never = Fault(Service.GRAPH, "POST", "/v1.0/servicePrincipals", status=404, times=0)
    with without_app(with_faults(scene(), never), monkeypatch) as played:
        result = played.journey.make_fix(ways(played)[CREATE])

        assert not result.is_made
        waits = [each for each in played.emitted(Waiting) if each.what == NEW_APP]
        assert [each.next_try for each in waits] == [2, 3, 4, 5]


def test_without_an_answer_it_is_not_sent_again_and_what_was_made_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with without_app(scene(), monkeypatch) as played:
        changes = played.journey.onboarding.services.changes
        send = changes.send

        def lose_the_answer(*arguments: Any) -> Any:
            send(*arguments)
            raise SystemExit(9)

        monkeypatch.setattr(changes, "send", lose_the_answer)
        with pytest.raises(SystemExit):
            played.journey.make_fix(ways(played)[CREATE])
        monkeypatch.setattr(changes, "send", send)

        played.journey.run("app")

        (client_id,) = named(played)
        assert list(ways(played)) == [CREATE]
        assert client_id in ways(played)[CREATE].title
        assert played.journey.make_fix(ways(played)[CREATE]).is_made
        assert named(played) == [client_id]
        played.run()
        assert played.journey.is_proven, played.journey.findings


@pytest.mark.parametrize("killed_at", [1, 2])
def test_killed_between_its_requests_the_next_start_says_so_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, killed_at: int
) -> None:
    with without_app(scene(), monkeypatch, file=tmp_path / "state" / "journey.json") as played:
        changes, sent = played.journey.onboarding.services.changes, list[object]()
        send = changes.send

        def end(*arguments: Any) -> Any:
            if len(sent) == killed_at - 1:
                raise SystemExit(9)
            sent.append(arguments)
            return send(*arguments)

        monkeypatch.setattr(changes, "send", end)
        with pytest.raises(SystemExit):
            played.journey.make_fix(ways(played)[CREATE])
        session = Session(
            read_cloud_file(played.cloud.cloud_file), file=played.session.file, clock=played.session.clock
        )
        saved = session.saved()
        assert saved is not None

        resumed = session.resume(saved, lambda _event: None)
        left = resumed.settle_interrupted_fix()

        assert left is not None
        assert (left.fix, left.done, left.of) == (CREATE, tuple(range(1, killed_at)), 2)
        resumed.run(resumed.open_step.id)
        monkeypatch.setattr(resumed.onboarding.services.changes, "send", send)
        (fix,) = resumed.view().fixes("app")
        assert fix.name == CREATE
        assert resumed.make_fix(fix).is_made
        assert named(played) == [resumed.onboarding.answers.client_id]


def test_while_a_new_one_is_not_shown_yet_no_other_is_created(monkeypatch: pytest.MonkeyPatch) -> None:
    known = load_scene("fix-no-registration")
    slow = in_world(known, directory=replace(known.world.directory, replication_delay=120))
    with without_app(slow, monkeypatch) as played:
        cancel = played.journey.onboarding.cancel
        played.journey.onboarding.emit = lambda event: cancel.set() if isinstance(event, Waiting) else None
        with pytest.raises(Cancelled):
            played.journey.make_fix(ways(played)[CREATE])
        played.session.ready()
        played.journey.run("app")

        finding = played.journey.findings["app.well_formed"]
        assert finding.fixes == ()
        assert "created a moment ago" in finding.message
        played.cloud.clock.advance(130)
        played.journey.run("app")
        (client_id,) = named(played)
        (fix,) = ways(played).values()
        assert (fix.name, fix.fills["client_id"]) == (CREATE, client_id)


def test_an_id_that_is_none_is_not_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_app(scene(), monkeypatch) as played:
        changes = played.journey.onboarding.services.changes
        send = changes.send

        def spoil(*arguments: Any) -> Any:
            change = send(*arguments)
            return replace(change, answer={**change.answer, "appId": "\x1b[31mno id"})

        fix = ways(played)[CREATE]
        monkeypatch.setattr(changes, "send", spoil)
        only_first = replace(fix, requests=fix.requests[:1])
        result = played.journey.make_fix(only_first)

        assert not result.is_made
        assert "cannot be used" in result.message
        assert played.journey.onboarding.answers.client_id == ""


def test_the_record_says_each_request_and_nothing_leaves_unrecorded(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_app(scene(), monkeypatch) as played:
        result = played.journey.make_fix(ways(played)[CREATE])

        assert [(each.method, each.state) for each in result.actions] == [
            ("POST", ActionState.MADE),
            ("POST", ActionState.MADE),
        ]
        assert len(writes(played)) == len(result.actions)


@pytest.mark.parametrize("identity", ["browser", "device-code"])
def test_with_nothing_but_an_administrators_sign_in_it_goes_from_nothing_to_the_end(
    monkeypatch: pytest.MonkeyPatch, identity: str
) -> None:
    with without_app(scene(), monkeypatch, graph_identity=identity) as played:
        result = played.journey.make_fix(ways(played)[CREATE])

        assert result.is_made, result.message
        assert {each.account for each in result.actions} == {"admin@contoso.com"}
        played.run()
        assert played.journey.is_proven, played.journey.findings
