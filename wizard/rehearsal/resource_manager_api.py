"""Azure Resource Manager: subscriptions, the vault among their resources, its settings, and who has which role."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, cast

from starlette.requests import Request
from starlette.routing import Route

from wizard.rehearsal.azure_facts import AssignedRole, Azure
from wizard.rehearsal.azure_state import MadeAssignment
from wizard.rehearsal.clock import iso_timestamp
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.issued_tokens import Claims
from wizard.rehearsal.manager_answers import (
    FIRST_SUBSCRIPTION,
    Answer,
    Body,
    ManagerError,
    lacks_right,
    location_of_group,
    manager_route,
    not_found,
    subscription_ids,
    subscription_of,
)

SUBSCRIPTION: Final = f"/subscriptions/{FIRST_SUBSCRIPTION}"
VAULT_TYPE: Final = "Microsoft.KeyVault/vaults"
ASSIGNMENTS: Final = "Microsoft.Authorization/roleAssignments"
_VAULTS: Final = f"{SUBSCRIPTION}/resourceGroups/partner/providers/Microsoft.KeyVault/vaults"
_DEFINITIONS: Final = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
ROLES: Final = {
    "secrets_officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "secrets_user": "4633458b-17de-408a-b874-0445c86b69e6",
    "owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "own_writer": "88888888-bbbb-4bbb-8bbb-000000000001",
    "own_reader": "88888888-bbbb-4bbb-8bbb-000000000002",
}
"""Ids of roles: three built in, and two of Contoso's own."""
_OWN_ROLES: Final = {
    ROLES["own_writer"]: ("Contoso Token Writer", ["Microsoft.KeyVault/vaults/secrets/*"], []),
    ROLES["own_reader"]: (
        "Contoso Token Reader",
        ["Microsoft.KeyVault/vaults/secrets/*"],
        ["Microsoft.KeyVault/vaults/secrets/setSecret/action"],
    ),
}
_ASSIGNED_TO: Final = re.compile(r"assignedTo\('([0-9a-f-]{36})'\)")


class ResourceManagerApi:
    """Resource Manager for the operator's subscription, which has the scene's vault."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        """Return every route of its host that reads."""
        root = "/subscriptions/{subscription}"
        group = f"{root}/resourceGroups/{{group}}"
        vault = f"{group}/providers/{VAULT_TYPE}/{{name}}"
        rows: tuple[tuple[str, Callable[[Request, Claims], Mapping[str, object]]], ...] = (
            ("/subscriptions", self._subscriptions),
            (f"{root}/resources", self._resources),
            (f"{root}/locations", self._locations),
            (f"{root}/providers/Microsoft.KeyVault", self._provider),
            (f"{root}/providers/Microsoft.KeyVault/deletedVaults", self._deleted_vaults),
            (f"{root}/providers/Microsoft.KeyVault/locations/{{location}}/deletedVaults/{{name}}", self._deleted_vault),
            (f"{root}/resourceGroups", self._groups),
            (group, self._group),
            (f"{group}/resources", self._in_group),
            (vault, self._vault),
            (f"{vault}/providers/{ASSIGNMENTS}", self._assignments),
            (f"{vault}/providers/{ASSIGNMENTS}/{{assignment}}", self._one_assignment),
            (f"{vault}/secrets/{{secret}}/providers/{ASSIGNMENTS}/{{assignment}}", self._one_assignment),
            (f"{root}/providers/Microsoft.Authorization/roleDefinitions/{{role}}", self._definition),
        )
        return [self._route(*row) for row in rows]

    def _route(self, path: str, reading: Callable[[Request, Claims], Mapping[str, object]]) -> Route:
        def answer(request: Request, claims: Claims, _body: Body) -> Answer:
            return 200, reading(request, claims), {}

        return manager_route(self._state, "GET", path, answer)

    @property
    def _azure(self) -> Azure:
        return self._state.world.azure

    def _sees(self) -> bool:
        return self._azure.answers and self._azure.shows_vault

    def _subscriptions(self, _request: Request, _claims: Claims) -> Mapping[str, object]:
        tenant = self._state.operator_tenant.id
        found = [
            {
                "id": f"/subscriptions/{each}",
                "subscriptionId": each,
                "displayName": name,
                "state": "Enabled",
                "tenantId": tenant,
            }
            for each, name in subscription_ids(self._state).items()
        ]
        return {"value": found if self._sees() else []}

    def _id_of(self, name: str) -> str:
        """Return the resource id of a vault, "" if Azure has none of this name."""
        made, known = self._state.azure.vaults.get(name), self._state.vaults.get(name)
        if made is not None:
            return made.id
        is_there = known is not None and (known.settings.exists or known.is_repaired)
        return f"{_VAULTS}/{name}" if is_there and self._sees() else ""

    def _resources(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        subscription, wanted = subscription_of(self._state, request), request.query_params.get("$filter", "")
        ids = [self._id_of(name) for name in self._state.vaults if f"name eq '{name}'" in wanted]
        here = [each for each in ids if each.startswith(f"/subscriptions/{subscription}/")]
        return {"value": [{"id": each, "name": each.rpartition("/")[2], "type": VAULT_TYPE} for each in here]}

    def _locations(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        subscription_of(self._state, request)
        metadata = {"regionType": "Physical", "regionCategory": "Recommended"}
        return {"value": [{"name": each, "metadata": metadata} for each in ("westeurope", "northeurope")]}

    def _provider(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        subscription = subscription_of(self._state, request)
        is_done = self._azure.registered or self._state.azure.is_registered(subscription)
        is_asked = subscription in self._state.azure.registered_from
        stands = "Registered" if is_done else "Registering" if is_asked else "NotRegistered"
        return {"namespace": "Microsoft.KeyVault", "registrationState": stands}

    def _deleted_vaults(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        name = self._state.world.vault.name
        is_here = subscription_of(self._state, request) == FIRST_SUBSCRIPTION and lies_deleted(self._state, name)
        about = {"vaultId": f"{_VAULTS}/{name}", "location": "westeurope", "tags": {}}
        return {"value": [{"name": name, "type": "Microsoft.KeyVault/deletedVaults", "properties": about}] * is_here}

    def _deleted_vault(self, request: Request, claims: Claims) -> Mapping[str, object]:
        for each in cast("list[Mapping[str, object]]", self._deleted_vaults(request, claims)["value"]):
            if each["name"] == request.path_params["name"]:
                return each
        raise not_found(f"Microsoft.KeyVault/deletedVaults/{request.path_params['name']}")

    def _groups(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        subscription = subscription_of(self._state, request)
        first = self._azure.groups if subscription == FIRST_SUBSCRIPTION else ()
        made = self._state.azure.groups.get(subscription, {})
        known = {each.name: each.location for each in first} | made
        return {"value": [{"name": name, "location": location} for name, location in known.items()]}

    def _group(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        group = str(request.path_params["group"])
        location = location_of_group(self._state, subscription_of(self._state, request), group)
        if not location:
            raise ManagerError(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
        return {"name": group, "location": location, "properties": {"provisioningState": "Succeeded"}}

    def _in_group(self, request: Request, claims: Claims) -> Mapping[str, object]:
        self._group(request, claims)
        start = request.url.path.removesuffix("/resources")
        ids = [self._id_of(name) for name in self._state.vaults]
        return {"value": [{"id": each, "type": VAULT_TYPE} for each in ids if each.startswith(f"{start}/")]}

    def _vault(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        name, azure, made = str(request.path_params["name"]), self._azure, None
        vault_id = self._id_of(name)
        if not vault_id or vault_id.lower() != request.url.path.lower():
            raise not_found(f"{VAULT_TYPE}/{name}")
        made = self._state.azure.vaults.get(name)
        is_ready = made is None or made.ready_from <= self._state.clock.now()
        rules = [{"value": address} for address in azure.allowed_addresses]
        action = "Deny" if rules else "Allow"
        return {
            "id": vault_id,
            "name": name,
            "type": VAULT_TYPE,
            "location": made.location if made else "westeurope",
            "properties": {
                "tenantId": azure.vault_tenant or self._state.operator_tenant.id,
                "enableRbacAuthorization": made is not None or azure.uses_roles,
                "accessPolicies": self._policies(name),
                "enableSoftDelete": True,
                "softDeleteRetentionInDays": 90,
                **({"enablePurgeProtection": True} if made or azure.purge_protection else {}),
                "publicNetworkAccess": "Enabled" if azure.public else "Disabled",
                "networkAcls": {"bypass": "AzureServices", "defaultAction": action, "ipRules": rules},
                "provisioningState": "Succeeded" if is_ready else "RegisteringDns",
            },
        }

    def _policies(self, name: str) -> list[Mapping[str, object]]:
        operator = self._state.apps[self._state.world.operator.client_id].principal_id
        found = {operator: set(self._azure.policy)} if self._azure.policy else {}
        for object_id, allowed in self._state.azure.policies.get(name, {}).items():
            found[object_id] = found.get(object_id, set()) | allowed
        return [
            {
                "tenantId": self._state.operator_tenant.id,
                "objectId": object_id,
                "permissions": {"secrets": sorted(allowed)},
            }
            for object_id, allowed in found.items()
        ]

    def _assignments(self, request: Request, claims: Claims) -> Mapping[str, object]:
        found = _ASSIGNED_TO.search(request.query_params.get("$filter", ""))
        name, oid = str(request.path_params["name"]), str(claims.get("oid", ""))
        vault = self._id_of(name) or f"{_VAULTS}/{name}"
        if not self._azure.shows_roles:
            raise lacks_right(claims, f"{ASSIGNMENTS}/read", vault)
        wanted = found[1] if found else ""
        own = self._azure.roles if wanted == oid and vault.startswith(_VAULTS) else ()
        now = self._state.clock.now()
        made = [
            each
            for each in self._state.azure.assignments
            if each.principal_id == wanted and each.seen_from <= now and each.scope.startswith(vault)
        ]
        return {"value": [*(self._assignment(each, vault, oid) for each in own), *map(made_assignment, made)]}

    def _one_assignment(self, request: Request, claims: Claims) -> Mapping[str, object]:
        if not self._azure.shows_roles:
            raise lacks_right(claims, f"{ASSIGNMENTS}/read", request.url.path)
        name, path = str(request.path_params["assignment"]), request.url.path
        for each in self._state.azure.assignments:
            if path == f"{each.scope}/providers/{ASSIGNMENTS}/{each.name}":
                return made_assignment(each)
        raise ManagerError(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")

    def _assignment(self, each: AssignedRole, vault: str, oid: str) -> Mapping[str, object]:
        created = iso_timestamp(self._state.started - timedelta(minutes=each.minutes_ago))
        name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{each.role}{each.on_secret}"))
        return {
            "id": f"{vault}/providers/Microsoft.Authorization/roleAssignments/{name}",
            "name": name,
            "type": "Microsoft.Authorization/roleAssignments",
            "properties": {
                "roleDefinitionId": f"{_DEFINITIONS}/{ROLES[each.role]}",
                "principalId": oid,
                "principalType": "ServicePrincipal",
                "scope": f"{vault}/secrets/{each.on_secret}" if each.on_secret else vault,
                "createdOn": created,
                "updatedOn": created,
            },
        }

    def _definition(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        role = _OWN_ROLES.get(str(request.path_params["role"]))
        if role is None:
            raise ManagerError(404, "RoleDefinitionDoesNotExist", "The specified role definition does not exist.")
        name, allowed, excluded = role
        permission = {"actions": [], "notActions": [], "dataActions": allowed, "notDataActions": excluded}
        return {"properties": {"roleName": name, "type": "CustomRole", "permissions": [permission]}}


def lies_deleted(state: CloudState, name: str) -> bool:
    """Return whether a vault was deleted before the start, and nobody has recovered it."""
    return state.world.azure.deleted and name == state.world.vault.name and name not in state.azure.vaults


def made_assignment(each: MadeAssignment) -> Mapping[str, object]:
    """Return a role assignment that was made while the cloud runs, as Azure shows it."""
    created = iso_timestamp(each.made_at)
    root = "/".join(each.scope.split("/")[:3])
    return {
        "id": f"{each.scope}/providers/{ASSIGNMENTS}/{each.name}",
        "name": each.name,
        "type": ASSIGNMENTS,
        "properties": {
            "roleDefinitionId": f"{root}/providers/Microsoft.Authorization/roleDefinitions/{each.role_id}",
            "principalId": each.principal_id,
            "scope": each.scope,
            "createdOn": created,
            "updatedOn": created,
        },
    }
