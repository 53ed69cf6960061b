"""The fix that grants consent for the whole tenant: what the consent page would do, for the permissions it names.

Graph keeps one grant for each app and API (protocol 6.1): one that is there is widened, and what it has stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wizard.core.fix_conditions import Precondition
from wizard.core.fixes import ChangeRequest, Fix
from wizard.microsoft.graph import Unread, Why
from wizard.microsoft.principals import DelegatedGrant, ServicePrincipal
from wizard.microsoft.registration import PermissionKind
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_fixes import CHANGES_APPS, shell_command
from wizard.onboarding.probes.graph_reading import read_grants, read_principal, read_registration
from wizard.onboarding.profile_spec import VENDOR

CHANGES_GRANTS: Final = "DelegatedPermissionGrant.ReadWrite.All"
"""The permission to grant consent for the whole tenant."""
GRANTS: Final = "/v1.0/oauth2PermissionGrants"
APP: Final = "app"
"""Under what the answer is known that made the app's service principal."""


def granting(onboarding: Onboarding) -> tuple[Fix, ...]:
    """Return the fix that grants what the registration requests and nobody has granted; none where Graph cannot say.

    Application permissions are not granted by it. A vendor's operator grants nothing in the partner's tenant.

    Raises:
        Cancelled: the cancel signal was set.
    """
    client_id = onboarding.answers.client_id
    grants, app = read_grants(onboarding), read_principal(onboarding, client_id)
    if onboarding.spec.has(VENDOR) or (isinstance(grants, Unread) and grants.why is not Why.NOT_THERE):
        return ()
    requests = list[ChangeRequest]()
    app_id = "{app.id}"
    if isinstance(app, ServicePrincipal):
        app_id = app.object_id
    elif app.why is Why.NOT_THERE:
        body = {"appId": client_id}
        requests.append(ChangeRequest("POST", "/v1.0/servicePrincipals", body, CHANGES_APPS, gives=APP))
    else:
        return ()
    names = list[str]()
    for number, (api, scopes) in enumerate(_missing(onboarding)):
        there = [] if isinstance(grants, Unread) else [each for each in grants if _is_of(each, api)]
        request = _widened(there[0], scopes) if there else _made(app_id, api, scopes, f"grant{number}")
        requests.append(request)
        names.append(f"{', '.join(scopes)} of {api.name}")
    if not names:
        return ()
    named = "; ".join(names)
    return (
        Fix(
            "grant-consent",
            f"Grant consent for the whole tenant: {named}",
            tuple(requests),
            f"The app may then do this for any user of the tenant who signs in to it: {named}. What is granted stays.",
            "Revoke it under Enterprise apps > the app > Permissions > Revoke permission.",
            shell_command("az", "ad", "app", "permission", "admin-consent", "--id", client_id),
            widens=True,
        ),
    )


def _missing(onboarding: Onboarding) -> Iterator[tuple[ServicePrincipal, tuple[str, ...]]]:
    """Yield each API with the delegated permissions on it that are requested and not granted for everybody."""
    registration, grants = read_registration(onboarding), read_grants(onboarding)
    wanted = dict[str, list[str]]()
    if not isinstance(registration, Unread):
        for each in registration.requested:
            if each.kind is PermissionKind.DELEGATED:
                wanted.setdefault(each.api_id, []).append(each.permission_id)
    wanted.setdefault(onboarding.spec.api.app_id, [])
    for app_id, ids in wanted.items():
        api = read_principal(onboarding, app_id)
        if isinstance(api, Unread):
            continue
        names = [found.name for each in ids if (found := api.permission(each)) is not None]
        if app_id == onboarding.spec.api.app_id:
            names.append(onboarding.spec.api.permission)
        known = () if isinstance(grants, Unread) else grants
        has = {scope for each in known if _is_of(each, api) for scope in each.scopes}
        if missing := tuple(dict.fromkeys(name for name in names if name not in has)):
            yield api, missing


def _is_of(grant: DelegatedGrant, api: ServicePrincipal) -> bool:
    """Return whether a grant is the one for everybody on an API."""
    return grant.api_object_id == api.object_id and not grant.user_id


def _made(app_id: str, api: ServicePrincipal, scopes: tuple[str, ...], name: str) -> ChangeRequest:
    body = {"clientId": app_id, "consentType": "AllPrincipals", "resourceId": api.object_id, "scope": " ".join(scopes)}
    undo = ChangeRequest("DELETE", f"{GRANTS}/{{{name}.id}}", None, CHANGES_GRANTS)
    return ChangeRequest("POST", GRANTS, body, CHANGES_GRANTS, gives=name, undo=undo)


def _widened(there: DelegatedGrant, scopes: tuple[str, ...]) -> ChangeRequest:
    path, before = f"{GRANTS}/{there.grant_id}", " ".join(there.scopes)
    undo = ChangeRequest("PATCH", path, {"scope": before}, CHANGES_GRANTS)
    body = {"scope": " ".join((*there.scopes, *scopes))}
    as_read = Precondition(path, {"scope": before})
    return ChangeRequest("PATCH", path, body, CHANGES_GRANTS, precondition=as_read, undo=undo)
