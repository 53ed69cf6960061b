"""Microsoft Graph, read where the app's own token may: the registration, its secrets, the grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wizard.core.errors import ServiceRefusal
from wizard.core.secret import Secret
from wizard.core.text import clean_line

if TYPE_CHECKING:
    from wizard.microsoft.http import Http


GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
"""Of Microsoft Graph itself (protocol 4.4)."""


@dataclass(frozen=True, slots=True)
class PasswordCredential:
    """A client secret as Graph shows it: `hint` is its first three characters, `expires_at` ISO 8601 (protocol 6.2)."""

    hint: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class AppRegistration:
    """The app registration. `is_public` is isFallbackPublicClient; null counts as false (protocol 3).

    `requested_apis` are the app ids of the APIs among its permissions.
    """

    name: str
    is_public: bool
    secrets: tuple[PasswordCredential, ...]
    web: tuple[str, ...] = ()
    desktop: tuple[str, ...] = ()
    single_page: tuple[str, ...] = ()
    requested_apis: tuple[str, ...] = ()

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


class Graph:
    """Microsoft Graph, asked with a token of the app itself.

    Args:
        http: the one HTTP path.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def read_registration(self, access_token: Secret, client_id: str) -> AppRegistration | None:
        """Return the registration; None if this token may not read it, or it is in another tenant."""
        body = self._get(f"/v1.0/applications(appId='{client_id}')", access_token)
        if body is None:
            return None
        credentials = body.get("passwordCredentials")
        return AppRegistration(
            clean_line(str(body.get("displayName") or ""), 120),
            body.get("isFallbackPublicClient") is True,
            tuple(
                PasswordCredential(
                    str(item.get("hint") or ""),
                    str(item.get("endDateTime") or ""),
                )
                for item in (credentials if isinstance(credentials, list) else [])
                if isinstance(item, Mapping)
            ),
            web=_redirect_uris(body.get("web")),
            desktop=_redirect_uris(body.get("publicClient")),
            single_page=_redirect_uris(body.get("spa")),
            requested_apis=_requested_apis(body.get("requiredResourceAccess")),
        )

    def read_granted_scopes(self, access_token: Secret, client_id: str, api_id: str) -> frozenset[str] | None:
        """Return the tenant-wide delegated permissions on an API; None if this token may not read them.

        Args:
            access_token: for Graph.
            client_id: of the app that has the permissions.
            api_id: app id of the API.
        """
        grants = self._get(f"/v1.0/servicePrincipals(appId='{client_id}')/oauth2PermissionGrants", access_token)
        api = self._get(f"/v1.0/servicePrincipals(appId='{api_id}')", access_token)
        if grants is None or api is None:
            return None
        items = grants.get("value")
        return frozenset(
            scope
            for item in (items if isinstance(items, list) else [])
            if isinstance(item, Mapping)
            and item.get("consentType") == "AllPrincipals"
            and item.get("resourceId") == api.get("id")
            for scope in str(item.get("scope") or "").split()
        )

    def _get(self, path: str, access_token: Secret) -> Mapping[str, object] | None:
        from wizard.catalogue import read_graph_error  # with a refusal; the first page needs none of it

        answer = self._http.request(
            "GET",
            f"https://{self._http.cloud.graph}{path}",
            headers={"Authorization": f"Bearer {access_token.reveal()}"},
        )
        if answer.status in (403, 404):
            return None
        if answer.status != 200:
            raise read_graph_error(answer.body, answer.status, answer.headers)
        if not isinstance(answer.body, Mapping):
            raise ServiceRefusal("graph", "", "", "gave an answer that is not JSON", status=answer.status)
        return answer.body


def without_port(uri: str) -> str:
    """Return a redirect URI; of plain http, which is this machine's alone, without its port and a slash at the end."""
    parts = urlsplit(uri)
    return f"http://{parts.hostname}{parts.path.rstrip('/')}" if parts.scheme == "http" else uri


def _requested_apis(required: object) -> tuple[str, ...]:
    items = required if isinstance(required, list) else []
    ids = (item.get("resourceAppId") for item in items if isinstance(item, Mapping))
    return tuple(each.lower() for each in ids if isinstance(each, str))


def _redirect_uris(platform: object) -> tuple[str, ...]:
    uris = platform.get("redirectUris") if isinstance(platform, Mapping) else None
    return tuple(clean_line(uri, 300) for uri in (uris if isinstance(uris, list) else []) if isinstance(uri, str))
