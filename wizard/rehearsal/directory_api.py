"""What Graph shows of an app: its registration, service principals, and grants, page by page (protocol 6.1, 6.2)."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from starlette.requests import Request

from wizard.rehearsal.certificate_key import AppKey
from wizard.rehearsal.choices import Service
from wizard.rehearsal.clock import iso_timestamp
from wizard.rehearsal.cloud_state import AppState, CloudState
from wizard.rehearsal.directory import Api, GrantedTo, PermissionGroup
from wizard.rehearsal.machine_identity import trusts_of_scene
from wizard.rehearsal.redirect_platforms import registered
from wizard.rehearsal.resources import Resource, permission_id

Json = Mapping[str, object]
RETIRED_API: Final = "00000002-0000-0000-c000-000000000000"
NO_ROLE: Final = "00000000-0000-0000-0000-000000000000"
"""The role of who is assigned to an app that defines none (protocol 6.4)."""
_CONSENTED_BY: Final = {"User.Read": "User"}
"""Who can consent to a permission, where that is not an administrator."""


def paged(request: Request, items: Sequence[object], page: int, host: str) -> Json:
    """Return a page of a list, with the address of the next one unless it is the last.

    Args:
        request: its `$skiptoken` says where the page begins.
        items: all of them.
        page: how many a page has.
        host: of Graph.
    """
    start = int(request.query_params.get("$skiptoken", "0"))
    body: dict[str, object] = {"value": list(items[start : start + page])}
    if start + page < len(items):
        body["@odata.nextLink"] = f"https://{host}{request.url.path}?$skiptoken={start + page}"
    return body


def selected(request: Request, row: Json) -> Json:
    """Return the members of an object that `$select` names, all without it."""
    wanted = [name for name in request.query_params.get("$select", "").split(",") if name]
    return {name: row[name] for name in wanted if name in row} if wanted else row


def application(state: AppState, cloud: CloudState) -> Json:
    """Return the registration of an app."""
    app, directory = state.app, cloud.world.directory
    passwords = [
        {"keyId": item.id, "displayName": item.name, "hint": item.value[:3], "secretText": None,
         "startDateTime": iso_timestamp(min(item.usable_from, item.expires_at - timedelta(days=90))),
         "endDateTime": iso_timestamp(item.expires_at)}
        for item in state.secrets
    ]  # fmt: skip
    return {
        "id": app.object_id,
        "appId": app.client_id,
        "displayName": app.name,
        "createdDateTime": iso_timestamp(state.created or cloud.started - timedelta(days=30)),
        "signInAudience": state.audience or directory.audience,
        "isFallbackPublicClient": app.public_client or None,
        **{str(platform): {"redirectUris": list(uris)} for platform, uris in registered(app).items()},
        "passwordCredentials": passwords,
        "keyCredentials": [_key(each, directory.thumbprint_in_base64) for each in state.keys],
        "requiredResourceAccess": list(_required(cloud) if state.required is None else state.required),
        "servicePrincipalLockConfiguration": {"isEnabled": directory.property_lock, "allProperties": True},
    }


def federated_credentials(state: AppState, cloud: CloudState) -> list[Json]:
    """Return the federated credentials of an app (protocol 11.4)."""
    of_scene = [
        {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, each.issuer + each.subject)), "name": each.name, "description": None,
         "issuer": each.issuer, "subject": each.subject, "audiences": [each.audience]}
        for each in trusts_of_scene(cloud, state)
    ]  # fmt: skip
    return [*of_scene, *(each.row for each in state.trusts)]


def _key(key: AppKey, in_base64: bool) -> Json:
    return {
        "keyId": key.key_id,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "displayName": key.name,
        "customKeyIdentifier": base64.b64encode(key.thumbprint).decode() if in_base64 else key.thumbprint.hex().upper(),
        "startDateTime": iso_timestamp(key.certificate.not_valid_before_utc),
        "endDateTime": iso_timestamp(key.certificate.not_valid_after_utc),
    }


def _required(cloud: CloudState) -> Iterator[Json]:
    """Yield what the registration asks for, by API."""
    requested: dict[str, list[Json]] = {}
    for resource in cloud.resources.values():
        for scope in resource.requested:
            requested.setdefault(resource.app_id, []).append({"id": permission_id(scope), "type": "Scope"})
    for group in cloud.world.directory.permissions:
        kind = "Role" if group.application else "Scope"
        if group.requested:
            rows = [{"id": permission_id(name), "type": kind} for name in group.names]
            requested.setdefault(_app_id(cloud, group), []).extend(rows)
    if cloud.world.directory.requests_retired_api:
        requested[RETIRED_API] = [{"id": permission_id("User.Read"), "type": "Scope"}]
    for app_id, permissions in requested.items():
        yield {"resourceAppId": app_id, "resourceAccess": permissions}


def principals(cloud: CloudState) -> Iterator[Json]:
    """Yield every service principal of the tenant."""
    for resource in cloud.provisioned():
        yield _principal(resource.object_id, resource.app_id, resource.name, *_offered(cloud, resource))
    for api in cloud.world.directory.apis:
        if not api.deleted:
            yield _principal(api.object_id, api.app_id, api.name, *_offered(cloud, api))
    for client_id, state in cloud.apps.items():
        if state.service_principal and cloud.is_seen(state):
            is_ours = client_id == cloud.world.app.client_id
            required = is_ours and cloud.world.directory.assignment_required
            row = _principal(state.principal_id, client_id, state.app.name, [], [])
            yield {**row, "accountEnabled": state.is_enabled, "appRoleAssignmentRequired": required}


def _offered(cloud: CloudState, api: Resource | Api) -> tuple[list[Json], list[Json]]:
    """Return the delegated and the application permissions that an API offers."""
    groups = [group for group in cloud.world.directory.permissions if _app_id(cloud, group) == api.app_id]
    scopes = {*api.scopes, *api.requested} if isinstance(api, Resource) else set[str]()
    scopes |= {name for group in groups if not group.application for name in group.names}
    roles = {name for group in groups if group.application for name in group.names}
    return (
        [
            {"id": permission_id(name), "value": name, "type": _CONSENTED_BY.get(name, "Admin")}
            for name in sorted(scopes)
        ],
        [{"id": permission_id(name), "value": name, "allowedMemberTypes": ["Application"]} for name in sorted(roles)],
    )


def delegated_grants(cloud: CloudState) -> list[Json]:
    """Return every delegated grant that can be seen now: for everybody, and for single users."""
    rows: list[Json] = []
    for (client_id, service), grant in cloud.grants.items():
        if grant.visible_from <= cloud.clock.now():
            client, resource = cloud.apps[client_id].principal_id, cloud.resources[service]
            rows.append(_grant(client, resource.object_id, sorted(grant.scopes)))
    ours = cloud.apps[cloud.world.app.client_id].principal_id
    one = cloud.person("integration").object_id
    for group in cloud.world.directory.permissions:
        if not group.application and group.granted is not GrantedTo.NOBODY:
            user = one if group.granted is GrantedTo.ONE_USER else ""
            rows.append(_grant(ours, _object_id(cloud, group), list(group.names), user))
    return rows


def role_assignments(cloud: CloudState, principal: Json) -> list[Json]:
    """Return the application permissions that a service principal has."""
    if principal["id"] != cloud.apps[cloud.world.app.client_id].principal_id:
        return []
    return [
        {"id": f"{permission_id(name)[:8]}-role", "appRoleId": permission_id(name), "principalId": principal["id"],
         "principalType": "ServicePrincipal", "principalDisplayName": principal["displayName"],
         "resourceId": _object_id(cloud, group), "resourceDisplayName": group.api}
        for group in cloud.world.directory.permissions
        if group.application and group.granted is not GrantedTo.NOBODY
        for name in group.names
    ]  # fmt: skip


def assigned(cloud: CloudState, principal: Json) -> list[Json]:
    """Return who is assigned to a service principal."""
    named = [
        assignment(principal, person.object_id, "User", person.name)
        for person in map(cloud.person, cloud.world.directory.assigned)
    ]
    later = [each for state in cloud.apps.values() if state.principal_id == principal["id"] for each in state.assigned]
    return [*named, *later]


def assignment(principal: Json, holder_id: str, kind: str, name: str) -> Json:
    """Return that somebody, or a group, is assigned to a service principal without a role of its own."""
    return {
        "id": f"{holder_id[-12:]}-assigned",
        "appRoleId": NO_ROLE,
        "principalId": holder_id,
        "principalType": kind,
        "principalDisplayName": name,
        "resourceId": principal["id"],
        "resourceDisplayName": principal["displayName"],
    }


def _app_id(cloud: CloudState, group: PermissionGroup) -> str:
    return cloud.resources[Service(group.api)].app_id if group.api in set(Service) else group.api


def _object_id(cloud: CloudState, group: PermissionGroup) -> str:
    if group.api in set(Service):
        return cloud.resources[Service(group.api)].object_id
    return next(api.object_id for api in cloud.world.directory.apis if api.app_id == group.api)


def _principal(object_id: str, app_id: str, name: str, scopes: list[Json], roles: list[Json]) -> Json:
    return {
        "id": object_id,
        "appId": app_id,
        "displayName": name,
        "accountEnabled": True,
        "appRoleAssignmentRequired": False,
        "servicePrincipalType": "Application",
        "oauth2PermissionScopes": scopes,
        "appRoles": roles,
    }


def _grant(client: str, api: str, scopes: list[str], user: str = "") -> Json:
    return {
        "id": f"{client[:8]}-{api[-4:]}-{user[-4:]}",
        "clientId": client,
        "consentType": "Principal" if user else "AllPrincipals",
        "principalId": user or None,
        "resourceId": api,
        "scope": " " + " ".join(scopes),
    }
