"""Which of the secrets and certificates that Graph shows of the app the credential that is entered may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.registration import AppCertificate, AppRegistration, AppSecret

CREDENTIALS_PAGE: Final = "entra.microsoft.com > App registrations > the app > Certificates & secrets"
CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""How far off a clock may be (protocol 1.5): what begins within it, by another clock, has begun."""


def keys_of_its_kind(
    credential: Credential | None, found: AppRegistration
) -> tuple[AppSecret, ...] | tuple[AppCertificate, ...]:
    """Return the app's certificates for a certificate, its secrets for a secret, nothing for anything else."""
    from wizard.microsoft.credentials import ClientCertificate, ClientSecret

    if isinstance(credential, ClientCertificate):
        return found.certificates
    return found.secrets if isinstance(credential, ClientSecret) else ()


def key_ids_of(credential: Credential | None, found: AppRegistration) -> frozenset[str]:
    """Return the key ids that a credential may be: of a certificate one, of a secret all that begin as it does."""
    return frozenset(each.key_id for each in keys_of_its_kind(credential, found) if is_known_as(credential, each))


def may_be(credential: Credential | None, found: AppRegistration) -> tuple[AppSecret | AppCertificate, ...]:
    """Return what a secret or certificate may be of the app's, also those of which Graph does not show what they are.

    If there is none, the credential is none of the app's, as far as Graph's list goes.
    """
    listed = keys_of_its_kind(credential, found)
    return tuple(each for each in listed if not each.known_by or is_known_as(credential, each))


def is_known_as(credential: Credential | None, key: AppSecret | AppCertificate) -> bool:
    """Return whether a secret begins as Graph shows of a key, or a certificate has its thumbprint."""
    from wizard.microsoft.credentials import ClientCertificate, ClientSecret

    if not key.known_by:
        return False
    if isinstance(credential, ClientSecret):
        return credential.value.reveal().startswith(key.known_by)
    return isinstance(credential, ClientCertificate) and key.known_by == credential.thumbprint


def is_valid(key: AppSecret | AppCertificate, now: datetime) -> bool:
    """Return whether a secret or certificate can be used now, as far as Graph gives its beginning and its end."""
    has_begun = key.created_at is None or key.created_at <= now + CLOCKS_DIFFER
    return has_begun and (key.expires_at is None or key.expires_at > now)
