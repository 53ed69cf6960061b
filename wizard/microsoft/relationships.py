"""GDAP relationships and customers, as Graph shows them in the partner's tenant (protocol 11.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wizard.core.shapes import is_guid
from wizard.core.text import clean_line
from wizard.microsoft.customer_consents import ListedCustomer
from wizard.microsoft.graph import JsonObject, Question, objects_in, text_in

READS_RELATIONSHIPS: Final = "DelegatedAdminRelationship.Read.All"
_TENANT_RELATIONSHIPS: Final = "/v1.0/tenantRelationships"
RELATIONSHIPS: Final = f"{_TENANT_RELATIONSHIPS}/delegatedAdminRelationships"
_BY_HAND: Final = "at partner.microsoft.com > Customers > Administer > Granular administration"
ACTIVE: Final = frozenset({"active", "expiring"})
MICROSOFT_LED: Final = "MLT_"
"""How the names of relationships begin that Microsoft made when DAP ended (U): they are read-only (protocol 11.7)."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """A GDAP relationship.

    Args:
        relationship_id: of it.
        tenant_id: of the customer, lower case.
        customer: its name.
        name: of the relationship.
        status: such as "active", "expired".
        ends_at: as Graph says it, "" where it does not.
        roles: the ids of Entra roles that it holds, lower case.
    """

    relationship_id: str
    tenant_id: str
    customer: str
    name: str
    status: str
    ends_at: str
    roles: tuple[str, ...]

    @property
    def is_active(self) -> bool:
        """Whether it gives access now."""
        return self.status in ACTIVE

    @property
    def is_read_only(self) -> bool:
        """Whether it is one of Microsoft's transition."""
        return self.name.startswith(MICROSOFT_LED)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a security group of the partner holds by a relationship: `roles` are ids of Entra roles, lower case."""

    group_id: str
    status: str
    roles: tuple[str, ...]


RELATIONSHIPS_QUESTION: Final = Question(
    "the GDAP relationships", f"{RELATIONSHIPS}?$top=300", READS_RELATIONSHIPS, _BY_HAND
)
CUSTOMERS_QUESTION: Final = Question(
    "the customers with GDAP",
    f"{_TENANT_RELATIONSHIPS}/delegatedAdminCustomers?$top=300",
    READS_RELATIONSHIPS,
    _BY_HAND,
)


def assignments_question(relationship_id: str) -> Question:
    """Return the question for the groups that hold roles by a relationship."""
    path = f"{RELATIONSHIPS}/{relationship_id}/accessAssignments"
    return Question("the groups that hold its roles", path, READS_RELATIONSHIPS, _BY_HAND)


def gdap_customer_in(item: JsonObject) -> ListedCustomer | None:
    """Return the customer that Graph lists, None for what names no tenant."""
    tenant_id = (text_in(item, "tenantId") or text_in(item, "id")).lower()
    return ListedCustomer(tenant_id, clean_line(text_in(item, "displayName"), 120)) if is_guid(tenant_id) else None


def relationship_in(item: JsonObject) -> Relationship | None:
    """Return the relationship that Graph shows, None for what names no customer: it is one that nobody has accepted."""
    customer = item.get("customer")
    customer = customer if isinstance(customer, Mapping) else {}
    tenant_id = text_in(customer, "tenantId").lower()
    if not is_guid(tenant_id):
        return None
    return Relationship(
        clean_line(text_in(item, "id"), 120),
        tenant_id,
        clean_line(text_in(customer, "displayName"), 120),
        clean_line(text_in(item, "displayName"), 120),
        clean_line(text_in(item, "status"), 40),
        clean_line(text_in(item, "endDateTime"), 40),
        _roles_in(item),
    )


def assignment_in(item: JsonObject) -> Assignment | None:
    """Return what a group holds, None for what names no group."""
    container = item.get("accessContainer")
    group = text_in(container, "accessContainerId").lower() if isinstance(container, Mapping) else ""
    return Assignment(group, clean_line(text_in(item, "status"), 40), _roles_in(item)) if is_guid(group) else None


def _roles_in(item: JsonObject) -> tuple[str, ...]:
    details = item.get("accessDetails")
    roles = objects_in(details, "unifiedRoles") if isinstance(details, Mapping) else ()
    return tuple(text_in(each, "roleDefinitionId").lower() for each in roles)
