"""The fixes that checks of the app registration offer: each request as it would be sent, and the same as a command.

Addresses and members are Graph's v1.0 (protocol 6.4); an app is addressed by its application id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wizard.core.fix_conditions import JsonObject, Precondition
from wizard.core.fixes import ChangeRequest, Fix
from wizard.core.typed_commands import typed_command
from wizard.microsoft.registration import Audience

CHANGES_APPS: Final = "Application.ReadWrite.All"
"""The permission to change an app registration, and to add a service principal."""
PLATFORM_MEMBERS: Final = {"web": "web", "desktop": "publicClient"}
"""The member of an app registration that holds a platform's redirect URIs."""
PLATFORM_TITLES: Final = {"web": "Web", "desktop": "Mobile and desktop applications"}
PLATFORM_OPTIONS: Final = {"web": "--web-redirect-uris", "desktop": "--public-client-redirect-uris"}

AUDIENCE_WORDS: Final = {
    Audience.ONE_TENANT: "accounts of its own tenant only",
    Audience.ANY_TENANT: "accounts of any organization",
    Audience.ANY_TENANT_AND_PERSONAL: "accounts of any organization, and personal Microsoft accounts",
    Audience.PERSONAL: "personal Microsoft accounts only",
}
"""Whose accounts may sign in."""


def application_path(client_id: str) -> str:
    """Return Graph's path of an app registration."""
    return f"/v1.0/applications(appId='{client_id}')"


def add_redirect_uri(client_id: str, redirect_uri: str, platform: str, registered: Sequence[str]) -> Fix:
    """Return the fix that registers a redirect URI.

    Args:
        client_id: of the app.
        redirect_uri: to be added.
        platform: "web" or "desktop".
        registered: the redirect URIs that are there under this platform; they stay.
    """
    member, path = PLATFORM_MEMBERS[platform], application_path(client_id)
    before, after = list(registered), [*registered, redirect_uri]
    return Fix(
        "add-redirect-uri",
        f"Add {redirect_uri} under {PLATFORM_TITLES[platform]}",
        (change_members(path, {member: {"redirectUris": after}}, {member: {"redirectUris": before}}),),
        f"Entra then sends the answer of a sign-in with this app to {redirect_uri} as well. The redirect URIs that are "
        "there stay.",
        "Remove it under App registrations > the app > Authentication.",
        shell_command("az", "ad", "app", "update", "--id", client_id, PLATFORM_OPTIONS[platform], *after),
    )


def add_service_principal(name: str, app_id: str, title: str) -> Fix:
    """Return the fix that adds the service principal of an app to the tenant.

    Args:
        name: of the fix, such as "add-partner-center".
        app_id: of the app.
        title: how people know it, such as "Microsoft Partner Center".
    """
    undo = ChangeRequest("DELETE", f"/v1.0/servicePrincipals(appId='{app_id}')", None, CHANGES_APPS)
    request = ChangeRequest("POST", "/v1.0/servicePrincipals", {"appId": app_id}, CHANGES_APPS, undo=undo)
    return Fix(
        name,
        f"Add the service principal of {title}",
        (request,),
        f"{title} is then known in this tenant, and permissions on it can be granted; none is granted by this.",
        "Delete it under Enterprise applications.",
        shell_command("az", "ad", "sp", "create", "--id", app_id),
    )


def allow_public_client(client_id: str, *, is_allowed: bool | None) -> Fix:
    """Return the fix that switches “Allow public client flows” on; `is_allowed` is its value now, None for unset."""
    member = "isFallbackPublicClient"
    return Fix(
        "allow-public-client",
        "Switch “Allow public client flows” on",
        (change_members(application_path(client_id), {member: True}, {member: is_allowed}),),
        "Sign-ins with a device code then need no credential of the app: whoever knows its application id can begin "
        "one, and the person who signs in decides.",
        "Switch it off under App registrations > the app > Authentication.",
        shell_command("az", "ad", "app", "update", "--id", client_id, "--is-fallback-public-client", "true"),
        widens=True,
    )


def change_audience(client_id: str, before: Audience, after: Audience) -> Fix:
    """Return the fix that changes whose accounts may sign in to the app."""
    member, words = "signInAudience", AUDIENCE_WORDS[after]
    return Fix(
        "change-audience",
        f"Let the app take {words}",
        (change_members(application_path(client_id), {member: after.value}, {member: before.value}),),
        f"Who may sign in to the app: {words}. Until now: {AUDIENCE_WORDS[before]}.",
        "Choose the former one under App registrations > the app > Authentication > Supported account types.",
        shell_command("az", "ad", "app", "update", "--id", client_id, "--sign-in-audience", after.value),
        widens=before is Audience.ONE_TENANT,
    )


def enable_app(client_id: str, name: str) -> Fix:
    """Return the fix that switches the sign-in to an app on again, in its service principal."""
    path, member = f"/v1.0/servicePrincipals(appId='{client_id}')", "accountEnabled"
    request = change_members(path, {member: True}, {member: False})
    return Fix(
        "enable-app",
        f"Switch the sign-in to “{name}” on",
        (request,),
        "Whoever may use the app can sign in to it again. Somebody switched it off: ask why first.",
        "Switch it off under Enterprise apps > the app > Properties > Enabled for users to sign-in.",
        shell_command("az", "ad", "sp", "update", "--id", client_id, "--set", "accountEnabled=true"),
        widens=True,
    )


def change_members(path: str, after: JsonObject, before: JsonObject) -> ChangeRequest:
    """Return the request that changes members of an object of Graph, if they are still as they were read."""
    members = ",".join(after)
    return ChangeRequest(
        "PATCH",
        path,
        after,
        CHANGES_APPS,
        precondition=Precondition(f"{path}?$select={members}", before),
        undo=ChangeRequest("PATCH", path, before, CHANGES_APPS),
    )


def shell_command(*words: str) -> str:
    """Return a command whose words are quoted for a shell."""
    return typed_command(*words)
