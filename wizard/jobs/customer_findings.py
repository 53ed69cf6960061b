"""What came of a customer, as a finding: what, why, what to do and who, out of assets/customer-states.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from wizard.core.assets import read_asset
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.wording import upper_first
from wizard.onboarding.finding_builders import not_reached, refused
from wizard.onboarding.refusal_context import RefusalContext
from wizard.tokens.customer_states import GOOD, CustomerState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wizard.microsoft.clouds import Cloud
    from wizard.tokens.customer_access import Access, Came
    from wizard.tokens.customer_grants import ApiGrant

CHECK: Final = "customers.consent"
ASSET: Final = "customer-states.toml"
IS_KEPT: Final = "What was granted before is kept, and put back first at the next start."
WAS_RESTORED: Final = "What an earlier run had removed was put back."
_PROVISIONAL: Final = frozenset({CustomerState.NOT_SEEN})
_SHOWN: Final = frozenset({CustomerState.NOT_CONSENTED, CustomerState.NO_GRANT})
"""What a look alone finds, and a run that changes something does not leave."""


@dataclass(frozen=True, slots=True)
class StateText:
    """What is said of a state; a finding's parts, with places to fill."""

    outcome: Outcome
    message: str
    title: str = ""
    actions: tuple[str, ...] = ()
    who: tuple[Who, ...] = ()
    administrator: str = ""


@cache
def state_texts() -> Mapping[str, StateText]:
    """Return what is said of each state, by its name."""
    return {
        name: StateText(
            Outcome(table["outcome"]),
            table["message"],
            table.get("title", ""),
            tuple(table.get("actions", ())),
            tuple(Who(each) for each in table.get("who", ())),
            table.get("administrator", ""),
        )
        for name, table in tomllib.loads(read_asset(ASSET)).items()
    }


def outcome_of_customer(came: Came) -> str:
    """Return how it ended, as a fleet's summary says it."""
    if came.state is CustomerState.UNREACHABLE:
        return "unreachable"
    if came.is_kept and came.state in GOOD:
        return "provisional"
    if came.state in GOOD:
        return "proven"
    return "provisional" if came.state in _PROVISIONAL | _SHOWN else "failed"


def finding_of(came: Came, access: Access, cloud: Cloud) -> Finding:
    """Return what came of a customer, for people.

    Args:
        came: it.
        access: of the run.
        cloud: whose hosts and portals are named.
    """
    text = state_texts().get(came.state)
    if came.error is not None and came.state is CustomerState.UNREACHABLE:
        finding = not_reached(came.error)
    elif text is None and came.refusal is not None:
        finding = refused(came.refusal, context=RefusalContext.CUSTOMER)
    else:
        finding = _of_text(text or state_texts()[CustomerState.NOT_SEEN], came, access, cloud)
    notes = [finding.message]
    notes += [WAS_RESTORED] if came.was_restored else []
    notes += [IS_KEPT] if came.is_kept and came.state is not CustomerState.NOT_RESTORED else []
    customer = {"customer": came.customer.name or came.customer.domain, "tenant": came.customer.tenant_id}
    return replace(
        finding,
        check=CHECK,
        message=" ".join(notes),
        title=finding.title or "The customer's tenant was not reached",
        evidence={**customer, "state": came.state.value, **finding.evidence},
    )


def _of_text(text: StateText, came: Came, access: Access, cloud: Cloud) -> Finding:
    customer, client_id = came.customer, access.client_id
    names = {
        "{customer}": customer.name or customer.tenant_id,
        "{tenant}": customer.tenant_id,
        "{app}": client_id,
        "{apis}": ", ".join(came.absent),
        "{missing}": in_words(came.plan.missing if came.plan else (), access),
        "{link}": f"https://{cloud.login}/{customer.tenant_id}/adminconsent?client_id={client_id}",
    }

    def filled(words: str) -> str:
        for place, value in names.items():
            words = words.replace(place, value)
        return cloud.in_its_portals(words)

    refusal = came.refusal
    said = {"service_said": refusal.description} if refusal is not None and refusal.description else {}
    return Finding(
        "",
        text.outcome,
        upper_first(filled(text.message)),
        said,
        tuple(map(filled, text.actions)),
        text.who,
        (refusal.code or refusal.error) if refusal is not None else "",
        refusal.ids if refusal is not None else Finding("", text.outcome, "").ids,
        title=filled(text.title),
        administrator=text.administrator,
    )


def in_words(grants: Iterable[ApiGrant], access: Access) -> str:
    """Return permissions in words, such as "Directory.Read.All of Microsoft Graph"."""
    names = {each.app_id: each.name for each in access.wanted}
    parts = [
        f"{', '.join(each.scopes)} of {names.get(each.app_id, each.app_id or 'an API that nobody can name')}"
        for each in grants
    ]
    return "; ".join(parts)
