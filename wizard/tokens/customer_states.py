"""How it can stand with an app at a customer, and which refusal means what (protocol 11.7)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wizard.core.errors import ServiceRefusal


class CustomerState(StrEnum):
    """The words of `customers --json`: a promise to scripts."""

    CONSENTED = "consented"
    """Everything that is wanted is granted, and a token of the customer's tenant proves it."""
    API_ABSENT = "api_absent"
    """The same, but for an API that the customer does not have."""
    NOT_CONSENTED = "not_consented"
    """Nobody has consented yet."""
    NO_GRANT = "no_grant"
    """Something is granted, and less than what is wanted."""
    NO_PRINCIPAL = "no_principal"
    """The app has no service principal there."""
    NO_ACCESS = "no_access"
    """The user is a guest there, or in no group of a GDAP relationship."""
    POLICY = "policy"
    """The customer's Conditional Access refuses."""
    APP_OFF = "app_off"
    """Somebody has switched the app off there."""
    NO_ROLE = "no_role"
    """Partner Center refuses: AdminAgents, or a GDAP role."""
    NOT_A_CUSTOMER = "not_a_customer"
    WRONG_REQUEST = "wrong_request"
    """Partner Center does not take the API's id, or the name of a permission."""
    READ_ONLY = "read_only"
    """The relationship is one of Microsoft's transition."""
    ENDED = "ended"
    """The relationship has ended."""
    UNIDENTIFIED = "unidentified"
    """A grant is on an API that nobody can name, so nothing was removed."""
    NOT_SEEN = "not_seen"
    """It was posted, and is not seen yet."""
    NOT_RESTORED = "not_restored"
    """What was granted before could not be put back whole; it is kept, and put back at the next start."""
    REMOVED = "removed"
    """Nothing is granted for everybody any more."""
    REFUSED = "refused"
    """A service refused for another reason."""
    UNREACHABLE = "unreachable"


GOOD: Final = frozenset({CustomerState.CONSENTED, CustomerState.API_ABSENT, CustomerState.REMOVED})
NOT_CONSENTED_YET: Final = "AADSTS65001"
API_MISSING: Final = "AADSTS500011"
_OF_ENTRA: Final = {
    NOT_CONSENTED_YET: CustomerState.NOT_CONSENTED,
    "AADSTS700016": CustomerState.NO_PRINCIPAL,
    "AADSTS7000229": CustomerState.NO_PRINCIPAL,
    "AADSTS50020": CustomerState.NO_ACCESS,
    "AADSTS50177": CustomerState.NO_ACCESS,
    "AADSTS53003": CustomerState.POLICY,
    "AADSTS50076": CustomerState.POLICY,
    "AADSTS50079": CustomerState.POLICY,
    "AADSTS7000112": CustomerState.APP_OFF,
}
_OF_PARTNER_CENTER: Final = {
    400: CustomerState.WRONG_REQUEST,
    403: CustomerState.NO_ROLE,
    404: CustomerState.NOT_A_CUSTOMER,
}


def state_of(refusal: ServiceRefusal) -> CustomerState:
    """Return what a refusal at a customer means."""
    if refusal.service == "entra":
        return _OF_ENTRA.get(refusal.code, CustomerState.REFUSED)
    if refusal.service == "partner_center":
        return _OF_PARTNER_CENTER.get(refusal.status, CustomerState.REFUSED)
    return CustomerState.REFUSED
