"""The app registration where nobody has one yet: those that are there to be taken, or a new one for the profile.

Never is a second one created: one of the same name is only offered to be taken, and what is there is read again right
before (protocol 6.4).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from wizard.core.findings import Finding, Item, ItemKind, Outcome, Who
from wizard.core.fix_conditions import JsonObject, Precondition
from wizard.core.fixes import OPEN_STATES, ActionState, ChangeRequest, Fix, latest
from wizard.core.retries import RETRY_PAUSES, wait
from wizard.core.timestamps import day, read_timestamp
from wizard.core.wording import counted
from wizard.microsoft.graph import Unread, Why
from wizard.microsoft.registration import Audience, ListedRegistration, named_path
from wizard.onboarding.finding_builders import fails, fixed_by
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_fixes import CHANGES_APPS, PLATFORM_MEMBERS, PLATFORM_OPTIONS, shell_command
from wizard.onboarding.probes.graph_identity import NO_GRAPH_IDENTITY, OWN_TENANT
from wizard.onboarding.probes.graph_reading import read_principal, read_registration, read_registrations, untold
from wizard.onboarding.probes.wanted_access import wanted_access

CREATE: Final = "create-app"
TAKE: Final = "take-app"
"""Names of fixes: `TAKE` is followed by a hyphen and the application id."""
WELL_FORMED: Final = "app.well_formed"
"""The check that is asked again once there is an application id."""
REGISTRATION: Final = "registration"
APP: Final = "app"
"""Under what the answer is known that made the registration."""
MOST_OFFERED: Final = 5
"""Registrations that are offered to be taken."""
SOON: Final = timedelta(minutes=10)
"""For how long a registration that was created may not be known everywhere."""
NEW_APP: Final = "the new registration to be known everywhere"
TAKEN: Final = "There is a registration of this name by now. Check again."
BY_HAND: Final = (
    "Or create one by hand: entra.microsoft.com > App registrations > New registration. Then enter its Application "
    "(client) ID.",
)


def without_app(onboarding: Onboarding) -> Finding:
    """Return the finding of an app whose id nobody has entered: which registrations there are, and what fixes it.

    Raises:
        Cancelled: the cancel signal was set.
    """
    found = _registrations_once_shown(onboarding)
    if isinstance(found, Unread):
        return untold(onboarding, found)
    may_be = candidates(onboarding, found)
    if may_be:
        message = f"No application id is entered. {counted(len(may_be), 'registration')} in this tenant may be yours."
        acts: tuple[str, ...] = ("Take yours, if it is among them.", *BY_HAND)
    else:
        message = "No application id is entered, and no registration in this tenant looks like yours."
        acts = ("Have it created here.", *BY_HAND)
    if created_lately(onboarding):
        message += " One was created a moment ago: Graph may show it late, so no other one is created. Check again."
    finding = fails(message, acts, Who.OPERATOR, Who.ADMIN, title="There is no app registration yet", field="client_id")
    items = tuple(Item(_called(each), Outcome.UNKNOWN, _why(onboarding, each), ItemKind.SETTING) for each in may_be)
    return fixed_by(replace(finding, items=items), *_ways(onboarding, found))


def _registrations_once_shown(onboarding: Onboarding) -> tuple[ListedRegistration, ...] | Unread:
    """Return the tenant's registrations; one that was created a moment ago is given the time to be shown there."""
    found = read_registrations(onboarding)
    for number, pause in enumerate(RETRY_PAUSES, 2):
        if isinstance(found, Unread) or not created_lately(onboarding) or _has_new_one(onboarding, found):
            break
        wait(onboarding, NEW_APP, pause, next_try=number)
        onboarding.memory.forget_answers()
        found = read_registrations(onboarding)
    return found


def another_app(onboarding: Onboarding) -> tuple[Fix, ...]:
    """Return what fixes an application id that Graph does not know here either; none where it does, or cannot tell.

    Raises:
        Cancelled: the cancel signal was set.
    """
    answers = onboarding.answers
    if answers.graph_identity == NO_GRAPH_IDENTITY or not onboarding.spec.has(OWN_TENANT):
        return ()
    known = (read_registration(onboarding), read_principal(onboarding, answers.client_id))
    if any(not isinstance(each, Unread) or each.why is not Why.NOT_THERE for each in known):
        return ()
    found = read_registrations(onboarding)
    return () if isinstance(found, Unread) else tuple(_ways(onboarding, found))


def created_lately(onboarding: Onboarding) -> bool:
    """Return whether this machine has created a registration a moment ago, so that it may not be known everywhere."""
    done = {
        each.is_undo: each.at
        for each in latest(onboarding.memory.actions)
        if each.fix == CREATE and each.step[0] == 1 and each.state is ActionState.MADE
    }
    created, taken_back = (read_timestamp(done.get(is_undo, "")) for is_undo in (False, True))
    if created is None or (taken_back is not None and taken_back >= created):
        return False
    return onboarding.clock.now() - created < SOON


def candidates(onboarding: Onboarding, found: tuple[ListedRegistration, ...]) -> list[ListedRegistration]:
    """Return the registrations that may be the one that is wanted: by name, by API, or by redirect URI; best first."""
    ranked = [(rank, each) for each in found if (rank := _rank(onboarding, each))]
    return [each for _rank_of_it, each in sorted(ranked, key=lambda pair: -pair[0])][:MOST_OFFERED]


def app_name(onboarding: Onboarding) -> str:
    """Return the display name of a registration that is created; consent pages show it."""
    return f"Partner Center integration ({onboarding.spec.title})"


def _has_new_one(onboarding: Onboarding, found: tuple[ListedRegistration, ...]) -> bool:
    """Return whether a registration is there that is named as one that is created here."""
    return app_name(onboarding).casefold() in {each.registration.name.casefold() for each in found}


def _rank(onboarding: Onboarding, each: ListedRegistration) -> int:
    """Return how likely a registration is the one that is wanted; 0 if it is not."""
    registration = each.registration
    is_named = registration.name.casefold() == app_name(onboarding).casefold()
    asks = onboarding.spec.api.app_id in registration.requested_apis
    shares = any(registration.platform_of(uri) for uri in _redirect_uris(onboarding))
    return 4 * is_named + 2 * asks + shares


def _why(onboarding: Onboarding, each: ListedRegistration) -> str:
    registration = each.registration
    why = [f"application id {each.client_id}"]
    if onboarding.spec.api.app_id in registration.requested_apis:
        why.append(f"asks for {onboarding.spec.api.title}")
    why += [f"has {uri}" for uri in _redirect_uris(onboarding) if registration.platform_of(uri)]
    return ", ".join(why)


def _called(each: ListedRegistration) -> str:
    created = f", created {day(each.created_at)}" if each.created_at else ""
    return f"“{each.registration.name or 'without a name'}”{created}"


def _ways(onboarding: Onboarding, found: tuple[ListedRegistration, ...]) -> Iterator[Fix]:
    """Yield the ways to an application id: one for each registration that may be it, and a new one if none is named so.

    While one that was created may not be shown yet, no other one is offered to be created.
    """
    begun = _begun(onboarding, found)
    if begun is not None:
        yield _going_on(onboarding, begun)
    for each in candidates(onboarding, found):
        if each is begun:
            continue
        yield Fix(
            f"{TAKE}-{each.client_id}",
            f"Take {_called(each)}: {each.client_id}",
            (),
            "Its application id goes into the field. Nothing is changed in the tenant.",
            "Enter another application id.",
            "",
            check=WELL_FORMED,
            fills={"client_id": each.client_id},
            one_of=REGISTRATION,
        )
    access = wanted_access(onboarding)
    if access is not None and not _has_new_one(onboarding, found) and not created_lately(onboarding):
        yield _creating(onboarding, [each.as_json() for each in access])


def _begun(onboarding: Onboarding, found: tuple[ListedRegistration, ...]) -> ListedRegistration | None:
    """Return the registration that this machine has begun to create, by its record; None where there is none."""
    mine = [each for each in latest(onboarding.memory.actions) if each.fix == CREATE and each.step[0] == 1]
    is_begun = bool(mine) and not mine[-1].is_undo and mine[-1].state in {ActionState.MADE, *OPEN_STATES}
    named = [each for each in found if each.registration.name.casefold() == app_name(onboarding).casefold()]
    return named[0] if is_begun and len(named) == 1 else None


def _going_on(onboarding: Onboarding, begun: ListedRegistration) -> Fix:
    """Return the fix that does what is left of a creation that was interrupted, and fills the application id in."""
    principal = read_principal(onboarding, begun.client_id)
    lacks_own = isinstance(principal, Unread) and principal.why is Why.NOT_THERE
    requests = [*([_adding(begun.client_id)] if lacks_own else []), *_adding_api(onboarding)]
    adds = "Its service principal is added. " if lacks_own else ""
    return Fix(
        CREATE,
        f"Go on with {_called(begun)}, which was created here: {begun.client_id}",
        tuple(requests),
        f"{adds}Its application id goes into the field.",
        "Enter another application id.",
        shell_command("az", "ad", "sp", "create", "--id", begun.client_id) if lacks_own else "",
        check=WELL_FORMED,
        fills={"client_secret": "", "client_id": begun.client_id},
        one_of=REGISTRATION,
    )


def _adding(app_id: str, waits_for: str = "") -> ChangeRequest:
    """Return the request that adds the service principal of an app."""
    undo = ChangeRequest("DELETE", f"/v1.0/servicePrincipals(appId='{app_id}')", None, CHANGES_APPS)
    body = {"appId": app_id}
    return ChangeRequest("POST", "/v1.0/servicePrincipals", body, CHANGES_APPS, undo=undo, waits_for=waits_for)


def _adding_api(onboarding: Onboarding) -> list[ChangeRequest]:
    """Return the request that adds the API's service principal; none where Graph shows it, or cannot tell."""
    app_id = onboarding.spec.api.app_id
    api = read_principal(onboarding, app_id)
    return [_adding(app_id)] if isinstance(api, Unread) and api.why is Why.NOT_THERE else []


def _creating(onboarding: Onboarding, access: list[JsonObject]) -> Fix:
    name, spec = app_name(onboarding), onboarding.spec
    is_public = onboarding.answers.credential == "none"
    platform, uris = "desktop" if is_public else "web", _redirect_uris(onboarding)
    body: dict[str, object] = {
        "displayName": name,
        "signInAudience": Audience.ONE_TENANT.value,
        "isFallbackPublicClient": is_public,
        "requiredResourceAccess": access,
    }
    if uris:
        body[PLATFORM_MEMBERS[platform]] = {"redirectUris": uris}
    taken = Precondition(
        named_path(name), {"value": []}, otherwise="There is a registration of this name by now. Check again."
    )
    undo = ChangeRequest("DELETE", f"/v1.0/applications(appId='{{{APP}.appId}}')", None, CHANGES_APPS)
    api = _adding_api(onboarding)
    requests = (
        ChangeRequest("POST", "/v1.0/applications", body, CHANGES_APPS, gives=APP, precondition=taken, undo=undo),
        _adding(f"{{{APP}.appId}}", waits_for=NEW_APP),
        *api,
    )
    also = f", and {spec.api.title} is added to the tenant" if api else ""
    proof = "It is a public client, without a secret" if is_public else "It has no secret or certificate yet"
    return Fix(
        CREATE,
        f"Create the registration “{name}”",
        requests,
        f"The tenant gets an app for its own accounts, with its service principal{also}. {proof}, and nothing is "
        "granted to it. Its application id goes into the field.",
        "Delete it under App registrations > the app > Delete.",
        _command(name, body, PLATFORM_OPTIONS[platform], uris),
        check=WELL_FORMED,
        fills={"client_secret": "", "client_id": f"{{{APP}.appId}}"},
        one_of=REGISTRATION,
    )


def _redirect_uris(onboarding: Onboarding) -> list[str]:
    """Return the redirect URIs that the app needs; none where nobody signs in."""
    answers = onboarding.answers
    wanted = [answers.sign_in_redirect_uri, answers.consent_redirect_uri] if onboarding.spec.has("user") else []
    return [each for each in dict.fromkeys(wanted) if each]


def _command(name: str, body: JsonObject, option: str, uris: list[str]) -> str:
    """Return the command that creates the registration, then its service principal."""
    is_public = str(body["isFallbackPublicClient"]).lower()
    words = ["az", "ad", "app", "create", "--display-name", name, "--sign-in-audience", str(body["signInAudience"])]
    words += ["--is-fallback-public-client", is_public, *([option, *uris] if uris else [])]
    if access := body["requiredResourceAccess"]:
        words += ["--required-resource-accesses", json.dumps(access)]
    created = shell_command(*words, "--query", "appId", "--output", "tsv")
    return f'az ad sp create --id "$({created})"'
