"""Whether anything requires MFA of the integration user, and where that can be skipped; one requirement is enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.core.wording import counted, lower_first
from wizard.microsoft.graph import Unread
from wizard.microsoft.tenant_policies import Applies, PolicyState
from wizard.onboarding.finding_builders import of_items
from wizard.onboarding.health_rule import HealthRule, needs_checks
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.account_reading import read_per_user_mfa
from wizard.onboarding.probes.graph_identity import OWN_TENANT, no_graph_identity
from wizard.onboarding.probes.graph_reading import unread_item
from wizard.onboarding.probes.policy_reading import (
    read_conditional_access,
    read_remembered_days,
    read_security_defaults,
)
from wizard.onboarding.step import Check

if TYPE_CHECKING:
    from wizard.microsoft.tenant_policies import Policy

REQUIRE_MFA: Final = (
    "Have a Conditional Access policy require MFA of this account for all resources, from every location: "
    "entra.microsoft.com > Entra ID > Conditional Access > Policies.",
    "Without Entra ID P1: switch security defaults on, which refuse device codes, and sign in in a browser.",
)
LOOK_YOURSELF: Final = "Look it up where each line says: one requirement is enough."
NO_GAPS: Final = "Take the exceptions out of the policy, or let another policy require MFA without them."


def check_mfa_required(onboarding: Onboarding) -> Finding:
    """Conditional Access, security defaults or per-user MFA requires MFA of the account, without a gap."""
    found = (*_defaults(onboarding), *_policies(onboarding), *_per_user(onboarding))
    sure = next((item for item in found if item.outcome is Outcome.HOLDS), None)
    if sure:
        remembered = tuple(_remembered(onboarding))
        message = f"MFA is required of the account by {sure.subject}"
        return of_items(
            f"{message}; it can be skipped on a device that remembers it." if remembered else f"{message}.",
            (sure, *remembered),
            "Switch it off: entra.microsoft.com > Entra ID > Users > All users > Per-user MFA > Service settings.",
            Who.ADMIN,
            title="MFA can be skipped on a remembered device",
        )
    gaps = tuple(item for item in found if item.outcome is Outcome.WARNS)
    if gaps:
        message = f"MFA is required of the account by {gaps[0].subject}, but {gaps[0].message}."
        return of_items(message, (*gaps, *_remembered(onboarding)), NO_GAPS, Who.ADMIN, title="MFA can be skipped")
    if unread := tuple(item for item in found if item.outcome is Outcome.UNKNOWN):
        message = "Whether anything requires MFA of the account could not be told."
        return of_items(message, unread, (LOOK_YOURSELF, f"If none does: {lower_first(REQUIRE_MFA[0])}"), Who.ADMIN)
    nothing = Item("MFA", Outcome.FAILS, "nothing requires it", ItemKind.MISSING)
    message = (
        "Nothing requires MFA of the account: no Conditional Access policy, no per-user MFA; and security defaults, "
        "which would refuse device codes as well, are off."
    )
    return of_items(message, (nothing, *found), REQUIRE_MFA, Who.ADMIN)


def _defaults(onboarding: Onboarding) -> Iterator[Item]:
    """Yield security defaults, where they are on or could not be read."""
    found = read_security_defaults(onboarding)
    if isinstance(found, Unread):
        yield unread_item(found)
    elif found:
        yield Item("security defaults, which refuse device codes", Outcome.HOLDS, "are on", ItemKind.SETTING)


def _per_user(onboarding: Onboarding) -> Iterator[Item]:
    """Yield per-user MFA, where it is on or could not be read."""
    found = read_per_user_mfa(onboarding)
    if isinstance(found, Unread):
        yield unread_item(found)
    elif found:
        yield Item("per-user MFA", Outcome.HOLDS, "is on for the account", ItemKind.SETTING)


def _policies(onboarding: Onboarding) -> Iterator[Item]:
    """Yield each policy in force that requires MFA: of this sign-in, of some, or of others alone."""
    found = read_conditional_access(onboarding)
    if isinstance(found, Unread):
        yield unread_item(found)
        return
    for policy in found:
        if policy.asks_for_mfa and policy.state is not PolicyState.DISABLED:
            yield from _policy_item(policy)


def _policy_item(policy: Policy) -> Iterator[Item]:
    subject = f"the policy “{policy.name}”"
    if policy.state is PolicyState.REPORT_ONLY:
        if policy.applies is not Applies.NO:
            yield Item(subject, Outcome.FAILS, "is in report-only, so it requires nothing", ItemKind.SETTING)
    elif policy.applies is Applies.NO:
        for gap in policy.left_out:
            yield Item(subject, Outcome.FAILS, gap, ItemKind.SETTING)
    elif policy.gaps:
        yield Item(subject, Outcome.WARNS, f"not {' and not '.join(policy.gaps)}", ItemKind.SETTING)
    elif policy.applies is Applies.PERHAPS:
        message = "whether it reaches this account cannot be told: it is for groups or roles, or has conditions"
        yield Item(subject, Outcome.UNKNOWN, message, ItemKind.UNREAD)
    else:
        yield Item(subject, Outcome.HOLDS, "requires MFA", ItemKind.SETTING)


def _remembered(onboarding: Onboarding) -> Iterator[Item]:
    """Yield that devices remember MFA; what could not be read is no reason to doubt the requirement."""
    days = read_remembered_days(onboarding)
    if not isinstance(days, Unread) and days:
        message = f"a device is trusted for {counted(days, 'day')} after MFA (then AADSTS50078)"
        yield Item("remembered devices", Outcome.WARNS, message, ItemKind.SETTING)


MFA_REQUIRED_CHECK: Final = Check(
    "user.mfa_required",
    "MFA is required of the account",
    "Nothing requires MFA of the account",
    "Sign-in",
    check_mfa_required,
    advisory=True,
    fields_to_fix=("integration_user",),
    skipped_because=no_graph_identity,
    health_rule=HealthRule(needs=needs_checks("tenant.exists")),
    facet=OWN_TENANT,
)
