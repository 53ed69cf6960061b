"""The clouds: which hosts a tenant's services answer on. Data in assets/clouds.toml; `--cloud-file` adds one."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path

from wizard.core.claims import USER_IMPERSONATION
from wizard.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud. Hosts carry a port where it is not 443. The Partner Center host is also its audience."""

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
    known_authority: bool = False
    ca_bundle: str = ""
    proxy: str = ""

    @property
    def hosts(self) -> frozenset[str]:
        """Every fixed host of the cloud; a journey's vault comes on top."""
        named = (self.login, self.graph, self.partner_center, self.referrals, *self.login_aliases)
        return frozenset(host for host in named if host)

    @property
    def partner_center_audience(self) -> str:
        """The `aud` of an access token for Partner Center (protocol 1.7)."""
        return f"https://{self.partner_center}"

    @property
    def partner_center_scope(self) -> str:
        """The delegated permission that the integration user consents to (protocol 4.1)."""
        return f"{self.partner_center_audience}/{USER_IMPERSONATION}"

    def authority(self, tenant: str) -> str:
        """Return the authority of `tenant` (GUID or domain) for MSAL and azure-identity."""
        return f"https://{self.login}/{tenant}"

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
        is_list, is_flag = key in {"device_pages", "login_aliases"}, key == "known_authority"
        if is_list and isinstance(value, list) and all(isinstance(item, str) for item in value):
            values[key] = tuple(value)
        elif isinstance(value, bool if is_flag else str) and not is_list:
            values[key] = value
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
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput("--cloud-file", f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("--cloud-file", f"{path} is not TOML: {error}") from None
    return {name: _read(name, table, "--cloud-file") for name, table in tables.items()}
