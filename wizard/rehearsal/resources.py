"""The protected APIs of the cloud: their ids, audiences and delegated permissions (protocol 4.4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from wizard.rehearsal.aadsts_errors import EntraError, invalid_scope, missing, no_resource
from wizard.rehearsal.choices import Service
from wizard.rehearsal.host_names import HostNames

GRAPH_APP_ID: Final = "00000003-0000-0000-c000-000000000000"
OIDC: Final = frozenset({"openid", "profile", "offline_access", "email"})
DEFAULT: Final = ".default"
USER_READ_ALL: Final = "User.Read.All"
METHODS_READ_ALL: Final = "UserAuthenticationMethod.Read.All"
RISK_READ_ALL: Final = "IdentityRiskyUser.Read.All"
POLICY_READ_ALL: Final = "Policy.Read.All"
"""Graph's permission for security defaults and Conditional Access; of Microsoft's own clients here only one has it."""
OF_CUSTOMERS: Final = frozenset({"DelegatedAdminRelationship.Read.All", "RoleManagement.Read.Directory"})
"""Graph's permissions on GDAP relationships and on roles that are held: no client of Microsoft's own has them."""
READS_APPS: Final = "Application.Read.All"
CHANGES_APPS: Final = "Application.ReadWrite.All"
CHANGES_GRANTS: Final = "DelegatedPermissionGrant.ReadWrite.All"
CHANGES_POLICIES: Final = "Policy.ReadWrite.ApplicationConfiguration"
CHANGES_ASSIGNMENTS: Final = "AppRoleAssignment.ReadWrite.All"
CHANGES_USERS: Final = "User.ReadWrite.All"
CHANGES_MEMBERS: Final = "GroupMember.ReadWrite.All"
CHANGES_RELATIONSHIPS: Final = "DelegatedAdminRelationship.ReadWrite.All"
CHANGES_PEOPLE: Final = frozenset({CHANGES_USERS, CHANGES_MEMBERS, CHANGES_RELATIONSHIPS})
REVOKES_SESSIONS: Final = "User.RevokeSessions.All"
CHANGES: Final = frozenset({
    CHANGES_APPS, CHANGES_GRANTS, CHANGES_POLICIES, CHANGES_ASSIGNMENTS, *CHANGES_PEOPLE, REVOKES_SESSIONS,
})  # fmt: skip
"""Graph's permissions to change a tenant: no token has one that was not asked for by its name."""


_IDS: Final = {
    "user_impersonation": "1cebfa2a-fb4d-419e-b5f9-839b4383e05a",
    "User.Read": "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
}
"""Ids of permissions that are known (protocol 4.4)."""


def permission_id(name: str) -> str:
    """Return the id of a permission, the same wherever it is named."""
    return _IDS.get(name) or str(uuid.uuid5(uuid.NAMESPACE_OID, name))


@dataclass(frozen=True, slots=True)
class Resource:
    """A protected API. `requested` is what the scene's app registration asks of it."""

    service: Service
    app_id: str
    object_id: str
    name: str
    audience: str
    scopes: frozenset[str]
    requested: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedScope:
    """A parsed `scope`: one resource, its permissions (empty for .default), and the OpenID ones."""

    resource: Resource
    permissions: frozenset[str]
    openid: frozenset[str]


def resources_of(names: HostNames, requests: Iterable[Service]) -> dict[Service, Resource]:
    """Return every API of a cloud with these host names; `requests`: those that the scene's app asks for."""
    delegated = frozenset({"user_impersonation"})
    people = (USER_READ_ALL, METHODS_READ_ALL, RISK_READ_ALL)
    apps = (READS_APPS, *CHANGES)
    graph = frozenset({"User.Read", "Directory.Read.All", POLICY_READ_ALL, *apps, *people, *OIDC, *OF_CUSTOMERS})
    rows = (
        (Service.PARTNER_CENTER, "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd", "01", "Microsoft Partner Center",
         names.partner_center, delegated, "user_impersonation"),
        (Service.REFERRALS, "4990cffe-04e8-4e8b-808a-1175604b879f", "02", "Microsoft Partner",
         names.referrals, delegated, "user_impersonation"),
        (Service.GRAPH, GRAPH_APP_ID, "03", "Microsoft Graph",
         names.graph, graph, "User.Read"),
        (Service.VAULT, "cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "04", "Azure Key Vault",
         names.vault_suffix, delegated, "user_impersonation"),
        (Service.RESOURCE_MANAGER, "797f4846-ba00-4fd7-ba43-dac1f8f63013", "05", "Azure Resource Manager",
         names.resource_manager, delegated, "user_impersonation"),
    )  # fmt: skip
    return {
        service: Resource(
            service,
            app_id,
            f"99999999-0000-4000-8000-0000000000{number}",
            name,
            f"https://{host}",
            scopes,
            (permission,) if service in requests else (),
        )
        for service, app_id, number, name, host, scopes, permission in rows
    }


def read_scope(scope: str, resources: Iterable[Resource], tenant: str) -> ParsedScope:
    """Return the resource and permissions that a `scope` asks for.

    Args:
        scope: the parameter.
        resources: the APIs that the tenant knows.
        tenant: its name, for the error.

    Raises:
        EntraError: 900144 if it is empty, 500011 for an unknown API, 28000 for two, 70011 for an unknown permission.
    """
    if not scope.strip():
        raise missing("scope")
    everything = list(resources)
    openid = frozenset(part for part in scope.split() if part in OIDC)
    found: Resource | None = None
    permissions: set[str] = set()
    for part in scope.split():
        if part in OIDC:
            continue
        resource, permission = _one(part, everything, tenant)
        if found is not None and resource is not found:
            raise EntraError(
                400, "invalid_request", 28000, f"Provided value for scope is for two resources: '{scope}'."
            )
        found = resource
        permissions.add(permission)
    if found is None:
        return ParsedScope(next(item for item in everything if item.service is Service.GRAPH), frozenset(), openid)
    if DEFAULT in permissions and len(permissions) > 1:
        raise invalid_scope(scope)
    return ParsedScope(found, frozenset(permissions - {DEFAULT}), openid)


def _one(part: str, resources: list[Resource], tenant: str) -> tuple[Resource, str]:
    if "/" not in part:
        graph = next(item for item in resources if item.service is Service.GRAPH)
        if part in graph.scopes:
            return graph, part
        raise invalid_scope(part)
    name, _, permission = part.rpartition("/")
    for resource in resources:
        if name.rstrip("/").lower() in (resource.audience, resource.app_id):
            if permission != DEFAULT and permission not in resource.scopes:
                raise invalid_scope(part)
            return resource, permission
    raise no_resource(name, tenant)
