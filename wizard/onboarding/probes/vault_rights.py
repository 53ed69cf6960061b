"""Checks of the vault's rights and settings by Azure Resource Manager, before anything is written there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.answers import vault_host
from wizard.core.findings import Finding, Who
from wizard.core.timestamps import day
from wizard.onboarding.finding_builders import could_not_tell, holds, warns
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
        return _unseen(found)
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
    return warns(
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
    return warns(
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


def check_vault_settings(onboarding: Onboarding) -> Finding:
    """The vault can be reached from anywhere; how it decides who may do what, and whether a purge is possible."""
    found = read_azure_vault(onboarding)
    if isinstance(found, UnseenVault):
        return _unseen(found)
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


def _unseen(found: UnseenVault) -> Finding:
    return could_not_tell(f"{found.why} The vault itself shows it when it is tried.", BY_HAND, Who.OPERATOR)


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
