"""A new secret of the app in the place of the one in the vault: proven, stored, used; the former one goes last."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.in_process import call_cli
from tests.jobs.rotations import DUE, NAME, Kept, kept
from wizard.core.findings import Outcome
from wizard.journeys.saved_journey import SavedJourney
from wizard.microsoft.changes import Changes
from wizard.microsoft.http_response import HttpResponse


def with_answers(app: Kept, **answers: Any) -> SavedJourney:
    """The saved journey with other answers."""
    return replace(app.saved, answers=replace(app.saved.answers, **answers))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--yes"], "--yes: goes with --credential"),
        (["--dry-run"], "--dry-run: goes with --credential"),
        (["--credential", "certificate", "--install", "cron"], "--install: goes with --credential alone"),
        (["--credential", "password"], "expected one of"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(options: list[str], said: str) -> None:
    ended = call_cli("renew", *options)

    assert ended.returncode == 2
    assert said in ended.stderr


def test_a_due_secret_is_followed_by_a_proven_one_and_goes_a_day_later(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with kept(monkeypatch, tmp_path) as app:
        (former,) = app.values
        token = app.journey.versions()[-1]["version"]
        assert app.rotate().state == "not_due"
        app.journey.cloud.clock.advance(DUE)
        came = app.rotate()

        assert (came.exit, came.state) == (0, "renewed")
        assert app.works()
        first, second = app.versions()
        assert second["value"] == app.values[-1] != former
        assert second["tags"]["rotated_from"] == first["version"]
        assert former in app.values
        assert app.journey.versions()[-1]["version"] != token, "the stored token was renewed with it"
        assert second["value"] not in str(came.lines)

        assert app.rotate().state == "not_due"
        assert len(app.values) == 2
        app.journey.cloud.clock.advance(25 * 3_600)
        later = app.rotate()
        assert (later.exit, later.state) == (0, "not_due")
        assert app.values == [second["value"]]
        assert app.works()


def test_whatever_refuses_it_the_former_secret_stays_and_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with kept(monkeypatch, tmp_path) as app:
        state, before = app.journey.cloud.state, app.values

        shown = app.rotate(is_forced=True, is_dry_run=True)
        assert (shown.exit, shown.state, shown.changes) == (0, "shown", [])
        (fix,) = (line for line in shown.lines if line["type"] == "fix")
        assert [each["host"].partition(".")[0] for each in fix["requests"]] == ["graph", "contoso-partner"]

        graph_less = replace(app, saved=with_answers(app, graph_identity="none"))
        refused = graph_less.rotate(is_forced=True)
        assert refused.failed or refused.exit == 1
        assert not refused.changes

        vault, policy = app.journey.cloud.vault, state.world.policy
        for name, check in ((NAME, "renew.credential_made"), ("partner-center-refresh-token", "renew.written")):
            settings = vault.settings
            vault.change(replace(settings, put_refused_secret=name, put_refusal_code="ForbiddenByRbac"))
            came = app.rotate(is_forced=True)
            vault.change(settings)
            assert (came.exit, came.state) == (1, "stopped"), name
            assert check in came.failed, (name, came.failed)
            assert "taken back" in came.findings["renew.credential_made"].message
            assert (app.values, len(app.versions()), app.works()) == (before, 1, True), name
        app.journey.in_world(policy=replace(policy, changes_refused="This identity may not."))
        assert app.rotate(is_forced=True).failed == {"renew.credential_made": ""}
        app.journey.in_world(policy=policy)

        with state.lock:
            app.app.app = replace(app.app.app, new_key_delay=3_600)
        late = app.rotate(is_forced=True)
        assert late.findings["app.credential"].code == "AADSTS7000215"
        assert (app.values, app.works()) == (before, True)
        with state.lock:
            app.app.app = replace(app.app.app, new_key_delay=50)
        assert app.rotate(is_forced=True).state == "renewed", "Entra takes it everywhere only after a while"
        assert app.works()

        forbidden = replace(state.world.policy.app_management, secrets_forbidden=True)
        app.journey.in_world(policy=replace(state.world.policy, app_management=forbidden))
        no = app.rotate(is_forced=True)
        assert no.exit == 1
        assert not no.changes


def test_a_gateway_that_refuses_what_the_vault_has_taken_costs_no_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with kept(monkeypatch, tmp_path) as app:
        send = Changes._request

        def in_its_place(changes: Changes, host: str, method: str, *rest: Any) -> HttpResponse:
            answer = send(changes, host, method, *rest)
            return HttpResponse(403, {}, None) if method == "PUT" else answer

        with monkeypatch.context() as patch:
            patch.setattr(Changes, "_request", in_its_place)
            came = app.rotate(is_forced=True)

        assert (came.exit, came.state) == (0, "renewed"), "the vault says what is in it"
        assert "removePassword" not in came.changes
        assert app.works()


def test_expired_keys_are_listed_and_go_only_once_somebody_says_yes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with kept(monkeypatch, tmp_path) as app:
        app.expire("an old program")
        (_, former) = app.values

        first = app.rotate(is_forced=True)

        (ended,) = first.findings["renew.old_keys"].open_items
        assert ("an old program" in ended.subject, ended.outcome) == (True, Outcome.WARNS)
        app.journey.cloud.clock.advance(25 * 3_600)
        app.rotate()
        assert former not in app.values, "a day is over"
        assert "an old program value" in app.values

        shown = app.rotate(is_forced=True, says_yes=True, is_dry_run=True)
        assert not shown.changes
        again = app.rotate(is_forced=True, says_yes=True)
        assert (again.exit, again.state) == (0, "renewed")
        assert app.values == [app.versions()[-1]["value"]], "at once, and none but the new one"
        assert again.findings["renew.old_keys"].outcome is Outcome.HOLDS
        assert app.works()


def test_with_all_every_credential_that_is_due_is_renewed_also_where_the_vault_alone_tells_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with kept(monkeypatch, tmp_path) as app:
        answers = tmp_path / "shared.toml"
        answers.write_text('[graph]\nidentity = "environment"\n')
        cloud = app.journey.cloud
        vault = f"https://contoso-partner.{cloud.names.vault_suffix}"
        words = ("renew", "--all", "--vault", vault, "--cloud-file", str(cloud.cloud_file), "--answers", str(answers))
        early = call_cli(*words, "--credential", "--json")
        states = [json.loads(line)["credential"]["state"] for line in early.stdout.splitlines() if '"summary"' in line]
        assert (early.returncode, states) == (0, ["not_due"]), early.stdout

        forced = call_cli(*words, "--credential", "--force")

        assert (forced.returncode, forced.stdout.splitlines()[-1]) == (0, "1 onboarding: 1 proven"), forced.stdout
        assert len(app.values) == 2
        assert app.works()
        assert "Renewing the app's credential of 1 onboarding" in forced.stderr


def test_a_key_that_only_the_vault_calls_replaced_stays_until_somebody_says_yes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with kept(monkeypatch, tmp_path) as app:
        app.add_key("another program", days=300)
        app.rotate(is_forced=True)
        first, second = app.journey.cloud.vault.history(NAME)
        first.tags = {**first.tags, "app_key": "another program"}  # as whoever may write the vault, and not the app
        app.journey.cloud.clock.advance(25 * 3_600)

        later = app.rotate()

        assert "another program value" in app.values
        (listed,) = later.findings["renew.old_keys"].open_items
        assert ("another program" in listed.subject, listed.outcome) == (True, Outcome.WARNS)
        second.tags = {**second.tags, "app_key": "another program"}
        app.rotate(says_yes=True)
        assert second.value in app.values, "what is used is known by its value, whatever the tags say"
        assert app.works()
