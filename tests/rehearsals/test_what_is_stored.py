"""What ends up in the vault: one new version with its tags and end, and a disabled dummy beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.rehearsals.scene_runs import run_scene
from tests.rehearsals.shared_runs import shared_run
from wizard.rehearsal import RehearsalCloud


@pytest.mark.parametrize(
    ("scene", "client_type"),
    [("all-holds-public", "public"), ("all-holds-secret", "secret"), ("all-holds-certificate", "certificate")],
)
def test_the_version_says_whose_it_is_and_when_it_ends(scene: str, client_type: str) -> None:
    (version,) = shared_run(scene).vault_versions

    tags = version["tags"]
    assert isinstance(tags, dict)
    assert set(tags) == {
        "tenant_id",
        "client_id",
        "account",
        "profile",
        "user_id",
        "client_type",
        "flow",
        "obtained_at",
    }
    assert (tags["client_type"], tags["flow"]) == (client_type, "device_code")
    assert tags["tenant_id"] == "11111111-aaaa-4aaa-8aaa-000000000001"
    assert tags["user_id"] == "55555555-eeee-4eee-8eee-000000000002"
    ends = datetime.fromtimestamp(int(str(version["exp"])), UTC)
    obtained = datetime.fromisoformat(tags["obtained_at"])
    assert timedelta(days=90) <= ends - obtained < timedelta(days=90, minutes=10)


def test_the_dummy_is_disabled_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    dummies: list[list[dict[str, object]]] = []

    def look(cloud: RehearsalCloud, _event: object) -> None:
        dummies.append(cloud.vault.versions("partner-center-refresh-token-write-check"))

    run_scene("all-holds-public", monkeypatch, on_event=look)

    (dummy,) = dummies[-1]
    assert dummy["enabled"] is False
    assert "token" not in str(dummy["value"])


def test_a_live_secret_is_not_touched_before_the_token_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def count(cloud: RehearsalCloud, event: object) -> None:
        if getattr(getattr(event, "finding", None), "check", "").startswith("user."):
            seen.append(len(cloud.vault.versions("partner-center-refresh-token")))

    played = run_scene("secret-name-replace", monkeypatch, on_event=count)

    assert set(seen) == {1}
    assert len(played.vault_versions) == 2
