"""How a host is reached: through which proxy, over which addresses, with whose certificate, and what answered there."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Final

import requests

from wizard.core.errors import Unreachable
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import read_json, redirect_target, retry_after
from wizard.microsoft.network_errors import read_network_error
from wizard.microsoft.peer_certificate import PeerCertificate, fetch_peer_certificate, read_peer_certificate
from wizard.microsoft.proxy_route import ProxyRoute, route_to
from wizard.microsoft.time_limit import call_within

LIMIT: Final = 8.0
"""Seconds a host is given to answer a request of a few bytes."""
EXPLAIN_LIMIT: Final = 4.0
"""Seconds for what only explains: the addresses of a name, the certificate of a host that was not trusted."""
HAS_CERTIFICATE: Final = frozenset({
    None, Trouble.ELSEWHERE, Trouble.TLS, Trouble.TLS_EXPIRED, Trouble.CLOCK, Trouble.TLS_HOST,
})  # fmt: skip
"""Troubles, and none, with which a certificate was presented."""

PROBES: Final = {
    "login": ("GET", "/common/discovery/instance?api-version=1.1&authorization_endpoint=https://{host}/common/"),
    "graph": ("GET", "/v1.0/organization"),
    "partner_center": ("GET", "/v1/profiles/mpn"),
    "referrals": ("GET", "/v1.0/engagements/referrals"),
    "vault": ("HEAD", "/secrets"),
}
"""A cheap request to each service, which changes nothing: all but the first want a token, and refuse without one
(protocol 1.1, 2.3, 4.3, 6.1)."""
REFUSALS: Final = frozenset({400, 401, 403, 404, 405})
"""How a service may refuse a request without a token; that it is a 401 each time is (U)."""
CHALLENGES: Final = ("bearer", "oauth")
"""How these services' WWW-Authenticate begins (protocol 2.3, 4.1); a proxy's or a page's own is another."""


@dataclass(frozen=True, slots=True)
class HostProbe:
    """What a probe of a host found.

    Args:
        host: as the cloud names it.
        route: how it was asked.
        trouble: None where the host itself answered.
        detail: one cleaned sentence on the trouble.
        status: of the answer, 0 where there was none.
        retry_after: seconds that a busy host asks to wait, None where it names none.
        peer_certificate: what was presented, trusted or not; None where it was not seen.
        addresses: what the name resolves to here; empty where a proxy resolves it, or nothing was found.
        trust: what says whom to trust: "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "the cloud file", "" for the usual.
        bundle: the file that `trust` names.
        milliseconds: from the request to the end of the answer.
        asked_at: this machine's time in the middle of that (aware, UTC).
        server_time: the time that the answer carries (aware, UTC).
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
    """Probes hosts over the one HTTP path.

    Args:
        http: the one HTTP path; only hosts that it allows are asked.
        resolve: as `socket.getaddrinfo`.
    """

    def __init__(self, http: Http, resolve: Callable[..., Any] = socket.getaddrinfo) -> None:
        self._http = http
        self._resolve = resolve

    def probe(self, service: str, host: str) -> HostProbe:
        """Make a cheap request to a host, and return how it is reached; of many onboardings one asks for all.

        Args:
            service: a key of `PROBES`.
            host: with a port where it is not 443; a vault's is allowed on the HTTP path from now on.

        Raises:
            Cancelled: the cancel signal was set.
        """
        http = self._http
        if service == "vault":
            http.allowed_hosts.add(host)
        if (seen := http.wire.seen(service, host, http.clock)) is not None:
            return seen
        trust, bundle = self._trust()
        probe = HostProbe(host, route_to(host, http.cloud.proxy), trust=trust, bundle=bundle)
        try:
            probe = self._request(probe, *PROBES[service], is_discovery=service == "login")
        except Unreachable as trouble:
            probe = replace(probe, trouble=_finer_kind(trouble), detail=trouble.detail)
        # Seen on the very connection where it was kept open; else on one made for it alone, which carries no request.
        if probe.peer_certificate is None and probe.trouble in HAS_CERTIFICATE:
            probe = replace(probe, peer_certificate=self._fetch_certificate(probe))
        if not probe.route.proxy and probe.trouble is not Trouble.NAME:
            probe = replace(probe, addresses=self._addresses(host))
        http.wire.saw(service, probe, http.clock)
        return probe

    def _request(self, probe: HostProbe, method: str, path: str, *, is_discovery: bool) -> HostProbe:
        http, certificates = self._http, list[PeerCertificate]()
        url = f"https://{probe.host}{path.format(host=probe.host)}"

        def note_certificate(response: requests.Response) -> None:
            connection = getattr(response.raw, "connection", None)
            if found := read_peer_certificate(getattr(connection, "sock", None)):
                certificates.append(found)

        started_at, ticks = http.clock.now(), http.clock.monotonic()
        try:
            with http.scope.limited_to(LIMIT), http.scope.observed_by(note_certificate):
                response = http.session.request(method, url, allow_redirects=False)
        except requests.exceptions.RequestException as error:
            raise read_network_error(error, probe.host) from None
        took = http.clock.monotonic() - ticks
        answered = replace(
            probe,
            status=response.status_code,
            peer_certificate=certificates[0] if certificates else None,
            milliseconds=round(took * 1000),
            asked_at=started_at + (http.clock.now() - started_at) / 2,
            server_time=_date(response.headers.get("Date")),
        )
        if _is_busy(response.status_code):
            wait = retry_after(response.headers.get("Retry-After"))
            detail = f"answered HTTP {response.status_code}"
            return replace(answered, trouble=Trouble.BUSY, detail=detail, retry_after=wait, server_time=None)
        mismatch = self._discovery_mismatch(response) if is_discovery else _refusal_mismatch(response)
        return replace(answered, trouble=Trouble.ELSEWHERE, detail=mismatch, server_time=None) if mismatch else answered

    def _discovery_mismatch(self, response: requests.Response) -> str:
        """Return what came in place of the sign-in host's answer on its cloud; "" where it is one."""
        body = None if _is_page(response) else read_json(response)
        if isinstance(body, dict):
            if response.status_code == 200 and (body.get("tenant_discovery_endpoint") or body.get("metadata")):
                return ""
            # (U) A cloud file's host that Microsoft does not list may answer that it is none (AADSTS50049).
            is_listed = self._http.cloud.known_authority
            if response.status_code == 400 and body.get("error") == "invalid_instance" and not is_listed:
                return ""
        return _describe(response)

    def _trust(self) -> tuple[str, str]:
        """Return what says whom to trust, and the file, as `requests` settles it."""
        if self._http.cloud.ca_bundle:
            return "the cloud file", self._http.cloud.ca_bundle
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            if self._http.session.trust_env and os.environ.get(name):
                return name, clean_line(os.environ[name], 300)
        return "", ""

    def _fetch_certificate(self, probe: HostProbe) -> PeerCertificate | None:
        name, _, port = probe.host.partition(":")
        fetch = partial(fetch_peer_certificate, name, int(port or 443), probe.route.address, EXPLAIN_LIMIT)
        return call_within(fetch, EXPLAIN_LIMIT, self._http.cancel)

    def _addresses(self, host: str) -> tuple[str, ...]:
        name, _, port = host.partition(":")
        resolve = partial(self._resolve, name, int(port or 443), type=socket.SOCK_STREAM)
        found = call_within(resolve, EXPLAIN_LIMIT, self._http.cancel)
        return tuple(dict.fromkeys(clean_line(str(each[4][0]), 60) for each in found or ()))[:6]


def _is_busy(status: int) -> bool:
    """Return whether a host, or a proxy before it, is busy for a moment; 511 is a network's own sign-in (RFC 6585)."""
    return (status == 429 or status >= 500) and status != 511


def _refusal_mismatch(response: requests.Response) -> str:
    """Return what came in place of a service's refusal of a request without a token; "" where it is one."""
    challenge = response.headers.get("WWW-Authenticate", "").lower()
    if response.status_code == 401 and challenge.startswith(CHALLENGES):
        return ""
    is_own = not _is_page(response) and (not response.content.strip() or isinstance(read_json(response), dict))
    return "" if response.status_code in REFUSALS and is_own else _describe(response)


def _describe(response: requests.Response) -> str:
    """Return what an answer is that is not the service's."""
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
    return f"the answer is not one that this host gives (HTTP {status})"


def _is_page(response: requests.Response) -> bool:
    begins = response.content[:200].lstrip().lower()
    return "html" in response.headers.get("Content-Type", "").lower() or begins.startswith((b"<!doctype", b"<html"))


def _finer_kind(trouble: Unreachable) -> Trouble:
    """Return the kind of a trouble, finer where its text tells more."""
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
    """Return the time of a Date header, aware; None where it is none (RFC 9110, 6.6.1)."""
    try:
        found = parsedate_to_datetime(header or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else None
