"""Azure Resource Manager: subscriptions, the vault among their resources, its settings, and who has which role."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wizard.rehearsal.azure_facts import AssignedRole, Azure
from wizard.rehearsal.choices import Service
from wizard.rehearsal.clock import iso_timestamp
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.issued_tokens import Claims, read_access_token

SUBSCRIPTION: Final = "/subscriptions/88888888-aaaa-4aaa-8aaa-000000000001"
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


class ManagerError(Exception):
    """A refusal of Resource Manager."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class ResourceManagerApi:
    """Resource Manager for the operator's subscription, which has the scene's vault."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        """Return every route of its host."""
        vault = f"{_VAULTS}/{{name}}"
        rows: tuple[tuple[str, Callable[[Request, Claims], Mapping[str, object]]], ...] = (
            ("/subscriptions", self._subscriptions),
            (f"{SUBSCRIPTION}/resources", self._resources),
            (vault, self._vault),
            (f"{vault}/providers/Microsoft.Authorization/roleAssignments", self._assignments),
            (f"{_DEFINITIONS}/{{role}}", self._definition),
        )
        return [self._route(*row) for row in rows]

    def _route(self, path: str, body: Callable[[Request, Claims], Mapping[str, object]]) -> Route:
        async def answer(request: Request) -> Response:
            headers = {"x-ms-request-id": str(uuid.uuid4()), "x-ms-correlation-request-id": str(uuid.uuid4())}
            try:
                with self._state.lock:
                    content = body(request, self._claims(request))
            except ManagerError as refusal:
                error = {"code": refusal.code, "message": refusal.message}
                return JSONResponse({"error": error}, refusal.status, headers)
            return JSONResponse(content, headers=headers)

        return Route(path, answer)

    @property
    def _azure(self) -> Azure:
        return self._state.world.azure

    def _claims(self, request: Request) -> Claims:
        claims = read_access_token(request.headers.get("authorization", ""))
        if claims is None or claims.get("aud") != self._state.resources[Service.RESOURCE_MANAGER].audience:
            raise ManagerError(401, "InvalidAuthenticationToken", "The access token is invalid.")
        if not request.query_params.get("api-version"):
            raise ManagerError(
                400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required."
            )
        return claims

    def _sees(self) -> bool:
        return self._azure.answers and self._azure.shows_vault

    def _subscriptions(self, _request: Request, _claims: Claims) -> Mapping[str, object]:
        one = {"id": SUBSCRIPTION, "subscriptionId": SUBSCRIPTION.rpartition("/")[2], "displayName": "Contoso"}
        return {"value": [one] if self._sees() else []}

    def _resources(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        wanted = request.query_params.get("$filter", "")
        names = [name for name in self._state.vaults if f"name eq '{name}'" in wanted] if self._sees() else []
        kind = "Microsoft.KeyVault/vaults"
        return {"value": [{"id": f"{_VAULTS}/{name}", "name": name, "type": kind} for name in names]}

    def _vault(self, request: Request, _claims: Claims) -> Mapping[str, object]:
        name, azure = str(request.path_params["name"]), self._azure
        rules = [{"value": address} for address in azure.allowed_addresses]
        action = "Deny" if rules else "Allow"
        operator = self._state.apps[self._state.world.operator.client_id]
        policy = {
            "tenantId": self._state.operator_tenant.id,
            "objectId": operator.principal_id,
            "permissions": {"secrets": list(azure.policy)},
        }
        return {
            "id": f"{_VAULTS}/{name}",
            "name": name,
            "type": "Microsoft.KeyVault/vaults",
            "location": "westeurope",
            "properties": {
                "tenantId": self._state.operator_tenant.id,
                "enableRbacAuthorization": azure.uses_roles,
                "accessPolicies": [policy] if azure.policy else [],
                "enableSoftDelete": True,
                "softDeleteRetentionInDays": 90,
                **({"enablePurgeProtection": True} if azure.purge_protection else {}),
                "publicNetworkAccess": "Enabled" if azure.public else "Disabled",
                "networkAcls": {"bypass": "AzureServices", "defaultAction": action, "ipRules": rules},
            },
        }

    def _assignments(self, request: Request, claims: Claims) -> Mapping[str, object]:
        found = _ASSIGNED_TO.search(request.query_params.get("$filter", ""))
        oid = str(claims.get("oid", ""))
        if not self._azure.shows_roles:
            words = (
                f"The client '{oid}' with object id '{oid}' does not have authorization to perform action "
                f"'Microsoft.Authorization/roleAssignments/read' over scope '{_VAULTS}/{request.path_params['name']}' "
                "or the scope is invalid."
            )
            raise ManagerError(403, "AuthorizationFailed", words)
        if found is None or found[1] != oid:
            return {"value": []}
        return {
            "value": [
                self._assignment(each, f"{_VAULTS}/{request.path_params['name']}", oid) for each in self._azure.roles
            ]
        }

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
