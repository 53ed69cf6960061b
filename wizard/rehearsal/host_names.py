"""The host names a cloud answers for: its own, or Microsoft's production names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from wizard.rehearsal.world import Service

NamesKind = Literal["own", "production"]


@dataclass(frozen=True, slots=True)
class HostNames:
    """Host names of one cloud; `login` carries a port where it is not 443.

    Args:
        services: further host names (without port) and the service that answers there.
        vault_suffixes: everything below them is a vault.
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
        """The service behind a host name, with or without port; None where the cloud does not answer."""
        name = host_name(host)
        if self.vault_label(name):
            return Service.VAULT
        return self.services.get(name)

    def vault_label(self, host: str) -> str:
        """The vault's name, where `host` is one, else ""."""
        label, _, suffix = host_name(host).partition(".")
        return label if suffix in self.vault_suffixes else ""

    def certificate_names(self) -> list[str]:
        """Every name the server's certificate has to carry."""
        return [*self.services, *(f"*.{suffix}" for suffix in self.vault_suffixes)]


def host_name(host: str) -> str:
    """`host` in lower case, without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def own_names(port: int) -> HostNames:
    """Names nobody else has; the login host is localhost, so that a browser reaches it without the proxy."""
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
            "localhost": Service.LOGIN,
            "127.0.0.1": Service.LOGIN,
            "graph.rehearsal.test": Service.GRAPH,
            "api.partnercenter.rehearsal.test": Service.PARTNER_CENTER,
            "api.partner.rehearsal.test": Service.REFERRALS,
        },
        vault_suffixes=("vault.rehearsal.test",),
    )


def production_names(port: int) -> HostNames:
    """Microsoft's own names, reached through the cloud's proxy; loopback reaches the pages as well."""
    logins = ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net")
    pages = ("https://microsoft.com/devicelogin", "https://www.microsoft.com/devicelogin")
    government = ("login.microsoftonline.us", "login.usgovcloudapi.net")
    login_hosts = (*logins, *government, "microsoft.com", "www.microsoft.com", "localhost", "127.0.0.1")
    return HostNames(
        kind="production",
        title="Rehearsal cloud under production names",
        login="login.microsoftonline.com",
        login_aliases=logins[1:],
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
