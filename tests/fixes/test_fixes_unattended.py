"""`run --dry-run` and `run --apply`: what is shown, what is made, and what needs a yes or an answers file."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.fixes.fixable import fixable, writes
from tests.fixes.vaults import changes, in_azure, without_vault
from tests.harness import Rehearsed, rehearsed
from wizard.core.errors import BadInput
from wizard.plain.fix_orders import FixOrders
from wizard.plain.line_writer import LineWriter
from wizard.plain.runner import run_journey
from wizard.rehearsal import Scene, load_scene

NAMED = frozenset({"tenant", "client_id"})


def run(played: Rehearsed, orders: FixOrders, *, as_json: bool = False, **more: Any) -> tuple[str, str]:
    """Run unattended from the beginning; return the outcome and what was printed."""
    out = io.StringIO()
    lines = LineWriter(out, io.StringIO(), as_json=as_json, watch=played.cloud.people.on_event)
    answers = replace(played.journey.onboarding.answers, graph_identity="environment", **more)
    outcome = run_journey(played.session, answers, lines, after_failure=orders.follow, after_step=orders.follow_passed)
    orders.say_what_was_not_needed(lines)
    return outcome, out.getvalue()


def json_lines(text: str, kind: str) -> list[dict[str, Any]]:
    """Return the JSON lines of a type."""
    return [each for each in map(json.loads, text.splitlines()) if each["type"] == kind]


def scene() -> Scene:
    """Return a scene that lacks a redirect URI."""
    return fixable("browser-not-registered")


def test_a_dry_run_shows_each_request_whole_and_sends_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(scene(), monkeypatch) as played:
        outcome, said = run(played, FixOrders(["add-redirect-uri"], is_dry_run=True))

        assert outcome == "failed"
        assert "PATCH https://graph.rehearsal.test/v1.0/applications(appId=" in said
        assert '{"publicClient": {"redirectUris": ["http://localhost", "http://localhost/partner-wizard"]}}' in said
        assert "az ad app update" in said
        assert writes(played) == []


def test_without_an_order_a_line_names_the_fix_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(scene(), monkeypatch) as played:
        outcome, said = run(played, FixOrders())

        assert outcome == "failed"
        assert "--apply add-redirect-uri makes it" in said
        assert writes(played) == []


def test_a_named_fix_is_made_once_and_the_run_goes_on_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(scene(), monkeypatch) as played:
        outcome, said = run(played, FixOrders(["add-redirect-uri"]), as_json=True)

        assert outcome == "proven"
        assert len(writes(played)) == 1
        (result,) = json_lines(said, "fix_result")
        assert (result["name"], result["made"]) == ("add-redirect-uri", True)
        assert [each["state"] for each in json_lines(said, "action")] == ["made"]


def test_a_fix_that_no_check_offers_changes_nothing_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(fixable("all-holds-public"), monkeypatch) as played:
        outcome, said = run(played, FixOrders(["add-redirect-uri"]))

        assert outcome == "proven"
        assert "fix add-redirect-uri: no check offers it now; nothing was changed." in said
        assert writes(played) == []


def test_what_widens_rights_needs_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(scene(), monkeypatch) as played:
        view = type(played.journey.view())
        fixes = view.fixes

        def widening(self: Any, step: str) -> Any:
            return tuple(replace(each, widens=True) for each in fixes(self, step))

        monkeypatch.setattr(view, "fixes", widening)
        with pytest.raises(BadInput, match="needs --yes too"):
            run(played, FixOrders(["add-redirect-uri"]))
        assert writes(played) == []


@pytest.mark.parametrize("missing", sorted(NAMED))
def test_tenant_and_app_have_to_be_named(missing: str) -> None:
    with pytest.raises(BadInput, match=missing):
        FixOrders(["add-redirect-uri"]).require_subject(NAMED - {missing})


def test_without_a_fix_nothing_has_to_be_named() -> None:
    FixOrders(is_dry_run=True).require_subject(frozenset())


READS: dict[str, Any] = {"vault_reader": "55555555-eeee-4eee-8eee-000000000003"}
"""A program that may not read the token yet."""


def test_a_fix_of_a_warning_is_shown_and_made_although_its_step_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(in_azure(), monkeypatch) as played:
        outcome, said = run(played, FixOrders(), **READS)
        assert (outcome, changes(played)) == ("proven", [])
        assert "--apply add-reader-role makes it" in said

    with rehearsed(in_azure(), monkeypatch) as played:
        outcome, said = run(played, FixOrders(["add-reader-role"], says_yes=True), as_json=True, **READS)
        assert (outcome, len(changes(played))) == ("proven", 1)
        (result,) = json_lines(said, "fix_result")
        assert (result["name"], result["made"]) == ("add-reader-role", True)


def test_a_warning_is_put_right_with_a_yes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(in_azure(), monkeypatch) as played:
        with pytest.raises(BadInput, match="needs --yes too"):
            run(played, FixOrders(["add-reader-role"]), **READS)
        assert changes(played) == []


def test_a_missing_vault_is_made_and_the_run_goes_on_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(without_vault(ready_after=60), monkeypatch) as played:
        outcome, said = run(played, FixOrders(["create-vault"], says_yes=True))

        assert outcome == "proven", said
        assert len(changes(played)) == 4


def nothing_registered(**answers: object) -> Scene:
    """Return the scene without a registration, with other answers."""
    known = load_scene("fix-no-registration")
    return replace(known, answers={**known.answers, **answers})


def app_of(played: Rehearsed) -> str:
    """Return the application id of the journey that was run."""
    assert played.session.open_journey is not None
    return played.session.open_journey.onboarding.answers.client_id


def test_a_registration_is_created_used_to_the_end_and_its_id_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(nothing_registered(), monkeypatch) as played:
        orders = FixOrders(["create-app"])
        orders.require_subject({"tenant"})
        outcome, said = run(played, orders, as_json=True)

        assert outcome == "proven"
        (result,) = json_lines(said, "fix_result")
        assert result["answers"] == {"client_id": app_of(played)}
        assert json_lines(said, "fix")[0]["fills"] == {"client_id": "{app.appId}"}


def test_in_lines_for_a_person_the_id_stands_as_in_an_answers_file(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(nothing_registered(), monkeypatch) as played:
        _outcome, said = run(played, FixOrders(["create-app"]))

        assert f'client_id = "{app_of(played)}"' in said


def test_an_app_that_needs_a_secret_ends_the_run_with_what_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(nothing_registered(credential={"prompt": True}), monkeypatch) as played:
        outcome, said = run(played, FixOrders(["create-app"]))

        assert outcome == "failed"
        assert "The app's client secret is missing" in said


def test_without_an_id_and_a_graph_identity_the_file_is_refused_and_says_what_helps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with rehearsed(nothing_registered(), monkeypatch) as played:
        answers = replace(played.journey.onboarding.answers, graph_identity="none")
        with pytest.raises(BadInput, match="with a Graph identity it may stay empty"):
            run_journey(played.session, answers, LineWriter(io.StringIO(), io.StringIO()))
