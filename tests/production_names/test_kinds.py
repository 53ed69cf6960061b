"""Every kind of onboarding runs to the end with the unchanged production configuration, on production names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import program
from wizard.rehearsal import RehearsalCloud, device_codes, load_scene

LOGIN, API, VAULT = "login.microsoftonline.com", "api.partnercenter.microsoft.com", "contoso-partner.vault.azure.net"
REFERRALS = "api.partner.microsoft.com"
ALL = dict.fromkeys(("start", "tenant", "app", "consent", "user", "store"), "proven")
APP_ONLY = dict.fromkeys(("start", "tenant", "app", "access"), "proven") | {
    "consent": "not_needed",
    "user": "not_needed",
}


@pytest.mark.parametrize(
    ("scene", "steps", "hosts", "not_asked"),
    [
        ("vendor-all-holds", ALL, {LOGIN, API, VAULT}, {REFERRALS}),
        ("referrals-admin", ALL, {LOGIN, REFERRALS, VAULT}, {API}),
        ("app-only", APP_ONLY, {LOGIN, API}, {REFERRALS, VAULT}),
    ],
)
def test_each_kind_is_proven_with_the_hosts_of_its_api_alone(
    scene: str,
    steps: dict[str, str],
    hosts: set[str],
    not_asked: set[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    with RehearsalCloud(load_scene(scene), names="production", people="wait") as cloud:
        with program(cloud, tmp_path) as run:
            run.run()
            run.end()

        assert run.code == 0, run.stderr
        assert run.summary["outcome"] == "proven"
        assert run.summary["steps"] == steps
        assert hosts <= set(run.summary["hosts"])
        assert not_asked.isdisjoint(run.summary["hosts"])
        assert cloud.refused_hosts == []


@pytest.mark.parametrize(
    ("name", "hosts"),
    [
        ("us-government", {"login.microsoftonline.us", API, "contoso-partner.vault.usgovcloudapi.net"}),
        ("us-dod", {"login.microsoftonline.us", API, "contoso-partner.vault.usgovcloudapi.net"}),
        (
            "china",
            {
                "login.partner.microsoftonline.cn",
                "partner.partnercenterapi.microsoftonline.cn",
                "contoso-partner.vault.azure.cn",
            },
        ),
    ],
)
def test_a_tenant_of_a_national_cloud_is_proven_with_the_hosts_of_that_cloud_alone(
    name: str, hosts: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    with RehearsalCloud(
        load_scene("all-holds-secret"), names="production", people="wait", microsoft_cloud=name
    ) as cloud:
        with program(cloud, tmp_path) as run:
            run.run()
            run.end()

        assert run.code == 0, run.stdout + run.stderr
        assert run.summary["outcome"] == "proven"
        assert hosts <= set(run.summary["hosts"])
        assert run.outcome("app.national_cloud") == "unknown"  # nobody may read Graph here
        assert cloud.refused_hosts == []
        assert LOGIN not in run.summary["hosts"]
