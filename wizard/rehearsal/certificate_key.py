"""A certificate of an app in the rehearsal cloud: its public part, as Entra has it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes

_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AppKey:
    """A certificate that an app may prove itself with, from `usable_from` on."""

    certificate: x509.Certificate
    name: str = "CN=Contoso Partner Integration"
    usable_from: datetime = _ALWAYS
    key_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def thumbprint(self) -> bytes:
        """SHA-1 of the certificate."""
        return self.certificate.fingerprint(hashes.SHA1())  # what Entra calls it
