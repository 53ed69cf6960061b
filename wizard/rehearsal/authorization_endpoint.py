"""Sign-in by authorization code: what a link asks for, the code, and the answer's address (protocol 11.0, 11.3)."""

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

CODE_LIFETIME = timedelta(seconds=60)
"""That of an authorization code (protocol 11.0)."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """An authorization request whose answer goes back to the app.

    Args:
        app: the app that asks.
        platform: the one `redirect_uri` is registered under.
        redirect_uri: where the answer goes.
        scope: what the app asks for.
        state: the parameter, which the answer repeats; None if there is none.
        nonce: for the id_token, "" for none.
        challenge: PKCE's code_challenge, "" for none.
        hint: the account that should sign in, "" for none.
        wants_mfa: whether it asks for a second factor.
        immediate_error: the answer if nobody is asked to sign in; None if somebody is.
        uses_form_post: whether the answer is posted, and not in the address.
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
    uses_form_post: bool


def read_request(cloud: CloudState, segment: str, query: Mapping[str, str]) -> AuthorizationRequest:
    """Return what an authorization request asks for.

    Args:
        cloud: the cloud that is asked.
        segment: the tenant's segment of its path.
        query: its parameters.

    Raises:
        EntraError: the browser stays on an error page.
    """
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
    return AuthorizationRequest(
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
        uses_form_post=query.get("response_mode") == "form_post",
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


def issue_code(cloud: CloudState, asked: AuthorizationRequest, person: Person, tenant: Tenant | None = None) -> str:
    """Issue an authorization code.

    Args:
        cloud: the cloud, which keeps it.
        asked: the request.
        person: who signed in.
        tenant: the tenant that issues it, by default the scene's.
    """
    session = sign_in_rules.new_session(cloud, person, asked.app.app.client_id, asked.wants_mfa, "auth_code")
    session.tenant = tenant or cloud.world.tenant
    session.platform = asked.platform
    session.nonce = asked.nonce
    value = f"1.AX{secrets.token_urlsafe(400)}"
    expires_at = cloud.clock.now() + CODE_LIFETIME
    cloud.authorization_codes[value] = AuthorizationCode(
        session, asked.redirect_uri, asked.scope, asked.challenge, expires_at
    )
    return value


def code_parameters(asked: AuthorizationRequest, code: str) -> dict[str, str]:
    """Return the parameters of an answer with a code."""
    return {"code": code, **_state_parameter(asked), "session_state": secrets.token_hex(16)}


def error_parameters(cloud: CloudState, asked: AuthorizationRequest, error: EntraError) -> dict[str, str]:
    """Return the parameters of an answer that says why there is no code."""
    words = error_description(error, Ids.of("", cloud.clock.now()), cloud.world.policy.error_separator)
    return {"error": error.error, "error_description": words, **_state_parameter(asked)}


def answer_address(asked: AuthorizationRequest, parameters: Mapping[str, str]) -> str:
    """Return the redirect URI with the parameters of an answer."""
    separator = "&" if "?" in asked.redirect_uri else "?"
    return f"{asked.redirect_uri}{separator}{urlencode(parameters)}"


def _state_parameter(asked: AuthorizationRequest) -> dict[str, str]:
    return {} if asked.state is None else {"state": asked.state}
