"""The app's service principal in the tenant: there, switched on, and open to the integration user."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.microsoft.graph import Unread, Why
from wizard.microsoft.principals import ENTERPRISE_APP, RoleGrant, ServicePrincipal
from wizard.onboarding.finding_builders import fixed_by, of_items
from wizard.onboarding.health_rule import HealthRule
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account_reading import read_groups, user_id
from wizard.onboarding.probes.graph_reading import (
    app_may_not_read,
    needs_to_read,
    read_assigned,
    read_principal,
    unread_item,
    untold,
)
from wizard.onboarding.probes.principal_fixes import assigning, switching_on
from wizard.onboarding.step import Check

MOST_NAMED: Final = 5
ASSIGNMENT: Final = "assignment"
NOBODY_NAMED: Final = (
    "required, and nobody is assigned. Name the integration user in step 4, then check this step again: the assignment "
    "is offered here"
)


def check_principal(onboarding: Onboarding) -> Finding:
    """The app has a service principal here, somebody may sign in to it, and the integration user among them."""
    found = read_principal(onboarding, onboarding.answers.client_id)
    if isinstance(found, Unread) and found.why is Why.NOT_THERE:
        message = "the tenant has none for this app, so nothing is granted to it; admin consent makes it"
        items: tuple[Item, ...] = (Item("service principal", Outcome.FAILS, message, ItemKind.MISSING),)
        return _finding("The app has no service principal in this tenant.", items)
    if isinstance(found, Unread):
        return untold(onboarding, found)
    items = (*_switch(found), *_assignment(onboarding, found))
    fixes = [*switching_on(onboarding)] if found.is_enabled is False else []
    if any(item.subject == ASSIGNMENT and item.outcome is not Outcome.HOLDS for item in items):
        fixes += assigning(onboarding, found)
    is_open = all(item.outcome is Outcome.HOLDS for item in items)
    state = "is switched on, and open to the integration user" if is_open else "may keep the integration user out"
    finding = _finding(f"The app's service principal, “{found.name}”, {state}.", items, object_id=found.object_id)
    return fixed_by(finding, *fixes)


def _finding(message: str, items: tuple[Item, ...], **evidence: str) -> Finding:
    return of_items(
        message,
        items,
        (
            f"Correct it: {ENTERPRISE_APP} > Properties (“Enabled for users to sign-in?”, “Assignment required?”).",
            f"Or assign the integration user: {ENTERPRISE_APP} > Users and groups.",
        ),
        Who.ADMIN,
        **evidence,
    )


def _switch(found: ServicePrincipal) -> Iterator[Item]:
    """Yield whether anybody may sign in to it."""
    subject = "sign-in to the app"
    if found.is_enabled is None:
        yield Item(subject, Outcome.UNKNOWN, "Graph does not say whether it is switched on", ItemKind.UNREAD)
    elif found.is_enabled:
        yield Item(subject, Outcome.HOLDS, "switched on", ItemKind.SETTING)
    else:
        yield Item(subject, Outcome.FAILS, "switched off for everybody (AADSTS7000112)", ItemKind.SETTING)


def _assignment(onboarding: Onboarding, found: ServicePrincipal) -> Iterator[Item]:
    """Yield whether the integration user is among those who may use it, where only some may."""
    subject = ASSIGNMENT
    if found.needs_assignment is None:
        yield Item(subject, Outcome.UNKNOWN, "Graph does not say whether it is required", ItemKind.UNREAD)
        return
    if not found.needs_assignment:
        yield Item(subject, Outcome.HOLDS, "not required", ItemKind.SETTING)
        return
    assigned = read_assigned(onboarding)
    if isinstance(assigned, Unread):
        yield unread_item(assigned)
        return
    yield _among(onboarding, assigned)


def _among(onboarding: Onboarding, assigned: tuple[RoleGrant, ...]) -> Item:
    """Return whether the integration user is assigned, or a group that the account is a direct member of."""
    subject, holder_id = ASSIGNMENT, user_id(onboarding)
    people = [each for each in assigned if each.holder_kind != "ServicePrincipal"]
    if not people and not (holder_id or onboarding.answers.integration_user):
        return Item(subject, Outcome.UNKNOWN, NOBODY_NAMED, ItemKind.MISSING)
    if not people:
        return Item(subject, Outcome.FAILS, "required, and nobody is assigned (AADSTS50105)", ItemKind.MISSING)
    if holder_id and any(each.holder_id == holder_id for each in people):
        return Item(subject, Outcome.HOLDS, "required, and the integration user is assigned", ItemKind.SETTING)
    groups = read_groups(onboarding) if holder_id else ()
    own = set() if isinstance(groups, Unread) else {each.object_id for each in groups}
    if any(each.holder_id.lower() in own for each in people):
        message = "required, and a group of the integration user is assigned"
        return Item(subject, Outcome.HOLDS, message, ItemKind.SETTING)
    names = ", ".join(f"{each.holder_kind.lower()} {each.holder_name}".strip() for each in people[:MOST_NAMED])
    more = f" and {len(people) - MOST_NAMED} more" if len(people) > MOST_NAMED else ""
    message = f"required; assigned: {names}{more}. Whether the integration user is among them is not known"
    is_out = bool(holder_id) and all(each.holder_kind == "User" for each in people)
    if is_out:
        message = f"required, and the integration user is not assigned (AADSTS50105); assigned: {names}{more}"
    return Item(subject, Outcome.FAILS if is_out else Outcome.UNKNOWN, message, ItemKind.MISSING)


PRINCIPAL_CHECK: Final = Check(
    "consent.principal",
    "The app may be used in this tenant",
    "The app may not be used in this tenant",
    "In Graph",
    check_principal,
    settled_by="user.signed_in",
    skipped_because=app_may_not_read,
    health_rule=HealthRule(needs=needs_to_read),
)
