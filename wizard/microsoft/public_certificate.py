"""The public part of a certificate, in the forms that Entra gets and shows."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """A certificate without its key.

    Args:
        der: as Graph takes it: DER in base64.
        thumbprint: SHA-1, 40 hexadecimal digits in upper case.
        expires_at: aware, UTC.
    """

    der: str
    thumbprint: str
    expires_at: datetime


def read_public_certificate(pem: str) -> PublicCertificate:
    """Return the certificate of a PEM text. Raises `ValueError` if there is none."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    return PublicCertificate(
        base64.b64encode(certificate.public_bytes(Encoding.DER)).decode(),
        certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303  # what Entra calls the thumbprint
        certificate.not_valid_after_utc,
    )
