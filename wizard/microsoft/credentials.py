"""What an app proves itself with, in the forms MSAL and the wire want: a secret, a certificate, an outside token."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from wizard.core.errors import BadInput
from wizard.core.files import read_file
from wizard.core.secret import Secret

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE: Final = 600
"""Seconds a client assertion is valid (protocol 1.5)."""
LARGEST_FILE: Final = 200_000
"""Bytes of a certificate file; more is another file."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A client secret."""

    value: Secret
    client_type: str = "secret"

    def for_msal(self) -> object:
        """Return the `client_credential` of MSAL's confidential client."""
        return self.value.reveal()

    def form(self, _client_id: str, _token_endpoint: str) -> dict[str, str]:
        """Return the members that it adds to a form for the token endpoint."""
        return {"client_secret": self.value.reveal()}


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate with its RSA key. `expires_at` is aware, UTC."""

    key_pem: Secret
    certificate_pem: str
    expires_at: datetime
    client_type: str = "certificate"

    @property
    def thumbprint(self) -> str:
        """SHA-1 of the certificate in 40 hexadecimal digits, upper case, as the portal shows it."""
        certificate = x509.load_pem_x509_certificate(self.certificate_pem.encode())
        return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303  # a name for it, and no protection

    def for_msal(self) -> object:
        """Return the `client_credential` of MSAL's confidential client: PS256 and x5t#S256 (protocol 2.1)."""
        return {"private_key": self.key_pem.reveal(), "public_certificate": self.certificate_pem}

    def form(self, client_id: str, token_endpoint: str) -> dict[str, str]:
        """Return the members that it adds to a form for the token endpoint: a signed assertion (protocol 1.5)."""
        import jwt  # loaded with a certificate alone

        now = int(time.time())
        claims = {
            "aud": token_endpoint,
            "iss": client_id,
            "sub": client_id,
            "jti": str(uuid.uuid4()),
            "nbf": now,
            "iat": now,
            "exp": now + ASSERTION_LIFE,
        }
        der = x509.load_pem_x509_certificate(self.certificate_pem.encode()).public_bytes(Encoding.DER)
        digest = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()
        assertion = jwt.encode(claims, self.key_pem.reveal(), algorithm="PS256", headers={"x5t#S256": digest})
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}


@dataclass(frozen=True, slots=True)
class FederatedCredential:
    """A token of another issuer that the app trusts, sent as the client's assertion (protocol 11.4).

    Args:
        source: where it comes from: "managed", "workload" or "file".
        place: the client id of the managed identity, or the file; "" where the machine knows.
        read: returns the token as it is now. Raises `BadInput`, `ServiceRefusal` or `Unreachable` where there is none.
    """

    source: str
    place: str
    read: Callable[[], Secret] = field(compare=False, repr=False)
    client_type: str = "federated"

    def for_msal(self) -> object:
        """Return the `client_credential` of MSAL's confidential client; it asks for the token at each request."""
        return {"client_assertion": lambda: self.read().reveal()}

    def form(self, _client_id: str, _token_endpoint: str) -> dict[str, str]:
        """Return the members that it adds to a form for the token endpoint."""
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.read().reveal()}


Credential = ClientSecret | ClientCertificate | FederatedCredential


def read_certificate_file(path: Path, passphrase: Secret | None) -> ClientCertificate:
    """Read a PEM or PFX file with certificate and private key.

    Raises:
        BadInput: no such file, neither PEM nor PFX, a wrong or missing passphrase, no key, no certificate, not RSA.
    """
    try:
        data = read_file(path, LARGEST_FILE)
    except FileNotFoundError:
        raise BadInput("certificate", f"there is no file {path}") from None
    except OSError as error:
        raise BadInput("certificate", f"{path} cannot be read: {error.strerror}") from None
    return read_certificate(data, passphrase, str(path))


def read_certificate(data: bytes, passphrase: Secret | None, name: str) -> ClientCertificate:
    """Return the certificate in PEM or PFX bytes, with its private key.

    Args:
        data: the file's bytes.
        passphrase: of the private key, None without one.
        name: stands for the bytes in messages.

    Raises:
        BadInput: as `read_certificate_file` does.
    """
    password = passphrase.reveal().encode() if passphrase else None
    key, certificate = _read_pem(data, password, name) if b"-----BEGIN" in data else _read_pfx(data, password, name)
    if not isinstance(key, RSAPrivateKey):
        raise BadInput("certificate", f"{name}: Entra takes RSA keys for app credentials, this key is of another kind")
    if key.public_key().public_numbers() != certificate.public_key().public_numbers():  # type: ignore[union-attr]
        raise BadInput("certificate", f"{name}: the private key does not belong to the certificate")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return ClientCertificate(
        Secret(pem),
        certificate.public_bytes(Encoding.PEM).decode(),
        certificate.not_valid_after_utc.astimezone(UTC),
    )


def _read_pem(data: bytes, password: bytes | None, name: str) -> tuple[object, x509.Certificate]:
    if b"PRIVATE KEY-----" not in data:
        raise BadInput("certificate", f"{name} holds no private key; expected a PEM with certificate and key, or a PFX")
    if b"-----BEGIN CERTIFICATE-----" not in data:
        raise BadInput("certificate", f"{name} holds a key but no certificate; expected both in one PEM file")
    is_encrypted = b"ENCRYPTED" in data
    if is_encrypted and password is None:
        raise BadInput("passphrase", f"the key in {name} is encrypted and needs its passphrase")
    try:
        key = load_pem_private_key(data, password if is_encrypted else None)
    except (ValueError, TypeError):
        if is_encrypted:
            raise BadInput("passphrase", f"the passphrase does not open {name}") from None
        raise BadInput("certificate", f"the private key in {name} is damaged") from None
    try:
        return key, x509.load_pem_x509_certificate(data)
    except ValueError:
        raise BadInput("certificate", f"the certificate in {name} is damaged") from None


def _read_pfx(data: bytes, password: bytes | None, name: str) -> tuple[object, x509.Certificate]:
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(data, password)
    except ValueError:
        if data[:1] == b"\x30":
            what = "the passphrase does not open" if password else "a passphrase is needed to open"
            raise BadInput("passphrase", f"{what} {name}, or the file is damaged") from None
        raise BadInput("certificate", f"{name} is neither PEM nor PFX") from None
    if key is None:
        raise BadInput("certificate", f"{name} holds no private key")
    if certificate is None:
        raise BadInput("certificate", f"{name} holds no certificate")
    return key, certificate
