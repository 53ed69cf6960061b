"""Journeys of an app without a secret: proven, with no secret sent or kept; each refusal says what to trust."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.rehearsals.scene_runs import SceneRun, run_scene
from tests.rehearsals.stored_journeys import stored
from wizard.catalogue import explain
from wizard.core.answers import Answers
from wizard.core.events import Event
from wizard.core.findings import Outcome
from wizard.onboarding.probes.app_access import KNOWN_APP
from wizard.onboarding.probes.outside_token import OF_OUTSIDE_TOKEN
from wizard.rehearsal import RehearsalCloud

PROVEN = ("store.mfa_compliant", "holds", "", 0)
AUDIENCE = "api://AzureADTokenExchange"


class Watched:
    """A journey's cloud, looked at while it runs: what lies in its folder, and what was sent."""

    def __init__(self) -> None:
        self.clouds: list[RehearsalCloud] = []
        self.kept: set[str] = set()

    def prepare(self, cloud: RehearsalCloud, answers: Answers) -> Answers:
        self.clouds.append(cloud)
        return answers

    def on_event(self, cloud: RehearsalCloud, _event: Event) -> None:
        state = cloud.folder / "state"
        self.kept |= {file.read_text() for file in state.rglob("*") if file.is_file()}

    @property
    def sent(self) -> set[str]:
        """The names of every member of every form."""
        return {name for request in self.clouds[0].log for name in request.form}


def watched_run(scene: str, monkeypatch: pytest.MonkeyPatch) -> tuple[SceneRun, Watched]:
    watched = Watched()
    return run_scene(scene, monkeypatch, prepare=watched.prepare, on_event=watched.on_event), watched


@pytest.mark.parametrize("scene", ["federated-workload", "federated-managed"])
def test_a_machine_with_an_identity_needs_no_secret_at_all(scene: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for the app nor for the vault: none is in its environment, sent, or in the saved journey."""
    played, watched = watched_run(scene, monkeypatch)

    assert played.ending == PROVEN, played.text
    cloud = watched.clouds[0]
    assert not {"AZURE_CLIENT_SECRET", "AZURE_PASSWORD"} & set(cloud.environment)
    assert "client_secret" not in watched.sent
    assert "client_assertion" in watched.sent
    assert watched.kept
    assert not any("eyJ" in text or 'assertion":' in text for text in watched.kept)
    assert played.finding("user.redeems").evidence["client_type"] == "federated"
    assert played.finding("app.credential_lifetime").outcome is Outcome.HOLDS


@pytest.mark.parametrize(
    ("scene", "code", "wanted"),
    [
        ("federated-subject", "AADSTS700213", "subject system:serviceaccount:partner:renewal,"),
        ("federated-audience", "AADSTS700212", f"audience {AUDIENCE}."),
    ],
)
def test_a_token_that_the_app_does_not_trust_is_named_in_full(
    scene: str, code: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = run_scene(scene, monkeypatch).last

    assert (last.check, last.code) == ("app.credential", code)
    assert wanted in last.actions[-1]
    assert last.evidence["subject"] == "system:serviceaccount:partner:renewal"


def test_an_app_that_trusts_nothing_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    played = run_scene("federated-workload", monkeypatch, change=lambda scene: replace(
        scene, world=replace(scene.world, app=replace(scene.world.app, federated=()))
    ))  # fmt: skip

    assert (played.last.check, played.last.code) == ("app.credential", "AADSTS70025")
    assert AUDIENCE in played.last.actions[-1]


def test_an_expired_token_is_the_files_and_not_a_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    last = run_scene("federated-expired", monkeypatch).last

    assert (last.code, last.title) == ("AADSTS700024", "The outside token that was sent has expired")
    assert "has to trust" not in last.remedy


def test_a_credential_added_a_moment_ago_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The repair takes effect while the check waits: nobody has to check again."""
    repaired: list[str] = []

    def repair(cloud: RehearsalCloud, event: Event) -> None:
        if "AADSTS700213" in str(getattr(event, "trouble", "")) and not repaired:
            repaired.append("done")
            cloud.apply_repair()

    played = run_scene("federated-subject", monkeypatch, on_event=repair)

    assert (repaired, played.ending) == (["done"], PROVEN), played.text


def test_a_machine_without_a_managed_identity_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(_cloud: RehearsalCloud, answers: Answers) -> Answers:
        monkeypatch.setenv("IDENTITY_HEADER", "another")
        return answers

    last = run_scene("federated-managed", monkeypatch, prepare=elsewhere).last

    assert (last.check, last.title) == ("app.well_formed", "The managed identity gives no token")
    assert last.evidence["field"] == "managed_identity"


def test_a_file_without_a_token_is_a_field_to_correct(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text("no token")

    def prepare(_cloud: RehearsalCloud, answers: Answers) -> Answers:
        return replace(answers, credential="federated_file", assertion_file=str(file))

    last = run_scene("federated-workload", monkeypatch, prepare=prepare).last

    assert (last.check, last.evidence["field"]) == ("app.well_formed", "assertion_file")


@pytest.mark.parametrize("platform", ["web_redirect_uris", "public_redirect_uris"])
def test_a_browser_sign_in_is_redeemed_with_the_outside_token_where_the_app_is_confidential(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uris = {"web_redirect_uris": (), "public_redirect_uris": ()} | {platform: ("http://localhost",)}
    played = run_scene(
        "federated-workload",
        monkeypatch,
        change=lambda scene: replace(scene, world=replace(scene.world, app=replace(scene.world.app, **uris))),  # type: ignore[arg-type]
        prepare=lambda _cloud, answers: replace(answers, sign_in_flow="browser"),
    )

    assert played.ending == PROVEN, played.text
    used = "federated" if platform == "web_redirect_uris" else "public"
    assert played.finding("user.client_type").evidence["client_type"] == used


@pytest.mark.parametrize("scene", ["federated-workload", "federated-managed"])
def test_a_job_checks_what_is_stored_without_any_secret(
    scene: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A new process: nothing is in its answers or its environment that a person or a vault would have to keep."""
    with stored(scene, monkeypatch, tmp_path) as journey:
        assert "client_secret" not in {name for each in journey.cloud.log for name in each.form}

        checked = journey.check()

        assert checked.exit == 0, checked.text
        assert checked.findings["store.redeems"].evidence["client_type"] == "federated"
        assert {name for each in checked.requests for name in each.form} >= {"client_assertion", "refresh_token"}
        assert "client_secret" not in {name for each in checked.requests for name in each.form}


@pytest.mark.parametrize("code", sorted(OF_OUTSIDE_TOKEN))
def test_each_code_of_an_outside_token_is_explained_and_shows_that_the_app_is_there(code: str) -> None:
    assert explain("entra", code).is_known
    assert code in KNOWN_APP
