"""The token endpoint: four grants, the client's credential, and its client type (protocol 1.4, 1.5, 3, 11.3)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from wizard.rehearsal import aadsts_errors as errors
from wizard.rehearsal import issued_tokens, refresh_rules
from wizard.rehearsal.aadsts_errors import EntraError
from wizard.rehearsal.choices import CredentialCheck
from wizard.rehearsal.client_assertion import check_client_assertion
from wizard.rehearsal.cloud_state import GENERIC, AppState, AuthorizationCode, CloudState, DeviceCode, Session
from wizard.rehearsal.customer_tenants import CustomerTenant, apis_there, sign_in_refusal
from wizard.rehearsal.redirect_platforms import Platform
from wizard.rehearsal.resources import CHANGES, OIDC, read_scope
from wizard.rehearsal.world import Tenant

_DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PUBLIC, SECRET, CERTIFICATE = "0", "1", "2"
"""How a client authenticated, as the claim appidacr says it."""
Form = Mapping[str, str]
Answer = dict[str, object]


@dataclass(frozen=True, slots=True)
class Request:
    """A token request. `login` is the host of the answer's issuer."""

    tenant: str
    form: Form
    authorization: str
    login: str


def redeem(state: CloudState, request: Request) -> Answer:
    """Return the body of the answer to a token request; raise `EntraError` if it is refused."""
    form = dict(request.form)
    form |= _basic(request.authorization)
    request = Request(request.tenant, form, "", request.login)
    grant = form.get("grant_type", "")
    handlers = {
        _DEVICE_CODE: _device_code,
        "device_code": _device_code,
        "refresh_token": _refresh_token,
        "client_credentials": _client_credentials,
        "authorization_code": _authorization_code,
    }
    if not grant:
        raise errors.missing("grant_type")
    if grant not in handlers:
        words = f"The app requested an unsupported grant type '{grant}'."
        raise EntraError(400, "unsupported_grant_type", 70003, words)
    if not form.get("client_id"):
        raise errors.missing("client_id")
    return handlers[grant](state, request)


def _device_code(state: CloudState, request: Request) -> Answer:
    value = request.form.get("device_code") or request.form.get("code", "")
    if not value:
        raise errors.missing("device_code")
    code = state.device_codes.get(value)
    app = state.app_in(_tenant(state, request.tenant), request.form["client_id"])
    if code is None or code.spent:
        raise errors.CODE_UNKNOWN
    if code.client_id != app.app.client_id:
        raise errors.WRONG_CLIENT
    if code.expires_at <= state.clock.now():
        raise errors.CODE_EXPIRED
    kind = _device_client(state, app, code, request.form)
    if code.declined:
        raise errors.DECLINED
    if code.failed is not None:
        raise code.failed
    if code.session is None:
        raise errors.PENDING
    answer = _user_answer(state, app, kind, code.session, code.scope, request)
    code.spent = True
    return answer


def _device_client(state: CloudState, app: AppState, code: DeviceCode, form: Form) -> str:
    """Return the client's kind; `client_type.checked_at` says whether it is checked before somebody has approved."""
    checked_at = state.world.client_type.checked_at
    due = checked_at is not CredentialCheck.AFTER_APPROVAL or code.session is not None
    if not due:
        return PUBLIC
    return _code_client(state, app, code, form)


def _code_client(state: CloudState, app: AppState, code: DeviceCode | AuthorizationCode, form: Form) -> str:
    """Return the client's kind; if it is wrong, the code is spent unless `client_type.code_survives`."""
    platform = code.session.platform if code.session is not None else None
    try:
        return authenticate_user_client(state, app, form, platform)
    except EntraError as error:
        if error.code in (7000218, 700025) and not state.world.client_type.code_survives and not state.is_repaired:
            code.spent = True
        raise


def authenticate_user_client(state: CloudState, app: AppState, form: Form, platform: Platform | None = None) -> str:
    """Return how the client of a user's token authenticated: `PUBLIC`, `SECRET` or `CERTIFICATE`.

    The platform of the redirect URI decides what it has to be, or the app's switch if there was none (protocol 3).

    Args:
        state: the cloud.
        app: the client.
        form: the form of the request.
        platform: that of the redirect URI, None if the flow has none.

    Raises:
        EntraError: 7000218, 700025 or 9002327 if it is of the wrong type; those of `authenticate_client`.
    """
    if platform is Platform.SPA:
        raise errors.CROSS_ORIGIN_ONLY
    public = platform is Platform.PUBLIC if platform is not None else app.app.public_client
    if not _has_credential(form):
        if public:
            return PUBLIC
        raise errors.credential_missing()
    if public:
        raise errors.credential_unwanted(app.app.client_id)
    return authenticate_client(state, app, form)


def authenticate_client(state: CloudState, app: AppState, form: Form) -> str:
    """Check a client's secret or assertion.

    Args:
        state: the cloud.
        app: the client.
        form: the form of the request.

    Returns:
        `SECRET` or `CERTIFICATE`.

    Raises:
        EntraError: 7000218 if there is neither, 7000215 or 7000222 for the secret, others for the assertion.
    """
    if form.get("client_assertion"):
        if form.get("client_assertion_type") != _JWT_BEARER:
            raise errors.bad_assertion(50027, "The client_assertion_type is not supported.")
        check_client_assertion(state, app, form["client_assertion"])
        return CERTIFICATE
    given = form.get("client_secret", "")
    if not given:
        raise errors.credential_missing()
    now = state.clock.now()
    for secret in app.secrets:
        if secret.value == given and secret.usable_from <= now:
            if secret.expires_at <= now:
                raise errors.expired_secret(app.app.client_id)
            return SECRET
    raise errors.wrong_secret(app.app.client_id)


def _refresh_token(state: CloudState, request: Request) -> Answer:
    form = request.form
    tenant = _tenant(state, request.tenant)
    app = state.app_in(tenant, form["client_id"])
    if not form.get("refresh_token"):
        raise errors.missing("refresh_token")
    record = state.refresh_tokens.get(form["refresh_token"])
    if record is None:
        raise errors.MALFORMED_GRANT
    if record.session.client_id != app.app.client_id:
        raise errors.WRONG_CLIENT
    if form["refresh_token"] in state.revoked_tokens:
        raise errors.SESSIONS_REVOKED
    customer = state.customer(tenant) if record.session.tenant.id != tenant.id else None
    if record.session.tenant.id != tenant.id and customer is None:
        raise errors.account_unknown(tenant.name)
    kind = authenticate_user_client(state, app, form, record.session.platform)
    if refused := refresh_rules.refusal(state, record):
        raise refused
    if customer is not None and (closed := sign_in_refusal(customer, app.app.name, app.app.client_id)):
        raise closed
    scope = form.get("scope", "")
    answer = _user_answer(
        state, app, kind, record.session, scope, request, renews=True, tenant=tenant, customer=customer
    )
    record.last_used, record.was_redeemed = state.clock.now(), True
    return answer


def _authorization_code(state: CloudState, request: Request) -> Answer:
    form = request.form
    tenant = _tenant(state, request.tenant)
    code = state.authorization_codes.get(form.get("code", ""))
    if code is not None and code.session.tenant.id != tenant.id:
        raise errors.CODE_OF_ANOTHER_TENANT
    app = state.app_in(tenant, form["client_id"])
    if code is None:
        raise errors.MALFORMED_GRANT
    if code.session.client_id != app.app.client_id:
        raise errors.WRONG_CLIENT
    if code.spent:
        raise errors.REDEEMED
    if code.expires_at <= state.clock.now():
        raise EntraError(400, "invalid_grant", 70008, "The provided authorization code has expired.", has_uri=True)
    if form.get("redirect_uri", "") != code.redirect_uri:
        words = "The redirect URI of the token request differs from the one of the authorization request."
        raise EntraError(400, "invalid_grant", 500112, words, has_uri=True)
    if code.challenge and _challenge(form.get("code_verifier", "")) != code.challenge:
        words = "The Code_Verifier does not match the code_challenge supplied in the authorization request."
        raise EntraError(400, "invalid_grant", 501481, words, has_uri=True)
    kind = _code_client(state, app, code, form)
    answer = _user_answer(state, app, kind, code.session, form.get("scope") or code.scope, request)
    code.spent = True
    return answer


def _client_credentials(state: CloudState, request: Request) -> Answer:
    form = request.form
    tenant = _tenant(state, request.tenant)
    app = state.app_in(tenant, form["client_id"])
    kind = authenticate_client(state, app, form)
    scope = form.get("scope", "")
    if not scope.endswith("/.default"):
        words = f"The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."  # noqa: E501
        raise EntraError(400, "invalid_scope", 1002012, words)
    if not app.service_principal:
        raise errors.no_service_principal(app.app.client_id, tenant.id)
    asked = read_scope(scope, state.provisioned(), tenant.name)
    issued = issued_tokens.app_token(state, app, asked.resource, kind, tenant)
    return {
        "token_type": "Bearer",
        "expires_in": issued.lifetime,
        "ext_expires_in": issued.lifetime,
        "access_token": issued.token,
    }


def _user_answer(
    state: CloudState,
    app: AppState,
    kind: str,
    session: Session,
    scope: str,
    request: Request,
    renews: bool = False,
    tenant: Tenant | None = None,
    customer: CustomerTenant | None = None,
) -> Answer:
    if customer is None:
        asked = read_scope(scope, state.provisioned(), state.world.tenant.name)
        granted = state.granted(app, asked.resource)
    else:
        asked = read_scope(scope, apis_there(customer, state.resources), customer.customer.name)
        granted = customer.seen(asked.resource.app_id, state.clock.now())
    openid_only = not asked.permissions and set(scope.split()) <= OIDC
    if not openid_only and (not granted or not asked.permissions <= granted):
        raise errors.no_consent(app.app.client_id, app.app.name)
    granted -= CHANGES - asked.permissions
    signed_in, session = session, state.present(session)
    scp = " ".join(sorted(granted)) or "openid profile"
    issued = issued_tokens.access_token(state, app, asked.resource, kind, session, scp, tenant)
    answer: Answer = {
        "token_type": "Bearer",
        "scope": " ".join(f"{asked.resource.audience}/{name}" for name in sorted(granted)) or "openid profile",
        "expires_in": issued.lifetime,
        "ext_expires_in": issued.lifetime,
        "access_token": issued.token,
    }
    if "offline_access" in asked.openid or renews:
        answer["refresh_token"] = state.new_refresh_token(signed_in)
    if "openid" in asked.openid:
        answer["id_token"] = issued_tokens.id_token(state, session, request.login)
    if request.form.get("client_info") == "1":
        answer["client_info"] = issued_tokens.client_info(state, session)
    return answer


def _tenant(state: CloudState, segment: str) -> Tenant:
    return state.world.tenant if segment.lower() in GENERIC else state.tenant(segment)


def _has_credential(form: Form) -> bool:
    return bool(form.get("client_secret") or form.get("client_assertion"))


def _basic(authorization: str) -> dict[str, str]:
    """Return the client id and secret of a Basic header; each is form-encoded (RFC 6749, 2.3.1)."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        name, colon, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)} if colon else {}


def _challenge(verifier: str) -> str:
    return issued_tokens.base64url(hashlib.sha256(verifier.encode()).digest())
