"""A certificate file that gives no credential is named with what is expected, whatever is wrong with it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from tests.harness import program
from tests.rehearsals.scene_runs import run_scene
from wizard.core.answers import Answers
from wizard.onboarding.profile import CSP
from wizard.plain.answers_file import read_answers
from wizard.rehearsal import RehearsalCloud, load_scene

CLIENT_ID = "33333333-cccc-4ccc-8ccc-000000000003"
PASSPHRASE, WRONG = "Corr3ct-Horse-Battery", "Wr0ng-Horse-Battery"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def key(kind: str = "rsa", _number: int = 0) -> Key:
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(of: Key, days: float = 100) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Contoso")])
    begins = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=400)
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(of.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
    return builder.sign(of, hashes.SHA256())


def pem_key(of: Key, passphrase: str = "") -> bytes:
    locked: KeySerializationEncryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return of.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)


def pem(of: Key, passphrase: str = "", **more: float) -> bytes:
    return pem_key(of, passphrase) + certificate(of, **more).public_bytes(Encoding.PEM)


def pfx(of: Key | None, cert: x509.Certificate | None, passphrase: str = PASSPHRASE) -> bytes:
    return pkcs12.serialize_key_and_certificates(b"app", of, cert, None, BestAvailableEncryption(passphrase.encode()))


def content(what: str) -> bytes:
    good, other, curve = key(), key("rsa", 1), key("ec")
    made: dict[str, Callable[[], bytes]] = {
        "locked pem": lambda: pem(good, PASSPHRASE),
        "pfx": lambda: pfx(good, certificate(good)),
        "no key": lambda: certificate(good).public_bytes(Encoding.PEM),
        "no certificate": lambda: pem_key(good),
        "pfx without certificate": lambda: pfx(good, None),
        "not rsa": lambda: pem(curve),
        "key of another": lambda: pem_key(other) + certificate(good).public_bytes(Encoding.PEM),
        "damaged key": lambda: pem(good).replace(b"MII", b"!!!", 1),
        "damaged certificate": lambda: (
            pem_key(good) + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        ),
        "text": lambda: b"this is my certificate",
        "empty": lambda: b"",
        "huge": lambda: pem(good) + b"\n" * 300_000,
        "zeros": lambda: bytes(5000),
        "cut pfx": lambda: pfx(good, certificate(good))[:700],
        "expired": lambda: pem(good, days=-3),
    }
    return made[what]()


@pytest.fixture(scope="module")
def cloud() -> Iterator[RehearsalCloud]:
    with RehearsalCloud(load_scene("all-holds-certificate"), people="wait") as cloud:
        yield cloud


def answers(cloud: RehearsalCloud, file: Path, passphrase: str, folder: Path) -> Path:
    """The scene's answers, with another certificate file."""
    lines = cloud.answers_file.read_text().splitlines()
    kept = [line for line in lines if not line.startswith("credential")]
    locked = ""
    if passphrase:
        (folder / "passphrase").write_text(passphrase)
        locked = ', passphrase = { file = "passphrase" }'
    changed = folder / "answers.toml"
    changed.write_text("\n".join([f'credential = {{ certificate = "{file}"{locked} }}', *kept]))
    return changed


def said(cloud: RehearsalCloud, file: Path, passphrase: str, base: Path, exit_code: int) -> str:
    """What a run with this file says, on both streams."""
    with program(cloud, base) as run:
        code = run.run(answers=answers(cloud, file, passphrase, base)).end()
    both = run.stdout + run.stderr
    assert code == exit_code, both
    assert "Traceback" not in both
    assert "unexpectedly" not in both
    for secret in (PASSPHRASE, WRONG, "PRIVATE KEY-----\nMII"):
        assert secret not in both
    return both


FILES = [
    ("locked pem", "", "passphrase", "encrypted and needs its passphrase"),
    ("locked pem", WRONG, "passphrase", "does not open"),
    ("pfx", "", "passphrase", "a passphrase is needed"),
    ("pfx", WRONG, "passphrase", "does not open"),
    ("no key", "", "certificate", "no private key"),
    ("no certificate", "", "certificate", "no certificate"),
    ("pfx without certificate", PASSPHRASE, "certificate", "no certificate"),
    ("not rsa", "", "certificate", "RSA"),
    ("key of another", "", "certificate", "does not belong to the certificate"),
    ("damaged key", "", "certificate", "damaged"),
    ("damaged certificate", "", "certificate", "damaged"),
    ("text", "", "certificate", "neither PEM nor PFX"),
    ("empty", "", "certificate", "neither PEM nor PFX"),
    ("zeros", "", "certificate", "neither PEM nor PFX"),
    ("huge", "", "certificate", "too large"),
    ("cut pfx", PASSPHRASE, "passphrase", "damaged"),
]


@pytest.mark.parametrize(("what", "passphrase", "field", "words"), FILES)
def test_a_file_that_gives_no_credential_is_named_with_what_is_expected(
    what: str, passphrase: str, field: str, words: str, cloud: RehearsalCloud, tmp_path: Path
) -> None:
    file = tmp_path / "app.pem"
    file.write_bytes(content(what))
    both = said(cloud, file, passphrase, tmp_path, 2)
    assert words in both
    assert str(file) in both
    assert both.startswith(f"partner-wizard: credential.{field}: ")


@pytest.mark.parametrize(
    ("path", "words"), [("missing.pem", "no file"), (".", "is a folder")], ids=["missing", "folder"]
)
def test_a_path_without_a_file_is_named(path: str, words: str, cloud: RehearsalCloud, tmp_path: Path) -> None:
    assert words in said(cloud, tmp_path / path, "", tmp_path, 2)


def test_an_expired_certificate_is_said_with_its_day(cloud: RehearsalCloud, tmp_path: Path) -> None:
    file = tmp_path / "app.pem"
    file.write_bytes(content("expired"))
    ended = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=3)).strftime("%Y-%m-%d")
    both = said(cloud, file, "", tmp_path, 1)
    assert ended in both


def test_a_good_certificate_that_is_not_the_apps_is_told_by_entra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some minutes in which it might still become known; they pass on the cloud's clock."""
    file = tmp_path / "app.pem"
    file.write_bytes(pem(key()))

    def with_the_file(cloud: RehearsalCloud, _answers: Answers) -> Answers:
        return read_answers(answers(cloud, file, "", tmp_path), cloud.environment)[0]

    played = run_scene("all-holds-certificate", monkeypatch, prepare=with_the_file)

    assert played.exit == 1
    assert played.last.code == "AADSTS700027"


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b", "~nobody-of-this-name/app.pem"])
def test_a_name_that_no_file_system_takes_is_no_file(name: str) -> None:
    answers = Answers(client_id=CLIENT_ID, credential="certificate", certificate=name)
    asked = {field.key: field for field in CSP.step("app").asked_fields(answers)}

    assert asked["certificate"].error(name)
