"""A certificate that is created here: only on the operator's word, its key never on disk unencrypted."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import load_pem_x509_certificate

from tests.rehearsals.scene_runs import SceneRun, run_scene
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.core.events import Event
from wizard.core.secret import Secret
from wizard.microsoft.credential_rules import CredentialRules
from wizard.microsoft.credentials import read_certificate, read_certificate_file
from wizard.microsoft.new_certificate import public_path
from wizard.onboarding.probes import new_certificate_check
from wizard.onboarding.probes.new_certificate_check import MADE
from wizard.onboarding.steps.app_registration import APP
from wizard.rehearsal import RehearsalCloud

CLIENT_ID = "33333333-cccc-4ccc-8ccc-000000000003"
PASSPHRASE = Secret("correct horse battery")
OPEN_KEYS = (b"BEGIN PRIVATE KEY", b"BEGIN RSA PRIVATE KEY")


def created(path: Path, monkeypatch: pytest.MonkeyPatch, **answers: object) -> SceneRun:
    changed = {"credential": "certificate", "certificate": str(path), "passphrase": PASSPHRASE} | answers
    return run_scene(
        "all-holds-certificate",
        monkeypatch,
        prepare=lambda _cloud, given: replace(given, **{"certificate_create": True, **changed}),  # type: ignore[arg-type]
    )


def test_it_is_written_once_encrypted_and_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "app.pem"

    last = created(path, monkeypatch).last

    assert (last.check, last.title) == ("app.certificate", MADE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not any(mark in file.read_bytes() for file in tmp_path.rglob("*") for mark in OPEN_KEYS)
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in path.read_bytes()
    assert read_certificate_file(path, PASSPHRASE)
    public = load_pem_x509_certificate(public_path(path).read_bytes())
    assert last.evidence["public_part"] == public_path(path).read_text()
    assert last.evidence["thumbprint"] == public.fingerprint(hashes.SHA1()).hex().upper()
    assert "Upload app-public.pem" in last.remedy


def test_what_is_there_is_used_and_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "app.pem"
    created(path, monkeypatch)
    before = path.read_bytes()

    again = created(path, monkeypatch)

    assert path.read_bytes() == before
    assert again.finding("app.certificate").outcome.value == "holds"
    assert again.last.code == "AADSTS700027", "nobody uploaded it"


@pytest.mark.parametrize("in_the_way", ["link", "public part"])
def test_nothing_is_followed_or_replaced(in_the_way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, target = tmp_path / "app.pem", tmp_path / "elsewhere.pem"
    if in_the_way == "link":
        path.symlink_to(target)
    else:
        public_path(path).write_text("mine")

    last = created(path, monkeypatch).last

    assert last.outcome.value == "fails"
    assert last.evidence["field"] == "certificate"
    assert not target.exists()
    assert in_the_way == "link" or (public_path(path).read_text() == "mine" and not path.exists())


@pytest.mark.parametrize("passphrase", [None, Secret(""), Secret("short")], ids=["none", "empty", "short"])
def test_without_a_passphrase_nothing_is_written(
    passphrase: Secret | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = created(tmp_path / "app.pem", monkeypatch, passphrase=passphrase).last

    assert (last.check, last.evidence["field"]) == ("app.certificate", "passphrase")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_options: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("wizard.microsoft.new_certificate.os.fsync", full)
    last = created(tmp_path / "app.pem", monkeypatch).last

    assert "No space left" in last.message
    assert list(tmp_path.iterdir()) == []


def test_without_the_operators_word_nothing_is_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "app.pem"
    run = pytest.raises(BadInput, match="there is no file")
    with run:
        created(path, monkeypatch, certificate_create=False)  # an unattended run says so before it begins
    assert list(tmp_path.iterdir()) == []


def test_in_the_vault_its_key_is_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[str] = []
    seen: set[bytes] = set()

    def prepare(cloud: RehearsalCloud, answers: Answers) -> Answers:
        return replace(
            answers,
            credential="vault_certificate",
            credential_name="app-certificate",
            passphrase=None,
            certificate_create=True,
        )

    def look(cloud: RehearsalCloud, _event: Event) -> None:
        files = [file for file in cloud.folder.rglob("*") if file.is_file()]
        seen.update(
            mark for file in files for mark in OPEN_KEYS if mark in file.read_bytes() and "server" not in file.name
        )
        stored[:] = [str(each["value"]) for each in cloud.vault.versions("app-certificate")]

    played = run_scene("all-holds-certificate", monkeypatch, prepare=prepare, on_event=look)

    assert (played.last.check, played.last.title) == ("app.certificate", MADE)
    assert seen == set()
    (value,) = stored
    assert read_certificate(value.encode(), None, "it")
    assert "PRIVATE KEY" not in str(played.last.as_json())
    assert "az keyvault secret show --vault-name contoso-partner --name app-certificate" in played.last.actions[0]


def test_a_name_that_the_vault_does_not_have_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    played = run_scene(
        "all-holds-certificate",
        monkeypatch,
        prepare=lambda _cloud, answers: replace(
            answers, credential="vault_certificate", credential_name="nothing", passphrase=None
        ),
    )

    assert (played.last.check, played.last.evidence["field"]) == ("app.certificate", "certificate_create")


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        (CredentialRules(certificate_life=timedelta(days=30)), 30),
        (CredentialRules(certificate_life=timedelta(days=3650)), 365),
        (CredentialRules(needs_trusted_issuer=True), 0),
    ],
    ids=["short", "long", "trusted issuer"],
)
def test_what_the_tenant_wants_of_a_certificate_holds_for_one_that_is_created(
    rules: CredentialRules, days: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_certificate_check, "read_credential_rules", lambda _onboarding: (rules, None))

    last = created(tmp_path / "app.pem", monkeypatch, graph_identity="environment").last

    assert (last.check, last.title == MADE) == ("app.certificate", bool(days))
    if days:
        public = load_pem_x509_certificate(public_path(tmp_path / "app.pem").read_bytes())
        assert (public.not_valid_after_utc - public.not_valid_before_utc).days == days
    else:
        assert list(tmp_path.iterdir()) == []


def test_whether_to_create_it_is_asked_only_where_none_is_seen(tmp_path: Path) -> None:
    there = tmp_path / "app.pem"
    there.write_text("x")

    def is_asked(credential: str, certificate: str = "") -> bool:
        answers = Answers(client_id=CLIENT_ID, credential=credential, certificate=certificate)
        return "certificate_create" in {field.key for field in APP.asked_fields(answers)}

    assert is_asked(credential="certificate", certificate=str(tmp_path / "new.pem"))
    assert is_asked(credential="vault_certificate")
    assert not is_asked(credential="certificate", certificate=str(there))
    assert not is_asked(credential="secret")
