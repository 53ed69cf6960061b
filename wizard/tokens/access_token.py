"""A short-lived access token for one API and one tenant, redeemed for another program.

The refresh token that comes with it is dropped: the stored one stays valid beside it (protocol 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wizard.core.errors import Unreachable
from wizard.core.timestamps import local_time
from wizard.core.trouble import Trouble
from wizard.tokens.redeem import redeem_with_retries

if TYPE_CHECKING:
    from wizard.core.retries import WaitContext
    from wizard.core.secret import Secret
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.services import Services
    from wizard.tokens.record import Owner


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token.

    Args:
        value: is sent as `Authorization: Bearer …`.
        expires_at: its end (aware, UTC).
        tenant_id: in which it was redeemed.
        client_id: of the app that it was issued to.
        audience: the API that it is for.
    """

    value: Secret
    expires_at: datetime
    tenant_id: str
    client_id: str
    audience: str

    def as_json(self) -> dict[str, str | int]:
        """Return it, with its value, in the form of `az account get-access-token`, for whoever is to have it.

        `expiresOn` is in the time of this machine, as there; `expires_on` in seconds since 1970.
        """
        return {
            "accessToken": self.value.reveal(),
            "expiresOn": local_time(self.expires_at),
            "expires_on": int(self.expires_at.timestamp()),
            "tenant": self.tenant_id,
            "tokenType": "Bearer",
        }

    def as_managed_identity(self) -> dict[str, str]:
        """Return it, with its value, in the form in which a managed identity of Azure App Service answers."""
        return {
            "access_token": self.value.reveal(),
            "expires_on": str(int(self.expires_at.timestamp())),
            "resource": self.audience,
            "token_type": "Bearer",
            "client_id": self.client_id,
        }


def redeem_for(
    waiter: WaitContext,
    services: Services,
    owner: Owner,
    credential: Credential | None,
    refresh_token: Secret,
    audience: str,
) -> AccessToken:
    """Redeem a refresh token for one API, and return the access token.

    Args:
        waiter: waits between tries, and tells the time.
        services: of the cloud.
        owner: the app, and the tenant in which the token is redeemed: the user's own, or a customer's.
        credential: what the app proves itself with; None as a public client.
        refresh_token: is redeemed.
        audience: of the API; everything that the app was granted there is asked for.

    Raises:
        ServiceRefusal: Entra does not take it.
        Unreachable: it could not be asked after several tries, or its answer is of another tenant.
        Cancelled: the waiter's signal was set.
    """
    asked_at = waiter.clock.now()
    answer = redeem_with_retries(waiter, services, owner, credential, refresh_token, f"{audience}/.default")
    if answer.claims.tenant_id not in ("", owner.tenant_id.lower()):
        raise Unreachable(services.cloud.login, Trouble.ANSWER, "gave a token of another tenant than the one asked")
    expires_at = asked_at + timedelta(seconds=answer.expires_in)
    return AccessToken(answer.access_token, expires_at, owner.tenant_id, owner.client_id, audience)
