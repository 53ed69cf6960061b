"""Who a customer is, what all customers of a run have in common, and what comes of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from wizard.tokens.customer_states import CustomerState

if TYPE_CHECKING:
    from wizard.core.errors import ServiceRefusal, Unreachable
    from wizard.core.retries import WaitContext
    from wizard.core.secret import Secret
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.services import Services
    from wizard.tokens.consent_plan import Plan
    from wizard.tokens.customer_grants import ApiGrant
    from wizard.tokens.customer_requests import Sending
    from wizard.tokens.wanted_consents import WantedApi


class KeepsGrants(Protocol):
    """Keeps what is granted at a customer while it is removed."""

    def read(self, customer_id: str) -> tuple[ApiGrant, ...] | None:
        """Return what is kept of a customer, None where nothing is."""

    def keep(self, customer_id: str, grants: tuple[ApiGrant, ...]) -> None:
        """Keep it, and return once the disk has it; raise `NotRecorded` where it cannot be kept."""

    def drop(self, customer_id: str) -> None:
        """Keep it no longer."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's tenant.

    Args:
        tenant_id: lower case.
        name, domain: as a service lists it, "" where none does.
        has_ended: whether every GDAP relationship with it has ended.
        is_read_only: whether all that are active are of Microsoft's transition.
    """

    tenant_id: str
    name: str = ""
    domain: str = ""
    has_ended: bool = False
    is_read_only: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """What all customers of a run have in common.

    Args:
        services: returns new services, over connections that are shared.
        app_name: as consents call it.
        credential: what the app proves itself with; None as a public client.
        refresh_token: of the integration user.
        sending: what its requests have in common.
        wanted: what is to be granted; Graph first.
        kept: keeps what is removed for a moment.
    """

    services: Callable[[], Services]
    app_name: str
    credential: Credential | None
    refresh_token: Secret
    sending: Sending
    wanted: tuple[WantedApi, ...]
    kept: KeepsGrants

    @property
    def waiter(self) -> WaitContext:
        """What waits."""
        return self.sending.waiter

    @property
    def client_id(self) -> str:
        """Of the app."""
        return self.sending.owner.client_id


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it at one customer.

    Args:
        customer: it.
        state: how it stands now.
        refusal, error: what stopped it, None where nothing did.
        plan: what was sent, or would be; None where nothing is to be sent, or nobody can tell.
        granted: what the app was seen to be granted; None where nobody can tell.
        absent: names of the APIs that the customer does not have.
        is_kept: whether something is kept that is to be put back.
        was_restored: whether something was put back that an earlier run had removed.
    """

    customer: Customer
    state: CustomerState
    refusal: ServiceRefusal | None = None
    error: Unreachable | None = None
    plan: Plan | None = None
    granted: tuple[ApiGrant, ...] | None = None
    absent: tuple[str, ...] = ()
    is_kept: bool = False
    was_restored: bool = False
