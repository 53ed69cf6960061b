"""Customers of the partner as a scene says them: who they are, and what is in the way at each (protocol 11.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class CustomerCase(StrEnum):
    """How it stands at a customer."""

    CONSENTED = "consented"
    NOT_CONSENTED = "not_consented"
    NO_GRANT = "no_grant"
    """Consented for Graph, and for no other API."""
    NO_PRINCIPAL = "no_principal"
    """700016: the app has no service principal there."""
    RESOURCE_ABSENT = "resource_absent"
    """500011: the customer has no Azure Service Management."""
    NOT_IN_GROUP = "not_in_group"
    """50020: the user is in no group with a GDAP role there."""
    GUEST = "guest"
    """50177: the user is a guest there."""
    POLICY = "policy"
    """53003: the customer's Conditional Access refuses."""
    MFA_ASKED = "mfa_asked"
    """50076: it asks for MFA of its own."""
    APP_OFF = "app_off"
    """7000112: somebody has switched the app off there."""
    FORBIDDEN = "forbidden"
    """403 from Partner Center: a role is missing."""
    NOT_A_CUSTOMER = "not_a_customer"
    """404 from Partner Center."""
    WRONG_SCOPE = "wrong_scope"
    """400 from Partner Center: a name of a permission is not known there."""
    READ_ONLY = "read_only"
    """A relationship of Microsoft's transition, which is read-only."""
    ENDED = "ended"
    """The GDAP relationship has ended."""


ALL_CASES: Final = tuple(CustomerCase)


@dataclass(frozen=True, slots=True)
class ForeignGrant:
    """A grant for everybody that somebody else gave the app there; with `is_known` false its API is gone.

    `user` is the object id of the one user it is for, "" for everybody.
    """

    api: str
    scopes: tuple[str, ...]
    is_known: bool = True
    user: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's tenant.

    Args:
        tenant_id, domain, name: as Partner Center lists them.
        case: how it stands there.
        foreign: what others have granted to the app.
        gdap_only: whether only Graph lists it: there is no reseller contract.
        gone_after: requests to Partner Center about it after which it is no customer any more; 0: it stays one.
        fails: how many consents Partner Center answers with 500 at first.
        role_is_assigned: whether a group of the partner holds the roles of the relationship.
    """

    tenant_id: str
    domain: str
    name: str
    case: CustomerCase = CustomerCase.NOT_CONSENTED
    foreign: tuple[ForeignGrant, ...] = ()
    gdap_only: bool = False
    gone_after: int = 0
    fails: int = 0
    role_is_assigned: bool = True


@dataclass(frozen=True, slots=True)
class Customers:
    """All of them.

    Args:
        some: those that a scene names.
        generated: so many more, one case after the other.
        page: how many Partner Center and Graph list at a time, at most.
        repeats_page: whether Partner Center gives its second page again and again.
        granted: the permissions of Graph that who has consented has granted.
        limit: requests a second about consents, for one app (protocol 11.9).
        in_group: whether the partner's users are in the group that holds roles there.
    """

    some: tuple[Customer, ...] = ()
    generated: int = 0
    page: int = 100
    repeats_page: bool = False
    granted: tuple[str, ...] = ("Directory.Read.All", "RoleManagement.Read.Directory")
    limit: int = 50
    in_group: bool = True

    def everybody(self) -> Iterator[Customer]:
        """Yield each customer."""
        yield from self.some
        for number in range(self.generated):
            yield Customer(
                f"c0000000-0000-4000-8000-{number:012d}",
                f"customer{number}.onmicrosoft.com",
                f"Customer {number}",
                ALL_CASES[number % len(ALL_CASES)],
                gdap_only=number % 7 == 0,
            )
