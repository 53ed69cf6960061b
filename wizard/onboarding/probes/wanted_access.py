"""What a kind of onboarding wants of APIs in a registration, and the fix that adds what is missing there.

The id of a permission is read from the API's service principal; where that is not in the tenant, two are known
(protocol 4.4). What a registration asks for besides stays, a retired API too.
"""

from __future__ import annotations

from typing import Final

from wizard.core.fixes import Fix
from wizard.microsoft.graph import GRAPH_APP_ID, Unread
from wizard.microsoft.partner_api import PARTNER_CENTER
from wizard.microsoft.registration import AppRegistration, PermissionKind, RequestedApi
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_fixes import application_path, change_members, shell_command
from wizard.onboarding.probes.graph_reading import read_principal

KNOWN_IDS: Final = {
    (PARTNER_CENTER.app_id, PARTNER_CENTER.permission): "1cebfa2a-fb4d-419e-b5f9-839b4383e05a",
    (GRAPH_APP_ID, "User.Read"): "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
}
"""The ids of permissions by API and name, the same in every tenant (protocol 4.4)."""


def wanted_names(onboarding: Onboarding) -> dict[str, tuple[str, ...]]:
    """Return the delegated permissions that a registration has to ask for, by the app id of their API."""
    spec = onboarding.spec
    wanted = {spec.api.app_id: (spec.api.permission,)} if spec.has("user") else {}
    return wanted | ({GRAPH_APP_ID: spec.graph_permissions} if spec.graph_permissions else {})


def wanted_access(onboarding: Onboarding) -> tuple[RequestedApi, ...] | None:
    """Return the same as Graph has it; None where the id of a permission cannot be told.

    Raises:
        Cancelled: the cancel signal was set.
    """
    found = list[RequestedApi]()
    for app_id, names in wanted_names(onboarding).items():
        ids = [_permission_id(onboarding, app_id, name) for name in names]
        if not all(ids):
            return None
        found.append(RequestedApi(app_id, tuple((each, PermissionKind.DELEGATED.value) for each in ids)))
    return tuple(found)


def adding_permissions(onboarding: Onboarding, registration: AppRegistration) -> tuple[Fix, ...]:
    """Return the fix that adds what the registration lacks; none where it lacks nothing, or could not be read whole.

    Raises:
        Cancelled: the cancel signal was set.
    """
    there, wanted = registration.access, wanted_access(onboarding)
    if there is None or wanted is None:
        return ()
    asked = {(each.api_id, each.permission_id) for each in registration.requested}
    missing = [
        RequestedApi(api.app_id, lacks)
        for api in wanted
        if (lacks := tuple(pair for pair in api.permissions if (api.app_id, pair[0].lower()) not in asked))
    ]
    return (_add(onboarding, there, tuple(missing)),) if missing else ()


def _add(onboarding: Onboarding, there: tuple[RequestedApi, ...], missing: tuple[RequestedApi, ...]) -> Fix:
    client_id, member = onboarding.answers.client_id, "requiredResourceAccess"
    path, before = application_path(client_id), [each.as_json() for each in there]
    after = [each.as_json() for each in _joined(there, missing)]
    names = wanted_names(onboarding)
    words = "; ".join(f"{', '.join(names[each.app_id])} of {_api_name(onboarding, each.app_id)}" for each in missing)
    request = change_members(path, {member: after}, {member: before})
    return Fix(
        "add-permissions",
        f"Add to what the app asks for: {words}",
        (request,),
        f"The registration asks for {words} from then on. What it asks for already stays, and nothing is granted by "
        "this: an administrator consents in step 3.",
        "Take it away under App registrations > the app > API permissions.",
        " && ".join(_command(client_id, each) for each in missing),
    )


def _joined(there: tuple[RequestedApi, ...], missing: tuple[RequestedApi, ...]) -> tuple[RequestedApi, ...]:
    """Return what is there with what is missing: an API that is there is widened, another one stands at the end."""
    lacks = {each.app_id: each.permissions for each in missing}
    widened = [RequestedApi(each.app_id, each.permissions + lacks.pop(each.app_id.lower(), ())) for each in there]
    return (*widened, *(RequestedApi(app_id, permissions) for app_id, permissions in lacks.items()))


def _command(client_id: str, api: RequestedApi) -> str:
    ids = [f"{permission_id}={kind}" for permission_id, kind in api.permissions]
    words = ("az", "ad", "app", "permission", "add", "--id", client_id, "--api", api.app_id, "--api-permissions", *ids)
    return shell_command(*words)


def _api_name(onboarding: Onboarding, app_id: str) -> str:
    return "Microsoft Graph" if app_id == GRAPH_APP_ID else onboarding.spec.api.title


def _permission_id(onboarding: Onboarding, app_id: str, name: str) -> str:
    """Return the id of a delegated permission, "" where nobody tells it."""
    api = read_principal(onboarding, app_id)
    ids = {} if isinstance(api, Unread) else {
        each.name: each.permission_id for each in api.permissions if each.kind is PermissionKind.DELEGATED
    }  # fmt: skip
    return ids.get(name) or KNOWN_IDS.get((app_id, name), "")
