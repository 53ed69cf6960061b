"""The way that requests to a host leave: directly, or through which proxy, and what says so."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from requests.utils import select_proxy

from wizard.core.text import clean_line
from wizard.microsoft.transport import environ_proxies

PROXY_VARIABLES: Final = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""Variables that name a proxy for https; small letters come first, as urllib reads them."""


@dataclass(frozen=True, slots=True)
class ProxyRoute:
    """How requests to a host leave.

    Args:
        proxy: "host:port" of the proxy, "" where there is none; never a user name or password.
        source: what says so: the name of a variable, "the cloud file", or "".
        has_password: whether the proxy's address carries a user name.
        address: the proxy's whole address, for connecting alone; not to be shown.
    """

    proxy: str = ""
    source: str = ""
    has_password: bool = False
    address: str = field(default="", repr=False)

    def __str__(self) -> str:
        if self.proxy:
            return f"through the proxy {self.proxy} ({self.source})"
        return f"directly ({self.source})" if self.source else "directly"


def route_to(host: str, proxy_of_cloud: str) -> ProxyRoute:
    """Return how requests to `host` leave, as the session settles it.

    Args:
        host: with a port where it is not 443.
        proxy_of_cloud: the cloud's own proxy, which comes before the environment's; "" for none.
    """
    if proxy_of_cloud:
        return _through(proxy_of_cloud, "the cloud file")
    url = f"https://{host}/"
    proxy = select_proxy(url, environ_proxies(url))
    if proxy:
        source = next((name for name in PROXY_VARIABLES if os.environ.get(name) == proxy), "the system's settings")
        return _through(proxy, source)
    is_exception = any(os.environ.get(name) for name in PROXY_VARIABLES)
    return ProxyRoute(source="NO_PROXY excepts it from the proxy" if is_exception else "")


def _through(proxy: str, source: str) -> ProxyRoute:
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(address)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return ProxyRoute("with an address that cannot be read", source)
    port = port or (443 if parts.scheme == "https" else 80)
    return ProxyRoute(f"{clean_line(name, 200)}:{port}", source, bool(parts.username), address)
