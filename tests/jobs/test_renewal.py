"""A renewal of a stored token: by its rule, proven, written once, read back; older versions are disabled last."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.renewals import DAY, DUE, enabled, redeems, renew
from tests.rehearsals.stored_journeys import stored
from wizard.core.findings import Outcome


def test_a_due_token_is_followed_by_a_proven_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        (first,) = journey.versions()
        journey.cloud.clock.advance(DUE)

        came = renew(journey)

        assert came.exit == 0, came.text
        assert came.state == "renewed"
        newest = journey.versions()[-1]
        tags = newest["tags"]
        assert isinstance(tags, dict)
        assert isinstance(first["tags"], dict)
        assert tags == first["tags"] | {"rotated_from": first["version"]}
        assert newest["value"] != first["value"]
        assert redeems(journey)
        assert enabled(journey) == [first["version"], newest["version"]], "two are kept"
        assert journey.saved.facts.secret_version == newest["version"]
        assert {each.outcome for each in came.findings.values()} == {Outcome.HOLDS}


def test_what_is_not_due_is_left_alone_and_it_is_said_until_when(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stored("all-holds-public", monkeypatch, tmp_path) as journey:
        journey.cloud.clock.advance(6 * DAY)

        came = renew(journey)

        assert (came.exit, came.state) == (0, "not_due")
        assert "It is not due until " in came.findings["renew.due"].message
        assert len(journey.versions()) == 1
        assert [each for each in came.requests if "/token" in each.path and each.method == "POST"][1:] == []
        assert came.summary["renewal"]["due_at"]
