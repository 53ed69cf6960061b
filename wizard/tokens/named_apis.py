"""The APIs that an access token can be asked for, by the names that a command line knows them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.microsoft.clouds import Cloud

HOST_KEYS: Final = {
    "partner-center": "partner_center",
    "referrals": "referrals",
    "graph": "graph",
    "management": "resource_manager",
}
"""The names, and which host of a cloud each means."""


def audience_of(cloud: Cloud, resource: str, others: Iterable[str]) -> str:
    """Return the audience of a resource, such as "https://graph.microsoft.com".

    Args:
        cloud: whose hosts the names mean.
        resource: a name of `HOST_KEYS`, the address of such a host, or one of `others` as it stands there.
        others: the application id URIs that the operator allows besides.

    Raises:
        BadInput: it is neither, or this cloud has no such host.
    """
    if resource in others:
        return resource
    hosts = {name: str(getattr(cloud, key)) for name, key in HOST_KEYS.items()}
    name = next((each for each, host in hosts.items() if host and resource.rstrip("/") == f"https://{host}"), resource)
    if name not in HOST_KEYS:
        raise BadInput(
            "--resource",
            f"expected {', '.join(HOST_KEYS)}, or one that the answers file lists: resources = […] under [token]",
        )
    if not hosts[name]:
        raise BadInput("--resource", f"{cloud.title} has no host for {name}")
    return f"https://{hosts[name]}"
