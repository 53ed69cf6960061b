"""How Microsoft Graph answers in the rehearsal cloud: whose token it takes, and how it refuses (protocol 6.1)."""

from __future__ import annotations

import uuid

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from wizard.rehearsal.choices import Service
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.issued_tokens import Claims, read_access_token


class GraphError(Exception):
    """A refusal of Graph: status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def token_claims(state: CloudState, request: Request) -> Claims:
    """Return the claims of a request's token for Graph; raise `GraphError` 401 without one."""
    claims = read_access_token(request.headers.get("authorization", ""))
    if claims is None or claims.get("aud") != state.resources[Service.GRAPH].audience:
        raise GraphError(401, "InvalidAuthenticationToken", "Access token is empty or for another audience.")
    return claims


def permissions_in(claims: Claims) -> frozenset[str]:
    """Return the permissions that a token carries: an app's own, and those that a user has delegated."""
    roles = claims.get("roles")
    return frozenset({*(map(str, roles) if isinstance(roles, list) else []), *str(claims.get("scp", "")).split()})


def refused(state: CloudState, request: Request, refusal: GraphError) -> Response:
    """Return the answer that refuses a request."""
    headers = response_headers(request)
    if refusal.status == 401:
        headers["WWW-Authenticate"] = (
            f'Bearer realm="", authorization_uri="https://{state.names.login}/common/oauth2/authorize"'
        )
    inner = {
        "date": state.clock.now().strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": headers["request-id"],
        "client-request-id": headers["client-request-id"],
    }
    error = {"code": refusal.code, "message": refusal.message, "innerError": inner}
    return JSONResponse({"error": error}, refusal.status, headers)


def response_headers(request: Request) -> dict[str, str]:
    """Return the headers that every answer has."""
    ours = str(uuid.uuid4())
    asked = request.headers.get("client-request-id", ours)
    return {"request-id": ours, "client-request-id": asked, "OData-Version": "4.0"}
