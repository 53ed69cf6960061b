"""Every customer of a partner: those of Partner Center and those of GDAP relationships, merged by tenant id."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Outcome
from wizard.core.retries import WaitContext, with_retries
from wizard.microsoft.customer_consents import CustomerConsents, ListedCustomer
from wizard.microsoft.relationships import (
    CUSTOMERS_QUESTION,
    READS_RELATIONSHIPS,
    RELATIONSHIPS_QUESTION,
    Relationship,
    gdap_customer_in,
    relationship_in,
)
from wizard.onboarding.finding_builders import not_reached, refused
from wizard.tokens.customer_access import Customer
from wizard.tokens.customer_grants import read_list

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.services import Services

PARTNER_CENTER: Final = "partner_center"
GDAP: Final = "gdap"
NO_RELATIONSHIP: Final = "none"
READ_ONLY: Final = "read-only"


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer, and what is known of it without asking its tenant.

    Args:
        customer: it.
        listed_by: which services list it.
        relationship: the status of its best GDAP relationship: "active", "read-only", "expired" …; "none" where there
            is none, "" where Graph was not read.
        ends_at: when that ends, as Graph says it.
    """

    customer: Customer
    listed_by: tuple[str, ...]
    relationship: str = ""
    ends_at: str = ""

    def as_json(self) -> dict[str, object]:
        """Return its line of `customers list --json`."""
        customer = self.customer
        return {
            "type": "customer",
            "customer": customer.tenant_id,
            "name": customer.name,
            "domain": customer.domain,
            "listed_by": list(self.listed_by),
            "relationship": self.relationship,
            "relationship_ends": self.ends_at,
        }


@dataclass(slots=True)
class CustomerList:
    """The customers by tenant id, in the order in which they were listed; and what could not be read."""

    known: dict[str, KnownCustomer] = field(default_factory=dict)
    relationships: dict[str, list[Relationship]] = field(default_factory=dict)
    unread: list[Finding] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """1 if a part was refused, else 3 if one was not reached, else 0: a list with holes is no success."""
        if any(not each.unreachable for each in self.unread):
            return 1
        return 3 if self.unread else 0

    def find(self, wanted: str) -> KnownCustomer | None:
        """Return the customer of a tenant id or a domain, None where there is none."""
        wanted = wanted.lower()
        if wanted in self.known:
            return self.known[wanted]
        return next((each for each in self.known.values() if each.customer.domain.lower() == wanted), None)


def read_customers(
    waiter: WaitContext, services: Services, partner_token: Callable[[], Secret], graph_token: Callable[[], Secret]
) -> CustomerList:
    """Return the customers; what one service does not tell is a finding, and leaves the other's.

    Args:
        waiter: waits between tries.
        services: of the cloud.
        partner_token, graph_token: return a token for Partner Center, and for Graph in the partner's tenant.

    Raises:
        Cancelled: the cancel signal was set.
    """
    found = CustomerList()
    try:
        pages = CustomerConsents(services.http).pages(
            partner_token, lambda ask: with_retries(waiter, "listing the customers", ask)
        )
        for page in pages:
            _merge(found, page, PARTNER_CENTER)
    except (ServiceRefusal, Unreachable) as error:
        found.unread.append(_unread(error, PARTNER_CENTER, "Partner Center's customers could not be read whole"))
    try:
        token = graph_token()
        gdap = read_list(waiter, services, token, CUSTOMERS_QUESTION)
        _merge(found, filter(None, map(gdap_customer_in, gdap)), GDAP)
        for item in read_list(waiter, services, token, RELATIONSHIPS_QUESTION):
            if (each := relationship_in(item)) is not None:
                found.relationships.setdefault(each.tenant_id, []).append(each)
        for tenant_id, mine in found.relationships.items():
            _merge(found, [ListedCustomer(tenant_id, mine[0].customer)], GDAP)
        found.known = {key: _related(each, found.relationships.get(key, [])) for key, each in found.known.items()}
    except (ServiceRefusal, Unreachable) as error:
        title = "Customers that have GDAP and no reseller contract could not be read"
        found.unread.append(_unread(error, GDAP, title))
    return found


def _merge(found: CustomerList, listed: Iterable[ListedCustomer], source: str) -> None:
    for each in listed:
        before = found.known.get(each.tenant_id)
        if before is None:
            found.known[each.tenant_id] = KnownCustomer(Customer(each.tenant_id, each.name, each.domain), (source,))
        elif source not in before.listed_by:
            found.known[each.tenant_id] = replace(before, listed_by=(*before.listed_by, source))


def _related(known: KnownCustomer, relationships: list[Relationship]) -> KnownCustomer:
    """Return a customer with what its relationships say."""
    active = [each for each in relationships if each.is_active]
    own = [each for each in active if not each.is_read_only]
    customer = replace(
        known.customer,
        has_ended=bool(relationships) and not active,
        is_read_only=bool(active) and not own,
    )
    if not relationships:
        return replace(known, customer=customer, relationship=NO_RELATIONSHIP)
    best = (own or active or relationships)[-1]
    status = READ_ONLY if customer.is_read_only else best.status
    return replace(known, customer=customer, relationship=status, ends_at=best.ends_at)


def _unread(error: ServiceRefusal | Unreachable, source: str, title: str) -> Finding:
    """Return that a part of the list could not be read: what it would say is not known."""
    finding = not_reached(error) if isinstance(error, Unreachable) else refused(error)
    acts = finding.actions
    if isinstance(error, ServiceRefusal) and source == GDAP:
        acts = (f"Grant the app {READS_RELATIONSHIPS} of Microsoft Graph in the partner's tenant.", *acts)
    return replace(finding, check=f"customers.{source}", outcome=Outcome.UNKNOWN, title=title, actions=acts)
