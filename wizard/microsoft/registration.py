"""The app registration as Graph shows it: audience, requested permissions, redirect URIs, secrets and certificates."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlsplit

from wizard.core.shapes import is_guid
from wizard.core.text import clean_line
from wizard.core.timestamps import read_timestamp
from wizard.microsoft.graph import JsonObject, Question, objects_in, text_in, texts_in, truth_in

APP_PAGE: Final = "entra.microsoft.com > App registrations > the app"
SHA1_DIGITS: Final = 40
"""Hexadecimal digits of a certificate's thumbprint."""


class Audience(StrEnum):
    """Whose accounts may sign in to the app, in Graph's own words (protocol 6.2)."""

    ONE_TENANT = "AzureADMyOrg"
    ANY_TENANT = "AzureADMultipleOrgs"
    ANY_TENANT_AND_PERSONAL = "AzureADandPersonalMicrosoftAccount"
    PERSONAL = "PersonalMicrosoftAccount"


class PermissionKind(StrEnum):
    """Whether a permission is for a signed-in user or for the app itself, in Graph's own words."""

    DELEGATED = "Scope"
    APPLICATION = "Role"


@dataclass(frozen=True, slots=True)
class RequestedPermission:
    """A permission that the registration asks for: the API's app id and the permission's id, in lower case."""

    api_id: str
    permission_id: str
    kind: PermissionKind


@dataclass(frozen=True, slots=True)
class RequestedApi:
    """What a registration asks of one API, as it stands there: its app id, and each permission's id and type."""

    app_id: str
    permissions: tuple[tuple[str, str], ...]

    def as_json(self) -> JsonObject:
        """Return it as Graph has it in `requiredResourceAccess` (protocol 6.2)."""
        rows = [{"id": permission_id, "type": kind} for permission_id, kind in self.permissions]
        return {"resourceAppId": self.app_id, "resourceAccess": rows}


@dataclass(frozen=True, slots=True)
class AppSecret:
    """A client secret. Moments are aware; None is one that is missing, or that cannot be read.

    `key_id` is what the portal calls Secret ID; `hint` the first three characters of the value.
    """

    key_id: str
    name: str
    hint: str
    created_at: datetime | None
    expires_at: datetime | None

    @property
    def known_by(self) -> str:
        """What a secret that somebody has is compared with; "" if Graph does not show it."""
        return self.hint


@dataclass(frozen=True, slots=True)
class AppCertificate:
    """A certificate of the app, whose private key is elsewhere; moments are as of `AppSecret`.

    `thumbprint` is SHA-1 in 40 hexadecimal digits, upper case; "" if Graph gives it in no known form.
    """

    key_id: str
    name: str
    thumbprint: str
    created_at: datetime | None
    expires_at: datetime | None

    @property
    def known_by(self) -> str:
        """What a certificate that somebody has is compared with; "" if Graph does not show it."""
        return self.thumbprint

    @property
    def thumbprint_base64(self) -> str:
        """The same thumbprint in base64, as some tools show it."""
        return base64.b64encode(bytes.fromhex(self.thumbprint)).decode()


@dataclass(frozen=True, slots=True)
class AppRegistration:
    """The app registration.

    Args:
        object_id: what Graph changes it by.
        name: as the portal and the consent page show it.
        audience: whose accounts may sign in; None for a word that nobody knows.
        is_public: "Allow public client flows"; null counts as false (protocol 3).
        flows: the same as Graph has it.
        requested: the permissions that it asks for.
        access: the same as it stands there, to be widened; None for a form that nobody expects.
        web, desktop, single_page: redirect URIs, by platform.
        secrets: client secrets.
        certificates: of the app.
        locks_properties: whether the app instance property lock is on (protocol 11.4); None where it is not told.
    """

    object_id: str
    name: str
    audience: Audience | None = None
    is_public: bool = False
    requested: tuple[RequestedPermission, ...] = ()
    web: tuple[str, ...] = ()
    desktop: tuple[str, ...] = ()
    single_page: tuple[str, ...] = ()
    secrets: tuple[AppSecret, ...] = ()
    certificates: tuple[AppCertificate, ...] = ()
    locks_properties: bool | None = None
    access: tuple[RequestedApi, ...] | None = ()
    flows: bool | None = None

    @property
    def requested_apis(self) -> tuple[str, ...]:
        """The app ids of the APIs among its permissions, each once."""
        return tuple(dict.fromkeys(each.api_id for each in self.requested))

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """All redirect URIs."""
        return (*self.web, *self.desktop, *self.single_page)

    def platform_of(self, redirect_uri: str) -> str:
        """Return the platform that a redirect URI is registered under: "web", "desktop", "single-page", or "" for none.

        The port of http://localhost does not count under Web and desktop (protocol 11.0; RFC 8252, 7.3).
        """
        platforms = {"desktop": self.desktop, "web": self.web, "single-page": self.single_page}
        wanted = without_port(redirect_uri)
        for name, uris in platforms.items():
            if redirect_uri in uris or (name != "single-page" and wanted in map(without_port, uris)):
                return name
        return ""


def registration_question(client_id: str) -> Question:
    """Return the question for an app's registration (protocol 6.1)."""
    path = f"/v1.0/applications(appId='{client_id}')"
    return Question("the registration", path, "Application.Read.All", f"in {APP_PAGE}")


def registrations_question() -> Question:
    """Return the question for every registration of a tenant (protocol 6.4)."""
    members = "id,appId,displayName,createdDateTime,web,publicClient,spa,requiredResourceAccess"
    path = f"/v1.0/applications?$select={members}&$top=999"
    by_hand = "in entra.microsoft.com > App registrations > All applications"
    return Question("the app registrations", path, "Application.Read.All", by_hand)


def named_path(name: str) -> str:
    """Return Graph's path of the list of registrations that have a display name."""
    literal = name.replace("'", "''")
    wanted = quote(f"displayName eq '{literal}'", safe="'")
    return f"/v1.0/applications?$filter={wanted}&$select=id"


@dataclass(frozen=True, slots=True)
class ListedRegistration:
    """A registration in a list: the application id, when it was made (None where it is not told), and the rest."""

    client_id: str
    created_at: datetime | None
    registration: AppRegistration


def listed_registration_in(body: JsonObject) -> ListedRegistration | None:
    """Return a registration of a list, None for what is none."""
    client_id, found = text_in(body, "appId").lower(), registration_in(body)
    if found is None or not is_guid(client_id):
        return None
    return ListedRegistration(client_id, read_timestamp(text_in(body, "createdDateTime")), found)


def registration_in(body: JsonObject) -> AppRegistration | None:
    """Return the registration that Graph shows, None for what is none (protocol 6.2)."""
    object_id = text_in(body, "id")
    if not object_id:
        return None
    lock = body.get("servicePrincipalLockConfiguration")
    return AppRegistration(
        object_id,
        clean_line(text_in(body, "displayName"), 120),
        _audience(text_in(body, "signInAudience")),
        body.get("isFallbackPublicClient") is True,
        tuple(_requested(body)),
        web=_redirect_uris(body.get("web")),
        desktop=_redirect_uris(body.get("publicClient")),
        single_page=_redirect_uris(body.get("spa")),
        secrets=tuple(map(_secret, objects_in(body, "passwordCredentials"))),
        certificates=tuple(map(_certificate, objects_in(body, "keyCredentials"))),
        locks_properties=truth_in(lock, "isEnabled") if isinstance(lock, dict) else None,
        access=_access(body),
        flows=truth_in(body, "isFallbackPublicClient"),
    )


def thumbprint_in(identifier: str) -> str:
    """Return a thumbprint in 40 hexadecimal digits, upper case; "" if `identifier` is none.

    Graph gives it as 40 hexadecimal digits or as base64; the digits are valid base64 as well, so they are read first
    (protocol 11.0).
    """
    text = identifier.strip()
    if len(text) == SHA1_DIGITS and all(each in "0123456789abcdefABCDEF" for each in text):
        return text.upper()
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.hex().upper() if len(raw) * 2 == SHA1_DIGITS else ""


def without_port(uri: str) -> str:
    """Return a redirect URI; of plain http, which is this machine's alone, without its port and a slash at the end."""
    parts = urlsplit(uri)
    return f"http://{parts.hostname}{parts.path.rstrip('/')}" if parts.scheme == "http" else uri


def _audience(word: str) -> Audience | None:
    return Audience(word) if word in set(Audience) else None


def _requested(body: JsonObject) -> list[RequestedPermission]:
    """Return what is requested, each once; of an API without a permission nothing."""
    found = [
        RequestedPermission(text_in(api, "resourceAppId").lower(), text_in(each, "id").lower(), kind)
        for api in objects_in(body, "requiredResourceAccess")
        for each in objects_in(api, "resourceAccess")
        for kind in PermissionKind
        if text_in(each, "type") == kind
    ]
    return list(dict.fromkeys(found))


def _access(body: JsonObject) -> tuple[RequestedApi, ...] | None:
    """Return what is requested as it stands there; None where an id is none, or something besides is said."""
    found = list[RequestedApi]()
    for api in objects_in(body, "requiredResourceAccess"):
        rows = objects_in(api, "resourceAccess")
        pairs = tuple((text_in(each, "id"), text_in(each, "type")) for each in rows)
        ids = (text_in(api, "resourceAppId"), *(permission_id for permission_id, _ in pairs))
        if not all(map(is_guid, ids)) or not {kind for _, kind in pairs} <= set(PermissionKind):
            return None
        found.append(RequestedApi(ids[0], pairs))
    return tuple(found)


def _redirect_uris(platform: object) -> tuple[str, ...]:
    return tuple(clean_line(uri, 300) for uri in texts_in(platform, "redirectUris"))


def _secret(item: JsonObject) -> AppSecret:
    return AppSecret(
        text_in(item, "keyId"),
        clean_line(text_in(item, "displayName"), 80),
        text_in(item, "hint"),
        read_timestamp(text_in(item, "startDateTime")),
        read_timestamp(text_in(item, "endDateTime")),
    )


def _certificate(item: JsonObject) -> AppCertificate:
    return AppCertificate(
        text_in(item, "keyId"),
        clean_line(text_in(item, "displayName"), 80),
        thumbprint_in(text_in(item, "customKeyIdentifier")),
        read_timestamp(text_in(item, "startDateTime")),
        read_timestamp(text_in(item, "endDateTime")),
    )
