"""What must not happen, whatever the services do."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.harness import with_faults
from tests.rehearsals.scene_runs import run_scene
from wizard.commands.rehearse import PacedClock
from wizard.core.answers import Answers
from wizard.core.events import CheckEnded, DeviceCodePrompt, Event, Waiting
from wizard.core.findings import Outcome
from wizard.rehearsal import RehearsalCloud, Scene
from wizard.rehearsal.choices import AdminAction, Service
from wizard.rehearsal.world import Fault

NAME = "partner-center-refresh-token"


def test_a_live_secret_survives_a_vault_that_does_not_answer_whose_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name cannot be looked at (503): that is no leave to write over it."""
    silent = Fault(Service("vault"), "GET", f"/secrets/{NAME}", 2, 99, status=503)

    played = run_scene("secret-name-in-use", monkeypatch, change=lambda scene: with_faults(scene, silent))

    assert played.ending[0] == "user.secret_name"
    assert played.exit == 3
    assert len(played.vault_versions) == 1


def test_an_app_that_could_not_be_asked_for_keeps_the_next_step_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Fault(Service("login"), "POST", "*/devicecode", 0, 99, status=503)

    played = run_scene("all-holds-public", monkeypatch, change=lambda scene: with_faults(scene, busy))

    assert played.ending == ("app.exists", "unknown", "", 3)


@pytest.mark.parametrize("credential", ["none", "vault_secret"])
def test_no_host_but_the_clouds_is_asked_for_a_secret(credential: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(_cloud: RehearsalCloud, answers: Answers) -> Answers:
        return replace(
            answers, vault_url="https://contoso-partner.evil.example", credential=credential, credential_name="app"
        )

    played = run_scene("all-holds-public", monkeypatch, prepare=prepare)

    assert played.findings[-1].outcome is Outcome.FAILS
    assert "is no vault of" in played.findings[-1].message
    assert played.refused == []
    assert played.journey
    assert "evil" not in " ".join(played.journey.onboarding.services.http.hosts)


def test_a_wrong_secret_beside_a_public_vendors_app_is_never_taken_for_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    from wizard.core.secret import Secret

    played = run_scene(
        "vendor-all-holds",
        monkeypatch,
        prepare=lambda _cloud, answers: replace(answers, credential="secret", client_secret=Secret("wrong")),
    )

    assert played.exit == 1
    assert played.vault_versions == []


class JumpingClock(PacedClock):
    """A wall clock that is put forward by a day while the code waits; the monotonic one is not."""

    jump = timedelta()

    def now(self) -> datetime:
        return super().now() + self.jump


def test_a_wall_clock_that_jumps_does_not_end_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JumpingClock, "jump", timedelta())

    def jump(_cloud: RehearsalCloud, event: Event) -> None:
        if isinstance(event, Waiting) and "to sign in" in event.what:
            JumpingClock.jump = timedelta(days=1)

    played = run_scene("all-holds-public", monkeypatch, clock_of=JumpingClock, on_event=jump)

    assert played.exit == 0, played.text


def test_only_a_spent_code_is_replaced_after_a_change_of_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mode changes after the approval, the code survives, and the very next answer says that nobody consented."""

    def change(scene: Scene) -> Scene:
        world = replace(
            scene.world,
            behaviour=replace(scene.world.behaviour, admin=AdminAction.NOBODY),
            client_type=replace(scene.world.client_type, code_survives=True),
        )
        return replace(scene, world=world)

    played = run_scene(
        "client-type-7000218",
        monkeypatch,
        change=change,
        prepare=lambda _cloud, answers: replace(answers, consent_redirect_uri="", consent_granted=True),
    )

    assert played.ending == ("user.signed_in", "fails", "AADSTS65001", 1)
    assert [type(event) for event in played.events].count(DeviceCodePrompt) == 1
    assert played.journey
    assert played.journey.open_step.id == "consent", "65001 leads back to step 3"


def test_json_lines_stay_json_whatever_a_service_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from wizard.core.findings import Finding
    from wizard.plain.line_writer import LineWriter

    out = io.StringIO()
    hostile = 'x\x9b\x1b]52;c;eA==\x07\u202e"}'
    LineWriter(out=out, err=io.StringIO(), as_json=True).emit(
        CheckEnded(Finding("tenant.exists", Outcome.FAILS, hostile, {"said": hostile}))
    )

    assert json.loads(out.getvalue())["message"] == hostile
    assert out.getvalue().isascii()
    assert "\x1b" not in out.getvalue()
