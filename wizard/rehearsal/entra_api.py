"""The login host: discovery, device codes and tokens over HTTP (protocol 1.1 to 1.5)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wizard.rehearsal import aadsts_errors as errors
from wizard.rehearsal import device_codes, issued_tokens, token_endpoint
from wizard.rehearsal.aadsts_errors import EntraError, Ids
from wizard.rehearsal.choices import CredentialCheck, Home
from wizard.rehearsal.cloud_state import GENERIC, CloudState
from wizard.rehearsal.forms import read_form
from wizard.rehearsal.host_names import GLOBAL_LOGINS, GOVERNMENT_LOGINS, LOOPBACK, host_name
from wizard.rehearsal.resources import read_scope
from wizard.rehearsal.world import Tenant

_CLOUDS = (
    (GLOBAL_LOGINS[0], GLOBAL_LOGINS[1], GLOBAL_LOGINS),
    ("login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn",
     ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn")),
    ("login.microsoftonline.de", "login.microsoftonline.de", ("login.microsoftonline.de",)),
    (GOVERNMENT_LOGINS[0], GOVERNMENT_LOGINS[0], GOVERNMENT_LOGINS),
    ("login-us.microsoftonline.com", "login-us.microsoftonline.com", ("login-us.microsoftonline.com",)),
)  # fmt: skip
"""Of each cloud preferred_network, preferred_cache and aliases, as instance discovery lists them (protocol 1.1)."""


class EntraApi:
    """The login host's endpoints for programs; its pages are in `login_pages`."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    def routes(self) -> list[Route]:
        """Return every route of the login host that answers with JSON."""
        configuration = "/.well-known/openid-configuration"
        return [
            Route("/common/discovery/instance", self.instances),
            Route("/{tenant}/v2.0" + configuration, self.discovery),
            Route("/{tenant}" + configuration, self.discovery),
            Route("/{tenant}/discovery/v2.0/keys", self.keys),
            Route("/{tenant}/discovery/keys", self.keys),
            Route("/{tenant}/oauth2/v2.0/devicecode", self.devicecode, methods=["POST"]),
            Route("/{tenant}/oauth2/v2.0/token", self.token, methods=["POST"]),
        ]

    def login_of(self, request: Request) -> str:
        """Return the login host to answer as: loopback or a government cloud's if asked there, else the cloud's own."""
        host = request.headers.get("host", "")
        return host if host_name(host) in (*LOOPBACK, *GOVERNMENT_LOGINS) else self._state.names.login

    async def instances(self, request: Request) -> Response:
        """Answer instance discovery: which hosts are one cloud."""
        asked = request.query_params.get("authorization_endpoint", "")
        host = asked.split("/")[2] if asked.startswith("https://") and asked.count("/") > 2 else ""
        known = {alias for _, _, aliases in _CLOUDS for alias in aliases} | {self._state.names.login}
        if host not in known:
            words = "The specified value for parameter authorization_endpoint is not a known authority."
            return self._refused(request, EntraError(400, "invalid_instance", 50049, words, has_uri=True))
        metadata = [
            {"preferred_network": network, "preferred_cache": cache, "aliases": list(aliases)}
            for network, cache, aliases in _CLOUDS
        ]
        tenant = asked.split("/")[3] if asked.count("/") > 3 else "common"
        body = {
            "tenant_discovery_endpoint": f"https://{host}/{tenant}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": metadata,
        }
        return self._cached(request, body)

    async def discovery(self, request: Request) -> Response:
        """Return the OpenID configuration of a tenant, or of organizations and common."""
        segment = request.path_params["tenant"]
        if segment.lower() in GENERIC:
            return self._cached(request, self._configuration(self.login_of(request), segment.lower(), None))
        try:
            tenant = self._state.tenant(segment, "invalid_tenant")
        except EntraError as error:
            return self._refused(request, error, {"Cache-Control": "private"})
        return self._cached(request, self._configuration(self.login_of(request), tenant.id, tenant))

    async def keys(self, request: Request) -> Response:
        """Return the signing keys."""
        issuer = f"https://{self.login_of(request)}/{{tenantid}}/v2.0"
        return self._cached(request, issued_tokens.public_keys(issuer))

    async def devicecode(self, request: Request) -> Response:
        """Answer a request for a device code."""
        form = await read_form(request)
        ids = Ids.of(request.headers.get("client-request-id", ""), self._state.clock.now())
        try:
            with self._state.lock:
                body = self._issue(request, form, ids)
        except EntraError as error:
            return self._refused(request, error, ids=ids)
        return JSONResponse(body, headers=errors.headers(ids, 0, request.headers))

    async def token(self, request: Request) -> Response:
        """Answer a token request."""
        form = await read_form(request)
        wanted = token_endpoint.Request(
            request.path_params["tenant"], form, request.headers.get("authorization", ""), self.login_of(request)
        )
        ids = Ids.of(request.headers.get("client-request-id", ""), self._state.clock.now())
        try:
            with self._state.lock:
                body = token_endpoint.redeem(self._state, wanted)
        except EntraError as error:
            code = self._state.device_codes.get(form.get("device_code", ""))
            if code is not None:
                ids = Ids.of(code.correlation_id, ids.at)
            return self._refused(request, error, ids=ids)
        return JSONResponse(body, headers=errors.headers(ids, 0, request.headers))

    def _issue(self, request: Request, form: Mapping[str, str], ids: Ids) -> dict[str, object]:
        state, segment = self._state, request.path_params["tenant"]
        tenant = state.world.tenant if segment.lower() in GENERIC else state.tenant(segment)
        client_id = form.get("client_id", "")
        if not client_id:
            raise errors.missing("client_id")
        app = state.app_in(tenant, client_id)
        if segment.lower() in GENERIC and not app.first_party and app.app.home is Home.CONTOSO:
            words = "The application is not configured as a multi-tenant application. Usage of the generic endpoint is not supported."  # noqa: E501
            raise EntraError(400, "invalid_request", 50059, words, has_uri=True)
        scope = form.get("scope", "")
        read_scope(scope, state.provisioned(), tenant.name)
        if state.world.client_type.checked_at is CredentialCheck.DEVICE_CODE_REQUEST:
            token_endpoint.authenticate_user_client(state, app, form)
        wants_mfa = asks_for_mfa(form.get("claims") or request.query_params.get("claims", ""))
        code = device_codes.issue(state, app.app.client_id, scope, wants_mfa, ids.correlation_id)
        page = state.names.device_page
        return {
            "user_code": code.user_code,
            "device_code": code.device_code,
            "verification_uri": page,
            "expires_in": int(state.world.policy.device_code_lifetime),
            "interval": device_codes.POLL_INTERVAL,
            "message": f"To sign in, use a web browser to open the page {page} and enter the code {code.user_code} "
            "to authenticate.",
        }

    def _configuration(self, login: str, segment: str, tenant: Tenant | None) -> dict[str, object]:
        base = f"https://{login}/{segment}"
        graph = self._state.names.graph
        issuer = f"https://{login}/{tenant.id if tenant else '{tenantid}'}/v2.0"
        instance = self._state.names.cloud_instance_name
        if host_name(login) in GOVERNMENT_LOGINS:
            instance = "microsoftonline.us"
        body: dict[str, object] = {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": issuer,
            "request_uri_parameter_supported": False,
            "userinfo_endpoint": f"https://{graph}/oidc/userinfo",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "http_logout_supported": True,
            "frontchannel_logout_supported": True,
            "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
            "claims_supported": _CLAIMS,
            "kerberos_endpoint": f"{base}/kerberos",
            "tenant_region_scope": tenant.region_scope if tenant else None,
            "cloud_instance_name": (tenant.cloud_instance_name if tenant else "") or instance,
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": graph,
            "rbac_url": "https://pas.windows.net",
        }
        if tenant and tenant.region_sub_scope:
            body["tenant_region_sub_scope"] = tenant.region_sub_scope
        return body

    def _cached(self, request: Request, body: Mapping[str, object]) -> Response:
        ids = Ids.of(request.headers.get("client-request-id", ""), self._state.clock.now())
        headers = errors.headers(ids, 0, request.headers)
        del headers["Pragma"], headers["Expires"], headers["x-ms-clitelem"]
        headers["Cache-Control"] = "max-age=86400, private"
        headers["Access-Control-Allow-Origin"] = "*"
        if self._state.names.kind == "production":  # on localhost it would turn the wizard's own http listener away
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return JSONResponse(body, headers=headers)

    def _refused(
        self, request: Request, error: EntraError, extra: Mapping[str, str] | None = None, ids: Ids | None = None
    ) -> Response:
        ids = ids or Ids.of(request.headers.get("client-request-id", ""), self._state.clock.now())
        body = errors.error_body(error, ids, self._state.world.policy.error_separator, self.login_of(request))
        headers = errors.headers(ids, error.code, request.headers) | dict(extra or {})
        return JSONResponse(body, status_code=error.status, headers=headers)


_CLAIMS = [
    "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host", "aud",
    "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email",
]  # fmt: skip


def asks_for_mfa(claims: str) -> bool:
    """Return whether a claims request wants MFA in the access token (protocol 1.8); raise EntraError for no JSON."""
    try:
        wanted = json.loads(claims) if claims else {}
    except json.JSONDecodeError:
        raise EntraError(400, "invalid_request", 900144, "The claims parameter is not valid JSON.") from None
    token = wanted.get("access_token") if isinstance(wanted, dict) else None
    amr = token.get("amr") if isinstance(token, dict) else None
    values = amr.get("values") if isinstance(amr, dict) else None
    return isinstance(values, list) and ("mfa" in values or "ngcmfa" in values)
