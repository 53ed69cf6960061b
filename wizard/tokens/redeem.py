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


def redeem(
    waiter: WaitContext, services: Services, owner: Owner, credential: Credential | None, refresh_token: Secret
) -> TokenResponse:
    """Redeem `refresh_token` for Partner Center as a client with `credential`, or as a public one.

    Raises:
        ServiceRefusal: Entra does not take it.
        Unreachable: nobody could be asked, also after some patience.
        Cancelled: the waiter's signal was set.
    """
    scope = services.cloud.partner_center_scope
    return with_retries(
        waiter,
        "getting a new access token",
        lambda: services.entra.redeem(owner.tenant_id, owner.client_id, credential, refresh_token, scope),
    )
