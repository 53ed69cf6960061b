"""Service principals as Graph shows them: what an API offers, whether an app is switched on, what is granted to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wizard.core.text import clean_line
from wizard.microsoft.graph import JsonObject, Question, objects_in, text_in, truth_in
from wizard.microsoft.registration import PermissionKind

ENTERPRISE_APP: Final = "entra.microsoft.com > Enterprise apps > the app"
PRINCIPALS: Final = "/v1.0/servicePrincipals"
_READ: Final = "$select=id,appId,displayName,accountEnabled,appRoleAssignmentRequired,oauth2PermissionScopes,appRoles"


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission that an API offers.

    Args:
        permission_id: in lower case.
        name: such as "User.Read".
        kind: for a signed-in user, or for the app itself.
        needs_admin: whether only an administrator can consent to it; a user can for themselves otherwise.
    """

    permission_id: str
    name: str
    kind: PermissionKind
    needs_admin: bool = True


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """An app, or an API, in one tenant.

    Args:
        object_id: in this tenant.
        app_id: the same in every tenant, lower case.
        name: as the portal shows it.
        is_enabled: whether somebody may sign in to it; None where it is not told.
        needs_assignment: whether only who is assigned may; None where it is not told.
        permissions: what it offers as an API.
    """

    object_id: str
    app_id: str
    name: str
    is_enabled: bool | None = None
    needs_assignment: bool | None = None
    permissions: tuple[Permission, ...] = ()

    def permission(self, permission_id: str) -> Permission | None:
        """Return the permission of an id, None where the API has none such."""
        return next((each for each in self.permissions if each.permission_id == permission_id.lower()), None)


@dataclass(frozen=True, slots=True)
class DelegatedGrant:
    """Delegated permissions on one API, for everybody, or for the user of an object id.

    Args:
        grant_id: of the grant.
        api_object_id: of the API's service principal.
        scopes: their names.
        user_id: "" for everybody (consentType AllPrincipals, protocol 6.1).
    """

    grant_id: str
    api_object_id: str
    scopes: tuple[str, ...]
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """An application permission that the app has, by its id, lower case; or a role that somebody has on the app.

    Args:
        assignment_id: of the assignment.
        api_object_id: of the API's service principal.
        api_name: as Graph shows it.
        role_id: of the permission, or the role.
        holder_id: object id of who has it.
        holder_name: as Graph shows it.
        holder_kind: "User", "Group" or "ServicePrincipal".
    """

    assignment_id: str
    api_object_id: str
    api_name: str
    role_id: str
    holder_id: str = ""
    holder_name: str = ""
    holder_kind: str = ""


def principal_question(app_id: str) -> Question:
    """Return the question for the service principal of an app id (protocol 6.1)."""
    return _principal_question(f"{PRINCIPALS}(appId='{app_id}')?{_READ}")


def principal_by_id_question(object_id: str) -> Question:
    """Return the question for the service principal of an object id."""
    return _principal_question(f"{PRINCIPALS}/{object_id}?{_READ}")


def _principal_question(path: str) -> Question:
    return Question("the service principal", path, "Application.Read.All", f"in {ENTERPRISE_APP} > Properties")


def grants_question(client_id: str) -> Question:
    """Return the question for the delegated permissions that an app has (protocol 6.1)."""
    path = f"{PRINCIPALS}(appId='{client_id}')/oauth2PermissionGrants"
    by_hand = f"in {ENTERPRISE_APP} > Permissions, in both lists: Admin consent and User consent"
    return Question("the delegated permissions that are granted", path, "Directory.Read.All", by_hand)


def role_grants_question(client_id: str) -> Question:
    """Return the question for the application permissions that an app has (protocol 6.1)."""
    path = f"{PRINCIPALS}(appId='{client_id}')/appRoleAssignments"
    by_hand = f"in {ENTERPRISE_APP} > Permissions, the lines of type Application"
    return Question("the application permissions that are granted", path, "Application.Read.All", by_hand)


def assigned_question(client_id: str) -> Question:
    """Return the question for who is assigned to an app (protocol 6.1)."""
    path = f"{PRINCIPALS}(appId='{client_id}')/appRoleAssignedTo"
    return Question(
        "who is assigned to the app", path, "Application.Read.All", f"in {ENTERPRISE_APP} > Users and groups"
    )


def principal_in(body: JsonObject) -> ServicePrincipal | None:
    """Return the service principal that Graph shows, None for what is none."""
    object_id, app_id = text_in(body, "id"), text_in(body, "appId").lower()
    if not object_id or not app_id:
        return None
    scopes = [_permission(each, PermissionKind.DELEGATED) for each in objects_in(body, "oauth2PermissionScopes")]
    roles = [_permission(each, PermissionKind.APPLICATION) for each in objects_in(body, "appRoles")]
    return ServicePrincipal(
        object_id,
        app_id,
        clean_line(text_in(body, "displayName"), 120),
        truth_in(body, "accountEnabled"),
        truth_in(body, "appRoleAssignmentRequired"),
        (*scopes, *roles),
    )


def delegated_grant_in(item: JsonObject) -> DelegatedGrant | None:
    """Return the grant that Graph shows; None for a form that nobody expects.

    A grant for one user that names none is no grant for everybody.
    """
    kind, user_id = text_in(item, "consentType"), text_in(item, "principalId")
    api, scopes = text_in(item, "resourceId"), item.get("scope")
    is_for_one = kind == "Principal" and bool(user_id)
    if not api or not isinstance(scopes, str | None) or not (is_for_one or kind == "AllPrincipals"):
        return None
    names = tuple(clean_line(each, 120) for each in (scopes or "").split())
    return DelegatedGrant(text_in(item, "id"), api, names, user_id if is_for_one else "")


def role_grant_in(item: JsonObject) -> RoleGrant | None:
    """Return the assignment that Graph shows; None for a form that nobody expects."""
    api, role = text_in(item, "resourceId"), text_in(item, "appRoleId").lower()
    if not api or not role:
        return None
    return RoleGrant(
        text_in(item, "id"),
        api,
        clean_line(text_in(item, "resourceDisplayName"), 120),
        role,
        text_in(item, "principalId"),
        clean_line(text_in(item, "principalDisplayName"), 120),
        clean_line(text_in(item, "principalType"), 40),
    )


def _permission(item: JsonObject, kind: PermissionKind) -> Permission:
    needs_admin = kind is PermissionKind.APPLICATION or text_in(item, "type") != "User"
    return Permission(text_in(item, "id").lower(), clean_line(text_in(item, "value"), 120), kind, needs_admin)
