"""Signing in by authorization code: what a link asks for, the code, and the address the browser ends on."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from wizard.rehearsal import aadsts_errors as errors
from wizard.rehearsal import sign_in_rules
from wizard.rehearsal.aadsts_errors import EntraError, Ids, error_description
from wizard.rehearsal.cloud_state import GENERIC, AppState, AuthorizationCode, CloudState
from wizard.rehearsal.entra_api import asks_for_mfa
from wizard.rehearsal.redirect_platforms import Platform, platform_of, registered
from wizard.rehearsal.resources import read_scope
from wizard.rehearsal.world import Person, Tenant

LIFETIME = timedelta(seconds=60)
"""Of an authorization code (protocol 11.0)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """An authorization request whose answer goes back to the app.

    Args:
        app: who asks.
        platform: under which `redirect_uri` is registered.
        state: echoed; None where none was sent.
        hint: the account that should sign in, "" for none.
        wants_mfa: whether it asks for a second factor.
        at_once: the answer that needs nobody: a refusal, or that nobody is signed in; None where somebody signs in.
        posts: whether the answer is posted instead of standing in the address.
    """

    app: AppState
    platform: Platform
    redirect_uri: str
    scope: str
    state: str | None
    nonce: str
    challenge: str
    hint: str
    wants_mfa: bool
    immediate_error: EntraError | None
    posts: bool


def read_request(cloud: CloudState, segment: str, query: Mapping[str, str]) -> Ask:
    """What an authorization request asks for; raises `EntraError` where the browser stays on an error page."""
    tenant = cloud.world.tenant if segment.lower() in GENERIC else cloud.tenant(segment)
    app = cloud.app_in(tenant, query.get("client_id", ""))
    platform = _platform(app, query.get("redirect_uri", ""))
    read_scope(query.get("scope", ""), cloud.provisioned(), tenant.name)
    if query.get("response_type") != "code":
        raise EntraError(400, "unsupported_response_type", 700054, "response_type 'code' is expected.")
    challenge = query.get("code_challenge", "")
    immediate_error = None
    if platform is Platform.SPA and not challenge:
        immediate_error = errors.PKCE_REQUIRED
    elif query.get("prompt") == "none":
        immediate_error = errors.NOBODY_SIGNED_IN
    return Ask(
        app=app,
        platform=platform,
        redirect_uri=query["redirect_uri"],
        scope=query["scope"],
        state=query.get("state"),
        nonce=query.get("nonce", ""),
        challenge=challenge,
        hint=query.get("login_hint", ""),
        wants_mfa=asks_for_mfa(query.get("claims", "")) or "mfa" in query.get("amr_values", ""),
        immediate_error=immediate_error,
        posts=query.get("response_mode") == "form_post",
    )


def _platform(app: AppState, redirect_uri: str) -> Platform:
    if not any(registered(app.app).values()):
        raise errors.no_redirect_uri(app.app.client_id)
    if not redirect_uri:
        raise errors.REDIRECT_URI_NOT_NAMED
    platform = platform_of(app.app, redirect_uri)
    if platform is None:
        raise errors.redirect_uri_unknown(redirect_uri, app.app.client_id)
    return platform


def issue(cloud: CloudState, ask: Ask, person: Person, tenant: Tenant | None = None) -> str:
    """A new code for somebody who signed in; `tenant` is the one that issues it, by default the scene's."""
    session = sign_in_rules.new_session(cloud, person, ask.app.app.client_id, ask.wants_mfa, "auth_code")
    session.tenant = tenant or cloud.world.tenant
    session.platform = ask.platform
    session.nonce = ask.nonce
    value = f"1.AX{secrets.token_urlsafe(400)}"
    expires_at = cloud.clock.now() + LIFETIME
    cloud.authorization_codes[value] = AuthorizationCode(
        session, ask.redirect_uri, ask.scope, ask.challenge, expires_at
    )
    return value


def with_code(ask: Ask, code: str) -> dict[str, str]:
    """The parameters of an answer with a code."""
    return {"code": code, **_state(ask), "session_state": secrets.token_hex(16)}


def with_error(cloud: CloudState, ask: Ask, error: EntraError) -> dict[str, str]:
    """The parameters of an answer that says why there is no code."""
    words = error_description(error, Ids.of("", cloud.clock.now()), cloud.world.policy.error_separator)
    return {"error": error.error, "error_description": words, **_state(ask)}


def address(ask: Ask, parameters: Mapping[str, str]) -> str:
    """The address the browser ends on, with an answer in it."""
    joined = "&" if "?" in ask.redirect_uri else "?"
    return f"{ask.redirect_uri}{joined}{urlencode(parameters)}"


def _state(ask: Ask) -> dict[str, str]:
    return {} if ask.state is None else {"state": ask.state}
