"""What the commands on customers do with one onboarding: its token opened once, and each customer asked by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Never

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.findings import Finding, Outcome
from wizard.core.request_rate import RequestRate
from wizard.jobs.customer_findings import finding_of, outcome_of_customer
from wizard.jobs.customer_list import CustomerList, read_customers
from wizard.jobs.fleet import CUSTOMER, Member, Result
from wizard.microsoft.services import Services
from wizard.microsoft.wire import Wire
from wizard.onboarding.finding_builders import not_reached, refused
from wizard.onboarding.refusal_context import RefusalContext
from wizard.onboarding.token_issuing import NoToken, open_stored
from wizard.tokens.access_token import AccessToken, redeem_for
from wizard.tokens.customer_access import Access, Came, Customer
from wizard.tokens.customer_requests import Sending
from wizard.tokens.customers import CustomerConsent
from wizard.tokens.keeper import TokenKeeper
from wizard.tokens.record import Owner

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.core.waiting import Cancel, Clock
    from wizard.onboarding.onboarding_context import Onboarding
    from wizard.tokens.customer_access import KeepsGrants
    from wizard.tokens.wanted_consents import WantedApi

TOKEN_CHECK: Final = "customers.token"
"""The id of a token for Partner Center that could not be had: then no customer can be asked."""
A_SECOND: Final = 40
"""Requests about consents: Partner Center takes 50 a second of an app (protocol 11.9)."""


@dataclass(frozen=True, slots=True)
class _Waiter:
    """Waits without telling: many wait side by side."""

    clock: Clock
    cancel: Cancel

    def emit(self, _event: object) -> None:
        """Say nothing."""


@dataclass(slots=True)
class CustomerRun:
    """One onboarding's customers.

    Args:
        onboarding: whose token is stored.
        access: what they have in common.
        tokens: gives tokens of the partner's own tenant.
    """

    onboarding: Onboarding
    access: Access
    tokens: TokenKeeper[Never]

    def partner_graph_token(self) -> Secret:
        """Return a token for Graph in the partner's tenant; raises as `redeem_for` does."""
        return self.tokens.give(f"https://{self.onboarding.services.cloud.graph}", self._home).value

    def listed(self) -> CustomerList:
        """Return every customer; raises `Cancelled` alone."""
        sending = self.access.sending
        return read_customers(sending.waiter, self.access.services(), sending.partner_token, self.partner_graph_token)

    def asked(self, customer: Customer, act: Callable[[CustomerConsent], Came]) -> tuple[Result, Came]:
        """Return what comes of one customer, for people and for programs.

        Raises:
            NotRecorded: the record of actions, or what is kept, cannot be used; nothing was changed without it.
            Cancelled: the cancel signal was set.
        """
        came = act(CustomerConsent(self.access, customer))
        return self.result_of(came), came

    def finding_of(self, came: Came) -> Finding:
        """Return what came of one customer, for people."""
        return finding_of(came, self.access, self.onboarding.services.cloud)

    def result_of(self, came: Came) -> Result:
        """Return what came of one customer as a result among many."""
        finding = self.finding_of(came)
        outcome, customer = outcome_of_customer(came), came.customer
        summary = {
            "type": "summary",
            "name": customer.name,
            "domain": customer.domain,
            "outcome": outcome,
            "state": came.state.value,
            "granted": None if came.granted is None else [each.as_json() for each in came.granted],
            "absent": list(came.absent),
            "is_kept": came.is_kept,
        }
        lines: list[dict[str, object]] = [{**finding.as_json()}] if finding.outcome is not Outcome.HOLDS else []
        if came.plan is not None:
            lines.append({"type": "consent_plan", "deletes": came.plan.deletes, "requests": self.requests_of(came)})
        held = () if finding.outcome is Outcome.HOLDS else (finding,)
        return Result(member_of(customer), outcome, (*lines, summary), held)

    def requests_of(self, came: Came) -> list[dict[str, object]]:
        """Return the exact requests of a plan."""
        if came.plan is None:
            return []
        host, app_name = self.onboarding.services.cloud.partner_center, self.access.app_name
        planned = came.plan.requests(came.customer.tenant_id, self.access.client_id, app_name)
        return [{"method": each.method, "host": host, "path": each.path, "body": each.service_body} for each in planned]

    @property
    def _home(self) -> str:
        return self.onboarding.facts.tenant_id


def member_of(customer: Customer) -> Member:
    """Return a customer as one of many."""
    name = customer.domain or customer.name
    return Member(customer.tenant_id, name, customer.tenant_id, kind=CUSTOMER)


def open_run(onboarding: Onboarding, wanted: tuple[WantedApi, ...], kept: KeepsGrants) -> CustomerRun | Finding:
    """Return the run, with the stored token in memory; a finding where there is none, or Partner Center gets none.

    Args:
        onboarding: whose token is stored.
        wanted: what is to be granted at customers.
        kept: keeps what is removed for a moment.

    Raises:
        BadInput: an answer does not lead to the vault, or to the app's credential.
        Cancelled: the cancel signal was set.
    """
    stored = open_stored(onboarding)
    if isinstance(stored, NoToken):
        return stored.finding
    waiter, wire = _Waiter(onboarding.clock, onboarding.cancel), Wire(is_shared=True)

    def services() -> Services:
        """Return new ones, which end with a customer, over the connections of all."""
        return Services(onboarding.services.cloud, onboarding.clock, onboarding.cancel, wire)

    client_id, home = onboarding.answers.client_id, onboarding.facts.tenant_id

    def redeem(audience: str, tenant_id: str) -> AccessToken:
        owner = Owner(tenant_id, client_id)
        return redeem_for(waiter, services(), owner, stored.credential, stored.refresh_token, audience)

    tokens: TokenKeeper[Never] = TokenKeeper(redeem, onboarding.clock.now)
    audience = f"https://{onboarding.services.cloud.partner_center}"

    def partner_token() -> Secret:
        return tokens.give(audience, home).value

    try:
        partner_token()
    except ServiceRefusal as refusal:
        return replace(refused(refusal, context=RefusalContext.RENEWAL), check=TOKEN_CHECK)
    except Unreachable as error:
        return replace(not_reached(error), check=TOKEN_CHECK)
    account = onboarding.facts.user_name or onboarding.answers.integration_user
    sending = Sending(
        waiter,
        Owner(onboarding.app_tenant_id, client_id),
        account,
        partner_token,
        RequestRate(A_SECOND, onboarding.clock),
        onboarding.record,
    )
    name = onboarding.facts.app_name or client_id
    return CustomerRun(
        onboarding,
        Access(services, name, stored.credential, stored.refresh_token, sending, wanted, kept),
        tokens,
    )
