"""A person's browser without a screen: it opens a sign-in link, and ends on an address of the app's."""

from __future__ import annotations

import contextlib
import http.client
import secrets
from dataclasses import replace
from urllib.parse import parse_qsl, urljoin, urlsplit

from wizard.rehearsal import authorization_endpoint, sign_in_rules
from wizard.rehearsal.aadsts_errors import NO_CONSENT_GIVEN, EntraError
from wizard.rehearsal.authorization_endpoint import Ask
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.redirect_platforms import is_loopback
from wizard.rehearsal.world import BrowserResult, Person, Service

_TIMEOUT = 3
_HOPS = 3
_ENDPOINT = ["oauth2", "v2.0", "authorize"]


def open_link(cloud: CloudState, url: str) -> Ask | None:
    """What a sign-in link asks for; None where it leads to an error page, or is no such link."""
    parts = urlsplit(url)
    path = parts.path.strip("/").split("/")
    if cloud.names.service_of(parts.netloc) is not Service.LOGIN or path[1:] != _ENDPOINT:
        return None
    try:
        return authorization_endpoint.read_request(cloud, path[0], dict(parse_qsl(parts.query)))
    except EntraError:
        return None


def sign_in_there(cloud: CloudState, ask: Ask, person: Person, answer: BrowserResult) -> str:
    """The address the browser ends on when `person` has signed in; "" where the sign-in ends on its page."""
    if ask.immediate_error is not None:
        return authorization_endpoint.address(ask, authorization_endpoint.with_error(cloud, ask, ask.immediate_error))
    if sign_in_rules.refusal(cloud, person, ask.wants_mfa, device_code=False) is not None:
        return ""
    if answer is BrowserResult.ERROR:
        return authorization_endpoint.address(ask, authorization_endpoint.with_error(cloud, ask, NO_CONSENT_GIVEN))
    if answer is BrowserResult.WITHOUT_CODE:
        return authorization_endpoint.address(ask, {"state": ask.state or ""})
    if answer is BrowserResult.ANOTHER_RUN:
        ask = replace(ask, state=secrets.token_urlsafe(12))
    issuer = cloud.world.home_tenant if answer is BrowserResult.ANOTHER_TENANT else None
    code = authorization_endpoint.issue(cloud, ask, person, issuer)
    if answer is BrowserResult.USED:
        cloud.authorization_codes[code].spent = True
    return authorization_endpoint.address(ask, authorization_endpoint.with_code(ask, code))


def follow(address: str) -> None:
    """Asks a program on this machine for an address, and for where that leads; whatever fails is a browser's page."""
    for _ in range(_HOPS):
        if not is_loopback(address):
            return
        address = urljoin(address, _get(address))


def _get(address: str) -> str:
    """Where the answer to a GET leads, or an address that leads nowhere."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", f"{parts.path or '/'}?{parts.query}".rstrip("?"), headers={"Accept": "text/html"})
        answer = connection.getresponse()
        answer.read()
        if answer.status in (301, 302, 303, 307, 308):
            return answer.headers.get("Location", "about:blank")
    return "about:blank"
