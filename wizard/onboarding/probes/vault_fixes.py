"""The fixes around the vault: each request as it would be sent, and the same as a command (protocol 2.3, 11.8).

A role is given by an assignment whose name follows from scope, role and principal, so that it is made once.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from wizard.core.fix_conditions import Goal, JsonObject, Precondition
from wizard.core.fixes import Api, ChangeRequest, Fix
from wizard.core.late_pattern import late_pattern
from wizard.microsoft.resource_manager import (
    BUILT_IN_ROLES,
    RESOURCES_VERSION,
    ROLES_VERSION,
    SECRETS_OFFICER,
    SECRETS_USER,
    VAULTS_VERSION,
    VaultSettings,
)
from wizard.microsoft.vault_places import PROVIDER, DeletedVault, VaultPlace, name_question, name_question_path
from wizard.onboarding.probes.app_fixes import shell_command

ASSIGNS_ROLES: Final = "Microsoft.Authorization/roleAssignments/write"
ADDS_POLICIES: Final = "Microsoft.KeyVault/vaults/accessPolicies/write"
REGISTERS: Final = "Microsoft.KeyVault/register/action"
MAKES_GROUPS: Final = "Microsoft.Resources/subscriptions/resourceGroups/write"
MAKES_VAULTS: Final = "Microsoft.KeyVault/vaults/write"
RECOVERS: Final = "Microsoft.KeyVault/vaults/secrets/recover/action"
"""The permissions that they need, as Azure names its actions."""
SECRETS_VERSION: Final = "7.4"
"""api-version of the vault's own requests."""
RIGHTS_CHECK: Final = "user.vault_rights"
"""The check that is asked again after a right was given to the vault identity, whichever check offers it."""
NAME_CHECK: Final = "user.secret_name"
"""The check that is asked again after a secret was recovered: it says whose the secret is."""
RETENTION_DAYS: Final = 90
TAKES_EFFECT: Final = "It takes up to ten minutes to work."
IAM: Final = "Key vaults > the vault > Access control (IAM) > Role assignments"
_RESOURCE_ID = late_pattern(r"/subscriptions/[A-Za-z0-9-]+/[A-Za-z0-9._()/-]+")
_PRINCIPAL_TYPES: Final = frozenset({"User", "ServicePrincipal"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a right is given to: the object id, and "User", "ServicePrincipal", or "" where that is not known."""

    object_id: str
    kind: str = ""


def is_resource_id(text: str) -> bool:
    """Return whether a text has the form of a resource id: requests are sent to nothing else."""
    return _RESOURCE_ID.fullmatch(text) is not None and ".." not in text


def add_vault_right(settings: VaultSettings, principal: Principal) -> tuple[Fix, ...]:
    """Return the fix that lets the vault identity write secrets: by a role, or by an access policy; none if unsure."""
    name = settings.id.rpartition("/")[2]
    if not is_resource_id(settings.id) or not principal.object_id:
        return ()
    if not settings.uses_roles:
        secrets = ["get", "list", "set"]
        return (
            _policy_fix(
                "add-vault-policy",
                f"Add an access policy for the vault identity to {name}: Get, List and Set on secrets",
                settings,
                principal,
                secrets,
                "The vault identity may then read and write every secret of the vault. Other policies stay.",
                RIGHTS_CHECK,
            ),
        )
    role = BUILT_IN_ROLES[SECRETS_OFFICER][0]
    return (
        Fix(
            "add-vault-role",
            f"Give the vault identity the role {role} on {name}",
            (_assignment(settings.id, principal, SECRETS_OFFICER),),
            f"The vault identity may then read, write, delete and recover every secret of the vault. {TAKES_EFFECT}",
            f"Remove the assignment under {IAM}.",
            _assign_command(settings.id, principal, SECRETS_OFFICER),
            Api.RESOURCE_MANAGER,
            widens=True,
            check=RIGHTS_CHECK,
            tenant_id=settings.tenant_id,
        ),
    )


def add_read_right(settings: VaultSettings, principal: Principal, secret: str, whose: str) -> tuple[Fix, ...]:
    """Return the fix that lets a program read the token: on the one secret, or the vault if `secret` is "".

    Args:
        settings: of the vault.
        principal: the program's.
        secret: the secret's name; "" where the program needs more of the vault, or access policies decide.
        whose: how the program is called, such as "the program 5555…".
    """
    name = settings.id.rpartition("/")[2]
    if not is_resource_id(settings.id):
        return ()
    if not settings.uses_roles:
        effect = f"{_upper(whose)} may then read every secret of the vault: access policies know no single one."
        title = f"Add an access policy for {whose} to {name}: Get on secrets"
        return (_policy_fix("add-reader-policy", title, settings, principal, ["get"], effect, ""),)
    role, where = BUILT_IN_ROLES[SECRETS_USER][0], f"the secret {secret}" if secret else name
    scope = f"{settings.id}/secrets/{secret}" if secret else settings.id
    return (
        Fix(
            "add-reader-role",
            f"Give {whose} the role {role} on {where}",
            (_assignment(scope, principal, SECRETS_USER),),
            f"{_upper(whose)} may then read the value of {where if secret else 'every secret of the vault'}, and "
            f"nothing else by it. {TAKES_EFFECT}",
            f"Remove the assignment under {IAM if not secret else IAM.replace('the vault', 'the vault > Secrets', 1)}.",
            _assign_command(scope, principal, SECRETS_USER),
            Api.RESOURCE_MANAGER,
            widens=True,
            tenant_id=settings.tenant_id,
        ),
    )


def create_vault(place: VaultPlace, name: str, principal: Principal, *, is_only_place: bool) -> Fix:
    """Return the fix that makes a vault, its resource group if that is missing, and gives its role to the identity.

    Args:
        place: where.
        name: of the vault.
        principal: the vault identity's.
        is_only_place: whether no other subscription is offered.
    """
    subscription, location, group = place.subscription, place.location, place.group
    root = f"/subscriptions/{subscription.id}"
    group_path = f"{root}/resourceGroups/{group}"
    vault_id = f"{group_path}/providers/{PROVIDER}/vaults/{name}"
    within = ("--subscription", subscription.id)
    requests, commands = list[ChangeRequest](), list[str]()
    if not place.is_registered:
        requests.append(_registration(root))
        commands.append(shell_command("az", "provider", "register", "--namespace", PROVIDER, *within, "--wait"))
    if not place.is_group_there:
        requests.append(_new_group(group_path, location))
        commands.append(shell_command("az", "group", "create", "--name", group, "--location", location, *within))
    requests.append(_new_vault(vault_id, subscription.id, subscription.tenant_id, name, location))
    commands.append(
        shell_command(
            "az", "keyvault", "create", "--name", name, "--resource-group", group, "--location", location,
            "--enable-rbac-authorization", "true", "--enable-purge-protection", "true",
            "--retention-days", str(RETENTION_DAYS), *within,
        )
    )  # fmt: skip
    requests.append(_assignment(vault_id, principal, SECRETS_OFFICER))
    commands.append(_assign_command(vault_id, principal, SECRETS_OFFICER))
    group_words = f"the resource group {group}" if place.is_group_there else f"a new resource group {group}"
    return Fix(
        "create-vault" if is_only_place else f"create-vault-in-{subscription.id}",
        f"Create the key vault {name} in {subscription.name or subscription.id} ({location})",
        tuple(requests),
        f"The subscription {subscription.name or subscription.id} then has the vault {name} in {group_words}: roles "
        f"decide who may use it, every network reaches it, and what is deleted is kept for {RETENTION_DAYS} days. The "
        "vault identity may read and write every secret of it. Azure charges for its use.",
        f"Delete it under Key vaults > {name}; its name is then taken for {RETENTION_DAYS} days.",
        " && ".join(commands),
        Api.RESOURCE_MANAGER,
        widens=True,
        tenant_id=subscription.tenant_id,
        one_of="create-vault",
    )


def recover_vault(deleted: DeletedVault, place: VaultPlace) -> Fix:
    """Return the fix that brings back a vault which lies deleted, and its resource group if that is gone.

    Args:
        deleted: the vault.
        place: its subscription, with the group that it was in.
    """
    subscription, location, name = place.subscription, deleted.location, deleted.id.rpartition("/")[2]
    path = f"{deleted.id}?api-version={VAULTS_VERSION}"
    body = {
        "location": location,
        "properties": {
            "tenantId": subscription.tenant_id,
            "sku": {"family": "A", "name": "standard"},
            "createMode": "recover",
        },
    }
    lies = Precondition(
        f"/subscriptions/{subscription.id}/providers/{PROVIDER}/locations/{location}/deletedVaults/{name}"
        f"?api-version={VAULTS_VERSION}",
        {},
        otherwise=f"The vault {name} lies deleted no longer: somebody has recovered or purged it.",
    )
    ready = Goal(path, {"properties": {"provisioningState": "Succeeded"}})
    recover = ChangeRequest("PUT", path, body, MAKES_VAULTS, precondition=lies, unless=Goal(path), until=ready)
    group_path = f"/subscriptions/{subscription.id}/resourceGroups/{deleted.group}"
    group = () if place.is_group_there else (_new_group(group_path, location),)
    within = ("--subscription", subscription.id)
    commands = [shell_command("az", "keyvault", "recover", "--name", name, "--location", location, *within)]
    if group:
        made = ("az", "group", "create", "--name", deleted.group, "--location", location, *within)
        commands.insert(0, shell_command(*made))
    return Fix(
        "recover-vault",
        f"Recover the deleted key vault {name} in {subscription.name or subscription.id}",
        (*group, recover),
        f"The vault {name} is there again, with its settings and every secret that it had. Azure does not bring back "
        "who had a role on it: that has to be given again.",
        f"Delete it again under Key vaults > {name}.",
        " && ".join(commands),
        Api.RESOURCE_MANAGER,
        widens=True,
        tenant_id=subscription.tenant_id,
    )


def recover_secret(vault: str, secret: str, tenant_id: str, *, name: str = "recover-secret", check: str = "") -> Fix:
    """Return the fix that brings back a secret which lies deleted.

    Args:
        vault: the vault's host.
        secret: its name.
        tenant_id: of the vault identity, which recovers it.
        name: of the fix.
        check: that is asked again after it, "" for the one that offers it.
    """
    deleted = f"/deletedsecrets/{secret}"
    gone = Goal(f"{deleted}?api-version={SECRETS_VERSION}", is_gone=True)
    request = ChangeRequest(
        "POST", f"{deleted}/recover?api-version={SECRETS_VERSION}", None, RECOVERS, unless=gone, until=gone
    )
    label = vault.partition(".")[0]
    return Fix(
        name,
        f"Recover the deleted secret {secret}",
        (request,),
        f"The secret {secret} is there again, with all its versions, for everybody who may read it. If it is not this "
        "tenant's and app's own, the token still needs another name, or your word that it may replace it.",
        f"Delete it again: az keyvault secret delete --vault-name {label} --name {secret}",
        shell_command("az", "keyvault", "secret", "recover", "--vault-name", label, "--name", secret),
        Api.KEY_VAULT,
        check=check,
        tenant_id=tenant_id,
    )


def assignment_name(scope: str, object_id: str, role_id: str) -> str:
    """Return the name of a role assignment: always the same for scope, principal and role."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}|{object_id}|{role_id}".lower()))


def _assignment(scope: str, principal: Principal, role_id: str) -> ChangeRequest:
    assignment = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
    name = assignment_name(scope, principal.object_id, role_id)
    path = f"{assignment}/{name}?api-version={ROLES_VERSION}"
    root = "/".join(scope.split("/")[:3])
    properties = {
        "roleDefinitionId": f"{root}/providers/Microsoft.Authorization/roleDefinitions/{role_id}",
        "principalId": principal.object_id,
    }
    if principal.kind in _PRINCIPAL_TYPES:  # spares a new principal the time until Azure finds it in the directory
        properties["principalType"] = principal.kind
    undo = ChangeRequest("DELETE", path, None, ASSIGNS_ROLES)
    return ChangeRequest("PUT", path, {"properties": properties}, ASSIGNS_ROLES, undo=undo, unless=Goal(path))


def _policy_fix(
    name: str, title: str, settings: VaultSettings, principal: Principal, secrets: list[str], effect: str, check: str
) -> Fix:
    """Return the fix that adds an access policy; one that the principal has is widened by it."""
    entry: JsonObject = {
        "tenantId": settings.tenant_id,
        "objectId": principal.object_id,
        "permissions": {"secrets": secrets},
    }
    body = {"properties": {"accessPolicies": [entry]}}
    unless = Goal(f"{settings.id}?api-version={VAULTS_VERSION}", body)
    path = f"{settings.id}/accessPolicies/add?api-version={VAULTS_VERSION}"
    vault = settings.id.rpartition("/")[2]
    return Fix(
        name,
        title,
        (ChangeRequest("PUT", path, body, ADDS_POLICIES, unless=unless),),
        effect,
        "Remove it under Key vaults > the vault > Access policies.",
        shell_command(
            "az", "keyvault", "set-policy", "--name", vault, "--object-id", principal.object_id, "--secret-permissions",
            *secrets,
        ),
        Api.RESOURCE_MANAGER,
        widens=True,
        check=check,
        tenant_id=settings.tenant_id,
    )  # fmt: skip


def _assign_command(scope: str, principal: Principal, role_id: str) -> str:
    kind = ("--assignee-principal-type", principal.kind) if principal.kind in _PRINCIPAL_TYPES else ()
    return shell_command(
        "az", "role", "assignment", "create", "--role", BUILT_IN_ROLES[role_id][0],
        "--assignee-object-id", principal.object_id, *kind, "--scope", scope,
    )  # fmt: skip


def _registration(root: str) -> ChangeRequest:
    path = f"{root}/providers/{PROVIDER}"
    done = Goal(f"{path}?api-version={RESOURCES_VERSION}", {"registrationState": "Registered"})
    return ChangeRequest(
        "POST", f"{path}/register?api-version={RESOURCES_VERSION}", None, REGISTERS, unless=done, until=done
    )


def _new_group(path: str, location: str) -> ChangeRequest:
    """Return the request for a resource group; it is taken back only while nothing is in it."""
    own = f"{path}?api-version={RESOURCES_VERSION}"
    empty = Precondition(
        f"{path}/resources?api-version={RESOURCES_VERSION}", {"value": []}, otherwise="Something is in the group."
    )
    undo = ChangeRequest("DELETE", own, None, MAKES_GROUPS, precondition=empty)
    return ChangeRequest("PUT", own, {"location": location}, MAKES_GROUPS, undo=undo, unless=Goal(own))


def _new_vault(vault_id: str, subscription_id: str, tenant_id: str, name: str, location: str) -> ChangeRequest:
    """Return the request for a vault. Nothing takes it back: deleted, it would hold its name for ninety days."""
    path = f"{vault_id}?api-version={VAULTS_VERSION}"
    body = {
        "location": location,
        "properties": {
            "tenantId": tenant_id,
            "sku": {"family": "A", "name": "standard"},
            "accessPolicies": [],
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": RETENTION_DAYS,
            "enablePurgeProtection": True,
        },
    }
    free = Precondition(
        name_question_path(subscription_id),
        {"nameAvailable": True},
        body=name_question(name),
        otherwise=f"The name {name} is taken by now: by somebody else's vault, or by one that was deleted.",
    )
    ready = Goal(path, {"properties": {"provisioningState": "Succeeded"}})
    return ChangeRequest("PUT", path, body, MAKES_VAULTS, precondition=free, unless=Goal(path), until=ready)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
