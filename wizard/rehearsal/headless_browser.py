"""A browser without a screen: people who act by themselves open a sign-in link in it, and end on the app's address."""

from __future__ import annotations

import contextlib
import http.client
import secrets
from dataclasses import replace
from urllib.parse import parse_qsl, urljoin, urlsplit

from wizard.rehearsal import authorization_endpoint as endpoint
from wizard.rehearsal import sign_in_rules
from wizard.rehearsal.aadsts_errors import NO_CONSENT_GIVEN, EntraError
from wizard.rehearsal.authorization_endpoint import AuthorizationRequest
from wizard.rehearsal.choices import BrowserResult, Service
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.redirect_platforms import is_loopback
from wizard.rehearsal.world import Person

_TIMEOUT_SECONDS = 3
_MAX_REDIRECTS = 3
_AUTHORIZE_PATH = ["oauth2", "v2.0", "authorize"]


def open_link(cloud: CloudState, url: str) -> AuthorizationRequest | None:
    """Return what a sign-in link asks for, None if it leads to an error page or is no such link."""
    parts = urlsplit(url)
    path = parts.path.strip("/").split("/")
    if cloud.names.service_of(parts.netloc) is not Service.LOGIN or path[1:] != _AUTHORIZE_PATH:
        return None
    try:
        return endpoint.read_request(cloud, path[0], dict(parse_qsl(parts.query)))
    except EntraError:
        return None


def sign_in(cloud: CloudState, asked: AuthorizationRequest, person: Person, result: BrowserResult) -> str:
    """Sign a person in.

    Args:
        cloud: whose link it was.
        asked: what the link asks for.
        person: who signs in.
        result: what the browser is to come back with.

    Returns:
        The address the browser ends on, "" if the sign-in ends on a page of the cloud's.
    """
    if asked.immediate_error is not None:
        return endpoint.answer_address(asked, endpoint.error_parameters(cloud, asked, asked.immediate_error))
    if sign_in_rules.refusal(cloud, person, asked.wants_mfa, device_code=False) is not None:
        return ""
    if result is BrowserResult.ERROR:
        return endpoint.answer_address(asked, endpoint.error_parameters(cloud, asked, NO_CONSENT_GIVEN))
    if result is BrowserResult.WITHOUT_CODE:
        return endpoint.answer_address(asked, {"state": asked.state or ""})
    if result is BrowserResult.ANOTHER_RUN:
        asked = replace(asked, state=secrets.token_urlsafe(12))
    issuer = cloud.world.home_tenant if result is BrowserResult.ANOTHER_TENANT else None
    code = endpoint.issue_code(cloud, asked, person, issuer)
    if result is BrowserResult.USED:
        cloud.authorization_codes[code].spent = True
    return endpoint.answer_address(asked, endpoint.code_parameters(asked, code))


def follow(address: str) -> None:
    """Get an address from a program on this machine and follow its redirects; what fails would only be a page."""
    for _ in range(_MAX_REDIRECTS):
        if not is_loopback(address):
            return
        address = urljoin(address, _get(address))


def _get(address: str) -> str:
    """Return where the answer to a GET redirects to, or about:blank."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_SECONDS)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", f"{parts.path or '/'}?{parts.query}".rstrip("?"), headers={"Accept": "text/html"})
        answer = connection.getresponse()
        answer.read()
        if answer.status in (301, 302, 303, 307, 308):
            return answer.headers.get("Location", "about:blank")
    return "about:blank"
