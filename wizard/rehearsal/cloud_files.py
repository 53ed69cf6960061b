"""The files that a cloud writes for the product: cloud file, answers file, secrets and a certificate."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from wizard.rehearsal.certificate_key import AppKey
from wizard.rehearsal.choices import Home, MachineIdentity
from wizard.rehearsal.cloud_state import CloudState, Session, new_secret
from wizard.rehearsal.earlier_tokens import IssuedBefore
from wizard.rehearsal.host_names import HostNames
from wizard.rehearsal.machine_identity import TOKEN_FILE, new_token
from wizard.rehearsal.scene_files import Scene
from wizard.rehearsal.world import World

_FILE_KEYS = ("file", "certificate")
_TABLES = ("consent", "sign_in", "stored_token", "graph")


@cache
def _app_certificate() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Contoso Partner Integration")])
    begins = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def write_private(path: Path, content: str | bytes) -> Path:
    """Write a file that only its owner can read; return its path."""
    path.touch(mode=0o600)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_credentials(folder: Path, state: CloudState) -> None:
    """Write the app's secrets, a wrong one, a secret's id, and a certificate, which the app in `state` gets as well."""
    app = state.apps[state.world.app.client_id]
    write_secrets(folder, state)
    secret_id = app.secrets[0].id if app.secrets else str(uuid.uuid4())
    values = {"wrong-secret": new_secret(), "secret-id": secret_id}
    if state.world.app.certificate:
        key, certificate = _app_certificate()
        app.keys = [AppKey(certificate, usable_from=state.usable_after(state.world.app.certificate_usable_after))]
        passphrase = secrets.token_urlsafe(18)
        values["client-certificate.passphrase"] = passphrase
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
        form = serialization.PrivateFormat.PKCS8
        pem = key.private_bytes(serialization.Encoding.PEM, form, encryption)
        write_private(folder / "client-certificate.pem", pem + certificate.public_bytes(serialization.Encoding.PEM))
    for name, value in values.items():
        write_private(folder / name, value)


def upload_certificate(folder: Path, state: CloudState) -> None:
    """Add the certificate in the file that somebody uploads to the app, as far as there is one."""
    file = folder / state.world.app.uploaded
    if state.world.app.uploaded and file.is_file():
        app = state.apps[state.world.app.client_id]
        uploaded = AppKey(x509.load_pem_x509_certificate(file.read_bytes()), file.name)
        if uploaded.thumbprint not in [each.thumbprint for each in app.keys]:
            app.keys.append(uploaded)


def write_secrets(folder: Path, state: CloudState) -> None:
    """Write the app's secrets, each into the file that the world names."""
    secrets_of_app = state.apps[state.world.app.client_id].secrets
    for item, value in zip(state.world.app.secrets, secrets_of_app, strict=False):
        write_private(folder / item.file, value.value)


def issued_before(state: CloudState, issued: IssuedBefore) -> str:
    """Issue the refresh token of a sign-in before the journey began, and return it."""
    world = state.world
    tenant = world.home_tenant if issued.tenant is Home.FABRIKAM else world.tenant
    amr = ("pwd", "mfa") if issued.mfa else ("pwd",)
    client_id = issued.client_id or world.app.client_id
    began = state.clock.now() - timedelta(days=issued.idle_days)
    session = Session(state.person(issued.to), tenant, client_id, amr, "device_code", began=began)
    value = state.new_refresh_token(session)
    state.refresh_tokens[value].last_used -= timedelta(days=issued.idle_days)
    return value


def write_tokens(folder: Path, state: CloudState) -> None:
    """Write the tokens that people have at hand, each into the file that the world names."""
    for item in state.world.tokens:
        write_private(folder / item.file, issued_before(state, item.issued))


def write_machine_token(folder: Path, state: CloudState) -> None:
    """Write a new token of the machine's workload identity, as its host does; nothing if it has none."""
    if state.world.machine.identity is MachineIdentity.WORKLOAD:
        write_private(folder / TOKEN_FILE, new_token(state))


def cloud_file(names: HostNames, proxy: str, ca_bundle: Path, world: World) -> str:
    """Return the text of a cloud file, in the form of assets/clouds.toml.

    Args:
        names: the host names of the cloud.
        proxy: URL of its proxy.
        ca_bundle: path of its CA.
        world: says whether it has a Resource Manager.
    """
    values: dict[str, object] = {
        "title": names.title,
        "login": names.login,
        "login_aliases": list(names.login_aliases),
        "graph": names.graph,
        "partner_center": names.partner_center,
        "referrals": names.referrals,
        **({"resource_manager": names.resource_manager} if world.azure.answers else {}),
        "vault_suffix": names.vault_suffix,
        "device_pages": list(names.device_pages),
        "portal_partner_center": "https://partner.microsoft.com",
        "cloud_instance_name": names.cloud_instance_name,
        "known_authority": names.known_authority,
        "ca_bundle": str(ca_bundle),
        "proxy": proxy,
    }
    return "[rehearsal]\n" + _lines(values)


def answers_file(scene: Scene, names: HostNames, folder: Path) -> str:
    """Return the text of an answers file.

    Args:
        scene: the scene whose answers it has.
        names: the host names of the cloud.
        folder: the cloud's folder, in which the files that the answers name are.
    """
    vault_url = f"https://{scene.world.vault.name}.{names.vault_suffix}"
    answers: dict[str, object] = {"cloud": names.cloud or "rehearsal"}
    answers |= _with_paths(scene.answers, folder)
    vault = answers.pop("vault", {})
    tables = {key: answers.pop(key) for key in list(answers) if key in _TABLES}
    tables["vault"] = {"url": vault_url, **(vault if isinstance(vault, Mapping) else {})}
    text = _lines(answers)
    for name, table in tables.items():
        if isinstance(table, Mapping):
            text += f"\n[{name}]\n" + _lines(table)
    return text


def _with_paths(answers: Mapping[str, object], folder: Path) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, value in answers.items():
        if isinstance(value, Mapping):
            result[key] = _with_paths(value, folder)
        elif key in _FILE_KEYS and isinstance(value, str):
            result[key] = str(folder / value)
        else:
            result[key] = value
    return result


def _lines(values: Mapping[str, object]) -> str:
    """Return the keys and values of a TOML table; a value "" is left out."""
    return "".join(f"{key} = {_toml(value)}\n" for key, value in values.items() if value != "")


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)  # strings, numbers, booleans and lists are written the same in TOML
