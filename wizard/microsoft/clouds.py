"""The clouds: which hosts a tenant's services answer on. Data in assets/clouds.toml; `--cloud-file` adds one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from wizard.core.errors import BadInput
from wizard.core.files import read_file
from wizard.microsoft.partner_api import PartnerApi

_ENTRA: Final = "https://entra.microsoft.com"
_AZURE: Final = "https://portal.azure.com"
_PARTNER_CENTER: Final = "https://partner.microsoft.com"
_PORTAL: Final = re.compile(
    r"(?<![\w.-])(entra\.microsoft\.com|portal\.azure\.com|partner\.microsoft\.com)(?= > |/#view/)"
)
"""A host of a portal where a path in it follows, as texts name it: the global cloud's."""


LARGEST: Final = 100_000
"""Bytes of a cloud file."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud. Hosts carry a port where it is not 443. The Partner Center host is also its audience.

    `token_exchange` is the audience of an outside token with which an app proves itself (protocol 11.4).
    `sub_scopes` are the values of `tenant_region_sub_scope` that only its tenants have. With `adds_apps_by_hand` an app
    has to be added in Partner Center, and needs permissions on Graph (protocol 5).
    """

    name: str
    title: str
    login: str
    graph: str
    partner_center: str
    vault_suffix: str
    device_pages: tuple[str, ...]
    portal_partner_center: str
    cloud_instance_name: str
    login_aliases: tuple[str, ...] = ()
    referrals: str = ""
    resource_manager: str = ""
    token_exchange: str = "api://AzureADTokenExchange"
    sub_scopes: tuple[str, ...] = ()
    adds_apps_by_hand: bool = False
    portal_entra: str = _ENTRA
    portal_azure: str = _AZURE
    known_authority: bool = False
    ca_bundle: str = ""
    proxy: str = ""

    @property
    def hosts(self) -> frozenset[str]:
        """Every fixed host of the cloud; a journey's vault comes on top."""
        named = (self.login, self.graph, self.partner_center, self.referrals, self.resource_manager)
        return frozenset(host for host in (*named, *self.login_aliases) if host)

    def host_of(self, api: PartnerApi) -> str:
        """Return the host of an API, "" if this cloud has none."""
        return str(getattr(self, api.host_key))

    def audience(self, api: PartnerApi) -> str:
        """Return the `aud` of an access token for an API (protocol 1.7)."""
        return f"https://{self.host_of(api)}"

    def scope(self, api: PartnerApi) -> str:
        """Return the delegated permission that the integration user consents to (protocol 4.1)."""
        return f"{self.audience(api)}/{api.permission}"

    def authority(self, tenant: str) -> str:
        """Return the authority of `tenant` (GUID or domain) for MSAL and azure-identity."""
        return f"https://{self.login}/{tenant}"

    def in_its_portals(self, text: str) -> str:
        """Return a text whose paths in a portal begin at this cloud's own portal (protocol 5)."""
        portals = {_ENTRA: self.portal_entra, _AZURE: self.portal_azure, _PARTNER_CENTER: self.portal_partner_center}
        return _PORTAL.sub(lambda found: portals[f"https://{found[1]}"].removeprefix("https://"), text)

    def holds_vault(self, host: str) -> bool:
        """Return whether `host` is a vault of this cloud."""
        return host.endswith("." + self.vault_suffix)


def _read(name: str, table: object, where: str) -> Cloud:
    if not isinstance(table, dict):
        raise BadInput(where, f"[{name}] is not a table of a cloud")
    known = {field.name: field for field in fields(Cloud) if field.name != "name"}
    values: dict[str, object] = {}
    for key, value in table.items():
        if key not in known:
            raise BadInput(where, f"[{name}] has an unknown key {key}; known are {', '.join(sorted(known))}")
        is_list, is_flag = known[key].type == "tuple[str, ...]", known[key].type == "bool"
        if is_list and isinstance(value, list) and all(isinstance(item, str) for item in value):
            values[key] = tuple(value)
            if not value and known[key].default is MISSING:
                raise BadInput(where, f"[{name}] {key}: expected at least one")
        elif isinstance(value, bool if is_flag else str) and not is_list:
            values[key] = value
            if value == "" and known[key].default is MISSING:
                raise BadInput(where, f"[{name}] {key}: expected a value")
        else:
            expected = "a list of strings" if is_list else "true or false" if is_flag else "a string"
            raise BadInput(where, f"[{name}] {key}: expected {expected}")
    missing = [key for key, field in known.items() if key not in values and field.default is MISSING]
    if missing:
        raise BadInput(where, f"[{name}] lacks {', '.join(missing)}")
    return Cloud(name=name, **values)  # type: ignore[arg-type]  # each value was checked above


@cache
def built_in_clouds() -> dict[str, Cloud]:
    """Return Microsoft's clouds by name."""
    text = resources.files("assets").joinpath("clouds.toml").read_text(encoding="utf-8")
    return {name: _read(name, table, "clouds.toml") for name, table in tomllib.loads(text).items()}


def read_cloud_file(path: Path) -> dict[str, Cloud]:
    """Return the clouds of a `--cloud-file`, by name. Raises `BadInput` that names the key."""
    try:
        tables = tomllib.loads(read_file(path, LARGEST).decode("utf-8-sig"))
    except OSError as error:
        raise BadInput("--cloud-file", f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("--cloud-file", f"{path} is not TOML: {error}") from None
    for name in tables:
        if name in built_in_clouds():
            raise BadInput("--cloud-file", f"[{name}] is the name of a built-in cloud; give this one another")
    return {name: _read(name, table, "--cloud-file") for name, table in tables.items()}


def cloud_of_sub_scope(sub_scope: str) -> Cloud | None:
    """Return the built-in cloud whose tenants alone have this `tenant_region_sub_scope`, None for no one's (U)."""
    return next((each for each in built_in_clouds().values() if sub_scope.upper() in each.sub_scopes), None)


def proposed_cloud(clouds: Mapping[str, Cloud]) -> str:
    """Return the name of the cloud that is proposed: the first one that a cloud file adds, else the global one."""
    return next((name for name in clouds if name not in built_in_clouds()), next(iter(clouds)))
