"""The way to a host: through which proxy, over which addresses, with whose certificate, and what answered there."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies, select_proxy

from wizard.core.errors import Unreachable
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import read_json, redirect_target, retry_after
from wizard.microsoft.network_errors import read_network_error
from wizard.microsoft.peer_certificate import (
    PeerCertificate,
    call_within,
    fetch_peer_certificate,
    read_peer_certificate,
)

LIMIT: Final = 8.0
"""Seconds a host is given to answer a question of a few bytes."""
HAS_CERTIFICATE: Final = frozenset({
    None, Trouble.ELSEWHERE, Trouble.TLS, Trouble.TLS_EXPIRED, Trouble.CLOCK, Trouble.TLS_HOST,
})  # fmt: skip
"""Troubles, and none, with which a certificate was presented."""
EXPLAIN_LIMIT: Final = 4.0
"""Seconds for a look that only explains: at addresses, at the certificate of a host that was not believed."""

DOCUMENTS: Final = {
    "login": ("GET", "/common/discovery/instance?api-version=1.1&authorization_endpoint=https://{host}/common/"),
    "graph": ("GET", "/v1.0/organization"),
    "partner_center": ("GET", "/v1/profiles/mpn"),
    "vault": ("HEAD", "/secrets"),
}
"""A cheap question to each service, which changes nothing: all but the first want a token, and refuse without one
(protocol 1.1, 2.3, 4.3, 6.1)."""
REFUSALS: Final = frozenset({400, 401, 403, 404, 405})
"""How a service may refuse a question without a token; that it is a 401 each time is (U)."""
CHALLENGES: Final = ("bearer", "oauth")
"""How these services' WWW-Authenticate begins (protocol 2.3, 4.1); a proxy's or a page's own is another."""


@dataclass(frozen=True, slots=True)
class ProxyRoute:
    """How requests to a host leave.

    Args:
        proxy: "host:port" of the proxy, "" where there is none; never a user name or password.
        because: what says so: the name of a variable, "the cloud file", or "".
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


@dataclass(frozen=True, slots=True)
class HostProbe:
    """What a look at a host came to.

    Args:
        host: as the cloud names it.
        way: how it was asked.
        trouble: None where the host itself answered.
        detail: one cleaned sentence on the trouble.
        status: of the answer, 0 where there was none.
        retry_after: seconds that a busy one asks to wait, None where it names none.
        presented: what was presented, trusted or not; None where it was not seen.
        addresses: what the name resolves to here; empty where a proxy resolves it, or nothing was found.
        trust: what says whom to trust: "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "the cloud file", "" for the usual.
        bundle: the file of `trust`.
        milliseconds: from the question to the end of the answer.
        asked_at, said_at: this machine's time in the middle of that, and the time the answer carries (aware, UTC).
    """

    host: str
    route: ProxyRoute
    trouble: Trouble | None = None
    detail: str = ""
    status: int = 0
    retry_after: float | None = None
    peer_certificate: PeerCertificate | None = None
    addresses: tuple[str, ...] = ()
    trust: str = ""
    bundle: str = ""
    milliseconds: int = 0
    asked_at: datetime | None = None
    server_time: datetime | None = None


class HostProber:
    """Looks at hosts, over the one HTTP path.

    Args:
        http: the one HTTP path; only hosts it allows are asked.
        resolve: as `socket.getaddrinfo`.
    """

    def __init__(self, http: Http, resolve: Callable[..., Any] = socket.getaddrinfo) -> None:
        self._http = http
        self._resolve = resolve

    def probe(self, service: str, host: str) -> HostProbe:
        """Ask a host a cheap question, and see how it is reached.

        Args:
            service: a key of `DOCUMENTS`.
            host: with a port where it is not 443; a vault's is allowed on the HTTP path from now on.

        Raises:
            Cancelled: the cancel signal was set.
        """
        http = self._http
        if service == "vault":
            http.allowed_hosts.add(host)
        trust, bundle = self._trust()
        probe = HostProbe(host, self.route_to(host), trust=trust, bundle=bundle)
        try:
            probe = self._asked(probe, *DOCUMENTS[service], is_discovery=service == "login")
        except Unreachable as trouble:
            probe = replace(probe, trouble=_finer_kind(trouble), detail=trouble.detail)
        # Seen on the very connection where it was kept open; else on one made for it alone, which carries no request.
        if probe.peer_certificate is None and probe.trouble in HAS_CERTIFICATE:
            probe = replace(probe, peer_certificate=self._second_look(probe))
        if not probe.route.proxy and probe.trouble is not Trouble.NAME:
            probe = replace(probe, addresses=self._addresses(host))
        return probe

    def route_to(self, host: str) -> ProxyRoute:
        """How requests to `host` leave, as the session settles it: the cloud's own proxy, else the environment's."""
        if self._http.cloud.proxy:
            return _through(self._http.cloud.proxy, "the cloud file")
        url = f"https://{host}/"
        proxy = select_proxy(url, get_environ_proxies(url))
        if proxy:
            return _through(proxy, _variable_of(proxy, os.environ))
        names = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        excepted = any(os.environ.get(name) for name in names)
        return ProxyRoute(source="NO_PROXY excepts it from the proxy" if excepted else "")

    def _asked(self, probe: HostProbe, method: str, path: str, *, is_discovery: bool) -> HostProbe:
        http, seen = self._http, list[PeerCertificate]()
        url = f"https://{probe.host}{path.format(host=probe.host)}"

        def note(response: requests.Response) -> None:
            connection = getattr(response.raw, "connection", None)
            if found := read_peer_certificate(getattr(connection, "sock", None)):
                seen.append(found)

        began, tick = http.clock.now(), http.clock.monotonic()
        try:
            with http.scope.limited_to(LIMIT), http.scope.observed_by(note):
                response = http.session.request(method, url, allow_redirects=False)
        except requests.exceptions.RequestException as error:
            raise read_network_error(error, probe.host) from None
        took = http.clock.monotonic() - tick
        answered = replace(
            probe,
            status=response.status_code,
            peer_certificate=seen[0] if seen else None,
            milliseconds=round(took * 1000),
            asked_at=began + (http.clock.now() - began) / 2,
            server_time=_date(response.headers.get("Date")),
        )
        if _is_busy(response.status_code):
            wait = retry_after(response.headers.get("Retry-After"))
            said = f"answered HTTP {response.status_code}"
            return replace(answered, trouble=Trouble.BUSY, detail=said, retry_after=wait, server_time=None)
        other = self._no_discovery(response) if is_discovery else _no_refusal(response)
        return replace(answered, trouble=Trouble.ELSEWHERE, detail=other, server_time=None) if other else answered

    def _no_discovery(self, response: requests.Response) -> str:
        """ "" where it is the sign-in host's answer to the question for its cloud, else what it is instead."""
        body = None if _is_page(response) else read_json(response)
        if isinstance(body, dict):
            if response.status_code == 200 and (body.get("tenant_discovery_endpoint") or body.get("metadata")):
                return ""
            # (U) A cloud file's host that Microsoft does not list may answer that it is none (AADSTS50049).
            is_listed = self._http.cloud.known_authority
            if response.status_code == 400 and body.get("error") == "invalid_instance" and not is_listed:
                return ""
        return _instead(response)

    def _trust(self) -> tuple[str, str]:
        """What says whom to trust, and the file; as `requests` settles it."""
        if self._http.cloud.ca_bundle:
            return "the cloud file", self._http.cloud.ca_bundle
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            if self._http.session.trust_env and os.environ.get(name):
                return name, clean_line(os.environ[name], 300)
        return "", ""

    def _second_look(self, probe: HostProbe) -> PeerCertificate | None:
        name, _, port = probe.host.partition(":")
        proxy = probe.route.address
        return call_within(
            lambda: fetch_peer_certificate(name, int(port or 443), proxy, EXPLAIN_LIMIT),
            EXPLAIN_LIMIT,
            self._http.cancel,
        )

    def _addresses(self, host: str) -> tuple[str, ...]:
        name, _, port = host.partition(":")
        found = call_within(
            lambda: self._resolve(name, int(port or 443), type=socket.SOCK_STREAM), EXPLAIN_LIMIT, self._http.cancel
        )
        return tuple(dict.fromkeys(clean_line(str(each[4][0]), 60) for each in found or ()))[:6]


def _is_busy(status: int) -> bool:
    """Whether a host, or a proxy before it, has a fault of the moment; 511 is a network's own sign-in (RFC 6585)."""
    return (status == 429 or status >= 500) and status != 511


def _no_refusal(response: requests.Response) -> str:
    """ "" where a service refused a question without a token, as each of them does, else what came instead."""
    challenge = response.headers.get("WWW-Authenticate", "").lower()
    if response.status_code == 401 and challenge.startswith(CHALLENGES):
        return ""
    is_own = not _is_page(response) and (not response.content.strip() or isinstance(read_json(response), dict))
    return "" if response.status_code in REFUSALS and is_own else _instead(response)


def _instead(response: requests.Response) -> str:
    """What an answer is that is not the service's."""
    status, target = response.status_code, response.headers.get("Location", "")
    if 300 <= status < 400 and target:
        return f"the answer leads to {redirect_target(response) or 'an address that cannot be read'} (HTTP {status})"
    if status == 511:
        return "the network asks to be signed in to (HTTP 511)"
    if status == 407:
        return "a proxy asks for a user name and password (HTTP 407)"
    if _is_page(response):
        return f"the answer is a web page, not data (HTTP {status})"
    if response.content.strip() and not isinstance(read_json(response), dict):
        return f"the answer is plain text, not data (HTTP {status})"
    return f"the answer is none that this host gives (HTTP {status})"


def _is_page(response: requests.Response) -> bool:
    begins = response.content[:200].lstrip().lower()
    return "html" in response.headers.get("Content-Type", "").lower() or begins.startswith((b"<!doctype", b"<html"))


def _through(proxy: str, source: str) -> ProxyRoute:
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(address)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return ProxyRoute("an address that cannot be read", source)
    port = port or (443 if parts.scheme == "https" else 80)
    return ProxyRoute(f"{clean_line(name, 200)}:{port}", source, bool(parts.username), address)


def _variable_of(proxy: str, environ: Mapping[str, str]) -> str:
    """The variable that names this proxy; small letters come first, as urllib reads them."""
    names = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    return next((name for name in names if environ.get(name) == proxy), "the system's settings")


def _finer_kind(trouble: Unreachable) -> Trouble:
    """Return the kind of a trouble, finer where its text tells more."""
    if trouble.kind is Trouble.PROXY and "407" in trouble.detail:
        return Trouble.PROXY_407
    if trouble.kind is not Trouble.TLS:
        return trouble.kind
    kinds = (
        (r"no certificate can be checked", Trouble.CA_FILE),
        (r"certificate has expired", Trouble.TLS_EXPIRED),
        (r"not yet valid", Trouble.CLOCK),
        (r"mismatch|is not valid for", Trouble.TLS_HOST),
    )
    return next((kind for words, kind in kinds if re.search(words, trouble.detail, re.IGNORECASE)), Trouble.TLS)


def _date(header: str | None) -> datetime | None:
    """The time of a Date header, aware; None where it is none (RFC 9110, 6.6.1)."""
    try:
        found = parsedate_to_datetime(header or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else None
