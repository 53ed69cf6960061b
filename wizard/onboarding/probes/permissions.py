"""Wanted permissions against granted ones: what is missing, what is extra, what one user alone has. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Final

from wizard.core.findings import Item, ItemKind, Outcome
from wizard.microsoft.principals import DelegatedGrant, RoleGrant, ServicePrincipal
from wizard.microsoft.registration import PermissionKind, RequestedPermission

SIGN_IN_SCOPES: Final = frozenset({"openid", "profile", "offline_access", "email"})
"""Granted with any sign-in, and never extra."""
KIND_WORDS: Final = {PermissionKind.DELEGATED: "", PermissionKind.APPLICATION: " (application)"}


@dataclass(frozen=True, slots=True)
class Granted:
    """What is granted to the app; None: that could not be read, so nothing is said to be missing of it.

    Args:
        delegated: delegated permissions, for everybody and for single users.
        roles: application permissions.
        user_id: object id of the integration user, "" while it is not known.
    """

    delegated: tuple[DelegatedGrant, ...] | None
    roles: tuple[RoleGrant, ...] | None
    user_id: str = ""

    def scopes(self, api_object_id: str) -> frozenset[str]:
        """Return the delegated permissions on an API that everybody has."""
        return frozenset(
            scope
            for grant in self.delegated or ()
            if grant.api_object_id == api_object_id and not grant.user_id
            for scope in grant.scopes
        )

    def users_with(self, api_object_id: str, scope: str) -> tuple[str, ...]:
        """Return the object ids of the users who have a delegated permission each for themselves."""
        return tuple(
            grant.user_id
            for grant in self.delegated or ()
            if grant.user_id and grant.api_object_id == api_object_id and scope in grant.scopes
        )

    def role_ids(self, api_object_id: str) -> frozenset[str]:
        """Return the ids of the application permissions on an API."""
        return frozenset(each.role_id for each in self.roles or () if each.api_object_id == api_object_id)


def labels(apis: Iterable[ServicePrincipal]) -> Mapping[str, str]:
    """Return what to call each API, by its object id: its name, and its app id where two have the same name."""
    known = list(apis)
    often = Counter(api.name for api in known)
    return {
        api.object_id: api.name if api.name and often[api.name] == 1 else f"{api.name} ({api.app_id})".strip()
        for api in known
    }


def missing_items(
    requested: Iterable[RequestedPermission],
    apis: Mapping[str, ServicePrincipal],
    granted: Granted,
    names: Mapping[str, str],
) -> Iterator[Item]:
    """Yield each permission that is requested: granted, missing, or for one user only.

    Args:
        requested: by the registration; those of an API that is not among `apis` are left out.
        apis: that could be read, by app id.
        granted: what is granted; permissions of a kind that could not be read are left out.
        names: of the APIs, by object id.
    """
    for each in requested:
        api = apis.get(each.api_id)
        is_read = granted.delegated if each.kind is PermissionKind.DELEGATED else granted.roles
        if api is None or is_read is None:
            continue
        permission = api.permission(each.permission_id)
        name = permission.name if permission and permission.name else each.permission_id
        subject, item_id = (
            f"{name} of {names[api.object_id]}{KIND_WORDS[each.kind]}",
            f"{api.app_id}/{each.permission_id}",
        )
        if each.kind is PermissionKind.APPLICATION:
            is_granted = each.permission_id in granted.role_ids(api.object_id)
        else:
            is_granted = name in granted.scopes(api.object_id)
        if is_granted:
            yield Item(subject, Outcome.HOLDS, "granted", ItemKind.MISSING, id=item_id)
        elif permission is None:
            message = "requested, but the API offers no permission of this id"
            yield Item(subject, Outcome.FAILS, message, ItemKind.MISSING, id=item_id)
        elif users := granted.users_with(api.object_id, name):
            yield replace(_one_user(subject, users, granted.user_id), id=item_id)
        elif permission.needs_admin:
            yield Item(subject, Outcome.FAILS, "not granted", ItemKind.MISSING, id=item_id)
        else:
            message = "not granted; users can consent to it for themselves"
            yield Item(subject, Outcome.WARNS, message, ItemKind.MISSING, id=item_id)


def _one_user(subject: str, users: tuple[str, ...], user_id: str) -> Item:
    who = f"user {users[0]}" if len(users) == 1 else f"{len(users)} users, each for themselves"
    if user_id in users:
        return Item(subject, Outcome.WARNS, "granted for the integration user, not for everybody", ItemKind.ONE_USER)
    other = ", who is not the integration user" if user_id and len(users) == 1 else ""
    return Item(subject, Outcome.FAILS, f"granted for {who}{other}", ItemKind.ONE_USER)


def extra_items(
    requested: Iterable[RequestedPermission],
    apis: Iterable[ServicePrincipal],
    granted: Granted,
    names: Mapping[str, str],
    used: Set[tuple[str, str]],
) -> Iterator[Item]:
    """Yield each permission that is granted, and that nobody asks for.

    Args:
        requested: by the registration.
        apis: that could be read, also those that it does not request.
        granted: what is granted.
        names: of the APIs, by object id.
        used: delegated permissions that the wizard itself asks for: app id and name.
    """
    wanted = {(each.api_id, each.permission_id, each.kind) for each in requested}
    for api in apis:
        ids = {each.name: each.permission_id for each in api.permissions if each.kind is PermissionKind.DELEGATED}
        for_users = {
            scope for grant in granted.delegated or () if grant.user_id and grant.api_object_id == api.object_id
            for scope in grant.scopes
        }  # fmt: skip
        for_all = granted.scopes(api.object_id)
        for scope in sorted(for_all | for_users):
            is_wanted = (api.app_id, ids.get(scope, ""), PermissionKind.DELEGATED) in wanted or (
                api.app_id,
                scope,
            ) in used
            if not is_wanted and scope not in SIGN_IN_SCOPES:
                whom = "everybody" if scope in for_all else "single users"
                subject = f"{scope} of {names[api.object_id]}"
                message, item_id = f"granted for {whom}", f"{api.app_id}/{ids.get(scope, scope)}"
                yield Item(subject, Outcome.WARNS, message, ItemKind.EXTRA, id=item_id)
        for role_id in sorted(granted.role_ids(api.object_id)):
            if (api.app_id, role_id, PermissionKind.APPLICATION) not in wanted:
                permission = api.permission(role_id)
                name = permission.name if permission and permission.name else role_id
                subject = f"{name} of {names[api.object_id]}{KIND_WORDS[PermissionKind.APPLICATION]}"
                item_id = f"{api.app_id}/{role_id}"
                yield Item(subject, Outcome.WARNS, "granted", ItemKind.EXTRA, id=item_id)
