"""The host names a cloud answers for: its own, or Microsoft's production names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from wizard.rehearsal.choices import Service

NamesKind = Literal["own", "production"]
LOOPBACK: Final = ("localhost", "127.0.0.1")
"""The host names of the machine itself."""
GLOBAL_LOGINS: Final = ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net")
GOVERNMENT_LOGINS: Final = ("login.microsoftonline.us", "login.usgovcloudapi.net")


@dataclass(frozen=True, slots=True)
class MicrosoftCloud:
    """Host names of a cloud of Microsoft's (protocol 5); "" where it has none."""

    logins: tuple[str, ...]
    graph: str
    partner_center: str
    referrals: str
    vault_suffix: str
    device_pages: tuple[str, ...]
    instance_name: str
    resource_manager: str


_US: Final = MicrosoftCloud(
    GOVERNMENT_LOGINS,
    "graph.microsoft.us",
    "api.partnercenter.microsoft.com",
    "api.partner.microsoft.com",
    "vault.usgovcloudapi.net",
    ("https://microsoft.com/deviceloginus",),
    "microsoftonline.us",
    "management.usgovcloudapi.net",
)
MICROSOFT_CLOUDS: Final[Mapping[str, MicrosoftCloud]] = {
    "global": MicrosoftCloud(
        GLOBAL_LOGINS,
        "graph.microsoft.com",
        "api.partnercenter.microsoft.com",
        "api.partner.microsoft.com",
        "vault.azure.net",
        (
            "https://microsoft.com/devicelogin",
            "https://www.microsoft.com/devicelogin",
            "https://login.microsoft.com/device",
        ),
        "microsoftonline.com",
        "management.azure.com",
    ),
    "us-government": _US,
    "us-dod": replace(_US, graph="dod-graph.microsoft.us"),
    "china": MicrosoftCloud(
        ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
        "microsoftgraph.chinacloudapi.cn",
        "partner.partnercenterapi.microsoftonline.cn",
        "",
        "vault.azure.cn",
        ("https://microsoft.com/deviceloginchina",),
        "partner.microsoftonline.cn",
        "management.chinacloudapi.cn",
    ),
}


@dataclass(frozen=True, slots=True)
class HostNames:
    """Host names of one cloud; `login` has a port if it is not 443.

    Args:
        kind: whether they are the cloud's own, or Microsoft's.
        services: every host name but a vault's, without port, and its service.
        vault_suffixes: a name of one label more is a vault.
        port: the real port of the server on loopback.
        cloud: which of Microsoft's it is, "" for none.
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
    resource_manager: str
    services: Mapping[str, Service] = field(default_factory=dict)
    vault_suffixes: tuple[str, ...] = ()
    cloud: str = ""

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
        resource_manager="management.rehearsal.test",
        services={
            **dict.fromkeys(LOOPBACK, Service.LOGIN),
            "management.rehearsal.test": Service.RESOURCE_MANAGER,
            "graph.rehearsal.test": Service.GRAPH,
            "api.partnercenter.rehearsal.test": Service.PARTNER_CENTER,
            "api.partner.rehearsal.test": Service.REFERRALS,
        },
        vault_suffixes=("vault.rehearsal.test",),
    )


def production_names(port: int, cloud: str = "global") -> HostNames:
    """Return the names of one of Microsoft's clouds, which the cloud's proxy connects to it.

    The pages are at loopback as well. The global cloud answers for the US Government's sign-in, Graph and vaults too:
    a tenant may be looked for in the wrong one.

    Args:
        port: the real port of the server.
        cloud: "global", "us-government", "us-dod" or "china".
    """
    of = MICROSOFT_CLOUDS[cloud]
    also = MICROSOFT_CLOUDS["us-government"] if cloud == "global" else of
    logins = (*of.logins, *also.logins, "microsoft.com", "www.microsoft.com", *LOOPBACK)
    apis = {of.partner_center: Service.PARTNER_CENTER} | ({of.referrals: Service.REFERRALS} if of.referrals else {})
    return HostNames(
        kind="production",
        title="Rehearsal cloud under production names",
        login=of.logins[0],
        login_aliases=of.logins[1:],
        graph=of.graph,
        partner_center=of.partner_center,
        referrals=of.referrals,
        vault_suffix=of.vault_suffix,
        device_page=of.device_pages[-1],
        device_pages=of.device_pages,
        cloud_instance_name=of.instance_name,
        known_authority=True,
        port=port,
        resource_manager=of.resource_manager,
        services={
            **dict.fromkeys(logins, Service.LOGIN),
            of.resource_manager: Service.RESOURCE_MANAGER,
            **dict.fromkeys((of.graph, also.graph), Service.GRAPH),
            **apis,
        },
        vault_suffixes=tuple(dict.fromkeys((of.vault_suffix, also.vault_suffix))),
        cloud=cloud,
    )
