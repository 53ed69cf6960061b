"""Where the app's credential may lie, and who may open the vault."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.hazmat.primitives.serialization import load_pem_private_key as load_key
from cryptography.x509 import load_pem_x509_certificate as load_certificate

from tests.rehearsals.scene_runs import run_scene
from wizard.core.answers import Answers
from wizard.core.events import CheckEnded, DeviceCodePrompt, Event, PromptClosed
from wizard.core.findings import Outcome, Who
from wizard.core.secret import Secret
from wizard.rehearsal import RehearsalCloud

PROVEN = ("store.mfa_compliant", "holds", "", 0)


@pytest.mark.parametrize("identity", ["environment", "default"])
def test_the_vault_opens_to_what_the_machine_has(identity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    played = run_scene(
        "all-holds-public", monkeypatch, prepare=lambda _cloud, answers: replace(answers, vault_identity=identity)
    )

    assert played.ending == PROVEN, played.text


def test_the_vault_opens_to_a_sign_in_with_a_code_which_is_blanked_when_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def hurry(cloud: RehearsalCloud, event: Event) -> None:
        if isinstance(event, DeviceCodePrompt) and event.purpose == "vault":
            cloud.clock.advance(20)

    played = run_scene(
        "all-holds-public",
        monkeypatch,
        prepare=lambda _cloud, answers: replace(answers, vault_identity="device-code"),
        on_event=hurry,
    )

    assert played.ending == PROVEN, played.text
    shown = [event for event in played.events if isinstance(event, DeviceCodePrompt | PromptClosed)]
    assert [type(event) for event in shown] == [DeviceCodePrompt, PromptClosed, DeviceCodePrompt, PromptClosed]
    assert [event.purpose for event in shown if isinstance(event, DeviceCodePrompt)] == ["vault", "integration_user"]


def test_security_defaults_refuse_the_vault_s_code_and_another_identity_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hurry(cloud: RehearsalCloud, event: Event) -> None:
        if isinstance(event, DeviceCodePrompt):
            cloud.clock.advance(20)

    played = run_scene(
        "security-defaults",
        monkeypatch,
        prepare=lambda _cloud, answers: replace(answers, vault_identity="device-code"),
        on_event=hurry,
    )

    last = played.findings[-1]
    assert (last.check, last.outcome.value, last.title) == (
        "user.vault_reachable",
        "fails",
        "Security defaults block the Azure identity's device code",
    )
    assert "the vault identity cli" in last.remedy
    assert last.who == (Who.OPERATOR,)
    shown = [event for event in played.events if isinstance(event, DeviceCodePrompt | PromptClosed)]
    assert [type(event) for event in shown] == [DeviceCodePrompt, PromptClosed], "the refused code goes from the page"


@pytest.mark.parametrize("identity", ["cli", "workload"])
def test_an_identity_that_is_not_there_is_named_with_what_to_do(identity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    played = run_scene(
        "all-holds-public", monkeypatch, prepare=lambda _cloud, answers: replace(answers, vault_identity=identity)
    )

    last = played.findings[-1]
    assert (last.check, last.outcome.value, played.exit) == ("user.vault_reachable", "fails", 1)
    assert last.evidence["identity"] == identity
    assert "az login" in last.remedy


def in_vault(cloud: RehearsalCloud, value: str) -> None:
    cloud.vault.add_aged_version("app-credential", value, 1, True, {})


def test_a_client_secret_can_lie_in_the_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(cloud: RehearsalCloud, answers: Answers) -> Answers:
        assert answers.client_secret
        in_vault(cloud, answers.client_secret.reveal())
        return replace(answers, credential="vault_secret", credential_name="app-credential", client_secret=None)

    assert run_scene("all-holds-secret", monkeypatch, prepare=prepare).ending == PROVEN


def test_a_certificate_can_lie_in_the_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(cloud: RehearsalCloud, answers: Answers) -> Answers:
        in_vault(cloud, base64.b64encode(pfx(cloud, None)).decode())
        return replace(answers, credential="vault_certificate", credential_name="app-credential", passphrase=None)

    assert run_scene("all-holds-certificate", monkeypatch, prepare=prepare).ending == PROVEN


def test_a_pfx_file_serves_as_well_as_a_pem(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(cloud: RehearsalCloud, answers: Answers) -> Answers:
        path = cloud.folder / "client.pfx"
        path.write_bytes(pfx(cloud, b"word"))
        return replace(answers, certificate=str(path), passphrase=Secret("word"))

    assert run_scene("all-holds-certificate", monkeypatch, prepare=prepare).ending == PROVEN


def test_a_credential_missing_in_the_vault_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    played = run_scene(
        "all-holds-secret",
        monkeypatch,
        prepare=lambda _cloud, answers: replace(
            answers, credential="vault_secret", credential_name="app-credential", client_secret=None
        ),
    )

    last = played.findings[-1]
    assert (last.check, last.outcome.value) == ("app.well_formed", "fails")
    assert "has no secret app-credential" in last.message


@pytest.mark.parametrize("value", ["☃", "a b", "a\nb"], ids=ascii)
def test_a_client_secret_of_the_vault_that_is_none_is_told_and_not_sent(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(cloud: RehearsalCloud, answers: Answers) -> Answers:
        in_vault(cloud, value)
        return replace(answers, credential="vault_secret", credential_name="app-credential", client_secret=None)

    played = run_scene("all-holds-secret", monkeypatch, prepare=prepare)

    last = played.findings[-1]
    assert (last.check, last.outcome.value) == ("app.well_formed", "fails")
    assert last.evidence["field"] == "credential_name"
    assert "holds no client secret" in last.message


def pfx(cloud: RehearsalCloud, password: bytes | None) -> bytes:
    pem = (cloud.folder / "client-certificate.pem").read_bytes()
    passphrase = (cloud.folder / "client-certificate.passphrase").read_bytes().strip()
    key, certificate = load_key(pem, passphrase), load_certificate(pem)
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"app", key, certificate, None, encryption)  # type: ignore[arg-type]


@pytest.mark.parametrize("identity", ["environment", "default"])
def test_graph_is_asked_as_what_the_machine_has(identity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    played = run_scene(
        "all-holds-secret", monkeypatch, prepare=lambda _cloud, answers: replace(answers, graph_identity=identity)
    )

    assert played.ending == PROVEN, played.text
    found = {event.finding.check: event.finding for event in played.events if isinstance(event, CheckEnded)}
    assert found["app.graph_identity"].outcome is Outcome.HOLDS
    assert found["app.credential_lifetime"].outcome is Outcome.UNKNOWN, "its app may not read the registration"


def test_a_graph_identity_that_cannot_sign_in_is_named_and_closes_no_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("azure.identity._credentials.azure_cli.shutil.which", lambda _program: None)
    played = run_scene(
        "all-holds-secret", monkeypatch, prepare=lambda _cloud, answers: replace(answers, graph_identity="cli")
    )

    assert played.ending == PROVEN, played.text
    found = {event.finding.check: event.finding for event in played.events if isinstance(event, CheckEnded)}
    assert found["app.graph_identity"].outcome is Outcome.FAILS
    assert "The Graph identity (az login) could not sign in" in found["app.graph_identity"].message
    assert "Azure CLI not found" in str(found["app.graph_identity"].evidence["service_said"])
