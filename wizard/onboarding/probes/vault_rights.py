"""Checks of the vault's rights and settings by Azure Resource Manager, before anything is written there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.answers import vault_host
from wizard.core.errors import Unreachable
from wizard.core.findings import Finding, Who
from wizard.core.fixes import Fix
from wizard.core.timestamps import day
from wizard.onboarding.finding_builders import could_not_tell, fixed_by, holds, warns
from wizard.onboarding.health_rule import HealthRule
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.azure_vault import (
    AssignedRole,
    AzureVault,
    UnseenVault,
    has_no_resource_manager,
    read_azure_vault,
)
from wizard.onboarding.probes.vault_access import login_host_check
from wizard.onboarding.probes.vault_fixes import add_vault_right
from wizard.onboarding.step import Check

if TYPE_CHECKING:
    from wizard.microsoft.resource_manager import VaultSettings

ROLE_TAKES_EFFECT: Final = timedelta(minutes=10)
"""Within it a role that was assigned reaches the vault (protocol 2.3)."""
OFFICER: Final = "Key Vault Secrets Officer"
MAY_NOT: Final = "The vault identity may not write"
"""A warning: what Azure lists may be incomplete, and the vault itself says the last word."""
WRITES: Final = frozenset({"set", "all"})
"""What an access policy has to grant on secrets, one of it."""
VAULTS_PAGE: Final = "portal.azure.com > Key vaults > the vault"
BY_HAND: Final = (f"Look by hand: {VAULTS_PAGE} > Access control (IAM) > Check access > the vault identity.",)


def check_vault_rights(onboarding: Onboarding) -> Finding:
    """The vault identity has a role, or an access policy, by which it may write secrets."""
    found = read_azure_vault(onboarding)
    if isinstance(found, UnseenVault):
        return _unseen(onboarding, found)
    if found.is_of_another_tenant:
        return _of_another_tenant(found)
    if not found.settings.uses_roles:
        return _by_policy(found)
    if found.roles is None:
        return could_not_tell("The roles on the vault may not be read by the vault identity.", BY_HAND, Who.OPERATOR)
    writers = [each for each in found.roles if each.role.may_write]
    if not writers:
        return _no_role(found, found.roles)
    return _by_role(onboarding, found, writers)


def _by_role(onboarding: Onboarding, found: AzureVault, writers: list[AssignedRole]) -> Finding:
    """Return the finding of roles that may write: the one that has been there longest counts."""
    moments = [(each.assignment.created_at, each) for each in writers]
    dated = sorted(((at, each) for at, each in moments if at), key=lambda pair: pair[0])
    chosen = dated[0][1] if dated and len(dated) == len(moments) else writers[0]
    name, at = chosen.role.name, chosen.assignment.created_at
    evidence = {"role": name, "scope": chosen.assignment.scope, "object_id": found.object_id}
    if all(each.assignment.is_conditional for each in writers):
        message = (
            f"The vault identity may write by {name}, under a condition that is not read here; the vault shows it."
        )
        return could_not_tell(message, **evidence)
    age = onboarding.clock.now() - at if at else None
    if age is not None and age < ROLE_TAKES_EFFECT:
        minutes = max(1, round(age.total_seconds() / 60))
        return warns(
            f"The vault identity may write by {name}, assigned {minutes} minutes ago; that takes up to "
            "ten to reach the vault.",
            "If the vault refuses, wait some minutes, then check again.",
            Who.OPERATOR,
            title="The role was assigned a moment ago",
            **evidence,
        )
    since = f", assigned on {day(at)}" if at else ""
    return holds(f"The vault identity may write by {name}{since}.", **evidence)


def _no_role(found: AzureVault, roles: tuple[AssignedRole, ...]) -> Finding:
    names = sorted({each.role.name for each in roles})
    has = f"It may not by what it has: {', '.join(names)}." if names else "It has no role there."
    finding = warns(
        f"No role lets the vault identity write secrets. {has}",
        (
            f"Assign {OFFICER} to it: {VAULTS_PAGE} > Access control (IAM) > Add role assignment.",
            f"Or: `az role assignment create --role '{OFFICER}' --assignee-object-id {found.object_id} --scope "
            f"{found.settings.id}`.",
            "Then wait up to ten minutes, and check again.",
        ),
        Who.ADMIN,
        title=MAY_NOT,
        object_id=found.object_id,
    )
    return fixed_by(finding, *add_vault_right(found.settings, found.identity))


def _of_another_tenant(found: AzureVault) -> Finding:
    return warns(
        f"The vault takes identities of the tenant {found.settings.tenant_id}, and the vault identity is of "
        f"{found.tenant_id}: no role helps it there.",
        (
            "Choose an identity of that tenant: sign in in a browser, or "
            f"az login --tenant {found.settings.tenant_id}.",
            "Or choose a vault of the identity's own tenant.",
        ),
        Who.OPERATOR,
        title="The vault identity belongs to another tenant",
        tenant_id=found.tenant_id,
    )


def _by_policy(found: AzureVault) -> Finding:
    """Return the finding of a vault whose access policies decide: those of groups cannot be told from here."""
    own = [each for each in found.settings.policies if each.object_id == found.object_id]
    if any(each.secrets & WRITES for each in own):
        return holds("The vault identity may write by an access policy of its own.", object_id=found.object_id)
    if any(each.secrets & WRITES for each in found.settings.policies):
        return could_not_tell(
            "The vault has access policies that allow writing, none of them for the vault identity itself; one may be "
            "for a group that it is in.",
            f"Look by hand: {VAULTS_PAGE} > Access policies.",
            Who.OPERATOR,
            object_id=found.object_id,
        )
    host = found.settings.id.rpartition("/")[2]
    finding = warns(
        "No access policy of the vault allows writing secrets.",
        (
            f"Add one with Get, Set and List on secrets: {VAULTS_PAGE} > Access policies > Create.",
            f"Or: `az keyvault set-policy --name {host} --object-id {found.object_id} "
            "--secret-permissions get list set`.",
        ),
        Who.ADMIN,
        title=MAY_NOT,
        object_id=found.object_id,
    )
    return fixed_by(finding, *add_vault_right(found.settings, found.identity))


def check_vault_settings(onboarding: Onboarding) -> Finding:
    """The vault can be reached from anywhere; how it decides who may do what, and whether a purge is possible."""
    found = read_azure_vault(onboarding)
    if isinstance(found, UnseenVault):
        return _unseen(onboarding, found)
    settings = found.settings
    evidence = {
        "resource": settings.id,
        "permission_model": "roles" if settings.uses_roles else "access policies",
        "purge_protection": settings.purge_protection,
    }
    if not settings.is_public or settings.is_firewalled:
        return _behind_firewall(onboarding, settings, evidence)
    model = "Roles" if settings.uses_roles else "Access policies"
    purge = "on" if settings.purge_protection else "off: a deleted secret can be deleted for good at once"
    return holds(
        f"{model} decide who may use the vault, every network gets in, and purge protection is {purge}.", **evidence
    )


def _behind_firewall(onboarding: Onboarding, settings: VaultSettings, evidence: dict[str, str | bool]) -> Finding:
    name = vault_host(onboarding.answers.vault_url).partition(".")[0]
    if not settings.is_public:
        return warns(
            "The vault can be reached through a private endpoint alone.",
            "Run the wizard, and every renewal, on a machine in the vault's own network.",
            Who.OPERATOR,
            title="The vault is closed to public networks",
            **evidence,
        )
    listed = ", ".join(settings.allowed_addresses) or "none"
    return warns(
        f"The vault's firewall lets in only networks that are listed; addresses: {listed}.",
        (
            "Run the wizard, and every renewal, on a machine in one of these networks.",
            "Or have this machine's address added, which takes up to 15 minutes: "
            f"`az keyvault network-rule add --name {name} --ip-address <address>`.",
        ),
        Who.OPERATOR,
        Who.ADMIN,
        title="The vault's firewall is on",
        **evidence,
    )


def _unseen(onboarding: Onboarding, found: UnseenVault) -> Finding:
    if not found.other_tenant:
        return could_not_tell(f"{found.why} The vault itself shows it when it is tried.", BY_HAND, Who.OPERATOR)
    finding = could_not_tell(
        f"The vault identity is of the tenant {found.other_tenant}, whose subscriptions show no vault of this name.",
        (
            "If the vault is in the app's tenant, choose an identity of it: sign in in a browser, or "
            f"az login --tenant {onboarding.app_tenant_id}.",
            *BY_HAND,
        ),
        Who.OPERATOR,
        tenant_id=found.other_tenant,
    )
    return replace(finding, title="The vault identity belongs to another tenant")


def missing_right(onboarding: Onboarding) -> tuple[Fix, ...]:
    """Return the fix for a right that the vault says is missing; none where Azure shows one, or nothing.

    Raises:
        Cancelled: the cancel signal was set.
    """
    if has_no_resource_manager(onboarding):
        return ()
    try:
        return check_vault_rights(onboarding).fixes
    except Unreachable:
        return ()


def role_works_by(onboarding: Onboarding) -> datetime | None:
    """Return when a role that was assigned a moment ago works at the latest; None where none was.

    Raises:
        Cancelled: the cancel signal was set.
    """
    if has_no_resource_manager(onboarding):
        return None
    try:
        found = read_azure_vault(onboarding)
    except Unreachable:
        return None
    roles = found.roles if isinstance(found, AzureVault) else None
    moments = [each.assignment.created_at for each in roles or () if each.role.may_write]
    now = onboarding.clock.now()
    ends = [at + ROLE_TAKES_EFFECT for at in moments if at is not None and now < at + ROLE_TAKES_EFFECT]
    return max(ends, default=None)


VAULT_RIGHTS_CHECKS: Final = (
    Check(
        "user.vault_rights",
        "The vault identity may write",
        MAY_NOT,
        "Vault",
        check_vault_rights,
        advisory=True,
        fields_to_fix=("vault_identity",),
        skipped_because=has_no_resource_manager,
        health_rule=HealthRule(needs=login_host_check),
    ),
    Check(
        "user.vault_settings",
        "The vault's settings let it be used",
        "The vault's settings are in the way",
        "Vault",
        check_vault_settings,
        advisory=True,
        skipped_because=has_no_resource_manager,
        health_rule=HealthRule(needs=login_host_check),
    ),
)
