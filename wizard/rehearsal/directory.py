"""What a tenant's directory holds of an app besides its bare existence: permissions, grants, who is assigned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GrantedTo(StrEnum):
    """Who has a permission."""

    NOBODY = ""
    EVERYBODY = "everybody"
    ONE_USER = "one_user"


@dataclass(frozen=True, slots=True)
class Api:
    """An API beside those of the cloud; `deleted`: grants on it are left, its service principal is gone."""

    app_id: str
    object_id: str
    name: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class PermissionGroup:
    """Permissions on one API that are requested and granted alike.

    Args:
        api: "graph", "partner_center" …, or the app id of one of `Directory.apis`.
        names: such as "User.Read.All".
        application: whether they are for the app itself.
        requested: whether the registration asks for them.
        granted: who has them.
    """

    api: str
    names: tuple[str, ...]
    application: bool = False
    requested: bool = True
    granted: GrantedTo = GrantedTo.NOBODY


@dataclass(frozen=True, slots=True)
class Directory:
    """What Graph tells of the app, beside `World.app`.

    Args:
        page: how many items a page of a list has.
        audience: `signInAudience` of the registration.
        property_lock: whether the app instance property lock is on.
        requests_retired_api: whether the registration still asks for Azure AD Graph.
        thumbprint_in_base64: in which of its two forms Graph gives a thumbprint (protocol 11.0).
        assignment_required: whether only who is assigned may sign in to the app.
        assigned: keys of the people who are.
        apis: beside those of the cloud.
        permissions: beside those that `World.app.requests` names.
        replication_delay: seconds until a registration that is made is known everywhere.
    """

    page: int = 100
    audience: str = "AzureADMyOrg"
    property_lock: bool = False
    requests_retired_api: bool = False
    thumbprint_in_base64: bool = False
    assignment_required: bool = False
    assigned: tuple[str, ...] = ()
    apis: tuple[Api, ...] = ()
    permissions: tuple[PermissionGroup, ...] = ()
    replication_delay: float = 0
