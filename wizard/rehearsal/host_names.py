"""The host names a cloud answers for: its own, or Microsoft's production names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from wizard.rehearsal.choices import Service

NamesKind = Literal["own", "production"]
LOOPBACK: Final = ("localhost", "127.0.0.1")
"""The host names of the machine itself."""
GLOBAL_LOGINS: Final = ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net")
GOVERNMENT_LOGINS: Final = ("login.microsoftonline.us", "login.usgovcloudapi.net")


@dataclass(frozen=True, slots=True)
class HostNames:
    """Host names of one cloud; `login` has a port if it is not 443.

    Args:
        kind: whether they are the cloud's own, or Microsoft's.
        services: every host name but a vault's, without port, and its service.
        vault_suffixes: a name of one label more is a vault.
        port: the real port of the server on loopback.
    """

    kind: NamesKind
    title: str
    login: str
    login_aliases: tuple[str, ...]
    graph: str
    partner_center: str
    referrals: str
    vault_suffix: str
    device_page: str
    device_pages: tuple[str, ...]
    cloud_instance_name: str
    known_authority: bool
    port: int
    services: Mapping[str, Service] = field(default_factory=dict)
    vault_suffixes: tuple[str, ...] = ()

    def service_of(self, host: str) -> Service | None:
        """Return the service of a host name, with or without port; None if the cloud does not answer for it."""
        name = host_name(host)
        if self.vault_label(name):
            return Service.VAULT
        return self.services.get(name)

    def vault_label(self, host: str) -> str:
        """Return the name of the vault that `host` is, "" if it is none."""
        label, _, suffix = host_name(host).partition(".")
        return label if suffix in self.vault_suffixes else ""

    def certificate_names(self) -> list[str]:
        """Return every name the server's certificate has to carry."""
        return [*self.services, *(f"*.{suffix}" for suffix in self.vault_suffixes)]


def host_name(host: str) -> str:
    """Return `host` in lower case, without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def own_names(port: int) -> HostNames:
    """Return names nobody else has; the login host is localhost, so that a browser reaches it without the proxy."""
    login = f"localhost:{port}"
    return HostNames(
        kind="own",
        title="Rehearsal cloud",
        login=login,
        login_aliases=(),
        graph="graph.rehearsal.test",
        partner_center="api.partnercenter.rehearsal.test",
        referrals="api.partner.rehearsal.test",
        vault_suffix="vault.rehearsal.test",
        device_page=f"https://{login}/device",
        device_pages=(f"https://{login}/device",),
        cloud_instance_name="rehearsal.test",
        known_authority=False,
        port=port,
        services={
            **dict.fromkeys(LOOPBACK, Service.LOGIN),
            "graph.rehearsal.test": Service.GRAPH,
            "api.partnercenter.rehearsal.test": Service.PARTNER_CENTER,
            "api.partner.rehearsal.test": Service.REFERRALS,
        },
        vault_suffixes=("vault.rehearsal.test",),
    )


def production_names(port: int) -> HostNames:
    """Return Microsoft's own names, which the cloud's proxy connects to it; the pages are at loopback as well."""
    pages = ("https://microsoft.com/devicelogin", "https://www.microsoft.com/devicelogin")
    login_hosts = (*GLOBAL_LOGINS, *GOVERNMENT_LOGINS, "microsoft.com", "www.microsoft.com", *LOOPBACK)
    return HostNames(
        kind="production",
        title="Rehearsal cloud under production names",
        login=GLOBAL_LOGINS[0],
        login_aliases=GLOBAL_LOGINS[1:],
        graph="graph.microsoft.com",
        partner_center="api.partnercenter.microsoft.com",
        referrals="api.partner.microsoft.com",
        vault_suffix="vault.azure.net",
        device_page="https://login.microsoft.com/device",
        device_pages=(*pages, "https://login.microsoft.com/device"),
        cloud_instance_name="microsoftonline.com",
        known_authority=True,
        port=port,
        services={
            **dict.fromkeys(login_hosts, Service.LOGIN),
            "graph.microsoft.com": Service.GRAPH,
            "graph.microsoft.us": Service.GRAPH,
            "api.partnercenter.microsoft.com": Service.PARTNER_CENTER,
            "api.partner.microsoft.com": Service.REFERRALS,
        },
        vault_suffixes=("vault.azure.net", "vault.usgovcloudapi.net"),
    )
