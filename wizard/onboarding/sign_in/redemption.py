"""A refresh token redeemed as the app of the onboarding, as the kind of client that it was issued to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.core.errors import ServiceRefusal
from wizard.microsoft.client_type import wants_other_client_type
from wizard.onboarding.onboarding_context import Onboarding
from wizard.tokens.redeem import redeem_with_retries

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.token_response import TokenResponse


def redeem_as_app(onboarding: Onboarding, refresh_token: Secret, credential: Credential | None) -> TokenResponse:
    """Redeem a refresh token as the app of this onboarding, and return the answer.

    Args:
        onboarding: gives the app.
        refresh_token: of the integration user.
        credential: the app's; None: as a public client.

    Raises:
        ServiceRefusal: Entra refuses it.
        Unreachable: Entra gave no answer.
    """
    return redeem_with_retries(
        onboarding, onboarding.services, onboarding.owner, credential, refresh_token, onboarding.api_scope
    )


def redeem_as_either_client(
    onboarding: Onboarding, refresh_token: Secret, first: Credential | None, app_credential: Credential | None
) -> tuple[TokenResponse, Credential | None]:
    """Redeem a refresh token as one kind of client, and as the other if Entra asks for that (protocol 3).

    Args:
        onboarding: gives the app.
        refresh_token: of the integration user.
        first: the credential to try it with; None: as a public client.
        app_credential: the app's, None where it has none.

    Returns:
        The answer, and the credential that it was given for.

    Raises:
        ServiceRefusal: Entra refuses it.
        Unreachable: Entra gave no answer.
    """
    try:
        return redeem_as_app(onboarding, refresh_token, first), first
    except ServiceRefusal as refusal:
        if not wants_other_client_type(refusal, first, app_credential):
            raise
    other = None if first else app_credential
    return redeem_as_app(onboarding, refresh_token, other), other


def client_type_of(credential: Credential | None) -> str:
    """Return "public", "secret", "certificate" or "federated": how a client with this credential proves itself."""
    return credential.client_type if credential else "public"
