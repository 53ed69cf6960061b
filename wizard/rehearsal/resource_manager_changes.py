"""What Azure Resource Manager lets be changed: role assignments, access policies, groups, vaults (protocol 11.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.routing import Route

from wizard.rehearsal.azure_facts import Azure
from wizard.rehearsal.azure_state import MadeAssignment, MadeVault
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
    subscription_of,
)
from wizard.rehearsal.resource_manager_api import ASSIGNMENTS, ROLES, VAULT_TYPE, lies_deleted, made_assignment
from wizard.rehearsal.vault_state import VaultState
from wizard.rehearsal.world import Vault

WRITERS: Final = frozenset({ROLES["secrets_officer"], ROLES["own_writer"]})


class ResourceManagerChanges:
    """Takes what fixes send to Resource Manager; whoever may not change anything is refused as Azure does."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        """Return the routes that change something, and the question whether a name is free."""
        root = "/subscriptions/{subscription}"
        provider = f"{root}/providers/Microsoft.KeyVault"
        group = f"{root}/resourceGroups/{{group}}"
        vault = f"{group}/providers/{VAULT_TYPE}/{{name}}"
        on_vault = f"{vault}/providers/{ASSIGNMENTS}/{{assignment}}"
        on_secret = f"{vault}/secrets/{{secret}}/providers/{ASSIGNMENTS}/{{assignment}}"
        rows: tuple[tuple[str, str, Callable[[Request, Claims, Body], Answer]], ...] = (
            ("POST", f"{provider}/checkNameAvailability", self._check_name),
            ("POST", f"{provider}/register", self._register),
            ("PUT", group, self._make_group),
            ("DELETE", group, self._remove_group),
            ("PUT", vault, self._make_vault),
            ("PUT", f"{vault}/accessPolicies/add", self._add_policy),
            ("PUT", on_vault, self._assign),
            ("PUT", on_secret, self._assign),
            ("DELETE", on_vault, self._unassign),
            ("DELETE", on_secret, self._unassign),
        )
        return [manager_route(self._state, *row) for row in rows]

    @property
    def _azure(self) -> Azure:
        return self._state.world.azure

    def _require(self, may: bool, claims: Claims, action: str, request: Request) -> None:
        if not may:
            raise lacks_right(claims, action, request.url.path)

    def _is_there(self, name: str) -> bool:
        known = self._state.vaults.get(name)
        exists = known is not None and (known.settings.exists or known.is_repaired)
        return self._state.azure.is_there(name, exists)

    def _check_name(self, request: Request, _claims: Claims, body: Body) -> Answer:
        subscription_of(self._state, request)
        name = str(body.get("name", ""))
        if not self._azure.name_taken and not self._is_there(name) and not lies_deleted(self._state, name):
            return 200, {"nameAvailable": True}, {}
        return 200, {"nameAvailable": False, "reason": "AlreadyExists", "message": _taken(name)}, {}

    def _register(self, request: Request, claims: Claims, _body: Body) -> Answer:
        subscription = subscription_of(self._state, request)
        self._require(self._azure.may_create, claims, "Microsoft.KeyVault/register/action", request)
        azure = self._state.azure
        azure.registered_from.setdefault(subscription, azure.later(self._azure.ready_after))
        return 200, {"namespace": "Microsoft.KeyVault", "registrationState": "Registering"}, {}

    def _make_group(self, request: Request, claims: Claims, body: Body) -> Answer:
        subscription, group = subscription_of(self._state, request), str(request.path_params["group"])
        action = "Microsoft.Resources/subscriptions/resourcegroups/write"
        self._require(self._azure.may_create, claims, action, request)
        location = location_of_group(self._state, subscription, group)
        wanted = str(body.get("location", ""))
        if location and location != wanted:
            words = f"Invalid resource group location '{wanted}'. It already exists in location '{location}'."
            raise ManagerError(409, "InvalidResourceGroupLocation", words)
        self._state.azure.groups.setdefault(subscription, {})[group] = wanted
        shown = {"name": group, "location": wanted, "properties": {"provisioningState": "Succeeded"}}
        return (200 if location else 201), shown, {}

    def _remove_group(self, request: Request, claims: Claims, _body: Body) -> Answer:
        subscription, group = subscription_of(self._state, request), str(request.path_params["group"])
        action = "Microsoft.Resources/subscriptions/resourcegroups/delete"
        self._require(self._azure.may_create, claims, action, request)
        if self._state.azure.groups.get(subscription, {}).pop(group, None) is None:
            raise ManagerError(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
        return 202, None, {"Retry-After": "15"}

    def _make_vault(self, request: Request, claims: Claims, body: Body) -> Answer:
        subscription, name = subscription_of(self._state, request), str(request.path_params["name"])
        self._require(self._azure.may_create, claims, "Microsoft.KeyVault/vaults/write", request)
        if self._azure.policy_refuses:
            raise ManagerError(403, "RequestDisallowedByPolicy", self._azure.policy_refuses)
        azure, group = self._state.azure, str(request.path_params["group"])
        if not self._azure.registered and not azure.is_registered(subscription):
            words = "The subscription is not registered to use namespace 'Microsoft.KeyVault'."
            raise ManagerError(409, "MissingSubscriptionRegistration", words)
        if not location_of_group(self._state, subscription, group):
            raise ManagerError(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
        properties = _object(body.get("properties"))
        if properties.get("tenantId") != self._state.operator_tenant.id:
            raise ManagerError(400, "BadRequest", "The tenant of the vault is not that of its subscription.")
        is_deleted = lies_deleted(self._state, name)
        if (properties.get("createMode") == "recover") is not is_deleted and not self._is_there(name):
            words = f"No deleted vault '{name}' was found." if not is_deleted else _taken(name)
            raise ManagerError(409 if is_deleted else 404, "ConflictError" if is_deleted else "NotFound", words)
        if self._azure.name_taken or self._is_there(name):
            raise ManagerError(409, "VaultAlreadyExists", _taken(name))
        ready = azure.later(self._azure.ready_after)
        address = azure.later(self._azure.ready_after + self._azure.address_after)
        azure.vaults[name] = MadeVault(request.url.path, str(body.get("location", "")), ready, address)
        self._state.vaults.setdefault(name, VaultState(Vault(name), self._state.clock))
        stands = {**properties, "provisioningState": "RegisteringDns" if self._azure.ready_after else "Succeeded"}
        return 201, {"id": request.url.path, "name": name, "properties": stands}, {"Retry-After": "10"}

    def _add_policy(self, request: Request, claims: Claims, body: Body) -> Answer:
        name = self._vault_of(request)
        self._require(self._azure.may_create, claims, "Microsoft.KeyVault/vaults/accessPolicies/write", request)
        given = _object(body.get("properties")).get("accessPolicies")
        for each in given if isinstance(given, list) else ():
            granted = _object(each.get("permissions")).get("secrets")
            secrets = {str(name) for name in granted} if isinstance(granted, list) else set()
            object_id = str(each.get("objectId"))
            self._require_principal(object_id)
            self._state.azure.policies.setdefault(name, {}).setdefault(object_id, set()).update(secrets)
            if "set" in secrets and object_id == claims.get("oid"):
                self._state.vaults[name].give_right()
        return 200, body, {}

    def _assign(self, request: Request, claims: Claims, body: Body) -> Answer:
        name, path = self._vault_of(request), request.url.path
        self._require(self._azure.may_assign_roles, claims, f"{ASSIGNMENTS}/write", request)
        properties, azure = _object(body.get("properties")), self._state.azure
        principal = str(properties.get("principalId", ""))
        role = str(properties.get("roleDefinitionId", "")).rpartition("/")[2]
        self._require_principal(principal)
        if role not in ROLES.values():
            raise ManagerError(404, "RoleDefinitionDoesNotExist", "The specified role definition does not exist.")
        scope, _, assignment = path.rpartition(f"/providers/{ASSIGNMENTS}/")
        wanted = (principal, role, scope)
        same = [each for each in azure.assignments if (each.principal_id, each.role_id, each.scope) == wanted]
        if self._has_from_start(claims, principal, role, scope) or any(each.name != assignment for each in same):
            raise ManagerError(409, "RoleAssignmentExists", "The role assignment already exists.")
        if same:
            return 200, made_assignment(same[0]), {}
        seen = azure.later(self._azure.role_seen_after)
        made = MadeAssignment(assignment, principal, role, scope, self._state.clock.now(), seen)
        azure.assignments.append(made)
        if principal == claims.get("oid") and role in WRITERS:
            self._state.vaults[name].give_right()
        return 201, made_assignment(made), {}

    def _unassign(self, request: Request, claims: Claims, _body: Body) -> Answer:
        name = self._vault_of(request)
        self._require(self._azure.may_assign_roles, claims, f"{ASSIGNMENTS}/delete", request)
        wanted = request.path_params["assignment"]
        kept = [each for each in self._state.azure.assignments if each.name != wanted]
        if len(kept) == len(self._state.azure.assignments):
            return 204, None, {}
        self._state.azure.assignments = kept
        self._state.vaults[name].take_right()
        return 200, {}, {}

    def _has_from_start(self, claims: Claims, principal: str, role: str, scope: str) -> bool:
        """Return whether the world gave the caller this role on this scope."""
        if principal != claims.get("oid") or FIRST_SUBSCRIPTION not in scope:
            return False
        on = scope.rpartition("/secrets/")[2] if "/secrets/" in scope else ""
        return any(ROLES[each.role] == role and each.on_secret == on for each in self._azure.roles)

    def _vault_of(self, request: Request) -> str:
        subscription_of(self._state, request)
        name = str(request.path_params["name"])
        if not self._is_there(name):
            raise not_found(f"{VAULT_TYPE}/{name}")
        return name

    def _require_principal(self, object_id: str) -> None:
        """Raise 400 unless somebody of the tenant has this object id."""
        people = {each.object_id for each in self._state.world.people.values()}
        apps = {each.principal_id for each in self._state.apps.values()}
        if object_id not in people | apps:
            words = f"Principal {object_id.replace('-', '')} does not exist in the directory."
            raise ManagerError(400, "PrincipalNotFound", words)


def _taken(name: str) -> str:
    return (
        f"The vault name '{name}' is already in use. Vault names are globally unique; it may also be that of a vault "
        "that was deleted and can be recovered."
    )


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
