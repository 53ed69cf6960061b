"""A new certificate for an app: its key is written encrypted, or kept in the key vault, and nowhere else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from wizard.core.errors import BadInput
from wizard.core.secret import Secret

LIFE: Final = timedelta(days=365)
"""How long a new certificate is valid."""
CLOCKS_DIFFER: Final = timedelta(minutes=10)
"""By how much a new certificate is valid before now."""
KEY_BITS: Final = 3072
SHORTEST_PASSPHRASE: Final = 12
"""Characters of a passphrase that protects a key in a file."""


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A new certificate.

    Args:
        pem: key and certificate, as programs read them; the key is encrypted if a passphrase was given.
        public_pem: the certificate alone, which is what Entra gets.
        thumbprint: SHA-1, 40 hexadecimal digits in upper case.
        expires_at: aware, UTC.
    """

    pem: Secret
    public_pem: str
    thumbprint: str
    expires_at: datetime


def make_certificate(
    name: str, now: datetime, passphrase: Secret | None, longest: timedelta | None = None
) -> NewCertificate:
    """Return a new self-signed certificate with its RSA key; nothing is written.

    Args:
        name: its common name.
        now: aware; the certificate is valid from then on, less some minutes for clocks that differ.
        passphrase: encrypts the key; None leaves it open, for a vault.
        longest: how long the tenant lets a certificate last; None for no limit.
    """
    begins = now - CLOCKS_DIFFER
    life = min(LIFE, longest) if longest else LIFE
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase is not None:
        encryption = BestAvailableEncryption(passphrase.reveal().encode())
    public = certificate.public_bytes(Encoding.PEM).decode()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()
    return NewCertificate(
        Secret(private + public),
        public,
        certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303  # what Entra calls the thumbprint
        certificate.not_valid_after_utc,
    )


def passphrase_error(passphrase: Secret | None) -> str:
    """Return "" for a passphrase that may protect a new key, else what is expected."""
    if passphrase is None or not passphrase:
        return "needs a value: the key of a new certificate is written encrypted, or not at all"
    if len(passphrase) < SHORTEST_PASSPHRASE:
        return f"expected at least {SHORTEST_PASSPHRASE} characters for the key of a new certificate"
    return ""


def public_path(path: Path) -> Path:
    """Return where the public part of a new certificate is written: beside it."""
    return path.with_name(f"{path.stem}-public.pem")


def write_certificate(
    path: Path, name: str, now: datetime, passphrase: Secret, longest: timedelta | None = None
) -> NewCertificate:
    """Write a new certificate and its encrypted key into a new file that only its owner can read, and return it.

    The public part goes into a second new file, `public_path`; other arguments are those of `make_certificate`.

    Raises:
        BadInput: the passphrase is too short, a file is there already, or cannot be written; then nothing is left.
    """
    if mistake := passphrase_error(passphrase):
        raise BadInput("passphrase", mistake)
    made, public = make_certificate(name, now, passphrase, longest), public_path(path)
    _write_new(public, made.public_pem, 0o644)
    try:
        _write_new(path, made.pem.reveal(), 0o600)
    except BadInput:
        public.unlink(missing_ok=True)
        raise
    return made


def _write_new(path: Path, content: str, mode: int) -> None:
    """Write a file that is not there yet; it follows no link, and replaces nothing. Raise `BadInput` if that fails."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise BadInput("certificate", f"{path} cannot be created: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise BadInput("certificate", f"{path} cannot be written: {error.strerror}") from None
