"""Names for the ids that stand in tokens and links: audiences, clients, roles, clouds. Data in assets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from wizard.core.assets import read_asset
from wizard.core.shapes import GUID_PATTERN

CONSUMERS: Final = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of personal Microsoft accounts."""
IDENTITY_PLATFORM_DOCS: Final = "https://learn.microsoft.com/entra/identity-platform/"
"""Below it are Microsoft's pages on tokens, codes and sign-ins."""


@dataclass(frozen=True, slots=True)
class Audience:
    """A service a token is for. `kind` is "partner_center", "referrals", "retired" or "" for any other."""

    name: str
    kind: str = ""


def audience(value: str) -> Audience:
    """Return the service of a token's `aud`, by its address or its app id; its name is "" if it is not known."""
    plain = value.strip().rstrip("/").lower().removesuffix(":443")
    return _names().audiences.get(plain, Audience(""))


def api_id(value: str) -> str:
    """Return the app id of the API whose address or app id is `value`, "" if it is not known."""
    if re.fullmatch(GUID_PATTERN, value.strip()):
        return value.strip().lower()
    name = audience(value).name
    numbers = (each for each, known in _names().audiences.items() if known.name == name and "/" not in each)
    return next(numbers, "") if name else ""


def role_name(template_id: str) -> str:
    """Return the name of a directory role, "" if it is not known."""
    return _names().roles.get(template_id.strip().lower(), "")


def microsoft_client(client_id: str) -> str:
    """Return the name of a client of Microsoft's own, "" for any other."""
    return _names().clients.get(client_id.strip().lower(), "")


def microsoft_service(app: str) -> str:
    """Return the name of the service of Microsoft's own whose app id or name is `app`, "" for any other."""
    plain = app.strip().lower()
    return next((each.name for key, each in _names().audiences.items() if plain in (key, each.name.lower())), "")


def cloud_title(host: str) -> str:
    """Return the title of the cloud whose sign-in host, or issuer, is `host`; "" if it is not known."""
    return _names().issuers.get(host.lower(), "")


def is_login_host(host: str) -> bool:
    """Return whether `host` is a sign-in host of one of Microsoft's clouds."""
    return host.lower() in _names().login_hosts


def device_pages() -> tuple[str, ...]:
    """Return the addresses where a person types a device code, without "https://"."""
    return _names().device_pages


def partner_center_audience(host: str) -> str:
    """Return the audience of Partner Center in the cloud whose sign-in host, or issuer, is `host`."""
    names = _names()
    return names.partner_center.get(names.issuers.get(host.lower(), ""), names.usual_partner_center)


@dataclass(frozen=True, slots=True)
class _Names:
    audiences: Mapping[str, Audience]
    clients: Mapping[str, str]
    roles: Mapping[str, str]
    issuers: Mapping[str, str]
    login_hosts: frozenset[str]
    device_pages: tuple[str, ...]
    partner_center: Mapping[str, str]
    usual_partner_center: str


@cache
def _names() -> _Names:
    """Read assets/token-names.toml and clouds.toml, once, and late: they are needed only for a token."""
    import tomllib

    data = tomllib.loads(read_asset("token-names.toml"))
    clouds = tomllib.loads(read_asset("clouds.toml")).values()
    audiences = {
        identifier: Audience(entry["name"], entry.get("kind", ""))
        for entry in data["audiences"]
        for identifier in entry["ids"]
    }
    by_kind = {each.kind: each for each in audiences.values() if each.kind}
    issuers: dict[str, str] = {}
    login_hosts: set[str] = set()
    pages: list[str] = []
    for cloud in clouds:
        audiences[f"https://{cloud['graph']}"] = Audience("Microsoft Graph")
        audiences[f"https://{cloud['vault_suffix']}"] = Audience("Azure Key Vault")
        audiences[f"https://{cloud['partner_center']}"] = by_kind["partner_center"]
        if cloud.get("referrals"):
            audiences[f"https://{cloud['referrals']}"] = by_kind["referrals"]
        for host in (cloud["login"], *cloud.get("login_aliases", ())):
            issuers[host] = cloud["title"]
            login_hosts.add(host)
        pages += [page.removeprefix("https://") for page in cloud["device_pages"]]
    issuers |= {entry["host"]: entry["cloud"] for entry in data["issuers"]}
    return _Names(
        audiences,
        data["clients"],
        data["roles"],
        issuers,
        frozenset(login_hosts),
        tuple(dict.fromkeys(pages)),
        {cloud["title"]: f"https://{cloud['partner_center']}" for cloud in clouds},
        next(f"https://{cloud['partner_center']}" for cloud in clouds),
    )
