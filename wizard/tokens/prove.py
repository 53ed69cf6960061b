"""What proves a token: Partner Center answers to it as the partner's, and counts its sign-in as MFA (protocol 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from wizard.core.claims import did_mfa
from wizard.core.retries import WaitContext, with_retries

if TYPE_CHECKING:
    from wizard.microsoft.partner_center import Organization
    from wizard.microsoft.services import Services
    from wizard.microsoft.token_response import TokenResponse


class Mfa(Enum):
    """Whether MFA counts. `CLAIMED`: Partner Center does not say so, only the token itself does."""

    COUNTED = auto()
    NOT_COUNTED = auto()
    CLAIMED = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Proof:
    """What Partner Center says of a token.

    Args:
        organization: the profile it gave, with whether it counts the MFA.
        did_mfa: what the token itself says, None if it does not.
    """

    organization: Organization
    did_mfa: bool | None

    @property
    def mfa(self) -> Mfa:
        """Whether MFA counts. That the header is on every answer is (U): without it, the claim counts."""
        is_compliant = self.organization.mfa_compliant
        if is_compliant is None:
            return Mfa.CLAIMED if self.did_mfa else Mfa.UNKNOWN
        return Mfa.COUNTED if is_compliant else Mfa.NOT_COUNTED


def prove(waiter: WaitContext, services: Services, response: TokenResponse) -> Proof:
    """Ask Partner Center whose a token is, and return what proves it.

    Args:
        waiter: waits between tries.
        services: of the cloud.
        response: that the token came with.

    Raises:
        ServiceRefusal: Partner Center does not take it; 900421 if it lacks MFA.
        Unreachable: it could not be asked, after several tries.
        Cancelled: the waiter's signal was set.
    """
    organization = with_retries(
        waiter,
        "asking Partner Center for the profile",
        lambda: services.partner_center.read_organization(response.access_token),
    )
    return Proof(organization, did_mfa(response.claims.amr))
