"""From a secret to a certificate and back: the same command, and the answers then name what is used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.jobs.renewals import newest
from tests.jobs.rotations import Kept, kept, lasting, with_own_identity
from wizard.microsoft import new_certificate

CERTIFICATE = "partner-center-app-certificate"
DAY_AND_HOUR = 25 * 3_600.0


def with_certificate(app: Kept) -> Kept:
    """The same with the answers that a move to a certificate prints."""
    answers = replace(app.saved.answers, credential="vault_certificate", credential_name=CERTIFICATE)
    return replace(app, saved=replace(app.saved, answers=answers))


def test_from_a_secret_to_a_certificate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(new_certificate, "KEY_BITS", 2048)
    with kept(monkeypatch, tmp_path) as app:
        (secret,) = app.values

        moved = app.rotate("certificate")

        assert (moved.exit, moved.state) == (0, "renewed"), moved.lines
        (pem,) = app.versions(CERTIFICATE)
        assert "PRIVATE KEY" in pem["value"]
        assert "PRIVATE KEY" not in str(moved.lines)
        assert pem["tags"]["replaces_key"] == app.app.secrets[0].id
        assert newest(app.journey)["tags"]["client_type"] == "certificate"
        assert moved.summary["credential"]["name"] == CERTIFICATE
        assert app.journey.saved.answers.credential == "vault_certificate"

        again = app.rotate("certificate")
        assert (again.exit, again.state, again.changes) == (0, "not_due", []), "the answers file still names the secret"
        assert app.values == [secret], "a day is not over"

        moved_app = with_certificate(app)
        app.journey.cloud.clock.advance(DAY_AND_HOUR)
        later = moved_app.rotate()
        assert (later.exit, later.state, app.values) == (0, "not_due", [])


@pytest.mark.system
def test_a_certificate_is_renewed_and_gives_way_to_a_secret_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(new_certificate, "KEY_BITS", 2048)
    with kept(monkeypatch, tmp_path) as app:
        assert app.rotate("certificate").exit == 0
        moved_app = with_certificate(app)
        (first,) = app.app.keys
        assert moved_app.rotate(is_forced=True).state == "renewed"
        assert len(app.app.keys) == 2
        app.journey.cloud.clock.advance(DAY_AND_HOUR)
        last = moved_app.rotate()
        assert (last.exit, len(app.app.keys)) == (0, 1)
        assert first not in app.app.keys

        back = moved_app.rotate("secret")
        assert (back.exit, back.state) == (0, "renewed"), back.lines
        assert app.versions("partner-center-client-secret")[-1]["value"] == app.values[-1]
        assert newest(app.journey)["tags"]["client_type"] == "secret"


def test_a_place_in_the_vault_that_is_somebody_elses_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with kept(monkeypatch, tmp_path) as app:
        app.journey.cloud.vault.add_aged_version(CERTIFICATE, "somebody else's", 0, True, {})

        came = app.rotate("certificate")

        assert (came.exit, came.changes) == (1, [])
        assert "renew.credential" in came.failed


def test_from_a_secret_to_the_machine_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with kept(monkeypatch, tmp_path, with_own_identity(lasting())) as app:
        (secret,) = app.values
        with app.journey.cloud.state.lock:
            app.app.app = replace(app.app.app, new_key_delay=3_600)
        assert app.rotate("federated").exit == 1
        assert (app.app.trusts, app.values) == ([], [secret]), "what is not proven is taken back"
        with app.journey.cloud.state.lock:
            app.app.app = replace(app.app.app, new_key_delay=40)

        moved = app.rotate("federated")

        assert (moved.exit, moved.state) == (0, "renewed"), moved.lines
        (trust,) = app.app.trusts
        assert trust.row["name"] == f"partner-wizard-instead-of-{app.app.secrets[0].id}"
        assert newest(app.journey)["tags"]["client_type"] == "federated"
        assert app.journey.saved.answers.credential == "federated_managed"
        assert app.values == [secret], "a day is not over"
        answers = replace(app.saved.answers, credential="federated_managed", credential_name="")
        machine = replace(app, saved=replace(app.saved, answers=answers))
        app.journey.cloud.clock.advance(DAY_AND_HOUR)
        later = machine.rotate()
        assert (later.exit, later.state, app.values) == (0, "not_due", []), later.lines
