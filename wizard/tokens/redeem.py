"""A refresh token redeemed for a new access token, and for its own successor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.core.retries import WaitContext, with_retries

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.services import Services
    from wizard.microsoft.token_response import TokenResponse
    from wizard.tokens.record import Owner


def redeem_with_retries(
    waiter: WaitContext,
    services: Services,
    owner: Owner,
    credential: Credential | None,
    refresh_token: Secret,
    scope: str,
) -> TokenResponse:
    """Redeem a refresh token.

    Args:
        waiter: waits between tries.
        services: of the cloud.
        owner: the tenant and the app of the token.
        credential: what the app proves itself with; None as a public client.
        refresh_token: is redeemed.
        scope: the permission that the access token is for.

    Raises:
        ServiceRefusal: Entra does not take it.
        Unreachable: it could not be asked, after several tries.
        Cancelled: the waiter's signal was set.
    """
    return with_retries(
        waiter,
        "getting a new access token",
        lambda: services.entra.redeem_refresh_token(owner.tenant_id, owner.client_id, credential, refresh_token, scope),
    )
