"""Every permission that the registration requests is granted, and none besides (protocol 6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.core.wording import ITEM_WORDS
from wizard.microsoft.graph import Unread, Why
from wizard.microsoft.principals import ENTERPRISE_APP, ServicePrincipal
from wizard.microsoft.registration import APP_PAGE
from wizard.onboarding.finding_builders import fixed_by, of_items
from wizard.onboarding.health_rule import HealthRule
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_in_graph import RETIRED_API
from wizard.onboarding.probes.grant_fixes import granting
from wizard.onboarding.probes.graph_reading import (
    app_may_not_read,
    needs_to_read,
    read_grants,
    read_principal,
    read_principal_by_id,
    read_registration,
    read_role_grants,
    unread_item,
    untold,
)
from wizard.onboarding.probes.permissions import Granted, extra_items, labels, missing_items
from wizard.onboarding.step import Check

Each = TypeVar("Each")
COUNTED: Final = {
    ItemKind.MISSING: "missing",
    ItemKind.ONE_USER: "granted for single users only",
    ItemKind.EXTRA: "granted but not requested",
    ItemKind.UNREAD: "not told by Graph",
}


def check_grants(onboarding: Onboarding) -> Finding:
    """What is granted is what the registration requests: read from the grants themselves, never from the manifest."""
    registration = read_registration(onboarding)
    if isinstance(registration, Unread):
        return untold(onboarding, registration)
    requested = [each for each in registration.requested if each.api_id != RETIRED_API]  # app.registration tells of it
    delegated, roles = read_grants(onboarding), read_role_grants(onboarding)
    items = [unread_item(each) for each in (delegated, roles) if isinstance(each, Unread) and _is_untold(each)]
    granted = Granted(_known(delegated), _known(roles), onboarding.facts.user_id)
    requested_apis = {
        app_id: read_principal(onboarding, app_id) for app_id in dict.fromkeys(each.api_id for each in requested)
    }
    for app_id, answer in requested_apis.items():
        if isinstance(answer, Unread):
            count = sum(each.api_id == app_id for each in requested)
            items.append(_api_item(answer, app_id, count))
    apis = {app_id: each for app_id, each in requested_apis.items() if isinstance(each, ServicePrincipal)}
    others = {object_id: read_principal_by_id(onboarding, object_id) for object_id in _others(granted, apis.values())}
    has_untold_api = any(isinstance(each, Unread) and _is_untold(each) for each in requested_apis.values())
    items += [
        _other_item(each, object_id)
        for object_id, each in others.items()
        if isinstance(each, Unread) and not (_is_untold(each) and has_untold_api)  # it may be the very one
    ]
    every = [*apis.values(), *(each for each in others.values() if isinstance(each, ServicePrincipal))]
    names, api = labels(every), onboarding.spec.api
    items += missing_items(requested, apis, granted, names)
    items += extra_items(requested, every, granted, names, {(api.app_id, api.permission)})
    finding = _finding(len(requested), tuple(items))
    lacks_some = any(item.kind is ItemKind.MISSING and item.outcome is not Outcome.HOLDS for item in items)
    return fixed_by(finding, *granting(onboarding)) if lacks_some else finding


def _finding(requested: int, items: tuple[Item, ...]) -> Finding:
    held = sum(item.outcome is Outcome.HOLDS for item in items)
    counts = [
        f"{count} {words}"
        for kind, words in COUNTED.items()
        if (count := sum(item.kind is kind and item.outcome is not Outcome.HOLDS for item in items))
    ]
    several = "1 permission" if requested == 1 else f"{requested} permissions"
    order = list(ITEM_WORDS)
    items = tuple(sorted(items, key=lambda item: order.index(item.kind)))
    return of_items(
        f"The registration requests {several}: {', '.join([f'{held} granted', *counts])}.",
        items,
        (
            f"Have what is missing granted for everybody: {APP_PAGE} > API permissions > Grant admin consent. That "
            "may also take away what is granted and no longer requested.",
            f"Take away what nobody needs: {ENTERPRISE_APP} > Permissions > … > Revoke permission.",
        ),
        Who.ADMIN,
        requested=requested,
        granted=held,
    )


def _is_untold(unread: Unread) -> bool:
    """Return whether it is not known what is granted; without a service principal of the app nothing is."""
    return unread.why is not Why.NOT_THERE


def _known(answer: tuple[Each, ...] | Unread) -> tuple[Each, ...] | None:
    if isinstance(answer, Unread):
        return None if _is_untold(answer) else ()
    return answer


def _others(granted: Granted, apis: Iterable[ServicePrincipal]) -> list[str]:
    """Return the object ids of APIs on which something is granted, and that the registration does not request."""
    known = {api.object_id for api in apis}
    named = [each.api_object_id for each in granted.delegated or ()] + [
        each.api_object_id for each in granted.roles or ()
    ]
    return [each for each in dict.fromkeys(named) if each not in known]


def _api_item(unread: Unread, app_id: str, count: int) -> Item:
    """Return the item of an API that is requested, and whose service principal could not be read."""
    if unread.why is Why.NOT_THERE:
        several = f"none of its {count} permissions" if count > 1 else "its permission"
        message = f"not in this tenant, so {several} can{'' if count > 1 else 'not'} be granted"
        return Item(f"API {app_id}", Outcome.FAILS, message, ItemKind.MISSING)
    return Item(f"API {app_id}", Outcome.UNKNOWN, unread_item(unread).message, ItemKind.UNREAD)


def _other_item(unread: Unread, object_id: str) -> Item:
    """Return the item of an API on which something is granted, and whose service principal could not be read."""
    if unread.why is Why.NOT_THERE:
        message = "something is granted on it, but the API is not in this tenant any more"
        return Item(f"service principal {object_id}", Outcome.WARNS, message, ItemKind.EXTRA)
    return Item(f"service principal {object_id}", Outcome.UNKNOWN, unread_item(unread).message, ItemKind.UNREAD)


GRANTS_CHECK: Final = Check(
    "consent.permissions",
    "What is granted is what is requested",
    "Permissions are missing, or extra",
    "In Graph",
    check_grants,
    advisory=True,
    skipped_because=app_may_not_read,
    health_rule=HealthRule(needs=needs_to_read),
)
