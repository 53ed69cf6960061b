"""“Check again” really asks again (T8), and the cloud file's certificates are the ones that count (T9)."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from tests.harness import Rehearsed, in_world, program, rehearsed
from tests.sampling import sample
from wizard.core.findings import Outcome
from wizard.core.secret import Secret
from wizard.rehearsal import RehearsalCloud, device_codes, load_scene
from wizard.rehearsal.choices import AdminAction
from wizard.rehearsal.world import Behaviour


def counted(here: Rehearsed, step: str, path: str, method: str = "POST") -> int:
    """How many requests of a path a run of a step makes."""
    before = len(here.requests(path, method))
    here.journey.run(step)
    return len(here.requests(path, method)) - before


REPEATED = [
    ("unknown-tenant", "tenant", "openid-configuration", "GET"),
    ("other-cloud", "tenant", "openid-configuration", "GET"),
    ("app-not-here", "app", "/(devicecode|token)$", "POST"),
    ("expired-secret", "app", "/token$", "POST"),
    ("partner-center-not-provisioned", "app", "/(devicecode|token)$", "POST"),
    ("own-service-principal-missing", "app", "/token$", "POST"),
    ("all-holds-secret", "app", "/token$", "POST"),
    ("all-holds-public", "app", "/devicecode$", "POST"),
    ("vault-forbidden", "user", "^/secrets/", "GET"),
    ("not-a-partner", "user", "/profiles/organization", "GET"),
    ("not-admin-agent", "user", "/customers", "GET"),
    ("all-holds-public", "store", "/token$", "POST"),
]


@pytest.mark.parametrize(("scene", "step", "path", "method"), REPEATED, ids=lambda value: value[:30])
def test_a_second_run_of_a_step_asks_the_service_again(
    scene: str, step: str, path: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsed(scene, monkeypatch) as here:
        while here.journey.open_step.id != step:
            here.journey.run(here.journey.open_step.id)
        first = counted(here, step, path, method)
        assert first >= 1
        for _ in range(2):  # within the minute that MSAL keeps an answer
            assert counted(here, step, path, method) >= 1


def test_a_secret_that_was_replaced_is_tried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("expired-secret", monkeypatch) as here:
        assert here.run() == "app.credential"
        app = here.cloud.state.apps[here.cloud.scene.world.app.client_id]
        good = load_scene("all-holds-secret").world.app.secrets[0]
        assert here.journey.outcome("app.credential") is Outcome.FAILS
        app.secrets = [type(each)(each.id, each.value, each.usable_from, here.cloud.state._days(good.expires_in_days))
                       for each in app.secrets]  # fmt: skip
        assert here.run() == "store.mfa_compliant"


def test_a_right_secret_entered_after_a_wrong_one_is_tried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("wrong-secret", monkeypatch) as here:
        assert here.run() == "app.credential"
        app = here.cloud.state.apps[here.cloud.scene.world.app.client_id]
        here.journey.change("client_secret", Secret(app.secrets[0].value))
        assert here.run() == "store.mfa_compliant"


def test_consent_given_after_a_refusal_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """65001 leads back to consent; the next sign-in is not answered from memory."""
    with rehearsed(in_world("no-consent", behaviour=Behaviour(admin=AdminAction.NOBODY)), monkeypatch) as here:
        assert here.run() == "user.signed_in"
        assert here.journey.open_step.id == "consent"
        client_id = here.cloud.scene.world.app.client_id
        here.cloud.state.grant(client_id, here.cloud.state.provisioned())
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven


@pytest.mark.parametrize("bundle", sample(2, ["unset", "not there", "of another authority", "empty"]))
def test_the_cloud_files_own_bundle_is_the_one_that_counts(
    bundle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T9: REQUESTS_CA_BUNDLE beats the session's own setting in requests; the vault's client has yet another one."""
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    other = tmp_path / "other.pem"
    if bundle == "of another authority":
        trustme.CA().cert_pem.write_to_path(other)
    if bundle == "empty":
        other.touch()
    named = None if bundle == "unset" else str(other)
    with RehearsalCloud(load_scene("all-holds-public"), people="wait") as cloud:
        wrong = {"REQUESTS_CA_BUNDLE": named, "CURL_CA_BUNDLE": named, "SSL_CERT_FILE": named}
        with program(cloud, tmp_path, environment=wrong) as run:
            assert run.run().end() == 0, run.stdout + run.stderr


def test_the_cloud_files_own_proxy_is_the_one_that_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    nowhere = "http://127.0.0.1:9"
    wrong = {"HTTPS_PROXY": nowhere, "https_proxy": nowhere, "ALL_PROXY": nowhere, "NO_PROXY": "*"}
    with (
        RehearsalCloud(load_scene("all-holds-public"), people="wait") as cloud,
        program(cloud, tmp_path, environment=wrong) as run,
    ):
        assert run.run().end() == 0, run.stdout + run.stderr


def test_a_cloud_file_whose_bundle_does_not_fit_is_not_helped_by_the_environments(tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    with RehearsalCloud(load_scene("all-holds-public"), people="wait") as cloud:
        good = str(cloud.ca_bundle)
        cloud.cloud_file.write_text(cloud.cloud_file.read_text().replace(good, str(other)))
        with program(cloud, tmp_path, environment={"REQUESTS_CA_BUNDLE": good}) as run:
            assert run.run().end() == 3
        assert "certificate" in run.of("finding")[-1]["message"]
        assert cloud.log == []
