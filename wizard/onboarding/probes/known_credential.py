"""Whether the credential that is entered is one of those that Graph shows of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.microsoft.graph import Unread
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.credential import client_credential
from wizard.onboarding.probes.graph_identity import NO_GRAPH_IDENTITY
from wizard.onboarding.probes.graph_reading import read_registration
from wizard.onboarding.probes.identity import INTERACTIVE_IDENTITIES

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.registration import AppRegistration

CREDENTIALS_PAGE: Final = "entra.microsoft.com > App registrations > the app > Certificates & secrets"


def key_ids_of(credential: Credential | None, found: AppRegistration) -> frozenset[str]:
    """Return the key ids that a credential may be: of a certificate one, of a secret all that begin as it does."""
    from wizard.microsoft.credentials import ClientCertificate, ClientSecret

    if isinstance(credential, ClientCertificate):
        return frozenset(each.key_id for each in found.certificates if each.thumbprint == credential.thumbprint)
    if isinstance(credential, ClientSecret):
        value = credential.value.reveal()
        return frozenset(each.key_id for each in found.secrets if each.hint and value.startswith(each.hint))
    return frozenset()


def is_among(credential: Credential | None, found: AppRegistration) -> bool | None:
    """Return whether a secret or certificate is one of the app's; None where Graph does not tell, or it is neither."""
    from wizard.microsoft.credentials import ClientCertificate, ClientSecret

    if key_ids_of(credential, found):
        return True
    if isinstance(credential, ClientCertificate):
        return False if all(each.thumbprint for each in found.certificates) else None
    if isinstance(credential, ClientSecret):
        return False if all(each.hint for each in found.secrets) else None
    return None


def is_of_another_app(onboarding: Onboarding) -> bool:
    """Return whether Graph shows that the credential is none of the app's; nobody is asked to sign in for it."""
    identity = onboarding.answers.graph_identity
    if identity == NO_GRAPH_IDENTITY or identity in INTERACTIVE_IDENTITIES:
        return False
    found = read_registration(onboarding)
    return not isinstance(found, Unread) and is_among(client_credential(onboarding), found) is False
