"""The hosts that may be asked: the cloud's own, and what a journey adds to them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import requests

from wizard.core.errors import ForeignHost
from wizard.core.text import clean_line
from wizard.microsoft.clouds import Cloud
from wizard.microsoft.http_response import url_host
from wizard.microsoft.response_sanitizer import sanitize_response

Sanitizer = Callable[[requests.Response], None]
"""Makes an answer fit to be read, or raises."""


class AllowedHosts:
    """The hosts that may be asked, and how the answers of each are sanitized.

    Args:
        cloud: its hosts are allowed from the beginning.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._hosts = set(cloud.hosts)
        self._identity_endpoints: set[str] = set()
        self._issuers = {cloud.login}
        self._sanitizers: dict[str, Sanitizer] = {}

    def add(self, host: str, sanitizer: Sanitizer | None = None) -> None:
        """Allow requests to `host` (with a port where it is not 443); `sanitizer` reads its answers before anybody."""
        self._hosts.add(host.lower())
        if sanitizer is not None:
            self._sanitizers[host.lower()] = sanitizer

    def add_identity_endpoint(self, host: str) -> None:
        """Allow requests to a managed-identity endpoint; it is on this machine, speaks plain http, and gives tokens."""
        if host:
            self._identity_endpoints.add(host)
            self._issuers.add(host)

    def require(self, url: str) -> None:
        """Raise `ForeignHost` if `url` is not https at an allowed host, nor at a managed-identity endpoint."""
        host = url_host(url)
        is_of_cloud = host in self._hosts and urlsplit(url).scheme == "https"
        if not is_of_cloud and host not in self._identity_endpoints:
            raise ForeignHost(clean_line(host, 200))

    def sanitize(self, response: requests.Response, host: str) -> None:
        """Make an answer of `host` fit to be read by any library.

        Raises:
            Unreachable: it cannot be read.
            ServiceRefusal: it grants a token or a code that cannot be sent on.
        """
        sanitize_response(response, host, grants=host in self._issuers)
        if host in self._sanitizers:
            self._sanitizers[host](response)
