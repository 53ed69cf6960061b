"""What a renewal meets that it does not expect: each is said, nothing is lost, nothing is disabled that is needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.harness import SECRET_NAME
from tests.in_process import call_cli
from tests.jobs.renewals import DAY, DUE, enabled, newest, redeems, renew
from tests.rehearsals.stored_journeys import OURS, Stored, stored
from wizard.commands.rehearse import PacedClock
from wizard.core.findings import Outcome
from wizard.plain.answers_file import parse_answers
from wizard.rehearsal.choices import Service
from wizard.rehearsal.vault_state import Version, new_version
from wizard.rehearsal.world import Fault


def tagged(**tags: str | None) -> Callable[[Stored], None]:
    """Change tags of the stored version; None takes one away."""

    def change(journey: Stored) -> None:
        version = journey.cloud.vault.history(SECRET_NAME)[0]
        merged = dict(version.tags) | tags
        version.tags = {name: value for name, value in merged.items() if value is not None}

    return change


def valued(value: str) -> Callable[[Stored], None]:
    def change(journey: Stored) -> None:
        journey.cloud.vault.history(SECRET_NAME)[0].value = value

    return change


def rights_missing(*names: str) -> Callable[[Stored], None]:
    def change(journey: Stored) -> None:
        journey.cloud.vault.settings = replace(journey.cloud.vault.settings, rights_missing=names)

    return change


def followed_by_another_apps(journey: Stored) -> None:
    """Another onboarding stores its token under the same name."""
    theirs = OURS | {"client_id": "33333333-cccc-4ccc-8ccc-000000000099"}
    journey.cloud.vault.add_aged_version(SECRET_NAME, "1." + "x" * 400, 0, True, theirs)


def disabled(journey: Stored) -> None:
    journey.cloud.vault.history(SECRET_NAME)[0].enabled = False


STOPPED: dict[str, tuple[Callable[[Stored], None], str, str]] = {
    "a tag of the two is missing": (tagged(client_id=None), "renew.stored", "The newest version is somebody else's"),
    "tags of another tool": (tagged(tenant_id=None, client_id=None), "renew.stored", "The newest version is somebody"),
    "a later form": (tagged(partner_wizard_form="2"), "renew.stored", "A later version of this program has written"),
    "the sandbox's": (tagged(account="sandbox"), "renew.stored", "The name belongs to the other account's token"),
    "another onboarding": (followed_by_another_apps, "renew.stored", "The newest version is somebody else's"),
    "no token": (valued("eyJhbGciOi"), "renew.stored", "What is stored is no token"),
    "an empty value": (valued(""), "renew.stored", "What is stored is no token"),
    "a disabled version": (disabled, "renew.stored", ""),
    "no right to read": (rights_missing("get"), "renew.stored", ""),
    "no right to write": (rights_missing("set"), "renew.written", ""),
}


@pytest.mark.parametrize("what", STOPPED)
def test_it_stops_with_a_finding_and_changes_nothing(
    what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    change, check, title = STOPPED[what]
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(DUE)
        change(journey)
        before = journey.versions()

        came = renew(journey)

        assert came.exit == 1
        assert list(came.failed) == [check]
        assert came.findings[check].title.startswith(title)
        assert came.findings[check].actions
        assert journey.versions() == before
        if what.startswith("no right"):
            right = "get" if check == "renew.stored" else "set"
            assert came.findings[check].evidence["right"] == right, "the right that is missing is named"


def test_without_the_right_to_list_the_token_is_renewed_and_older_versions_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        rights_missing("list")(journey)
        for _ in range(3):
            journey.cloud.clock.advance(DUE)
            came = renew(journey)

        assert (came.exit, came.state) == (0, "renewed")
        assert came.findings["renew.older"].evidence["right"] == "list"
        assert "older versions stay enabled" in came.findings["renew.older"].message
        assert len(enabled(journey)) == 4
        assert redeems(journey)


def test_a_vault_that_is_full_of_versions_is_said_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        history = journey.cloud.vault.history(SECRET_NAME)
        old = Version(new_version(), "1." + "x" * 400, 0, 0, enabled=False, tags=OURS)
        history[:0] = [replace(old, version=new_version()) for _ in range(520)]
        journey.cloud.clock.advance(DUE)

        came = renew(journey)

        assert (came.exit, came.state) == (0, "renewed")
        assert came.findings["renew.older"].outcome is Outcome.WARNS
        assert came.findings["renew.older"].evidence["versions"] == 522
        lists = [each for each in came.requests if each.path.endswith("/versions")]
        assert len(lists) == 21, "in pages of 25"


def test_a_vault_that_is_busy_is_waited_for_and_one_that_stays_busy_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(DUE)
        busy = Fault(Service.VAULT, "PUT", "/secrets/partner-center-refresh-token", 0, 0, status=429, retry_after=1)
        journey.cloud._injector.change([busy])

        came = renew(journey)

        assert came.exit == 3
        assert came.findings["renew.written"].unreachable
        assert len(journey.versions()) == 1

        journey.cloud._injector.change([replace(busy, times=2)])
        assert renew(journey).state == "renewed"
        assert len(journey.versions()) == 2


def test_a_write_whose_answer_is_lost_is_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from wizard.rehearsal.choices import FaultBody

    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(DUE)
        cut = Fault(Service.VAULT, "PATCH", "*", 0, 1, status=503, body=FaultBody.CUT)
        journey.cloud._injector.change([cut])
        for _ in range(2):
            assert renew(journey, is_forced=True).exit == 0
            journey.cloud.clock.advance(DUE)

        assert len(journey.versions()) == 3
        assert len(enabled(journey)) == 2


@pytest.mark.parametrize("days", [-400, -9])
def test_a_clock_that_jumped_back_is_not_believed(days: float, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(DUE)
        clock = PacedClock(journey.cloud.clock)
        wrong = clock.now() + timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda: wrong)

        came = renew(journey, clock=clock)

        assert came.exit == 1
        assert came.findings["renew.due"].outcome is Outcome.UNKNOWN
        assert "Set the clock of this machine." in came.findings["renew.due"].actions
        assert came.changes == []


def test_a_clock_that_jumped_ahead_renews_too_early_and_the_end_is_still_told_right(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        clock = PacedClock(journey.cloud.clock)
        ahead = clock.now() + timedelta(days=400)
        monkeypatch.setattr(clock, "now", lambda: ahead)
        assert renew(journey, clock=clock).state == "renewed"
        journey.cloud.clock.advance(DAY)

        came = renew(journey)

        assert came.state == "not_due"
        by_vault = datetime.fromtimestamp(journey.cloud.vault.history(SECRET_NAME)[-1].created, UTC)
        ends = datetime.fromisoformat(journey.saved.facts.token_expires_at)
        assert ends - by_vault == timedelta(days=90)


@pytest.mark.parametrize(
    ("key", "value"),
    [("after_days", 0), ("after_days", 90), ("before_days", 90), ("keep", 0), ("keep", "2"), ("often", 1)],
)
def test_a_rule_that_would_renew_at_each_call_is_refused(key: str, value: Any) -> None:
    from wizard.core.errors import BadInput

    with pytest.raises(BadInput, match=rf"renew\.{key}"):
        parse_answers({"renew": {key: value}}, Path(), {})


# --- the command -----------------------------------------------------------------------------------------------------


def test_an_answers_file_alone_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        cloud = ("--cloud-file", str(journey.cloud.cloud_file), "--answers", str(journey.cloud.answers_file))
        journey.cloud.clock.advance(2)  # a vault tells moments by whole seconds

        ended = call_cli("renew", *cloud, "--force", "--keep", "1", "--json")

        assert ended.returncode == 0, ended.stdout + ended.stderr
        lines = [json.loads(line) for line in ended.stdout.splitlines()]
        assert lines[-1]["renewal"]["state"] == "renewed"
        assert [line["state"] for line in lines if line["type"] == "action"] == ["made"] * 2
        assert enabled(journey) == [newest(journey)["version"]]
        assert newest(journey)["tags"]["flow"] == "device_code"
        assert str(newest(journey)["value"])[:40] not in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "there is no journey in"),
        (("--keep", "0"), "--keep: its value is not understood"),
        (("--keep", "many"), "--keep: its value is not understood"),
        (("nowhere.example",), "no onboarding has this name"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], said: str) -> None:
    ended = call_cli("renew", *arguments)

    assert ended.returncode == 2
    assert said in ended.stderr


def test_a_vault_that_a_person_opens_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("browser-vault", monkeypatch, tmp_path) as journey:
        ended = call_cli("renew", "--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file))

        assert ended.returncode == 2
        assert "vault.identity: is browser, for which a person signs in, and renew asks nobody" in ended.stderr


def test_a_token_that_another_tool_keeps_is_left_to_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("takeover-cipp", monkeypatch, tmp_path) as journey:
        before = journey.cloud.vault.versions("RefreshToken")

        came = renew(journey, journey.at_hand)

        assert (came.exit, came.state) == (0, "another_tools")
        assert "keeps this token, and renews it itself" in came.findings["renew.stored"].message
        assert journey.cloud.vault.versions("RefreshToken") == before
        journey.cloud.clock.advance(70 * DAY)
        assert renew(journey, journey.at_hand).findings["renew.stored"].outcome is Outcome.WARNS
