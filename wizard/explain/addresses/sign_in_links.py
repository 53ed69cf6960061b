"""Reads a link to the consent or sign-in page, copied instead of the answer: what it asks, and what is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from wizard.catalogue.diagnosis import Diagnosis
from wizard.catalogue.well_known import IDENTITY_PLATFORM_DOCS, audience, cloud_title, is_login_host, microsoft_client
from wizard.core.acts import as_actions
from wizard.core.answers import LOOPBACK_HOSTS
from wizard.core.claims import USER_IMPERSONATION
from wizard.core.findings import Retry, Who
from wizard.core.late_pattern import late_pattern
from wizard.core.wording import lower_first
from wizard.explain.addresses.url_parts import Address
from wizard.explain.token_reader.token_claims import as_guid, safe_line

_PATH = late_pattern(
    r"/(?P<tenant>[^/]{1,200})(?P<page>/v2\.0/adminconsent|/adminconsent|/oauth2/v2\.0/authorize|/oauth2/authorize)/?",
    re.IGNORECASE,
)
_PLACEHOLDER = late_pattern(r"[{}<>\[\]]|%7[Bb]|^(?:your|my|enter)[-_ ]", re.IGNORECASE)
_OPENID: Final = frozenset({"openid", "profile", "email", "offline_access"})


@dataclass(frozen=True, slots=True)
class _Link:
    """What a link asks. `page` is "consent" or "sign-in"; `version` 1 or 2."""

    page: str
    version: int
    tenant: str
    address: Address

    def field(self, name: str) -> str:
        return self.address.fields.get(name, "").strip()

    @property
    def scopes(self) -> tuple[str, ...]:
        return tuple(self.field("scope").split()[:20])


def is_sign_in_link(address: Address) -> bool:
    """Return whether an address is a link to the consent or sign-in page, not an answer of it."""
    return _link(address) is not None


def describe_sign_in_link(address: Address) -> Diagnosis:
    """Return what a link to the consent or sign-in page asks, and what is wrong in it. Source: protocol 1.5, 1.6.

    Raises:
        ValueError: the address is none (see `is_sign_in_link`).
    """
    link = _link(address)
    if link is None:
        raise ValueError("not a link to a consent or sign-in page")
    problems = tuple(_problems(link))
    of_consent = link.page == "consent"
    who_opens = "an administrator who may grant consent" if of_consent else "the account that is to be used"
    ends = "press Accept" if of_consent else "sign in"
    return Diagnosis(
        code="",
        title=f"A link to the {link.page} page, not its answer",
        cause=" ".join(
            (
                f"This address is the question. The answer is the address the browser ends on after the {link.page}.",
                *(f"{cause}" for cause, _ in problems),
            )
        ),
        actions=as_actions(
            tuple(act for _, act in problems),
            "Before anybody opens it, check that the client id is your own app's.",
            f"Then open it in a private window as {who_opens}, {ends}, and copy the address the browser ends on.",
        ),
        who=(Who.ADMIN, Who.OPERATOR) if of_consent else (Who.INTEGRATION_USER, Who.OPERATOR),
        retry=Retry.AFTER_FIX,
        steps=("admin_consent",) if of_consent else ("user_consent",),
        link=f"{IDENTITY_PLATFORM_DOCS}{'v2-admin-consent' if of_consent else 'v2-oauth2-auth-code-flow'}",
        service="entra",
        evidence=tuple((name, value) for name, value in _rows(link) if value),
        is_description=True,
    )


def _link(address: Address) -> _Link | None:
    found = _PATH.fullmatch(address.path)
    if found is None or not (is_login_host(address.hostname) or "client_id" in address.fields):
        return None
    page = found["page"].lower()
    version = 2 if "v2.0" in page else 1
    return _Link("consent" if "consent" in page else "sign-in", version, found["tenant"], address)


def _rows(link: _Link) -> Iterator[tuple[str, str]]:
    client_id = safe_line(link.field("client_id"), 60)
    yield "kind", f"link to the {link.page} page, v{link.version}.0"
    yield "host", safe_line(link.address.host, 80)
    yield "cloud", cloud_title(link.address.hostname) or "not one that is known here"
    yield "tenant", safe_line(link.tenant, 80)
    yield (
        "client id",
        f"{microsoft_client(client_id)} ({client_id})" if microsoft_client(client_id) else client_id or "missing",
    )
    yield "scope", ", ".join(safe_line(scope, 100) for scope in link.scopes) or ("missing" if link.version == 2 else "")
    yield "resource", safe_line(link.field("resource"), 100)
    yield "redirect URI", safe_line(link.field("redirect_uri")) or "missing"
    yield "response type", safe_line(link.field("response_type"), 40)
    yield "response mode", safe_line(link.field("response_mode"), 40)
    yield "prompt", safe_line(link.field("prompt"), 40)
    yield "login hint", safe_line(link.field("login_hint"), 80)
    yield "state", "there" if link.field("state") else "missing"


def _problems(link: _Link) -> Iterator[tuple[str, str]]:
    """Yield what is wrong or missing in a link, each with what to do."""
    if not is_login_host(link.address.hostname):
        yield (
            f"Its host {safe_line(link.address.host, 80)} is no sign-in host of Microsoft's clouds.",
            "Do not open it unless the host is one of your own cloud file.",
        )
    yield from _tenant_problems(link)
    yield from _client_problems(link)
    yield from _redirect_problems(link)
    yield from _scope_problems(link)
    if link.page == "sign-in" and link.field("response_type") not in ("code", "code id_token", "id_token code"):
        asked = safe_line(link.field("response_type"), 40)
        reason = f"It asks for the response type {asked}" if asked else "It names no response type"
        yield f"{reason}, so no authorization code comes back.", "Ask with response_type=code."
    if link.page == "sign-in" and not link.field("code_challenge"):
        yield "It has no PKCE challenge (code_challenge).", "Have the program that makes the link send one."
    if not link.field("state"):
        yield (
            "It has no state, so a forged answer could not be recognised.",
            "Add a random state, and compare it.",
        )


def _tenant_problems(link: _Link) -> Iterator[tuple[str, str]]:
    tenant = link.tenant.lower()
    act = "Put your tenant's id or domain in its place."
    if _PLACEHOLDER.search(link.tenant):
        yield "The place of the tenant holds a placeholder.", act
    elif tenant == "common" and link.page == "consent" and link.version == 2:
        yield "It names the tenant common, which this page does not take.", act
    elif tenant == "consumers":
        yield "It names the tenant consumers: personal accounts have no partner tenant.", act
    elif tenant in ("common", "organizations"):
        yield f"It names no tenant ({tenant}): whoever opens it answers for the tenant of that account.", act


def _client_problems(link: _Link) -> Iterator[tuple[str, str]]:
    client_id = link.field("client_id")
    act = "Put in the Application (client) ID (App registrations > the app > Overview)."
    if not client_id:
        yield "It names no client_id (AADSTS900144).", act
    elif _PLACEHOLDER.search(client_id):
        yield "The place of the client id holds a placeholder.", act
    elif not as_guid(client_id):
        yield "Its client id is not a GUID.", act
    elif microsoft_client(client_id):
        yield f"It asks for Microsoft's own client {microsoft_client(client_id)}, not for your app.", act


def _redirect_problems(link: _Link) -> Iterator[tuple[str, str]]:
    value = link.field("redirect_uri")
    register = "Name one that is registered, letter for letter (App registrations > the app > Authentication)."
    if not value:
        if link.version == 2 or link.page == "sign-in":
            yield (
                "It names no redirect_uri: the answer goes to the app's first one, or to none (AADSTS900971).",
                register,
            )
        return
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        yield "Its redirect URI cannot be read.", register
        return
    if _PLACEHOLDER.search(value):
        yield "The place of the redirect URI holds a placeholder.", register
    elif not parts.scheme:
        yield "Its redirect URI is no full address.", register
    elif parts.scheme == "http" and host not in LOOPBACK_HOSTS:
        yield "Its redirect URI is http, which Entra takes only for localhost (AADSTS50011).", "Use https. " + register


def _scope_problems(link: _Link) -> Iterator[tuple[str, str]]:
    if link.version == 1:
        return
    resources = {_resource(scope) for scope in link.scopes if scope.lower() not in _OPENID}
    kinds = {audience(resource).kind for resource in resources}
    ask = "Ask for https://api.partnercenter.microsoft.com/"
    wanted = f"{ask}.default." if link.page == "consent" else f"{ask}{USER_IMPERSONATION} offline_access."
    if not link.scopes:
        yield "It names no scope.", wanted
    elif not kinds & {"partner_center", "referrals"}:
        yield "Its scope does not ask for Partner Center.", f"If it is meant for Partner Center: {lower_first(wanted)}"
    elif len(resources) > 1:
        yield "Its scope asks for several services at once; a sign-in takes one (AADSTS700022).", wanted
    if link.page == "sign-in" and link.scopes and "offline_access" not in link.scopes:
        yield "Its scope lacks offline_access, so no refresh token comes back.", "Add offline_access to the scope."


def _resource(scope: str) -> str:
    """Return the service of a scope: all before its last part; a bare name is one of Microsoft Graph."""
    return scope.rpartition("/")[0].rstrip("/") if "/" in scope else "https://graph.microsoft.com"
