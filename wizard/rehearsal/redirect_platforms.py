"""Redirect URIs, and the platform of an app registration that one is registered under (protocol 11.0, 11.3)."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit

from wizard.rehearsal.host_names import LOOPBACK
from wizard.rehearsal.world import App


class Platform(StrEnum):
    """A platform of the page "Authentication"; it decides the client type of what is redeemed."""

    WEB = "web"
    PUBLIC = "publicClient"
    SPA = "spa"


def registered(app: App) -> dict[Platform, tuple[str, ...]]:
    """Return the redirect URIs of an app, by platform."""
    return {
        Platform.WEB: app.web_redirect_uris,
        Platform.PUBLIC: app.public_redirect_uris,
        Platform.SPA: app.spa_redirect_uris,
    }


def platform_of(app: App, redirect_uri: str) -> Platform | None:
    """Return the platform a redirect URI is registered under, None for none; the port of loopback does not count."""
    given = _without_port(redirect_uri)
    for platform, uris in registered(app).items():
        if any(given == _without_port(uri) for uri in uris):
            return platform
    return None


def is_loopback(uri: str) -> bool:
    """Return whether a redirect URI leads to a program on the browser's own machine."""
    return _without_port(uri)[:3] in {("http", host, None) for host in LOOPBACK}


def _without_port(uri: str) -> tuple[str, str, int | None, str]:
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ("", uri, None, "")
    if parts.scheme == "http" and host in LOOPBACK:
        return (parts.scheme, host, None, parts.path.rstrip("/"))
    return (parts.scheme, host, port, parts.path.rstrip("/"))
