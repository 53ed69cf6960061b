"""The app registration as Graph shows it: its name, audience, requested APIs, redirect URIs and property lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.core.fixes import Fix
from wizard.core.wording import counted
from wizard.microsoft.graph import Unread
from wizard.microsoft.partner_api import PARTNER_APIS
from wizard.microsoft.registration import AppRegistration, Audience
from wizard.onboarding.finding_builders import fixed_by, of_items
from wizard.onboarding.health_rule import HealthRule
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_fixes import AUDIENCE_WORDS, change_audience
from wizard.onboarding.probes.graph_reading import needs_to_read, nobody_reads_graph, read_registration, untold
from wizard.onboarding.probes.wanted_access import adding_permissions
from wizard.onboarding.profile_spec import VENDOR
from wizard.onboarding.step import Check

RETIRED_API: Final = "00000002-0000-0000-c000-000000000000"
"""Azure AD Graph (protocol 4.4)."""
FITTING_AUDIENCES: Final = {
    True: {Audience.ANY_TENANT, Audience.ANY_TENANT_AND_PERSONAL},
    False: {Audience.ONE_TENANT, Audience.ANY_TENANT},
}
"""Whose accounts may sign in, by whether the app is a vendor's, which works in other tenants."""
BETTER_AUDIENCE: Final = {
    (True, Audience.ONE_TENANT): Audience.ANY_TENANT,
    (False, Audience.ANY_TENANT_AND_PERSONAL): Audience.ANY_TENANT,
}
"""What an audience that does not fit is changed to, where nobody who needs the app loses it; first as above."""
PLATFORM_WORDS: Final = {"web": "Web", "desktop": "Mobile and desktop", "single_page": "Single-page application"}


def check_registration(onboarding: Onboarding) -> Finding:
    """Graph shows the app by its name, and what it is registered for fits this kind of onboarding."""
    found = read_registration(onboarding)
    if isinstance(found, Unread):
        return untold(onboarding, found)
    onboarding.learn(app_name=found.name)
    items = (*_audience(onboarding, found), *_apis(onboarding, found), *_redirect_uris(onboarding, found))
    items = (*items, *_property_lock(onboarding, found))
    wrong = [item for item in items if item.outcome is not Outcome.HOLDS]
    fits = f"does not fit in {counted(len(wrong), 'place')}" if wrong else "fits"
    finding = of_items(
        f"Graph shows the app as “{found.name or 'without a name'}”. Its registration {fits}.",
        items,
        (
            f"Make sure that “{found.name}” is the app you mean: its application id is {onboarding.answers.client_id}.",
            "Correct what is named here: entra.microsoft.com > App registrations > the app > Authentication, and API "
            "permissions.",
        ),
        Who.OPERATOR,
        Who.ADMIN,
        name=found.name,
        object_id=found.object_id,
        audience=str(found.audience or "unknown"),
        redirect_uris=_listed(found),
    )
    return fixed_by(finding, *_fixes(onboarding, found))


def _fixes(onboarding: Onboarding, found: AppRegistration) -> Iterator[Fix]:
    """Yield what puts the registration right: the API that is missing, and an audience that can be changed safely."""
    client_id = onboarding.answers.client_id
    if onboarding.spec.has("user") and onboarding.spec.api.app_id not in found.requested_apis:
        yield from adding_permissions(onboarding, found)
    before = found.audience
    if before and (after := BETTER_AUDIENCE.get((onboarding.spec.has(VENDOR), before))):
        yield change_audience(client_id, before, after)


def _audience(onboarding: Onboarding, found: AppRegistration) -> Iterator[Item]:
    """Yield whether those may sign in who have to."""
    is_vendors = onboarding.spec.has(VENDOR)
    if found.audience is None:
        yield Item("who may sign in", Outcome.UNKNOWN, "Graph gives a word that nobody knows", ItemKind.SETTING)
        return
    fits = found.audience in FITTING_AUDIENCES[is_vendors]
    words = AUDIENCE_WORDS[found.audience]
    if fits:
        yield Item("who may sign in", Outcome.HOLDS, words, ItemKind.SETTING)
    elif is_vendors:
        wanted = "a vendor's app has to accept accounts of any organization"
        yield Item("who may sign in", Outcome.FAILS, f"{words}; {wanted}", ItemKind.SETTING)
    elif found.audience is Audience.PERSONAL:
        yield Item("who may sign in", Outcome.FAILS, f"{words}, hence no integration user", ItemKind.SETTING)
    else:
        yield Item("who may sign in", Outcome.WARNS, f"{words}, who are never needed", ItemKind.SETTING)


def _apis(onboarding: Onboarding, found: AppRegistration) -> Iterator[Item]:
    """Yield whether the profile's API is requested, and whether one is that no service accepts any more."""
    wanted = onboarding.spec.api
    name = f"{wanted.listed_as} ({wanted.app_id})"
    if wanted.app_id in found.requested_apis:
        yield Item(name, Outcome.HOLDS, "requested", ItemKind.MISSING)
    elif onboarding.spec.has("user"):
        others = [api.listed_as for api in PARTNER_APIS.values() if api.app_id in found.requested_apis]
        instead = f"; {others[0]} is, which is another API" if others else ""
        message = f"not among the API permissions{instead}"
        yield Item(name, Outcome.FAILS, message, ItemKind.MISSING)
    if RETIRED_API in found.requested_apis:
        message = "still requested, though the API is retired: use Microsoft Graph instead"
        yield Item(f"Azure AD Graph ({RETIRED_API})", Outcome.WARNS, message, ItemKind.EXTRA)


def _redirect_uris(onboarding: Onboarding, found: AppRegistration) -> Iterator[Item]:
    """Yield the redirect URIs that a program cannot use; where there are none, nobody signs in in a browser."""
    for uri in found.single_page:
        message = "under Single-page application, where a program cannot redeem a code (AADSTS9002327)"
        yield Item(f"redirect URI {uri}", Outcome.WARNS, message, ItemKind.SETTING)
    if not found.redirect_uris and onboarding.spec.has("user"):
        message = "none: a sign-in in a browser stays on its page (AADSTS500113)"
        yield Item("redirect URIs", Outcome.WARNS, message, ItemKind.MISSING)


def _property_lock(onboarding: Onboarding, found: AppRegistration) -> Iterator[Item]:
    """Yield whether others may add credentials to the app in their tenants (protocol 11.4)."""
    if onboarding.spec.has(VENDOR) and found.locks_properties is False:
        message = "off: an administrator of another tenant can add a credential to the app there"
        yield Item("app instance property lock", Outcome.WARNS, message, ItemKind.SETTING)


def _listed(found: AppRegistration) -> str:
    """Return every redirect URI under its platform."""
    platforms = {words: getattr(found, name) for name, words in PLATFORM_WORDS.items()}
    return "; ".join(f"{words}: {', '.join(uris)}" for words, uris in platforms.items() if uris) or "none"


REGISTRATION_CHECK: Final = Check(
    "app.registration",
    "The registration fits",
    "The registration does not fit",
    "In Graph",
    check_registration,
    advisory=True,
    fields_to_fix=("client_id",),
    skipped_because=nobody_reads_graph,
    health_rule=HealthRule(needs=needs_to_read),
)
