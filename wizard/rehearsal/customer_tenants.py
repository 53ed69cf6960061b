"""Tenants of customers while the cloud runs: what the app is granted there, how Entra answers (protocol 11.7)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from wizard.rehearsal import aadsts_errors as errors
from wizard.rehearsal.aadsts_errors import EntraError
from wizard.rehearsal.choices import Service
from wizard.rehearsal.customer_facts import Customer, CustomerCase, Customers, ForeignGrant
from wizard.rehearsal.resources import GRAPH_APP_ID, Resource

AZURE_APP_ID: Final = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
_AT_SIGN_IN: Final = {
    CustomerCase.NOT_IN_GROUP, CustomerCase.ENDED, CustomerCase.GUEST, CustomerCase.POLICY, CustomerCase.MFA_ASKED,
    CustomerCase.APP_OFF,
}  # fmt: skip
_HAVE_CONSENTED: Final = {
    CustomerCase.CONSENTED, CustomerCase.NO_GRANT, CustomerCase.RESOURCE_ABSENT, *_AT_SIGN_IN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GrantThere:
    """What is granted to the app on one API; it can be seen from `visible_from` on, always where that is None."""

    scopes: frozenset[str]
    visible_from: datetime | None = None
    is_known: bool = True


@dataclass(slots=True)
class CustomerTenant:
    """A customer's tenant as it is now.

    `grants` are those for everybody, by the app id of the API; `personal` those of single users, by the same.
    """

    customer: Customer
    grants: dict[str, GrantThere] = field(default_factory=dict)
    personal: list[ForeignGrant] = field(default_factory=list)
    has_principal: bool = False
    requests: int = 0
    failed: int = 0

    @property
    def is_gone(self) -> bool:
        """Whether it is no customer any more."""
        return 0 < self.customer.gone_after < self.requests

    def object_id(self, app_id: str) -> str:
        """Return the id of an app's service principal there."""
        return str(uuid.uuid5(uuid.UUID(self.customer.tenant_id), app_id))

    def apis(self) -> Iterator[str]:
        """Yield the app id of every API that has a service principal there."""
        yield GRAPH_APP_ID
        if self.customer.case is not CustomerCase.RESOURCE_ABSENT:
            yield AZURE_APP_ID
        unknown = {each.api for each in self.customer.foreign if not each.is_known}
        yield from (api for api in self.grants if api not in {GRAPH_APP_ID, AZURE_APP_ID, *unknown})
        yield from {each.api for each in (*self.customer.foreign, *self.personal) if each.is_known} - set(self.grants)

    def seen(self, app_id: str, now: datetime) -> frozenset[str]:
        """Return the permissions on an API that are granted for everybody and can be seen."""
        grant = self.grants.get(app_id)
        if grant is None or (grant.visible_from is not None and grant.visible_from > now):
            return frozenset()
        return grant.scopes


class CustomerTenants:
    """Every customer of a cloud, by id and by domain."""

    def __init__(self, facts: Customers) -> None:
        self.facts = facts
        self.all: dict[str, CustomerTenant] = {}
        self._domains: dict[str, str] = {}
        for customer in facts.everybody():
            self.add(customer)

    def add(self, customer: Customer) -> CustomerTenant:
        """Let there be one more, or a known one be another; return it."""
        tenant = CustomerTenant(customer)
        for each in customer.foreign:
            if each.user:
                tenant.personal.append(each)
            else:
                tenant.grants[each.api] = GrantThere(frozenset(each.scopes), is_known=each.is_known)
        if customer.case in _HAVE_CONSENTED:
            tenant.grants[GRAPH_APP_ID] = GrantThere(frozenset(self.facts.granted))
        if customer.case in _HAVE_CONSENTED - {CustomerCase.NO_GRANT, CustomerCase.RESOURCE_ABSENT}:
            tenant.grants[AZURE_APP_ID] = GrantThere(frozenset({"user_impersonation"}))
        tenant.has_principal = bool(tenant.grants)
        self.all[customer.tenant_id] = tenant
        self._domains[customer.domain] = customer.tenant_id
        return tenant

    def find(self, segment: str) -> CustomerTenant | None:
        """Return the customer of an id or a domain, None where there is none."""
        return self.all.get(self._domains.get(segment.lower(), segment.lower()))

    def grant(self, tenant: CustomerTenant, app_id: str, scopes: frozenset[str], now: datetime, delay: float) -> None:
        """Record a consent; it makes the app's service principal, and is seen after a delay."""
        tenant.grants[app_id] = GrantThere(scopes, now + timedelta(seconds=delay))
        tenant.has_principal = True


def sign_in_refusal(tenant: CustomerTenant, app_name: str, client_id: str) -> EntraError | None:
    """Return why a token is redeemed for no API of a customer, None where it may be."""
    customer, case = tenant.customer, tenant.customer.case
    if case is CustomerCase.NO_PRINCIPAL:
        return errors.app_not_found(client_id, customer.name)
    if case is CustomerCase.APP_OFF:
        return errors.app_disabled(client_id, app_name)
    if case in {CustomerCase.NOT_IN_GROUP, CustomerCase.ENDED} or tenant.is_gone:
        return errors.account_unknown(customer.name)
    if case is CustomerCase.GUEST:
        return errors.external_challenge()
    if case is CustomerCase.POLICY:
        return errors.blocked_by_policy()
    return errors.mfa_asked(customer.name) if case is CustomerCase.MFA_ASKED else None


def apis_there(tenant: CustomerTenant, resources: dict[Service, Resource]) -> list[Resource]:
    """Return the APIs of the cloud that have a service principal at a customer."""
    there = set(tenant.apis())
    return [each for each in resources.values() if each.app_id in there]
